"""Staff's view of jobs: to read, to fail, to show on the landing page, and to find.

Prompts are searched within one account alone: that is what they are indexed for.
"""

from datetime import datetime
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, ngettext

from accounts.admin.filters import AccountFilter
from accounts.admin.links import NOTHING, account_link, page_link
from accounts.admin.lists import NewestAdmin
from accounts.models import Account
from generations import featured, jobs
from generations.admin.filters import FailureFilter, LandingFilter, SourceFilter, TokenFilter
from generations.figures.engine_room import engine_room
from generations.history import search
from generations.history.filters import WORDS_MAX_CHARACTERS, Filters
from generations.models import Job
from generations.templatetags.durations import duration

FAILED_BY_STAFF = gettext_noop("Stopped by support. Please try again.")
PROMPT_MAX_CHARACTERS = 60
# Of those with the words in their prompt.
FOUND_MAX = 500


@admin.register(Job)
class JobAdmin(NewestAdmin[Job]):
    list_display = (
        *("created_at", "picture", "prompt_start", "state", account_link, "source", "price"),
        "took",
    )
    list_filter = (
        "status",
        FailureFilter,
        SourceFilter,
        "model",
        "created_at",
        LandingFilter,
        AccountFilter,
        TokenFilter,
    )
    list_select_related = ("account", "key", "model")
    search_help_text = _(
        "The newest 10,000 are listed. A job's id, or a customer's name or e-mail address, finds "
        "older ones; among one account's jobs, the words of a prompt do."
    )
    whole_fields = ("id",)
    # The order of submitting, which has an index. What was imported has no hold, and is listed
    # with its account's jobs.
    numbered_by = "hold_id"
    narrowed_by = (*NewestAdmin.narrowed_by, "key", LandingFilter.parameter_name)
    newest_first = ("-created_at", "-id")
    fieldsets = (
        (None, {"fields": ("id", "image", "state", "error", "account", "key", "user")}),
        (
            _("What was asked for"),
            {"fields": ("prompt", "model", "width", "height", "input_name", "input_url")},
        ),
        (_("Money"), {"fields": ("price", "hold", "transfer")}),
        (
            _("Times"),
            {
                "fields": (
                    *("created_at", "started_at", "engine_started_at", "engine_finished_at"),
                    *("finished_at", "deadline_at", "waited", "took_engine", "took"),
                )
            },
        ),
        (
            _("Work"),
            {"fields": ("runner_id", "fence", "attempts", "lease_until", "engine_reference")},
        ),
        (
            _("Afterwards"),
            {"fields": ("imported_at", "featured_at", "image_deleted_at", "deleted_at")},
        ),
    )
    actions = ("fail_with_release", "feature", "withdraw")

    @admin.display(description=_("status"))
    def state(self, job: Job) -> str:
        kind = job.get_failure_kind_display()
        return f"{job.get_status_display()}: {kind}" if kind else job.get_status_display()

    @admin.display(description=_("source"))
    def source(self, job: Job) -> str:
        return page_link(job.key, job.key.name) if job.key else job.source_label

    @admin.display(description=_("prompt"))
    def prompt_start(self, job: Job) -> str:
        if len(job.prompt) <= PROMPT_MAX_CHARACTERS:
            return job.prompt
        return job.prompt[: PROMPT_MAX_CHARACTERS - 1] + "…"

    @admin.display(description=_("price"))
    def price(self, job: Job) -> str:
        return job.price_label

    @admin.display(description=_("transfer"))
    def transfer(self, job: Job) -> str:
        return page_link(job.hold.transfer if job.hold else None)

    @admin.display(description=_("waited"))
    def waited(self, job: Job) -> str:
        return _between(job.created_at, job.started_at)

    @admin.display(description=_("with the engine"))
    def took_engine(self, job: Job) -> str:
        return _between(job.engine_started_at, job.engine_finished_at)

    @admin.display(description=_("took"))
    def took(self, job: Job) -> str:
        return _between(job.created_at, job.finished_at)

    @admin.display(description=_("image"))
    def image(self, job: Job) -> str:
        if not job.image_path:
            return NOTHING
        tag = '<a href="{0}"><img src="{0}" alt="{1}" height="240"></a>'
        return format_html(tag, job.image_path, _("image"))

    @admin.display(description="", empty_value="")
    def picture(self, job: Job) -> str:
        """A small one for the list, loaded when it is scrolled to."""
        if not job.image_path:
            return ""
        tag = '<img src="{}" alt="" width="40" height="40" loading="lazy">'
        return format_html(tag, job.thumbnail_path)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Job], search_term: str
    ) -> tuple[QuerySet[Job], bool]:
        words = search_term.strip()[:WORDS_MAX_CHARACTERS]
        account_id = request.GET.get("account", "")
        if words and account_id.isdecimal() and not _is_id(words):
            account = Account.objects.filter(pk=int(account_id)).first()
            found = search.newest(account, Filters(words=words), None, FOUND_MAX) if account else []
            return queryset.filter(pk__in=found), False
        return super().get_search_results(request, queryset, search_term)

    @admin.action(
        description=_("Fail: ends the job, gives the reserved amount back"),
        permissions=["change"],
    )
    def fail_with_release(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        failed = [job for job in chosen if jobs.end(job.pk, Job.FailureKind.STAFF, FAILED_BY_STAFF)]
        for job in failed:
            self.log_change(request, job, "Failed by staff, reserved amount released")
        text = ngettext(
            "Failed %(count)s job; the others had ended before.",
            "Failed %(count)s jobs; the others had ended before.",
            len(failed),
        )
        self.message_user(request, text % {"count": len(failed)})

    @admin.action(
        description=_("Show on the landing page: staff's own image and prompt"),
        permissions=["change"],
    )
    def feature(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        shown = featured.feature(chosen)
        for job in chosen.filter(featured_at__isnull=False):
            self.log_change(request, job, "Shown on the landing page")
        text = ngettext(
            "%(count)s job is shown; the others have no image, or are a customer's.",
            "%(count)s jobs are shown; the others have no image, or are a customer's.",
            shown,
        )
        self.message_user(request, text % {"count": shown})

    @admin.action(description=_("Take off the landing page"), permissions=["change"])
    def withdraw(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        for job in chosen.filter(featured_at__isnull=False):
            self.log_change(request, job, "Taken off the landing page")
        withdrawn = featured.withdraw(chosen)
        text = ngettext(
            "%(count)s job is shown no more.", "%(count)s jobs are shown no more.", withdrawn
        )
        self.message_user(request, text % {"count": withdrawn})

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.engine_room)
        own = path("engine-room/", view, name="generations_job_engine_room")
        return [own, *super().get_urls()]

    engine_room = engine_room

    def has_change_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        # Actions alone change a job: a row read here would undo what `jobs.py` did meanwhile.
        return obj is None and super().has_change_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return False


def _between(start: datetime | None, end: datetime | None) -> str:
    return duration((end - start).total_seconds()) if start and end else NOTHING


def _is_id(term: str) -> bool:
    try:
        UUID(term)
    except ValueError:
        return False
    return True
