"""The runner's own connection: a place is let go soon after the network to its holder is cut."""

import asyncio
import ctypes
import os
import socket
import struct
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from generations.runner import listener
from generations.runner.listener import Listener
from sharkweb.up import folder, postgres
from tests.conftest import free_port

# Linux: asm-generic/socket.h.
SO_ATTACH_FILTER = 26


@pytest.fixture
def over_tcp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Connections lead to a server of their own, as if on another machine."""
    port = free_port()
    monkeypatch.setattr(postgres, "PORT", port)
    listening = {"listen_addresses": "127.0.0.1", "port": str(port)}
    monkeypatch.setattr(postgres, "SETTINGS", postgres.SETTINGS | listening)
    elsewhere = {"HOST": "127.0.0.1", "PORT": port, "NAME": postgres.DATABASE, "USER": "postgres"}
    for name, value in elsewhere.items():
        monkeypatch.setitem(connection.settings_dict, name, value)
    folder.prepare(tmp_path / "data")
    with postgres.server(tmp_path / "data", durable=False):
        yield


def cut(own: psycopg.AsyncConnection) -> None:
    """From now on nothing arrives at our side, so nobody at the other hears from it any more."""
    # A filter of one instruction, “return 0”: keep nothing of any packet.
    instruction = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0), 8)
    program = struct.pack("HxxxxxxP", 1, ctypes.addressof(instruction))
    with socket.socket(fileno=os.dup(own.fileno())) as ours:
        ours.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux has such filters.")
@pytest.mark.usefixtures("over_tcp")
def test_a_place_is_free_soon_after_its_holder_is_cut_off() -> None:
    place = Listener(uuid.uuid4(), lambda channel, payload: None, lambda: None)

    async def take_it_again() -> None:
        async with await listener._connect() as broken, await listener._connect() as next_one:
            assert await place._take_place(broken, 0)
            cut(broken)
            assert not await place._take_place(next_one, 0)
            assert await place._take_place(next_one, listener.PATIENCE_SECONDS)

    asyncio.run(take_it_again())


@pytest.mark.usefixtures("over_tcp")
def test_a_server_that_is_cut_off_is_missed() -> None:
    async def idle_seconds() -> int:
        async with await listener._connect() as own:
            with socket.socket(fileno=os.dup(own.fileno())) as ours:
                assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
                return ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)

    assert asyncio.run(idle_seconds()) <= 10
