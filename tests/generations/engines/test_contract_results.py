"""What every engine makes of the file that a provider says is the image.

It gives the bytes as they came, for `pictures` to judge, and goes nowhere but to the provider and
to the public internet for them.
"""

from contextlib import suppress

import pytest

from generations.engines.base import Image
from generations.engines.failures import EngineFailed, EngineRefused, EngineUncertain
from generations.pictures import InvalidPicture, clean_result
from tests.generations.engines import faults
from tests.generations.engines.asking import (
    failure_of,
    image_of,
    poll,
    reference_of,
    request_to,
)
from tests.generations.engines.conftest import POLLED
from tests.generations.engines.servers.server import Fault, Server
from tests.generations.engines.servers.work import noise, png

polled = pytest.mark.parametrize("server", POLLED, indirect=True)
NOISE = noise(128, 64)
FLEETING = {
    "500": faults.page(500),
    "502": faults.page(502),
    "503": faults.page(503),
    "lost": faults.lost(),
    "cut": faults.cut(),
}
# Where nothing of ours may go, whatever a provider says. The first leads to the trap.
ASTRAY = (
    "{trap}/out.png",
    "http://{server}@{trap_host}/out.png",
    "http://localhost:{trap_port}/out.png",
    "http://[::ffff:127.0.0.1]:{trap_port}/out.png",
    "http://2130706433:{trap_port}/out.png",
    "//{trap_host}/out.png",
    "/out.png",
    "file:///etc/passwd",
    "ftp://example.com/out.png",
    "https://",
    "http://[",
    "nonsense",
    "",
)


@pytest.mark.parametrize(
    "picture",
    [NOISE[: len(NOISE) // 2], png(64, 128), b"<html>", NOISE[:8]],
    ids=["truncated", "another size", "a page", "hardly begun"],
)
def test_a_bad_picture_comes_through_and_is_refused(server: Server, picture: bytes) -> None:
    server.picture = picture
    request = request_to(server)
    data = image_of(server, request)
    assert data == picture
    with pytest.raises(InvalidPicture):
        clean_result(data, request.width, request.height)


def test_nothing_at_all_is_no_picture(server: Server) -> None:
    server.picture = b""
    request = request_to(server)
    # An engine may say so itself.
    with pytest.raises((EngineFailed, InvalidPicture)):
        clean_result(image_of(server, request), request.width, request.height)


@polled
@pytest.mark.parametrize("fault", FLEETING.values(), ids=FLEETING)
def test_a_file_that_does_not_come_is_asked_for_again(server: Server, fault: Fault) -> None:
    server.fails("file", fault)
    request = request_to(server)
    reference = reference_of(server, request)
    # It is made and paid for, so the engine itself tries more than once, or says that one may.
    with suppress(EngineRefused, EngineUncertain):
        poll(server, request, reference)
    assert poll(server, request, reference) == Image(png(request.width, request.height))
    assert len(server.works) == 1


@polled
@pytest.mark.parametrize("fault", [*FLEETING.values(), faults.page(404)], ids=[*FLEETING, "404"])
def test_a_file_that_never_comes_is_given_up(server: Server, fault: Fault) -> None:
    server.fails("file", fault, times=100)
    failure_of(lambda: image_of(server, request_to(server)), (EngineFailed, EngineUncertain))
    assert len(server.asked_to("file")) <= 10


@polled
def test_a_file_without_an_end_is_ended(server: Server) -> None:
    server.fails("file", faults.endless())
    failure_of(lambda: image_of(server, request_to(server)), (EngineFailed, EngineUncertain))


@polled
def test_a_packed_file_is_not_unpacked(server: Server) -> None:
    server.fails("file", faults.bomb())
    request = request_to(server)
    try:
        data = image_of(server, request)
    except (EngineFailed, EngineUncertain):
        return
    assert len(data) < 1024 * 1024
    with pytest.raises(InvalidPicture):
        clean_result(data, request.width, request.height)


@polled
def test_a_file_is_not_looked_for_elsewhere(server: Server, trap: Server) -> None:
    server.fails("file", faults.redirect(f"{trap.origin}/out.png", 302))
    failure_of(lambda: image_of(server, request_to(server)), (EngineFailed, EngineUncertain))


@polled
@pytest.mark.parametrize("address", ASTRAY)
def test_a_result_on_a_private_address_is_left_there(
    server: Server, trap: Server, address: str
) -> None:
    trap_host = trap.origin.removeprefix("http://")
    server.file_url = address.format(
        trap=trap.origin,
        trap_host=trap_host,
        trap_port=trap.port,
        server=server.origin.removeprefix("http://"),
    )
    failure_of(lambda: image_of(server, request_to(server)), (EngineFailed, EngineUncertain))
    assert len(server.works) == 1
