"""The catalogue: what is offered, at which price, and which engine makes it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from generations.engines import ENGINES
from wallet.amounts import usd


class CatalogueModel(models.Model):
    """One offer: a variant, the engine that makes it, its size and its price.

    A variant may have several: customers are promised the first active one, and the others of
    its size take, in order, what the engines before them would not.
    """

    variant = models.SlugField(
        _("variant"), max_length=20, help_text=_("What customers ask for, such as “1k”.")
    )
    engine = models.CharField(
        _("engine"), max_length=20, choices=[(name, name) for name in ENGINES]
    )
    options = models.JSONField(
        _("options"),
        default=dict,
        blank=True,
        help_text=_("For the engine; see the README for each one's."),
    )
    price_micros = models.BigIntegerField(
        _("price in micro-dollars"),
        validators=[MinValueValidator(1)],
        help_text=_("In millionths of a dollar: 30000 is $0.03."),
    )
    width = models.PositiveIntegerField(
        _("width"), validators=[MinValueValidator(64), MaxValueValidator(4096)]
    )
    height = models.PositiveIntegerField(
        _("height"), validators=[MinValueValidator(64), MaxValueValidator(4096)]
    )
    active = models.BooleanField(_("active"), default=False)
    position = models.PositiveIntegerField(
        _("position"),
        default=0,
        help_text=_("The first active one is asked first, the next when it fails."),
    )
    concurrency = models.PositiveIntegerField(
        _("concurrency"),
        default=100,
        validators=[MinValueValidator(1)],
        help_text=_("How many jobs one runner gives to the engine at once; the others wait."),
    )
    import_into = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        help_text=_(
            "Images that the engine made without us appear in this account's history, free."
        ),
        verbose_name=_("import into"),
    )
    imported_until = models.DateTimeField(_("imported until"), null=True, editable=False)

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("catalogue model")
        verbose_name_plural = _("catalogue models")
        constraints = [
            models.CheckConstraint(condition=Q(price_micros__gt=0), name="model_has_price"),
            models.CheckConstraint(condition=Q(concurrency__gt=0), name="model_has_room"),
        ]

    def __str__(self) -> str:
        return gettext("%(variant)s by %(engine)s") % {
            "variant": self.variant,
            "engine": self.engine,
        }

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
