"""Staff's view of generation: the catalogue to change, jobs to read and to fail, runners."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.html import format_html

from generations import jobs
from generations.engine_room import engine_room
from generations.models import CatalogueModel, Job, Runner, Usage
from wallet.amounts import usd

FAILED_BY_STAFF = "Stopped by support. Please try again."


@admin.register(CatalogueModel)
class CatalogueModelAdmin(admin.ModelAdmin[CatalogueModel]):
    list_display = (
        "variant",
        "engine",
        "price_label",
        "width",
        "height",
        "active",
        "position",
        "concurrency",
    )
    list_editable = ("active", "position")
    list_display_links = ("variant", "engine")
    autocomplete_fields = ("import_into",)
    readonly_fields = ("imported_until",)

    def get_readonly_fields(
        self, request: HttpRequest, obj: CatalogueModel | None = None
    ) -> tuple[str, ...]:
        """An engine's options say where its secret is sent: that is the operators' alone."""
        own = ("imported_until",)
        return own if request.user.is_superuser else (*own, "engine", "options")

    def has_delete_permission(
        self, request: HttpRequest, obj: CatalogueModel | None = None
    ) -> bool:
        # Jobs point to their model for ever; an offer that ends is made inactive.
        return False


@admin.register(Job)
class JobAdmin(admin.ModelAdmin[Job]):
    list_display = ("created_at", "status", "account", "source_label", "prompt_start", "error")
    list_filter = ("status", "failure_kind", "model", "created_at")
    list_select_related = ("account", "key")
    search_fields = ("=id", "prompt", "account__name", "account__members__email")
    show_full_result_count = False
    fields = (
        "id",
        "image",
        "status",
        "account",
        "source_label",
        "user",
        "model",
        "prompt",
        "input_name",
        "input_url",
        "cost_label",
        "hold",
        "width",
        "height",
        "failure_kind",
        "error",
        "runner_id",
        "fence",
        "attempts",
        "lease_until",
        "engine_reference",
        "created_at",
        "started_at",
        "engine_started_at",
        "finished_at",
        "deadline_at",
        "imported_at",
        "image_deleted_at",
    )
    readonly_fields = fields
    actions = ("fail_with_release",)

    @admin.display(description="prompt")
    def prompt_start(self, job: Job) -> str:
        return job.prompt if len(job.prompt) <= 60 else job.prompt[:59] + "…"

    @admin.display(description="image")
    def image(self, job: Job) -> str:
        if not job.image_path:
            return "–"
        return format_html('<a href="{0}"><img src="{0}" alt="" height="240"></a>', job.image_path)

    @admin.action(
        description="Fail: ends the job, gives the reserved amount back", permissions=["change"]
    )
    def fail_with_release(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        failed = [job for job in chosen if jobs.end(job.pk, Job.FailureKind.STAFF, FAILED_BY_STAFF)]
        for job in failed:
            self.log_change(request, job, "Failed by staff, reserved amount released")
        self.message_user(request, f"Failed {len(failed)} job(s); the others had ended before.")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.engine_room)
        own = path("engine-room/", view, name="generations_job_engine_room")
        return [own, *super().get_urls()]

    engine_room = engine_room

    def save_model(self, request: HttpRequest, obj: Job, form: Any, change: bool) -> None:
        """Saves nothing: the row read here would undo what `jobs.py` did to it meanwhile."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return False


@admin.register(Usage)
class UsageAdmin(admin.ModelAdmin[Usage]):
    list_display = (
        "day",
        "account",
        "key",
        "variant",
        "images",
        "free_images",
        "failures",
        "spent_label",
    )
    list_filter = ("variant", "day")
    list_select_related = ("account", "key")
    search_fields = ("account__name", "account__members__email")
    show_full_result_count = False

    @admin.display(description="spent")
    def spent_label(self, usage: Usage) -> str:
        return usd(usage.spent_micros)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Usage | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Usage | None = None) -> bool:
        return False


@admin.register(Runner)
class RunnerAdmin(admin.ModelAdmin[Runner]):
    list_display = ("host", "pid", "in_flight", "started_at", "heartbeat_at")
    readonly_fields = list_display

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Runner | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Runner | None = None) -> bool:
        return False
