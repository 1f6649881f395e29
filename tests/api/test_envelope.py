"""Every error under /api/ is JSON of one form, whoever noticed it."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import psycopg
import pytest
from django.db import connection

from keys.envelope import INTERNAL
from tests.api.calls import HTTP, LIST, SUBMIT, check_refused, exchange, status, submit
from tests.api.doors import django_door
from tests.conftest import Customer


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize(
    "path",
    [
        "/api/",
        "/api/v1/",
        "/api/v2/image",
        "/api/v1/jobs/",
        "/api/v1/jobs//cancel",
        "/api/v1/jobs/x/cancel/",
        "/api/v1/image/",
        "/api/v1/docs",
        "/api/v1/jobs/x/y",
        "/api/v1/..%2f..%2fadmin",
        "/api/%00",
        "/api/%ff",
        "/api/v1//image",
    ],
)
def test_unknown_path(site: str, alice: Customer, method: str, path: str) -> None:
    answer = HTTP.request(method, site + path, headers=alice.headers)
    check_refused(answer, "NOT_FOUND")


ALLOWED = {
    SUBMIT: "POST",
    LIST: "GET",
    "/api/v1/jobs/x": "GET",
    "/api/v1/jobs/x/cancel": "POST",
    "/api/v1/openapi.json": "GET",
}


@pytest.mark.parametrize("path", ALLOWED)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_wrong_method(site: str, path: str, method: str) -> None:
    answer = HTTP.request(method, site + path)
    if method == ALLOWED[path]:
        assert answer.status_code != 405
    else:
        check_refused(answer, "METHOD_NOT_ALLOWED")
        assert answer.headers["Allow"] == ALLOWED[path]


def test_pages_keep_their_own_errors(site: str) -> None:
    answer = HTTP.get(f"{site}/apis")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


def test_errors_are_not_kept_on_the_way(site: str) -> None:
    for path in ("/api/none", "/api/v1/jobs/x"):
        assert HTTP.get(site + path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("host", ["a b", "a_b..c:99999", "<script>", "[::1"])
def test_bad_host(site: str, host: str) -> None:
    request = f"GET /api/v1/none HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    code, body = exchange(site, request.encode())
    assert (code, list(body), body["code"]) == (400, ["error", "code"], "INVALID_REQUEST")


@contextmanager
def database_refusing() -> Iterator[None]:
    """Ends every connection to the tests' database and lets nobody in again."""
    name = connection.settings_dict["NAME"]
    parameters = connection.get_connection_params() | {"dbname": "postgres"}
    for ours in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(ours, None)
    with psycopg.connect(**parameters, autocommit=True) as admin:
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            yield
        finally:
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
            connection.close()


def test_database_away(site: str, alice: Customer) -> None:
    job_id = submit(site, alice).json()["job_id"]
    body = {"prompt": "a shark", "variant": "tiny"}
    with httpx.Client(base_url=site) as lane, django_door() as django:
        with database_refusing():
            for client in (lane, django):
                for answer in (
                    client.get(f"/api/v1/jobs/{job_id}", headers=alice.headers),
                    client.get(LIST, headers=alice.headers),
                    client.post(f"/api/v1/jobs/{job_id}/cancel", headers=alice.headers),
                    client.post(SUBMIT, headers=alice.headers, json=body),
                ):
                    assert check_refused(answer, "INTERNAL") == INTERNAL[1]
        # Nothing needs a restart once it is back.
        for client in (lane, django):
            for _ in range(8):
                poll = client.get(f"/api/v1/jobs/{job_id}", headers=alice.headers)
                assert poll.status_code == 200
            assert client.post(SUBMIT, headers=alice.headers, json=body).status_code == 202


def test_connections_lost(site: str, alice: Customer) -> None:
    """A restart of the database between two requests is noticed by nobody who polls."""
    job_id = submit(site, alice).json()["job_id"]
    with database_refusing():
        pass
    assert status(site, alice, job_id).status_code == 200
