"""Tells systemd, where it started this process, that it is ready and lives.

https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
"""

import os
import socket
from contextlib import suppress

ALIVE = b"READY=1\nWATCHDOG=1"


def say_alive() -> None:
    """To be said more often than the unit's WatchdogSec; says nothing elsewhere."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        # An abstract socket's name begins with "@" there, and with a zero byte for the kernel.
        address = "\0" + address[1:] if address.startswith("@") else address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to, suppress(OSError):
            to.sendto(ALIVE, address)
