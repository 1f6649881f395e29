"""What every engine does with a request: it is put once, as asked, and gives the image or says why.

The same for all providers; what only one of them knows is in the file of its name.
"""

import logging

import pytest

from generations.engines import ENGINES, failures
from generations.engines.base import ImageRequest
from generations.engines.failures import EngineFailed, EngineRefused, EngineUncertain
from generations.pictures import clean_result
from tests.generations.engines import faults
from tests.generations.engines.asking import (
    ask,
    failure_of,
    finish,
    image_of,
    kept,
    photo,
    request_to,
)
from tests.generations.engines.servers.server import Server
from tests.generations.engines.servers.work import FROM_TEXT, colour_of, png

PROMPT = 'a shark, “quoted” & <tagged>\n\t🦈 {"json": \\u0041} %s'


def test_words_become_the_providers_very_image(server: Server) -> None:
    request = request_to(server, PROMPT)
    data = image_of(server, request)
    (work,) = server.works.values()
    assert (work.prompt, work.width, work.height) == (PROMPT, request.width, request.height)
    assert work.reference is None
    assert data == png(request.width, request.height, FROM_TEXT)
    assert clean_result(data, request.width, request.height) == data


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_reference_image_becomes_another_image(server: Server, form: str) -> None:
    sent = photo(form)
    request = request_to(server, PROMPT, reference=sent)
    data = image_of(server, request)
    (work,) = server.works.values()
    assert (work.prompt, work.width, work.height) == (PROMPT, request.width, request.height)
    assert work.reference == sent
    assert data == png(request.width, request.height, colour_of(sent))


@pytest.mark.parametrize("reference", [None, photo()])
def test_the_demo_paints_what_it_is_asked_for(reference: bytes | None) -> None:
    request = ImageRequest("1", PROMPT, 128, 64, kept(reference) if reference else None)
    data = ask("demo", lambda engine: finish(engine, request))
    assert clean_result(data, 128, 64) == data


def test_one_request_is_put_once(server: Server) -> None:
    image_of(server, request_to(server))
    assert len(server.asked_to("submit")) == 1
    assert server.asked_to("unknown") == []


def test_the_secret_goes_to_the_provider_and_not_along_with_files(server: Server) -> None:
    image_of(server, request_to(server))
    for asked in server.asked:
        is_shown = server.secret in str(dict(asked.headers))
        assert is_shown == (asked.step != "file")
        assert server.secret not in asked.path
        assert server.secret.encode() not in asked.body


def test_moderation_has_a_kind_of_its_own(server: Server) -> None:
    request = request_to(server, "something forbidden")
    failure = failure_of(lambda: image_of(server, request), EngineFailed)
    assert (failure.kind, failure.message) == ("moderated", failures.MODERATED)
    assert not isinstance(failure, EngineRefused)


def test_a_reference_that_the_provider_cannot_use_has_one_too(server: Server) -> None:
    request = request_to(server, reference=photo()[:-40])
    failure = failure_of(lambda: image_of(server, request), EngineFailed)
    assert (failure.kind, failure.message) == ("invalid_reference", failures.REFERENCE_REFUSED)
    assert not isinstance(failure, EngineRefused)


def test_the_providers_own_failure_is_no_image(server: Server) -> None:
    request = request_to(server, "something broken")
    failure = failure_of(lambda: image_of(server, request), (EngineFailed, EngineUncertain))
    assert getattr(failure, "kind", "provider") == "provider"
    assert len(server.works) == 1


@pytest.mark.parametrize("value", [None, ""])
def test_without_the_secret_nothing_is_asked(
    server: Server, value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(server.secret_name)
    if value is not None:
        monkeypatch.setenv(server.secret_name, value)
    failure = failure_of(lambda: image_of(server, request_to(server)), EngineRefused)
    assert failure.retry_after_seconds is None
    assert server.asked == []


def test_staff_may_name_another_secret(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(server.secret_name)
    monkeypatch.setenv("SHARKAPI_ENGINE_SECOND", server.secret)
    image_of(server, request_to(server, options={"secret": "SHARKAPI_ENGINE_SECOND"}))
    assert len(server.works) == 1


@pytest.mark.parametrize("name", ["SHARKAPI_SECRET_KEY", "DATABASE_URL", "PATH"])
def test_staff_may_not_send_just_any_variable_away(server: Server, name: str) -> None:
    request = request_to(server, options={"secret": name})
    assert "secret" in (ENGINES[server.name].problem_of(request.options) or "")
    failure = failure_of(lambda: image_of(server, request), EngineRefused)
    assert failure.retry_after_seconds is None
    assert server.asked == []


@pytest.mark.parametrize(
    "wrong", [{"no_such_option": 1}, {"base_url": 5}, {"base_url": "ftp://example.com"}]
)
def test_nonsense_in_the_options_is_told_and_never_sent(
    server: Server, wrong: dict[str, object]
) -> None:
    request = request_to(server, options=wrong)
    problem = ENGINES[server.name].problem_of(request.options)
    assert problem is not None
    assert next(iter(wrong)) in problem
    failure = failure_of(lambda: image_of(server, request), EngineRefused)
    assert failure.retry_after_seconds is None
    assert server.asked == []


def test_good_options_have_no_problem(server: Server) -> None:
    assert ENGINES[server.name].problem_of(server.options) is None


def test_an_address_may_end_in_a_slash(server: Server) -> None:
    address = server.options["base_url"] + "/"
    image_of(server, request_to(server, options={"base_url": address}))
    assert server.asked_to("unknown") == []


@pytest.mark.parametrize("status", [200, 201, 400, 401, 403, 404, 422, 429, 500, 503])
def test_logs_and_failures_keep_the_secret_and_the_prompt(
    server: Server, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    image_of(server, request_to(server, PROMPT))
    server.fails("submit", faults.echo(status))
    request = request_to(server, PROMPT)
    failure = failure_of(lambda: image_of(server, request), (EngineFailed, EngineUncertain))
    logged = [logging.Formatter().format(record) for record in caplog.records]
    told = [*logged, str(failure), repr(failure)]
    assert not any(server.secret in text for text in told)
    loud = [
        text for text, at in zip(logged, caplog.records, strict=True) if at.levelno >= logging.INFO
    ]
    assert not any("quoted" in text for text in loud)
