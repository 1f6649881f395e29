"""The guarded transport against servers on loopback: what it fetches and where it never goes.

Nothing here leaves this machine, and no database is touched.
"""

import asyncio

import pytest

from generations.fetch import NOT_FOUND, FetchFailed, fetch
from tests.generations.loopback_server import (
    IMAGE,
    Handler,
    answer,
    loopback_v4,
    names,
    raw_answer,
    refusal,
    serving,
)

REFUSED_REDIRECT = "The image URL redirects to a URL that is not allowed."


def test_the_exact_bytes_arrive_and_the_request_gives_nothing_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    async def run() -> tuple[bytes, bytes]:
        async with serving(answer(IMAGE, Set_Cookie="seen=1")) as server:
            url = f"http://images.example:{server.port}/à la.png?size=1#top".replace(" ", "%20")
            body = await fetch(url, resolve=names(["127.0.0.1"]), allow=loopback_v4)
        return body, server.requests[0].replace(str(server.port).encode(), b"PORT")

    body, request = asyncio.run(run())
    assert body == IMAGE
    assert request.split(b"\r\n") == [
        b"GET /%C3%A0%20la.png?size=1 HTTP/1.1",
        b"Host: images.example:PORT",
        b"User-Agent: SharkAPI/1 (+image fetch)",
        b"Accept: image/png,image/jpeg,image/webp,*/*;q=0.1",
        b"Accept-Encoding: identity",
        b"",
        b"",
    ]


