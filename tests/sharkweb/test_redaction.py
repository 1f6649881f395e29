"""What never stands in the log, taken out of whatever somebody logs."""

import io
import json
import logging
import sys
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from generations import current, jobs
from generations.models import Job
from keys import tokens
from sharkweb.logs import JsonFormatter, LineFormatter
from sharkweb.redaction import HIDDEN, Redaction
from sharkweb.tracing import request_id
from tests.conftest import Customer
from tests.underway import submission

API_TOKEN = tokens.generate()
ENVIRONMENT = {
    "SHARKAPI_SECRET_KEY": "quite-long+and/random=0123456789",
    "SHARKAPI_SMTP_PASSWORD": 'pass"word\\with\nall',
    "SHARKAPI_ENGINE_WHATEVER": "engine-secret-1",
    "STRIPE_WEBHOOK_SECRET": "whatever-old-1, whatever-new-2",
    "DATABASE_URL": "postgresql://someone:p%40ss%2Fword@db.example.com:5432/sharkapi",
    "SHORT_KEY": "abc",
    "HOME": "/home/somebody",
}
FORMS = [
    ("given quite-long+and/random=0123456789 now", "quite-long"),
    ("quoted quite-long%2Band%2Frandom%3D0123456789", "quite-long"),
    ('mail pass"word\\with\nall', "pass"),
    (repr([ENVIRONMENT["SHARKAPI_SMTP_PASSWORD"]]), "word"),
    (json.dumps([ENVIRONMENT["SHARKAPI_SMTP_PASSWORD"]]), "word"),
    ("one engine-secret-1two", "engine-secret"),
    ("whatever-new-2 or whatever-old-1", "whatever"),
    ("connect p@ss/word", "p@ss"),
    ("connect p%40ss%2Fword", "p%40ss"),
    ("postgresql://other:hunter22@db/x", "hunter22"),
    ("host=db password=hunter22 dbname=x", "hunter22"),
    (f"GET /api/v1/jobs/{API_TOKEN}", API_TOKEN[8:]),
    (f"Key.create said {API_TOKEN}", API_TOKEN[8:20]),
    ("sk_test_51Abc and rk_live_Def", "Abc"),
    ("whsec_a+b/c=", "a+b"),
    ("Authorization: Key one:two", "one"),
    ("{'authorization': 'Token r8_abc'}", "r8_abc"),
    ('{"X-API-Key": "abcdef"}', "abcdef"),
    ("[(b'Cookie', b'sessionid=abcdef')]", "abcdef"),
    ("sent Bearer abc.def-ghi", "abc.def"),
    ("https://bucket.example.com/a.png?X-Amz-Signature=abc&x=1 failed", "abc"),
    ("/accounts/password/reset/key/2f-c8e1f5/", "c8e1f5"),
]
HARMLESS = [
    "job 5f0c1f5e-7e1f-4d55-9b27-1d2f3a4b5c6d is no longer ours",
    "https://images.example.com/images/a.png answered 404",
    "Forbidden (CSRF cookie not set.): /playground",
    "alert test: abc /home/somebody",
    'new row violates check constraint "job_has_hold"',
]


@pytest.fixture
def redaction(monkeypatch: pytest.MonkeyPatch) -> Redaction:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return Redaction(["given-by-the-settings"])


@pytest.mark.parametrize(("text", "secret"), FORMS, ids=range(len(FORMS)))
def test_secrets_go(redaction: Redaction, text: str, secret: str) -> None:
    assert secret in text
    assert secret not in redaction(text)
    assert HIDDEN in redaction(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_the_rest_stays(redaction: Redaction, text: str) -> None:
    assert redaction(text) == text


def test_what_the_settings_know_goes_too(redaction: Redaction) -> None:
    assert redaction("x given-by-the-settings y") == f"x {HIDDEN} y"


@pytest.fixture
def log(redaction: Redaction) -> tuple[logging.Logger, io.StringIO]:
    """A logger that writes JSON into a text."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logger = logging.Logger("test")
    logger.addHandler(handler)
    return logger, stream


def last(stream: io.StringIO) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(stream.getvalue().splitlines()[-1])
    return line


def test_a_line_is_one_object(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    name = request_id.set("abc-1")
    logger.warning("%s and\nmore", "one", extra={"status": 200, "path": "/x", "request": "no"})
    request_id.reset(name)
    assert stream.getvalue().count("\n") == 1
    line = last(stream)
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "WARNING",
        "logger": "test",
        "message": "one and\nmore",
        "request_id": "abc-1",
        "status": 200,
        "path": "/x",
    }


def test_extra_fields_and_exceptions_are_searched(
    log: tuple[logging.Logger, io.StringIO],
) -> None:
    logger, stream = log
    try:
        raise ValueError("it was engine-secret-1")
    except ValueError:
        fields = {
            "headers": {"a": ["engine-secret-1", 1.5, None]},
            "thing": ValueError("Bearer x1"),
        }
        logger.exception("failed with %s", "engine-secret-1", extra=fields)
    assert "engine-secret-1" not in stream.getvalue()
    line = last(stream)
    assert line["message"] == f"failed with {HIDDEN}"
    assert line["headers"] == {"a": [HIDDEN, 1.5, None]}
    assert line["thing"] == f"Bearer {HIDDEN}"
    assert line["exception"].startswith("Traceback")
    assert line["exception"].endswith(f"ValueError: it was {HIDDEN}")


@pytest.mark.parametrize("prompt", ["a very private shark", 'it"s\nprivate).\nand more \u00fc'])
def test_a_jobs_prompt_goes(
    log: tuple[logging.Logger, io.StringIO], alice: Customer, prompt: str
) -> None:
    logger, stream = log
    job = Job.objects.get(pk=jobs.submit(submission(alice, prompt)).id)
    before = current.job.set(job)
    logger.error("the engine says: %s, %r, %s", prompt, prompt, json.dumps(prompt))
    current.job.reset(before)
    assert "private" not in stream.getvalue()
    assert last(stream)["job_id"] == str(job.pk)


@pytest.mark.parametrize("prompt", ["a very private shark", "a\nvery (private) shark"])
def test_a_row_that_the_database_repeats_goes(
    log: tuple[logging.Logger, io.StringIO], alice: Customer, prompt: str
) -> None:
    logger, stream = log
    job_id = jobs.submit(submission(alice, prompt)).id
    with pytest.raises(IntegrityError, match="private") as raised, transaction.atomic():
        Job.objects.filter(pk=job_id).update(status="completed")
    logger.error("failed", exc_info=raised.value)
    logger.error("failed: %s", raised.value)
    assert "private" not in stream.getvalue()
    assert "job_completed_has_image" in last(stream)["message"]
    exception = json.loads(stream.getvalue().splitlines()[0])["exception"]
    # What helps to find the fault is still there.
    assert "in execute" in exception
    assert exception.count("Failing row contains ([hidden]).") == 2


def test_lines_for_people_are_searched_too(redaction: Redaction) -> None:
    try:
        raise ValueError("engine-secret-1")
    except ValueError:
        record = logging.LogRecord(
            "test", logging.ERROR, "", 1, "with %s", (API_TOKEN,), sys.exc_info()
        )
    name = request_id.set("abc-1")
    line = LineFormatter().format(record)
    request_id.reset(name)
    assert f"ERROR test with {HIDDEN} request_id=abc-1\nTraceback" in line
    assert line.endswith(f"ValueError: {HIDDEN}")
