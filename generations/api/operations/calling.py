"""What all operations share: the caller looked up with what they want, and a reply at any rate.

It knows no operation.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.db import InterfaceError, OperationalError, connection

from keys.authentication import CALLER_COLUMN_COUNT, Caller, admit
from keys.envelope import Reply, internal, refusal
from keys.errors import ApiError

Environ = Mapping[str, Any]
Row = tuple[Any, ...]

log = logging.getLogger(__name__)


def answer(operation: Callable[..., Reply], *arguments: Any) -> Reply:
    """The operation's reply, a refusal included; a fault of ours is logged and answered 500."""
    try:
        return operation(*arguments)
    except ApiError as error:
        return refusal(error)
    except Exception:  # Whatever it is: JSON is promised on every status, a 500 too.
        log.exception("The API failed")
        connection.close_if_unusable_or_obsolete()
        return internal()


def look_up(statement: str, values: dict[str, Any]) -> tuple[Caller, list[Row]]:
    """The caller, and the rows without the caller's columns, which come first in the statement.

    Raises ApiError when the key may do nothing now. For a caller there is at least one row.
    """
    rows = ask(statement, values)
    caller = admit(rows[0][:CALLER_COLUMN_COUNT] if rows else None)
    return caller, [row[CALLER_COLUMN_COUNT:] for row in rows]


def ask(statement: str, values: dict[str, Any]) -> list[Row]:
    """The rows, asked for once more on a new connection when the kept one has died."""
    for is_last in (False, True):
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                rows: list[Row] = cursor.fetchall()
                return rows
        except (OperationalError, InterfaceError):
            connection.close()
            if is_last:
                raise
    raise AssertionError
