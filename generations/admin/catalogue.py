"""Staff's view of the catalogue: what is offered, for how much, and in which order.

An engine and its options are for operators alone to change.
"""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.links import page_link
from generations.admin.offer_form import OfferForm
from generations.models import CatalogueModel


@admin.register(CatalogueModel)
class CatalogueModelAdmin(admin.ModelAdmin[CatalogueModel]):
    form = OfferForm
    list_display = (
        *("variant", "engine", "price", "width", "height", "active", "position", "concurrency"),
        "imports",
    )
    list_display_links = ("variant", "engine")
    list_select_related = ("import_into",)
    fields = (
        *("variant", "engine", "options", "price_dollars", "price", "width", "height", "active"),
        *("position", "concurrency", "import_into", "imported_until"),
    )
    autocomplete_fields = ("import_into",)

    @admin.display(description=_("price"))
    def price(self, model: CatalogueModel) -> str:
        return model.price_label if model.pk else ""

    @admin.display(description=_("imported into"))
    def imports(self, model: CatalogueModel) -> str:
        return page_link(model.import_into)

    def get_readonly_fields(
        self, request: HttpRequest, obj: CatalogueModel | None = None
    ) -> tuple[str, ...]:
        """An engine's options say where its secret is sent: that is the operators' alone."""
        own = ("price", "imported_until")
        return own if request.user.is_superuser else (*own, "engine", "options")

    def has_add_permission(self, request: HttpRequest) -> bool:
        # An offer without an engine would be one that always fails.
        return request.user.is_superuser and super().has_add_permission(request)

    def has_delete_permission(
        self, request: HttpRequest, obj: CatalogueModel | None = None
    ) -> bool:
        # Jobs point to their model for ever; an offer that ends is made inactive.
        return False
