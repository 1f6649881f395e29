"""What staff may write into the catalogue for an engine, and which secrets that can send where."""

import asyncio
import logging
from typing import Any

import pytest

from generations.engines import ENGINES
from generations.engines.base import ImageRequest
from generations.engines.failures import MISCONFIGURED, EngineRefused
from generations.engines.wire import Wire
from tests.generations.loopback_server import answer, serving

LEAST: dict[str, dict[str, Any]] = {
    "openai": {"model": "gpt-image-2"},
    "replicate": {"model": "shark-labs/painter"},
    "fal": {"app": "fal-ai/flux/dev"},
    "sharkapi": {"base_url": "https://sharks.example"},
}
SECRETS = {
    "openai": "OPENAI_API_KEY",
    "replicate": "REPLICATE_API_TOKEN",
    "fal": "FAL_KEY",
    "sharkapi": "SHARKAPI_UPSTREAM_KEY",
}
SECRET_RULE = "must be the name of an environment variable"
providers = pytest.mark.parametrize("name", LEAST)


@pytest.fixture(scope="session", autouse=True)
def database() -> None:
    """Engines know no database."""


def problem_of(name: str, **options: Any) -> str | None:
    return ENGINES[name].problem_of({**LEAST[name], **options})


def refusal(name: str, **options: Any) -> EngineRefused:
    """How the engine refuses a request before anything was sent."""

    async def run() -> None:
        async with Wire() as wire:
            request = ImageRequest("id", "a shark", 64, 64, options={**LEAST[name], **options})
            await ENGINES[name](wire).start(request)

    with pytest.raises(EngineRefused) as caught:
        asyncio.run(run())
    return caught.value


@providers
def test_little_is_needed(name: str) -> None:
    assert problem_of(name) is None
    assert problem_of(name, secret=SECRETS[name]) is None


@providers
@pytest.mark.parametrize("secret", ["SHARKAPI_ENGINE_SECOND_KEY", "SHARKAPI_ENGINE_", ""])
def test_a_secret_made_for_engines_may_be_named(name: str, secret: str) -> None:
    assert problem_of(name, secret=secret) is None


@providers
@pytest.mark.parametrize(
    "secret",
    ["SHARKAPI_SECRET_KEY", "DATABASE_URL", "STRIPE_SECRET_KEY", "sharkapi_engine_key", "PATH"],
)
def test_no_other_secret_may_be_named(name: str, secret: str) -> None:
    problem = problem_of(name, secret=secret)
    assert problem is not None
    assert SECRET_RULE in problem
    assert SECRETS[name] in problem


@pytest.mark.parametrize("name", ["openai", "fal"])
def test_the_secret_of_one_engine_is_not_for_another(name: str) -> None:
    assert problem_of(name, secret=SECRETS["replicate"]) is not None


@providers
def test_what_was_never_checked_is_refused_when_it_is_used(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHARKAPI_SECRET_KEY", "top secret")
    refused = refusal(name, secret="SHARKAPI_SECRET_KEY", base_url="http://127.0.0.1:9")
    assert (refused.message, refused.retry_after_seconds) == (MISCONFIGURED, None)


@providers
@pytest.mark.parametrize("value", [None, "", "  ", "two\nlines", "naïve"])
def test_a_secret_that_cannot_be_sent_is_named_in_the_log(
    name: str,
    value: str | None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.delenv(SECRETS[name], raising=False)
    if value is not None:
        monkeypatch.setenv(SECRETS[name], value)
    refused = refusal(name, base_url="http://127.0.0.1:9")
    assert (refused.message, refused.retry_after_seconds) == (MISCONFIGURED, None)
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert SECRETS[name] in record.getMessage()
    if value and value.strip():
        assert value not in record.getMessage()


@providers
def test_no_secret_is_sent_where_none_is_wanted(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRETS[name], "top secret")

    async def run() -> bytes:
        async with serving(answer(status="503 No")) as server, Wire() as wire:
            options = {"base_url": f"http://127.0.0.1:{server.port}", "secret": ""}
            request = ImageRequest("id", "a shark", 64, 64, options={**LEAST[name], **options})
            with pytest.raises(EngineRefused):
                await ENGINES[name](wire).start(request)
            return server.requests[0]

    sent = asyncio.run(run()).lower()
    assert b"top secret" not in sent
    assert b"authorization" not in sent
    assert b"x-api-key" not in sent


@providers
@pytest.mark.parametrize(
    "base_url",
    ["https://api.example/v1", "http://10.0.0.7:8080/v1/", "http://[::1]:80", "HTTP://LAN"],
)
def test_the_address_is_the_operators_to_choose(name: str, base_url: str) -> None:
    assert problem_of(name, base_url=base_url) is None


@providers
@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "api.example",
        "ftp://api.example",
        "file:///etc/passwd",
        "https://",
        "https://user:password@api.example",
        "https://user@api.example",
        "https://api.example/v1?key=1",
        "https://api.example/#1",
        "http://[",
        7,
        None,
    ],
)
def test_the_address_must_be_a_plain_one(name: str, base_url: object) -> None:
    problem = problem_of(name, base_url=base_url)
    assert problem is not None
    assert problem.startswith("base_url: ")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("openai", {"model": ""}),
        ("openai", {"model": 5}),
        ("openai", {"extra": ["quality"]}),
        ("openai", {"quality": "high"}),
        ("replicate", {"model": "painter"}),
        ("replicate", {"model": "shark-labs/painter/../../account"}),
        ("replicate", {"version": "39ed52f2"}),
        ("replicate", {"model": ""}),
        ("replicate", {"prompt_field": ""}),
        ("fal", {"app": "painter"}),
        ("fal", {"app": "../account"}),
        ("fal", {"app": "fal-ai/flux?fal_webhook=https://elsewhere.example"}),
        ("fal", {"app_with_image": "painter"}),
        ("sharkapi", {"variant": 1}),
        ("sharkapi", {"base_url": None}),
    ],
)
def test_nonsense_is_found_before_a_customer_does(name: str, options: dict[str, Any]) -> None:
    assert problem_of(name, **options)


def test_the_sentences_say_what_to_mend() -> None:
    both = problem_of("replicate", version="39ed52f2")
    assert both == "Give either model or version."
    assert problem_of("openai", qualty="high") == "qualty: Extra inputs are not permitted"
    assert ENGINES["sharkapi"].problem_of({}) == "base_url: Field required"
    assert problem_of("fal", secret="FAL") == (
        "secret: must be the name of an environment variable: FAL_KEY, or one that begins with "
        "SHARKAPI_ENGINE_"
    )
