"""The guarded transport over TLS: the certificate is checked for the name in the URL."""

import asyncio
import os
import ssl
import subprocess
from pathlib import Path

import pytest

from generations.fetch import FetchFailed, fetch
from tests.generations.loopback_server import (
    IMAGE,
    Handler,
    answer,
    loopback_v4,
    names,
    serving,
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a self-signed certificate for images.example, in one file."""
    path = tmp_path_factory.mktemp("tls") / "images.example.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    names = ["-subj", "/CN=images.example", "-addext", "subjectAltName=DNS:images.example"]
    output = ["-keyout", str(path), "-out", str(path.with_suffix(".crt"))]
    subprocess.run([*command.split(), *names, *output], check=True, capture_output=True)
    path.write_text(path.read_text() + path.with_suffix(".crt").read_text())
    return path


def over_tls(certificate: Path, url: str, handler: Handler, trusted: bool = True) -> bytes:
    """Fetch `url`, with PORT replaced, from a TLS server; check that it was asked by name."""
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(certificate)
    asked: list[str | None] = []

    def note(_socket: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
        asked.append(name)

    server_context.sni_callback = note
    client_context = ssl.create_default_context(cafile=certificate) if trusted else None

    async def run() -> bytes:
        async with serving(handler, ssl_context=server_context) as server:
            try:
                return await fetch(
                    url.replace("PORT", str(server.port)),
                    resolve=names(["127.0.0.1"]),
                    allow=loopback_v4,
                    ssl_context=client_context,
                )
            finally:
                assert asked == [url.split("/")[2].split(":")[0]]
                if server.requests:
                    host = f"Host: {asked[0]}:{server.port}\r\n"
                    assert host.encode() in server.requests[0]

    return asyncio.run(run())


def test_tls_is_checked_against_the_name_and_not_the_address(certificate: Path) -> None:
    assert over_tls(certificate, "https://images.example:PORT/", answer(IMAGE)) == IMAGE


@pytest.mark.parametrize(("host", "trusted"), [("other.example", True), ("images.example", False)])
def test_a_wrong_or_unknown_certificate_is_refused(
    certificate: Path, host: str, trusted: bool
) -> None:
    with pytest.raises(FetchFailed, match="failed the TLS certificate check"):
        over_tls(certificate, f"https://{host}:PORT/", answer(IMAGE), trusted=trusted)


def test_a_redirect_from_https_to_http_is_refused(certificate: Path) -> None:
    handler = answer(status="302 Found", Location="http://images.example/")
    with pytest.raises(FetchFailed, match="redirects to a URL that is not allowed"):
        over_tls(certificate, "https://images.example:PORT/", handler)


def test_plain_http_on_an_https_url_is_refused() -> None:
    async def plain(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async def run() -> None:
        async with await asyncio.start_server(plain, "127.0.0.1", 0) as listener:
            url = f"https://127.0.0.1:{listener.sockets[0].getsockname()[1]}/"
            with pytest.raises(FetchFailed, match="failed the TLS certificate check"):
                await fetch(url, allow=loopback_v4)

    asyncio.run(run())


def test_an_answer_that_leaves_the_encryption_is_refused(certificate: Path) -> None:
    async def leak(_request: bytes, writer: asyncio.StreamWriter) -> None:
        # Straight into the socket, under the TLS layer.
        os.write(writer.get_extra_info("socket").fileno(), b"HTTP/1.1 200 OK\r\n\r\n")

    with pytest.raises(FetchFailed, match="host broke off the answer"):
        over_tls(certificate, "https://images.example:PORT/", leak)
