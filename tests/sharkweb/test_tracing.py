"""Every answer names its request, and machines inside may ask under any name."""

import re
import uuid

import httpx
import pytest

from tests.conftest import Customer, process_environment, served
from tests.sharkweb.deployed import FORWARDED, production_environment

HEADER = "X-Request-ID"
NEW = re.compile(r"[0-9a-f]{32}")


@pytest.mark.parametrize("path", ["/", "/nowhere", "/healthz", "/static/css/base.css", "/admin/"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_answer_has_a_name(site: str, method: str, path: str) -> None:
    names = [httpx.request(method, f"{site}{path}").headers.get_list(HEADER) for _ in range(2)]
    assert all(len(each) == 1 and NEW.fullmatch(each[0]) for each in names)
    assert names[0] != names[1]


def test_so_has_the_fast_lane(site: str, alice: Customer) -> None:
    body = {"prompt": "a shark", "variant": "tiny"}
    sent = alice.headers | {HEADER: "from-the-proxy"}
    answers = [
        httpx.post(f"{site}/api/v1/image", json=body, headers=sent),
        httpx.post(f"{site}/api/v1/image", json={}, headers=sent),
        httpx.get(f"{site}/api/v1/jobs/{uuid.uuid4()}", headers=sent),
        httpx.get(f"{site}/api/v1/jobs/x", headers={HEADER: "from-the-proxy"}),
    ]
    assert [answer.status_code for answer in answers] == [202, 400, 404, 401]
    assert {answer.headers[HEADER] for answer in answers} == {"from-the-proxy"}


@pytest.mark.parametrize("given", ["a", "5f0c1f5e-7e1f_A.b", "x" * 128])
def test_a_sane_name_is_kept(site: str, given: str) -> None:
    assert httpx.get(site, headers={HEADER: given}).headers[HEADER] == given


@pytest.mark.parametrize(
    "given", [b"", b"x" * 129, b"a b", b"a\tb", b"caf\xe9", b'{"a":1}', b"a,b", b"../x"]
)
def test_anything_else_is_not(site: str, given: bytes) -> None:
    answer = httpx.get(site, headers=[(HEADER.encode(), given)])
    assert NEW.fullmatch(answer.headers[HEADER])


def test_machines_inside_ask_by_number_and_over_plain_http() -> None:
    token = "metrics-Qx8vN3mQ1zX6cB4kL9jH7gF5dS2aW0eRtYuIoP"
    environment = {**production_environment(), "SHARKAPI_METRICS_TOKEN": token}
    with served(environment) as address:
        right = {"Authorization": f"Bearer {token}"}
        assert httpx.get(f"{address}/healthz").json()["database"] is True
        assert httpx.get(f"{address}/metrics", headers=right).status_code == 200
        assert httpx.get(f"{address}/metrics").status_code == 401
        # Everything else knows its name, and is read by nobody on the way.
        assert httpx.get(f"{address}/", headers={"Host": "10.0.0.5"}).status_code == 400
        named = httpx.get(f"{address}/", headers={"Host": FORWARDED["Host"]})
        assert named.headers["Location"].startswith("https://")
        assert httpx.get(f"{address}/", headers=FORWARDED).status_code == 200


def test_the_access_log_is_off_unless_wanted(capfd: pytest.CaptureFixture[str]) -> None:
    with served(process_environment()) as address:
        httpx.get(f"{address}/nowhere-at-all")
    assert "sharkweb.access" not in capfd.readouterr().err
