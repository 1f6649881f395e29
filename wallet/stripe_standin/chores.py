"""What shall happen by itself later: a payment that arrives, a refund that fails, a dispute.

Owns the list only; `background` does the work when its time has come.
"""

import json

from wallet.stripe_standin.state import State

# How long after a payment or refund a test card's bad news comes.
FOLLOW_UP_SECONDS = 2


def put_off(state: State, name: str, *arguments: str, seconds: int | None = None) -> None:
    """Notes the chore `name` of `background` for later."""
    if seconds is None:
        seconds = state.setting("follow_up_seconds", FOLLOW_UP_SECONDS)
    state.execute(
        "INSERT INTO chores (due, name, arguments) VALUES (?, ?, ?)",
        *(state.now() + seconds, name, json.dumps(arguments)),
    )


def take_due(state: State) -> list[tuple[str, list[str]]]:
    """The chores that are due, each given once."""
    rows = state.execute(
        "DELETE FROM chores WHERE due <= ? RETURNING id, name, arguments", state.now()
    )
    return [(name, json.loads(arguments)) for _, name, arguments in sorted(rows)]
