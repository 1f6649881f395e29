"""The catalogue: what is offered, at which price, and which engine makes it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from accounts.models import Account
from generations.engines import ENGINES
from wallet.amounts import usd


class CatalogueModel(models.Model):
    """One offer: a variant, the engine that makes it, its size and its price.

    A variant may have several: customers are promised the first active one, and the others of
    its size take, in order, what the engines before them would not.
    """

    variant = models.SlugField(max_length=20, help_text="What customers ask for, such as “1k”.")
    engine = models.CharField(max_length=20, choices=[(name, name) for name in ENGINES])
    options = models.JSONField(
        default=dict, blank=True, help_text="For the engine; see the README for each one's."
    )
    price_micros = models.BigIntegerField(
        validators=[MinValueValidator(1)], help_text="In millionths of a dollar: 30000 is $0.03."
    )
    width = models.PositiveIntegerField(validators=[MinValueValidator(64), MaxValueValidator(4096)])
    height = models.PositiveIntegerField(
        validators=[MinValueValidator(64), MaxValueValidator(4096)]
    )
    active = models.BooleanField(default=False)
    position = models.PositiveIntegerField(
        default=0, help_text="The first active one is asked first, the next when it fails."
    )
    concurrency = models.PositiveIntegerField(
        default=100,
        validators=[MinValueValidator(1)],
        help_text="How many jobs one runner gives to the engine at once; the others wait.",
    )
    import_into = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        help_text="Images that the engine made without us appear in this account's history, free.",
    )
    imported_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["position", "id"]
        verbose_name = "catalogue model"
        constraints = [
            models.CheckConstraint(condition=Q(price_micros__gt=0), name="model_has_price"),
            models.CheckConstraint(condition=Q(concurrency__gt=0), name="model_has_room"),
        ]

    def __str__(self) -> str:
        return f"{self.variant} by {self.engine}"

    def clean(self) -> None:
        """Holds the options against what the engine takes."""
        engine = ENGINES.get(self.engine)
        problem = engine.problem_of(self.options) if engine else None
        if problem:
            raise ValidationError({"options": problem})

    @classmethod
    def offered(cls, variant: str) -> CatalogueModel | None:
        """The model that serves the variant now, if any."""
        return cls.objects.filter(variant=variant, active=True).first()

    def next_in_line(self, width: int, height: int) -> CatalogueModel | None:
        """The active model that takes what this one would not, if there is one of that size."""
        after = Q(position__gt=self.position) | Q(position=self.position, id__gt=self.pk)
        size = {"width": width, "height": height}
        others = CatalogueModel.objects.filter(after, variant=self.variant, active=True, **size)
        return others.first()

    @property
    def price_label(self) -> str:
        return usd(self.price_micros)

    @property
    def label(self) -> str:
        """The offer in a customer's words."""
        return f"{self.variant.upper()} · {self.width} × {self.height} · {self.price_label}"
