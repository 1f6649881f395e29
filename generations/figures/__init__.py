"""The operator's figures: what waits, what runs, what failed, how long it takes, who works.

Reads only, in six statements that cost the same however many jobs have finished. Ages and
windows are by the database's clock. How figures are shown is not decided here.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from generations.figures.finished import PHASES, Outcome, Spread, outcomes, times
from generations.figures.opened import Holds, Offer, holds, offers
from generations.figures.processes import Process, processes
from generations.models import Runner, Timekeeper

__all__ = ["PHASES", "Figures", "Holds", "Offer", "Outcome", "Process", "Spread", "read"]


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything at a moment.

    `counted_seconds` is how far back the outcomes reach, `timed` of how many jobs the phases are.
    """

    at: datetime
    offers: list[Offer]
    holds: Holds
    outcomes: list[Outcome]
    counted_seconds: float
    phases: dict[str, Spread]
    timed: int
    runners: list[Process]
    timekeepers: list[Process]

    @property
    def queued(self) -> int:
        return sum(offer.queued for offer in self.offers)

    @property
    def queued_of_variant(self) -> dict[str, int]:
        return self._sums(lambda offer: (offer.variant, offer.queued))

    @property
    def oldest_queued_seconds(self) -> float:
        """The age of the job that waits longest, 0 while none waits."""
        return max((offer.oldest_queued_seconds for offer in self.offers), default=0.0)

    @property
    def in_flight(self) -> int:
        return sum(offer.in_flight for offer in self.offers)

    @property
    def in_flight_of_engine(self) -> dict[str, int]:
        return self._sums(lambda offer: (offer.engine, offer.in_flight))

    @property
    def overdue(self) -> int:
        return sum(offer.overdue for offer in self.offers)

    @property
    def total(self) -> Outcome:
        """All engines together."""
        total = Outcome("")
        for outcome in self.outcomes:
            total.completed += outcome.completed
            total.failures += outcome.failures
        return total

    @property
    def runners_alive(self) -> int:
        return sum(runner.is_alive for runner in self.runners)

    @property
    def timekeepers_alive(self) -> int:
        return sum(timekeeper.is_alive for timekeeper in self.timekeepers)

    def _sums(self, named: Callable[[Offer], tuple[str, int]]) -> dict[str, int]:
        sums: Counter[str] = Counter()
        for name, count in map(named, self.offers):
            sums[name] += count
        return dict(sums)


def read() -> Figures:
    """The figures now."""
    runners = processes(Runner)
    open_offers = offers(runners_alive=sum(runner.is_alive for runner in runners))
    at, held = holds()
    counted, counted_seconds = outcomes(offer.engine for offer in open_offers)
    timed, phases, engine_seconds = times()
    for outcome in counted:
        outcome.seconds = engine_seconds.get(outcome.engine)
    return Figures(
        at=at,
        offers=open_offers,
        holds=held,
        outcomes=counted,
        counted_seconds=counted_seconds,
        phases=phases,
        timed=timed,
        runners=runners,
        timekeepers=processes(Timekeeper),
    )