@pytest.mark.parametrize(
    "handler",
    [
        answer(IMAGE, Connection="close"),
        answer(b"%x\r\n%b\r\n0\r\n\r\n" % (len(IMAGE), IMAGE), Transfer_Encoding="chunked"),
        raw_answer(b"HTTP/1.0 200 OK\r\n\r\n", IMAGE),
        raw_answer(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", IMAGE),
    ],
    ids=["until close", "chunked", "HTTP/1.0", "early hints"],
)
def test_every_framing_of_the_body_is_understood(handler: Handler) -> None:
    async def run() -> bytes:
        async with serving(handler) as server:
            url = f"http://127.0.0.1:{server.port}/"
            return await fetch(url, allow=loopback_v4, limit_bytes=len(IMAGE))

    assert asyncio.run(run()) == IMAGE


def test_the_host_header_of_an_ipv6_literal_keeps_its_brackets() -> None:
    async def run() -> None:
        async with serving(answer(IMAGE)) as server:
            url = f"http://[2001:db8::1]:{server.port}/"
            assert await fetch(url, resolve=names(["127.0.0.1"]), allow=loopback_v4) == IMAGE
            assert f"\r\nHost: [2001:db8::1]:{server.port}\r\n".encode() in server.requests[0]

    asyncio.run(run())


LOOPBACK_SPELLINGS = [
    *("127.0.0.1", "127.1", "127.0.1", "0", "0.0.0.0", "localhost", "LOCALHOST"),
    *("2130706433", "0x7f.1", "0X7F.0.0.1", "0x7f000001", "017700000001", "0177.1"),
    *("127\u30020\u30020\u30021", "127\uff0e0\uff0e0\uff0e1"),  # full stops of other scripts
    *("[::ffff:127.0.0.1]", "[::FFFF:7F00:1]", "[0:0:0:0:0:ffff:127.0.0.1]"),
]
OTHER_SPELLINGS = [
    *("127.0.0.2", "0177.0.0.1", "127.0.0.1.", "localhost.", "..127.0.0.1", "127%2e0%2e0%2e1"),
    *("127.0.0.1%00", "%6cocalhost", "\uff4cocalhost", "local\u00adhost"),
    *("\u2460\u2461\u2466.0.0.1", "\uff11\uff12\uff17.0.0.1"),  # circled and full-width digits
    *("[::1]", "[::]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::1", "::1"),
    *("[::1%25lo]", "[::1%lo]", "[fe80::1%25lo]", "[fd00:ec2::254]", "10.0.0.1"),
    *("good@127.0.0.1", "good:pass@127.0.0.1", "good.example\\@127.0.0.1", "127.0.0.1\\.a.example"),
    *("127.0.0.1\t", "\t127.0.0.1", "127.0.0.1\n", " 127.0.0.1", "127.0.0.1\0.a.example"),
    "127.0.0.1\r\nHost: a.example",
]
# Here the port of the server follows the name after the sign, so the host is 127.0.0.1, port 80.
SPLIT_SPELLINGS = ["127.0.0.1#@a.example", "127.0.0.1?@a.example", "127.0.0.1/@a.example"]


@pytest.mark.parametrize("host", LOOPBACK_SPELLINGS + OTHER_SPELLINGS + SPLIT_SPELLINGS)
def test_no_spelling_reaches_loopback(host: str) -> None:
    async def run() -> int:
        async with serving(answer(IMAGE)) as server:
            with pytest.raises(FetchFailed) as caught:
                await fetch(f"http://{host}:{server.port}/", timeout_seconds=5.0)
        # A name with a final dot is asked of DNS, which may be silent where the tests run.
        assert str(caught.value).startswith((NOT_FOUND, "image_url must ", "The image URL took"))
        return server.connections

    assert asyncio.run(run()) == 0


@pytest.mark.parametrize("host", LOOPBACK_SPELLINGS)
def test_the_address_rule_alone_stops_spellings_that_do_lead_to_loopback(host: str) -> None:
    async def run() -> bytes:
        async with serving(answer(IMAGE)) as server:
            url = f"http://{host}:{server.port}/"
            return await fetch(url, allow=lambda _address: True)

    try:
        assert asyncio.run(run()) == IMAGE
    except FetchFailed as error:
        pytest.fail(f"{host} is refused for another reason: {error}")


def test_one_private_address_among_public_ones_refuses_the_host() -> None:
    async def run(addresses: list[str]) -> tuple[str, int]:
        async with serving(answer(IMAGE)) as server:
            url = f"http://images.example:{server.port}/"
            with pytest.raises(FetchFailed) as caught:
                await fetch(url, resolve=names(addresses), allow=loopback_v4)
        return str(caught.value), server.connections

    for addresses in (["127.0.0.1", "10.0.0.1"], ["10.0.0.1", "127.0.0.1"], []):
        assert asyncio.run(run(addresses)) == (NOT_FOUND, 0)


def test_a_name_that_changes_its_address_is_connected_where_it_was_checked() -> None:
    async def run() -> None:
        async with (
            serving(answer(IMAGE)) as good,
            serving(answer(b"secret"), host="127.0.0.2", port=good.port) as inside,
        ):
            changing = names(["127.0.0.1"], ["127.0.0.2"])
            url = f"http://images.example:{good.port}/"
            assert await fetch(url, resolve=changing, allow=loopback_v4) == IMAGE
            with pytest.raises(FetchFailed, match=NOT_FOUND):
                await fetch(url, resolve=changing, allow=loopback_v4)
            assert inside.connections == 0

    asyncio.run(run())


def test_a_name_that_changes_its_address_between_redirects_is_refused() -> None:
    handler = answer(status="302 Found", Location="/next", Connection="close")

    async def run() -> None:
        async with (
            serving(handler) as good,
            serving(answer(b"secret"), host="127.0.0.2", port=good.port) as inside,
        ):
            changing = names(["127.0.0.1"], ["127.0.0.2"])
            url = f"http://images.example:{good.port}/"
            with pytest.raises(FetchFailed, match=NOT_FOUND):
                await fetch(url, resolve=changing, allow=loopback_v4)
            assert (good.connections, inside.connections) == (1, 0)

    asyncio.run(run())


def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    async def run() -> bytes:
        async with serving(answer(IMAGE)) as server:
            url = f"http://images.example:{server.port}/"
            both = names(["127.0.0.2", "127.0.0.1"])
            return await fetch(url, resolve=both, allow=lambda _address: True)

    assert asyncio.run(run()) == IMAGE


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(status: int) -> None:
    async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
        for hop, location in ((b"/0 ", "/1"), (b"/1 ", "2 ä"), (b"/2%20%C3%A4 ", "?last")):
            if b"GET " + hop in request:
                return await answer(b"x", f"{status} Moved", Location=location)(request, writer)
        assert b"GET /2%20%C3%A4?last " in request
        return await answer(IMAGE)(request, writer)

    async def run() -> bytes:
        async with serving(handle) as server:
            return await fetch(f"http://127.0.0.1:{server.port}/0", allow=loopback_v4)

    assert asyncio.run(run()) == IMAGE


@pytest.mark.parametrize("host", ["127.0.0.2", "2130706434", "[::1]", "10.0.0.1", "0"])
def test_a_redirect_to_a_private_address_is_refused(host: str) -> None:
    async def run() -> None:
        async with serving(answer(b"secret"), host="127.0.0.2") as inside:
            location = f"//{host}:{inside.port}/"
            async with serving(answer(status="302 Found", Location=location)) as server:
                with pytest.raises(FetchFailed, match=NOT_FOUND):
                    await fetch(f"http://127.0.0.1:{server.port}/", allow=loopback_v4)
            assert (server.connections, inside.connections) == (1, 0)

    asyncio.run(run())


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/a.png",
        "data:image/png;base64,AAAA",
        "http://user:pass@127.0.0.1/",
        "http://[::1",
        "http://[::1%25lo]/",
        "http://127.0.0.1:99999/",
        "",
        "/" + "a" * 2048,
    ],
)
def test_a_redirect_to_a_url_of_bad_form_is_refused(location: str) -> None:
    assert refusal(answer(status="302 Found", Location=location)) == REFUSED_REDIRECT


def test_a_redirect_that_names_no_place_is_refused() -> None:
    assert refusal(answer(status="302 Found")) == REFUSED_REDIRECT


def test_redirects_end_after_three() -> None:
    async def run() -> int:
        async with serving(answer(status="302 Found", Location="/again")) as server:
            with pytest.raises(FetchFailed, match="redirects more than 3 times"):
                await fetch(f"http://127.0.0.1:{server.port}/", allow=loopback_v4)
        return len(server.requests)

    assert asyncio.run(run()) == 4
