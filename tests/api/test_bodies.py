"""POST /api/v1/image with bodies that are no request: broken, huge, cut off, oddly sent."""

import json
from collections.abc import Iterator

import pytest

from tests.api.calls import HTTP, SUBMIT, check_refused, check_untouched, exchange, send
from tests.conftest import Customer

GOOD = b'{"prompt":"x","variant":"tiny"}'
# How a number grows that no machine holds.
DIGITS = b"9" * 100_000

NOT_JSON = {
    "empty": b"",
    "blank": b" \n",
    "word": b"prompt",
    "form": b"prompt=a+shark",
    "cut off": GOOD[:-1],
    "trailing": GOOD + b" x",
    "two": GOOD + GOOD,
    "single quotes": b"{'prompt':'x'}",
    "raw line break": b'{"prompt":"a\nb"}',
    "invalid UTF-8": b'{"prompt":"\xff"}',
    "invalid UTF-8 beside": b'{"prompt":"x","more":"\xff"}',
    "encoded surrogate": b'{"prompt":"\xed\xa0\x80"}',
    "lone surrogate": b'{"prompt":"\\ud800"}',
    "lone second surrogate": b'{"prompt":"\\udc00"}',
    "surrogate name": b'{"prompt":"x","\\ud800":1}',
    "UTF-16": '{"prompt":"x"}'.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf" + GOOD,
    "deep list": b"[" * 100_000,
    "deep object": b'{"a":' * 100_000,
    "deep beside": b'{"prompt":"x","more":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "endless number": b'{"prompt":"x","more":' + DIGITS + b"}",
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON.keys())
def test_not_json(site: str, alice: Customer, body: bytes) -> None:
    answer = check_refused(send(site, alice, body), "INVALID_REQUEST")
    assert answer.startswith("The request body is not JSON.")
    assert len(answer) < 200
    check_untouched(alice)


@pytest.mark.parametrize("body", [b"[]", b"null", b'"prompt"', b"5", b"true", b'[{"prompt":"x"}]'])
def test_not_an_object(site: str, alice: Customer, body: bytes) -> None:
    answer = check_refused(send(site, alice, body), "INVALID_REQUEST")
    assert answer == "The request body must be a JSON object."
    check_untouched(alice)


def test_prompt_is_missing(site: str, alice: Customer) -> None:
    answer = check_refused(send(site, alice, b"{}"), "INVALID_REQUEST")
    assert answer == "prompt is required."


@pytest.mark.parametrize(
    "body",
    [
        b'{"prompt":"first","prompt":"x","variant":"tiny"}',
        b'{"prompt":"x","variant":"tiny","more":1e400}',
        b'{"prompt":"\\ud83e\\udd88","variant":"tiny"}',
        b'\n {"prompt" : "x" , "variant" : "tiny"}\r\n',
    ],
    ids=["name twice", "number beyond floats", "escaped emoji", "blanks"],
)
def test_odd_but_good(site: str, alice: Customer, body: bytes) -> None:
    assert send(site, alice, body).status_code == 202


def padded(size_bytes: int) -> bytes:
    """A good request of exactly that size."""
    head = GOOD[:-1] + b',"padding":"'
    return head + b"x" * (size_bytes - len(head) - 2) + b'"}'


def in_chunks(body: bytes) -> Iterator[bytes]:
    """For httpx: a body whose length is not known before."""
    for start in range(0, len(body), 100_000):
        yield body[start : start + 100_000]


@pytest.mark.parametrize("is_chunked", [False, True], ids=["declared", "chunked"])
@pytest.mark.parametrize(
    ("size_bytes", "is_accepted"),
    [
        (14_000_000, True),
        (16 * 1024 * 1024, True),
        (16 * 1024 * 1024 + 1, False),
        (50_000_000, False),
    ],
)
def test_size(
    site: str, alice: Customer, size_bytes: int, is_accepted: bool, is_chunked: bool
) -> None:
    body = padded(size_bytes)
    content = in_chunks(body) if is_chunked else body
    answer = HTTP.post(site + SUBMIT, headers=alice.headers, content=content)
    if is_accepted:
        assert answer.status_code == 202
    else:
        assert "too large" in check_refused(answer, "INVALID_REQUEST")
        check_untouched(alice)


@pytest.mark.parametrize("is_chunked", [False, True], ids=["declared", "chunked"])
@pytest.mark.parametrize("size_bytes", [14_000_000, 50_000_000])
def test_stranger_hears_that_the_key_is_wrong(site: str, size_bytes: int, is_chunked: bool) -> None:
    body = padded(size_bytes)
    content = in_chunks(body) if is_chunked else body
    headers = {"X-API-Key": "sk_live_wrong"}
    answer = HTTP.post(site + SUBMIT, headers=headers, content=content)
    check_refused(answer, "UNAUTHORIZED")


def raw_submit(customer: Customer, headers: str, body: bytes) -> bytes:
    head = f"POST {SUBMIT} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    return f"{head}X-API-Key: {customer.token}\r\n{headers}\r\n\r\n".encode() + body


def test_chunks_byte_by_byte(site: str, alice: Customer) -> None:
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in GOOD) + b"0\r\n\r\n"
    answer = exchange(site, raw_submit(alice, "Transfer-Encoding: chunked", chunks))
    assert answer[0] == 202


def test_broken_chunks(site: str, alice: Customer) -> None:
    request = raw_submit(alice, "Transfer-Encoding: chunked", b"zz\r\n" + GOOD)
    status, body = exchange(site, request)
    assert (status, body["code"]) == (400, "INVALID_REQUEST")
    check_untouched(alice)


def test_no_length_at_all(site: str, alice: Customer) -> None:
    status, body = exchange(site, raw_submit(alice, "Accept: */*", b""))
    assert (status, body["code"]) == (400, "INVALID_REQUEST")


def test_more_than_declared_is_another_request(site: str, alice: Customer) -> None:
    request = raw_submit(alice, f"Content-Length: {len(GOOD)}", GOOD + json.dumps({}).encode())
    assert exchange(site, request)[0] == 202
