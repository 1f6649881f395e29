"""The offers: those a new deployment starts with, and those that customers are shown. Staff change
them in the admin.
"""

from generations.models import CatalogueModel

FIRST_OFFERS = (
    {"variant": "1k", "price_micros": 30_000, "width": 1024, "height": 1024, "active": True},
    {"variant": "2k", "price_micros": 50_000, "width": 2048, "height": 2048, "active": False},
)
# Painting takes a processor: more at once would only take turns.
PAINTERS = 4


def load() -> None:
    """Adds the offers whose variant is not in the catalogue yet; what staff set stays."""
    for position, offer in enumerate(FIRST_OFFERS):
        CatalogueModel.objects.get_or_create(
            variant=offer["variant"],
            defaults={**offer, "engine": "demo", "position": position, "concurrency": PAINTERS},
        )


def shown() -> list[CatalogueModel]:
    """What customers are told: each variant once, by the row that serves it if one is active."""
    found: dict[str, CatalogueModel] = {}
    for model in CatalogueModel.objects.order_by("-active", "position", "id"):
        found.setdefault(model.variant, model)
    return sorted(found.values(), key=lambda model: (model.position, model.pk))
