"""What every engine makes of a provider that does not take the request.

Then nothing was done, and another engine may take it; how long to wait is said where it is known.
"""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from generations.engines.failures import EngineRefused
from tests.generations.engines import faults
from tests.generations.engines.asking import failure_of, image_of, request_to
from tests.generations.engines.servers.server import Server


def refusal_of(server: Server) -> EngineRefused:
    """How the engine refuses a request, of which the provider then knows nothing."""
    failure = failure_of(lambda: image_of(server, request_to(server)), EngineRefused)
    assert isinstance(failure, EngineRefused)
    assert failure.kind == "provider"
    assert server.works == {}
    assert len(server.asked) <= 1
    return failure


@pytest.mark.parametrize("problem", ["rate_limit", "unavailable"])
def test_seconds_to_wait_are_passed_on(server: Server, problem: str) -> None:
    server.fails("submit", faults.problem(problem, Retry_After="7"))
    assert refusal_of(server).retry_after_seconds == 7


@pytest.mark.parametrize("problem", ["rate_limit", "unavailable"])
def test_a_date_to_wait_for_is_turned_into_seconds(server: Server, problem: str) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    server.fails("submit", faults.problem(problem, Retry_After=until))
    assert refusal_of(server).retry_after_seconds == pytest.approx(20, abs=3)


@pytest.mark.parametrize("problem", ["rate_limit", "unavailable"])
@pytest.mark.parametrize("headers", [{}, {"Retry_After": "soon"}, {"Retry_After": "-5"}])
def test_without_a_time_it_is_soon(server: Server, problem: str, headers: dict[str, str]) -> None:
    server.fails("submit", faults.problem(problem, **headers))
    seconds = refusal_of(server).retry_after_seconds
    assert seconds is not None
    assert 0 < seconds <= 60


@pytest.mark.parametrize("problem", ["forbidden", "quota"])
def test_waiting_does_not_help_an_account_without_rights_or_money(
    server: Server, problem: str
) -> None:
    server.fails("submit", faults.problem(problem))
    assert refusal_of(server).retry_after_seconds is None


def test_waiting_does_not_help_a_wrong_secret(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(server.secret_name, "wrong")
    assert refusal_of(server).retry_after_seconds is None


def test_nobody_listens(server: Server) -> None:
    server.stop()
    try:
        seconds = refusal_of(server).retry_after_seconds
    finally:
        server.start()
    assert seconds is not None
    assert 0 < seconds <= 60


def test_after_a_refusal_the_same_request_is_taken(server: Server) -> None:
    request = request_to(server)
    server.fails("submit", faults.problem("unavailable"))
    failure_of(lambda: image_of(server, request), EngineRefused)
    image_of(server, request)
    assert len(server.works) == 1
