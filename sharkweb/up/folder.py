"""The data folder: where it is, who holds it, and the secrets made on its first use.

It never starts a process and knows nothing of what others keep in the folder.
"""

import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sharkweb.up import StartError

CHECKOUT = Path(__file__).resolve().parents[2]
SECRET_NAMES = ("secret_key", "token_pepper")
CLEANUP_TIMEOUT_SECONDS = 12


def data_dir() -> Path:
    """The absolute data folder: `SHARKAPI_DATA_DIR`, or `data` in the checkout."""
    return Path(os.environ.get("SHARKAPI_DATA_DIR") or CHECKOUT / "data").expanduser().resolve()


def prepare(folder: Path) -> None:
    """Creates the folder for its owner alone. Raises StartError when it cannot be written."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StartError(f"cannot make the data folder {folder}: {error.strerror}") from None
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise StartError(f"the data folder {folder} is not writable")


@contextmanager
def held(folder: Path) -> Iterator[int]:
    """Holds the folder against a second copy and yields a lock for the watchdog to share.

    Two locks, since they end at different times: `running.lock` ends with this process, while
    the yielded `cleanup.lock` ends when the watchdog, too, has stopped what we leave behind.
    The kernel drops both at a process's death, so a crash leaves nothing to tidy up.
    Raises StartError when another copy runs on the folder.
    """
    running = _open_lock(folder / "running.lock")
    cleanup = _open_lock(folder / "cleanup.lock")
    try:
        if not _lock(running, timeout_seconds=0):
            pid = os.pread(running, 20, 0).decode().strip() or "unknown"
            raise StartError(f"already running on {folder} (process {pid})")
        os.ftruncate(running, 0)
        os.pwrite(running, f"{os.getpid()}\n".encode(), 0)
        if not _lock(cleanup, timeout_seconds=CLEANUP_TIMEOUT_SECONDS):
            raise StartError(f"an earlier copy on {folder} is still being stopped, try again")
        yield cleanup
    finally:
        os.close(running)
        os.close(cleanup)


def read_secrets(folder: Path) -> dict[str, str] | None:
    """The folder's secrets by name (`secret_key`, `token_pepper`), None before the first run."""
    try:
        content: dict[str, str] = json.loads((folder / "secrets.json").read_text())
    except FileNotFoundError:
        return None
    return content


def make_secrets(folder: Path) -> None:
    """Writes random secrets on the first run; later runs keep what is there."""
    if read_secrets(folder) is not None:
        return
    draft = folder / "secrets.json.new"
    # A draft left by a crash is made anew, so that its permissions are ours for certain.
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({name: secrets.token_urlsafe(50)[:50] for name in SECRET_NAMES}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(folder / "secrets.json")


def _open_lock(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StartError(f"cannot open {path}: {error.strerror}") from None


def _lock(file: int, timeout_seconds: float) -> bool:
    deadline = time.monotonic() + timeout_seconds
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.1)
