"""The stand-in for Stripe that `make run` starts when no Stripe keys are set.

Only where it is and what its secrets are; what it does is in `wallet/stripe_standin/`.
"""

import json
import os
import secrets
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from sharkweb.up.checks import HOST


@dataclass(frozen=True)
class Standin:
    """A running stand-in, as the web processes and commands must know it."""

    port: int
    api_key: str
    webhook_secret: str

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"


def read(data: Path) -> Standin | None:
    """The stand-in of this data folder, or None where none was ever started."""
    try:
        return Standin(**json.loads((data / "standin.json").read_text()))
    except FileNotFoundError:
        return None


def prepare(data: Path, port: int) -> Standin:
    """Writes down where the stand-in will listen; its secrets stay the same for ever."""
    earlier = read(data)
    standin = Standin(
        port,
        earlier.api_key if earlier else f"sk_test_{secrets.token_hex(16)}",
        earlier.webhook_secret if earlier else f"whsec_{secrets.token_hex(16)}",
    )
    draft = data / "standin.json.new"
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(standin), file)
    draft.rename(data / "standin.json")
    return standin


def command(standin: Standin, data: Path, web_port: int) -> list[str]:
    """What starts it."""
    return [
        *(sys.executable, "-m", "wallet.stripe_standin"),
        *("--port", str(standin.port), "--folder", str(data / "standin")),
        *("--webhook-url", f"http://{HOST}:{web_port}/stripe/webhook"),
        *("--secret", standin.webhook_secret, "--api-key", standin.api_key),
    ]
