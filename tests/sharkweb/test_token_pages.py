"""A token is made, shown once, used and revoked in a browser, and kept nowhere in full."""

import re
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection

from keys.models import Key
from tests.conftest import (
    CHECKOUT,
    Customer,
    NewCustomer,
    free_port,
    process_environment,
    stop,
    wait_until,
)
from tests.visitor import Visitor

TOKEN = re.compile(r"sk_live_[0-9A-Za-z]{36}")
NO_JOB = "/api/v1/jobs/00000000-0000-4000-8000-000000000000"


@pytest.fixture
def visitor(site: str, alice: Customer) -> Iterator[Visitor]:
    """Alice, signed in."""
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        yield visitor


def created(visitor: Visitor, name: str) -> str:
    """The token that the page shows."""
    page = visitor.post("/tokens", {"name": name})
    assert page.status_code == 200
    return str(TOKEN.findall(page.text)[0])


def asks(site: str, token: str) -> httpx.Response:
    return httpx.get(f"{site}{NO_JOB}", headers={"X-API-Key": token})


def lines(page: httpx.Response) -> list[str]:
    """The words of each token's line."""
    found = re.findall(r'<li class="token.*?</li>', page.text, re.DOTALL)
    return [re.sub(r"(<[^>]+>|\s)+", " ", line) for line in found]


def test_a_token_is_shown_once_and_by_nobody_kept(visitor: Visitor, site: str) -> None:
    page = visitor.post("/tokens", {"name": "my <b>site</b>"})
    assert "no-store" in page.headers["cache-control"]
    assert "my &lt;b&gt;site&lt;/b&gt;" in page.text
    found = set(TOKEN.findall(page.text))
    assert len(found) == 1
    token = found.pop()
    assert asks(site, token).status_code == 404
    for path in ("/tokens", "/playground", "/wallet", "/history"):
        assert token[12:-4] not in visitor.get(path).text


def test_the_list_shows_how_to_tell_tokens_apart(
    visitor: Visitor, site: str, alice: Customer
) -> None:
    token = created(visitor, "website")
    first, second = lines(visitor.get("/tokens"))[:2]
    assert "website" in first
    assert "laptop" in second
    assert f"{token[:12]}…{token[-4:]}" in unescape(first)
    assert "Never" in first
    asks(site, token)
    first = lines(visitor.get("/tokens"))[0]
    assert "Never" not in first
    assert Key.objects.get(account=alice.account, name="website").last_used_at is not None


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\x00b"])
def test_a_bad_name_makes_no_token(name: str, visitor: Visitor, alice: Customer) -> None:
    page = visitor.post("/tokens", {"name": name})
    assert page.status_code == 422
    assert not TOKEN.search(page.text)
    assert Key.objects.filter(account=alice.account).count() == 1


def test_there_are_at_most_a_hundred_tokens(visitor: Visitor, alice: Customer) -> None:
    for number in range(99):
        Key.create(alice.account, str(number), alice.user)
    page = visitor.post("/tokens", {"name": "one too many"})
    assert page.status_code == 422
    assert "Revoke one" in page.text
    alice.key.revoke()
    created(visitor, "in its place")


def test_revoking_asks_first_and_then_holds_at_once(
    visitor: Visitor, site: str, alice: Customer
) -> None:
    path = f"/tokens/{alice.key.pk}/revoke"
    assert asks(site, alice.token).status_code == 404
    question = visitor.get(path)
    assert question.status_code == 200
    assert "laptop" in question.text
    assert visitor.http.head(path).status_code == 200
    assert asks(site, alice.token).status_code == 404

    assert visitor.post(path).status_code == 302
    # Several times, so that each of the server's threads is asked.
    for _ in range(8):
        refused = asks(site, alice.token)
        assert refused.status_code == 403
        assert refused.json()["code"] == "KEY_REVOKED"
    assert "Revoked" in lines(visitor.get("/tokens"))[0]
    # Again is no error, and no way back.
    assert visitor.post(path).status_code == 302
    assert asks(site, alice.token).status_code == 403


def test_a_forged_form_revokes_and_makes_nothing(
    visitor: Visitor, site: str, alice: Customer
) -> None:
    for path in (f"/tokens/{alice.key.pk}/revoke", "/tokens"):
        assert visitor.http.post(path, data={"name": "forged"}).status_code == 403
    assert asks(site, alice.token).status_code == 404
    assert Key.objects.filter(account=alice.account).count() == 1


@pytest.fixture
def logged_site(database: None, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A site of its own at its most talkative, and the file it logs to."""
    port, log = free_port(), tmp_path / "log"
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)]
    command += ["--access-log", "--log-level", "debug", "sharkweb.wsgi:application"]
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=CHECKOUT, env=process_environment(), stdout=file, stderr=file
        )

    def answers() -> bool:
        assert process.poll() is None, log.read_text()
        try:
            return httpx.get(f"http://127.0.0.1:{port}/healthz").status_code in (200, 503)
        except httpx.TransportError:
            return False

    try:
        wait_until(answers, timeout_seconds=40)
        yield f"http://127.0.0.1:{port}", log
    finally:
        stop(process)


def test_a_token_is_in_no_table_file_or_log(
    logged_site: tuple[str, Path], new_customer: NewCustomer
) -> None:
    site, log = logged_site
    alice = new_customer("alice", credit_micros=30_000)
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        token = created(visitor, "website")
        assert asks(site, token).status_code == 404
        headers = {"Authorization": f"Bearer {token}"}
        body = {"prompt": "a shark", "variant": "tiny"}
        answer = httpx.post(f"{site}/api/v1/image", json=body, headers=headers)
        assert answer.status_code == 202
        assert httpx.post(f"{site}/api/v1/image", headers=headers).status_code == 400
        assert httpx.get(f"{site}/api/v1/nothing", headers=headers).status_code == 404
        key = Key.objects.get(account=alice.account, name="website")
        visitor.post(f"/tokens/{key.pk}/revoke")
        assert asks(site, token).status_code == 403
    # What is shown of it, its beginning and its end, is not enough to be a secret.
    secret = token[12:-4]
    assert "GET /api/v1/nothing" in log.read_text(), "the log is not where this test looks"
    assert secret not in log.read_text()
    assert tables_with(secret) == []
    assert "website" in " ".join(tables_with("website", ["keys_key"]))
    for session in Session.objects.all():
        assert secret not in str(session.get_decoded())
    for folder in ("mail", "media"):
        for path in (settings.DATA_DIR / folder).rglob("*"):
            assert not path.is_file() or secret.encode() not in path.read_bytes(), path


def tables_with(text: str, tables: list[str] | None = None) -> list[str]:
    """Rows in which the text occurs, as text or as bytes, in any column of any table."""
    found = []
    with connection.cursor() as cursor:
        for table in tables or connection.introspection.table_names(cursor):
            # A row's own text shows bytea in hexadecimal.
            cursor.execute(
                f'SELECT entry::text FROM "{table}" entry WHERE entry::text LIKE ANY (%s)',
                [[f"%{text}%", f"%{text.encode().hex()}%"]],
            )
            found += [f"{table}: {row[0]}" for row in cursor.fetchall()]
    return found
