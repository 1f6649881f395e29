"""What the environment decides: which mode we run in, and the secrets of that mode.

Two modes. Production, whenever SHARKAPI_SECRET_KEY is set: every setting comes from the
environment and a missing or weak one refuses to start. Local, when `make run` has made secrets
in the data folder. There is no third, so that no convenience of the local mode (the mail box
page, plain HTTP) can be switched on in production.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from sharkweb.up import folder, postgres
from sharkweb.up import standin as standins

SECRET_MIN_CHARACTERS = 40
DEVELOPMENT_WORDS = ("insecure", "development", "changeme", "change-me", "example", "secret-key")


@dataclass(frozen=True)
class Environment:
    """One deployment's choices. `url` is "" in local mode: the address asked for is used."""

    local: bool
    data_dir: Path
    secret_key: str
    token_pepper: str
    database_url: str
    url: str


def read() -> Environment:
    """The environment of this process. Raises ImproperlyConfigured naming what is missing."""
    data = folder.data_dir()
    if "SHARKAPI_SECRET_KEY" in os.environ:
        return Environment(
            local=False,
            data_dir=data,
            secret_key=_secret("SHARKAPI_SECRET_KEY"),
            token_pepper=_secret("SHARKAPI_TOKEN_PEPPER"),
            database_url=_required("DATABASE_URL"),
            url=_https("SHARKAPI_URL"),
        )
    secrets = folder.read_secrets(data)
    if secrets is None:
        raise ImproperlyConfigured(
            f"Nothing has run on {data} yet. Start `make run` first, or set SHARKAPI_DATA_DIR to "
            "the folder it runs on. In production set SHARKAPI_SECRET_KEY (see README.md)."
        )
    return Environment(
        local=True,
        data_dir=data,
        secret_key=secrets["secret_key"],
        token_pepper=secrets["token_pepper"],
        database_url=os.environ.get("DATABASE_URL") or postgres.database_url(data),
        url="",
    )


@dataclass(frozen=True)
class Stripe:
    """How Stripe is reached. Empty when this deployment takes no payments."""

    secret_key: str = ""
    webhook_secrets: tuple[str, ...] = ()
    api_base: str = ""


def read_stripe(environment: Environment) -> Stripe:
    """Stripe itself where its keys are set; in local mode else the stand-in beside us.

    Raises ImproperlyConfigured for half a configuration.
    """
    key, secrets = text("STRIPE_SECRET_KEY", ""), text("STRIPE_WEBHOOK_SECRET", "")
    if bool(key) != bool(secrets):
        raise ImproperlyConfigured(
            "STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET must be set together."
        )
    if key:
        return Stripe(key, tuple(secrets.replace(",", " ").split()))
    standin = standins.read(environment.data_dir) if environment.local else None
    if standin:
        return Stripe(standin.api_key, (standin.webhook_secret,), standin.address)
    return Stripe()


def text(name: str, default: str) -> str:
    """A text from the environment, or the default."""
    return os.environ.get(name, default)


def number(name: str, default: int) -> int:
    """A number from 1 from the environment. Raises ImproperlyConfigured when it is none."""
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit() or int(value) == 0:
        raise ImproperlyConfigured(f"{name} must be a whole number from 1, not {value!r}.")
    return int(value)


def _required(name: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"{name} must be set in production.")
    return value


def _secret(name: str) -> str:
    value = _required(name)
    weak = len(value) < SECRET_MIN_CHARACTERS or len(set(value)) < SECRET_MIN_CHARACTERS // 4
    if weak or any(word in value.lower() for word in DEVELOPMENT_WORDS):
        raise ImproperlyConfigured(
            f"{name} looks like a development secret: use at least {SECRET_MIN_CHARACTERS} "
            "random characters, such as `openssl rand -base64 48` prints."
        )
    return value


def _https(name: str) -> str:
    value = _required(name).rstrip("/")
    if not value.startswith("https://"):
        raise ImproperlyConfigured(f"{name} must be the public address, starting with https://.")
    return value
