"""What one job did to its customer's wallet: the ledger's rows, and one plain sentence.

Reads only; the ledger alone moves money.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generations.models import Job
from wallet.amounts import usd
from wallet.models import Hold, Unit


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the ledger, as its customer reads it; `number` names it to support."""

    title: str
    number: str
    at: datetime
    amount: str
    memo: str = ""


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """`state` is "reserved", "charged", "released" or "free", as the wallet has it now."""

    state: str
    label: str
    sentence: str
    entries: tuple[Entry, ...] = ()


def of(job: Job) -> MoneyLine:
    """The job's, whose `hold` was read with its `book` and `transfer`."""
    hold = job.hold
    if hold is None:
        sentence = _("It was made outside of SharkAPI and imported: it cost nothing here.")
        return MoneyLine("free", _("Free"), sentence)
    amount = _amount(hold)
    reserved = Entry(_("Reserved"), f"H-{hold.pk}", hold.created_at, amount)
    if hold.status == Hold.Status.HELD:
        sentence = _(
            "%(amount)s is reserved. It is charged only when the image arrives, and released if "
            "none does."
        )
        return MoneyLine("reserved", _("Reserved"), sentence % {"amount": amount}, (reserved,))
    if hold.transfer is None:
        assert hold.resolved_at
        released = Entry(_("Released"), f"H-{hold.pk}", hold.resolved_at, amount)
        sentence = _("%(amount)s was reserved and released again: you were not charged.")
        label, entries = _("Released"), (reserved, released)
        return MoneyLine("released", label, sentence % {"amount": amount}, entries)
    transfer = hold.transfer
    if hold.book.unit == Unit.IMAGE:
        state, label = "free", _("Free image used")
        sentence = _("%(amount)s was used when the image arrived. No money was charged.")
    else:
        state, label = "charged", _("Charged")
        sentence = _("%(amount)s was charged when the image arrived, and nothing else.")
    posted = Entry(label, f"T-{transfer.pk}", transfer.created_at, f"−{amount}", transfer.memo)
    return MoneyLine(state, label, sentence % {"amount": amount}, (reserved, posted))


def _amount(hold: Hold) -> str:
    if hold.book.unit == Unit.IMAGE:
        return ngettext("%(count)s free image", "%(count)s free images", hold.amount) % {
            "count": hold.amount
        }
    return usd(hold.amount)
