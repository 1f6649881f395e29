"""`python -m tests.bench [--quick] [--only PART,…]`: the parts of the bench and their tables.

It measures and prints. A target that is missed is shown, never an error: machines differ. A wrong
answer, or a process that does not start, ends it.
"""

import argparse
import os
import sys
from collections.abc import Iterator

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

# Django must be set up before anything that knows a model is imported.
from sharkweb.up import folder  # noqa: E402 - as said above.
from sharkweb.up.processes import interrupt_on_stop_signals  # noqa: E402 - as said above.
from tests.bench import (  # noqa: E402 - as said above.
    api,
    claims,
    engine_room,
    lighthouse,
    million,
    pages,
    processes,
    stage,
)
from tests.bench.stage import Stage  # noqa: E402

PARTS = ("api", *engine_room.FIGURES, "claims", "million", "pages", "lighthouse")
LOG_LINES = 40


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about a minute, less exact")
    parser.add_argument("--only", default=",".join(PARTS), metavar="PART,…", help=", ".join(PARTS))
    asked = parser.parse_args()
    parts = set(asked.only.split(","))
    if parts - set(PARTS):
        parser.error(f"the parts are {', '.join(PARTS)}")
    os.chdir(folder.CHECKOUT)
    interrupt_on_stop_signals()
    try:
        with stage.opened() as scene:
            for lines in tables(scene, asked.quick, parts):
                print("\n".join(lines), flush=True)
    except Exception:
        # What the processes said, before it is thrown away.
        print(*processes.last_words(LOG_LINES), sep="\n", file=sys.stderr)
        raise


def tables(scene: Stage, is_quick: bool, parts: set[str]) -> Iterator[list[str]]:
    """Each part's table, as soon as it is measured."""
    if "api" in parts:
        yield api.run(scene, is_quick)
    if parts & engine_room.FIGURES.keys():
        yield engine_room.run(scene, is_quick, parts)
    if "claims" in parts:
        yield claims.run(scene, is_quick)
    if "million" in parts:
        yield million.run(scene, is_quick)
    if "pages" in parts:
        yield pages.run(scene, is_quick)
    if "lighthouse" in parts and not is_quick:
        yield lighthouse.run(scene)


if __name__ == "__main__":
    main()
