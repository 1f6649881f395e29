"""Three figures of the background work, SharkAPI beside plain django-q2 in the same run.

Each contestant is started once, is measured and is stopped, so that neither shares the machine
with the other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.bench import burst, contestants, customers, flight, stage, starts, table
from tests.bench.contestants import Contestant
from tests.bench.stage import Stage

INTRODUCTION = """\
SharkAPI's runner, one process, beside plain django-q2: four workers, its ORM broker, one blocking
task for each job with the same engine call, checks, store and charge. Both behind the same site
with 2 granian workers, one after the other, on {database}; client and provider share the
processors."""


@dataclass(frozen=True)
class _Figure:
    measure: Callable[[Contestant, bool], Any]
    rows: Callable[[Any, Any], list[str]]


# In the order in which they are measured: a burst leaves the tables larger.
FIGURES = {
    "starts": _Figure(starts.measure, starts.rows),
    "flight": _Figure(flight.measure, flight.rows),
    "burst": _Figure(burst.measure, burst.rows),
}


def run(scene: Stage, is_quick: bool, names: set[str]) -> list[str]:
    """Measures these figures; the table's lines."""
    asked = {name: figure for name, figure in FIGURES.items() if name in names}
    with contestants.sharkapi(scene, runner_jobs=flight.FULL.jobs) as own:
        ours = {name: figure.measure(own, is_quick) for name, figure in asked.items()}
        customers.audit()
        database = stage.describe()
    with contestants.plain(scene) as other:
        theirs = {name: figure.measure(other, is_quick) for name, figure in asked.items()}
        customers.audit()
    lines = table.paragraph(INTRODUCTION.format(database=database))
    lines.append(table.row("", "SharkAPI", "plain django-q2", "ratio", "target"))
    for name, figure in asked.items():
        lines += figure.rows(ours[name], theirs[name])
    return lines
