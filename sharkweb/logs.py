"""How a line of the log looks: one JSON object for machines, or plain text for people.

Both name the request and the job that it belongs to, and go through `redaction.py`.
"""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS, LogData
from pythonjsonlogger.json import JsonFormatter as Json

from generations import current
from sharkweb.redaction import Redaction
from sharkweb.tracing import request_id


class JsonFormatter(Json):
    """`{"time", "level", "logger", "message", …}` with `request_id` and `job_id` where known.

    An exception stands in `exception`, as one text.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__(
            ["message"],
            rename_fields={"exc_info": "exception", "stack_info": "stack"},
            # Django adds the request itself, whose text has the query.
            reserved_attrs=[*RESERVED_ATTRS, "request"],
        )
        self.redaction = Redaction(secrets)

    def add_fields(
        self, log_data: LogData, record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        moment = datetime.fromtimestamp(record.created, UTC)
        log_data["time"] = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        log_data["level"] = record.levelname
        log_data["logger"] = record.name
        log_data["message"] = record.message
        log_data.update(_ids())
        super().add_fields(log_data, record, message_dict)

    def process_log_record(self, log_data: LogData) -> LogData:
        redacted: LogData = self.redaction.deep(log_data, _private())
        return redacted


class LineFormatter(logging.Formatter):
    """The time, the level, who logs, the message, and the ids where known."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")
        self.redaction = Redaction(secrets)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name.
        ids = "".join(f" {name}={value}" for name, value in _ids().items())
        return super().formatMessage(record) + ids

    def format(self, record: logging.LogRecord) -> str:
        return self.redaction(super().format(record), _private())


def _ids() -> dict[str, str]:
    job = current.job.get()
    job_id = str(job.pk) if job else current.job_id.get()
    ids = {"request_id": request_id.get(), "job_id": job_id}
    return {name: value for name, value in ids.items() if value}


def _private() -> list[str]:
    """The customer's own words, which an engine may repeat in whatever it says."""
    job = current.job.get()
    return [job.prompt, job.input_url] if job else []
