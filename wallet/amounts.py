"""How amounts are written for people and read from them; never a float."""

import re

from django.utils.formats import get_format
from django.utils.translation import ngettext

from wallet.models import MICROS_PER_USD

# Plain ASCII digits with at most two decimals: no exponent, sign, comma or full-width digit.
USD = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?")


def usd(amount_micros: int) -> str:
    """Micro-dollars as "$0.03"; fractions of a cent are shown only when there are some."""
    sign = "−" if amount_micros < 0 else ""
    dollars, micros = divmod(abs(amount_micros), MICROS_PER_USD)
    fraction = f"{micros:06d}".rstrip("0").ljust(2, "0")
    return f"{sign}${dollars:,}.{fraction}"


def images(count: int) -> str:
    """A number of free images as "1 image" or "3 images"."""
    return ngettext("%(count)s image", "%(count)s images", count) % {"count": count}


def grouped(count: int) -> str:
    """The number as "12,345": what humanize's intcomma writes, in a tenth of its time."""
    text = f"{count:,}"
    # Most are below a thousand, and need not ask which language this is.
    return text.replace(",", get_format("THOUSAND_SEPARATOR")) if "," in text else text


def parse_usd(text: str) -> int:
    """Micro-dollars of "10" or "10.50". Raises ValueError for anything else."""
    match = USD.fullmatch(text)
    if match is None:
        raise ValueError("Write dollars as 10 or 10.50.")
    dollars, cents = match.groups()
    return int(dollars) * MICROS_PER_USD + int((cents or "0").ljust(2, "0")) * 10_000
