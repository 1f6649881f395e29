"""Who runs PostgreSQL: ourselves or, since it refuses to run as root, `nobody` under root.

It never opens the permissions of a folder that was there before.
"""

import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sharkweb.up import StartError


@dataclass(frozen=True)
class Identity:
    """A user, and the words that, put before a command, make it run as that user."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()

    def make_folder(self, folder: Path) -> None:
        """Makes a 0700 folder of this user's. Raises StartError when it is somebody else's."""
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            found = folder.lstat()
            private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) & 0o077 == 0
            if not private or found.st_uid not in (os.geteuid(), self.uid):
                raise StartError(f"{folder} is open to other users: move it out of the way")
            if found.st_uid != self.uid:
                os.chown(folder, self.uid, self.gid, follow_symlinks=False)
        except OSError as error:
            raise StartError(f"cannot make {folder}: {error.strerror}") from None


@cache
def identity(programs: Path) -> Identity:
    """Who runs the PostgreSQL in this folder of programs.

    The data and the programs may lie below folders that only root can enter. So `nobody` keeps
    one capability that passes through them, the weaker one when it is enough: the stronger
    is needed for programs that only root may execute, and where containers lack the weaker.
    """
    if os.geteuid() != 0:
        return Identity(os.geteuid(), os.getegid())
    nobody = pwd.getpwnam("nobody")
    for capability in ("dac_read_search", "dac_override"):
        prefix = _run_as(nobody.pw_uid, nobody.pw_gid, capability)
        if _works([*prefix, str(programs / "initdb"), "--show", "-D", "/nowhere"]):
            return Identity(nobody.pw_uid, nobody.pw_gid, tuple(prefix))
    raise StartError(
        "PostgreSQL does not run as root and cannot be given another user here: "
        "start as an ordinary user, or set DATABASE_URL to a server of your own"
    )


def _run_as(uid: int, gid: int, capability: str) -> list[str]:
    only = f"-all,+{capability}"
    return [
        shutil.which("setpriv") or "setpriv",
        f"--reuid={uid}",
        f"--regid={gid}",
        "--clear-groups",
        "--no-new-privs",
        f"--inh-caps={only}",
        f"--ambient-caps={only}",
        f"--bounding-set={only}",
        # initdb asks access(2), which forgets capabilities of other users than root without it.
        "--securebits=+no_setuid_fixup",
    ]


def _works(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
