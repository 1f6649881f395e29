"""What the environment decides: which mode we run in, and the secrets of that mode.

Two modes. Production, whenever SHARKAPI_SECRET_KEY is set: every setting comes from the
environment and a missing or weak one refuses to start. Local, when `make run` has made secrets
in the data folder. There is no third, so that no convenience of the local mode (the mail box
page, plain HTTP) can be switched on in production.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from sharkweb.up import folder, postgres
from sharkweb.up import standin as standins

SECRET_MIN_CHARACTERS = 40
S3_REQUIRED = ("BUCKET", "ENDPOINT", "REGION", "ACCESS_KEY", "SECRET_KEY")
S3_OPTIONAL = ("INPUTS_BUCKET", "PATH", "PUBLIC_URL")
YEAR_SECONDS = 31_536_000
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


@dataclass(frozen=True)
class S3:
    """The store that speaks S3's protocol. Empty when files are kept in the data folder."""

    bucket: str = ""
    inputs_bucket: str = ""
    endpoint: str = ""
    region: str = ""
    access_key: str = ""
    secret_key: str = field(default="", repr=False)
    path: str = ""
    public_url: str = ""

    @property
    def public_origin(self) -> str:
        """What browsers must be allowed to load images from, "" when that is only the site."""
        url = urlsplit(self.public_url)
        return f"{url.scheme}://{url.netloc}" if self.public_url else ""

    @property
    def storages(self) -> dict[str, dict[str, Any]]:
        """Django's STORAGES for results, reference images and the data folder."""
        folder = {"BACKEND": "generations.stores.folder.FolderStore"}
        if not self.bucket:
            return {"default": folder, "inputs": folder, "data_folder": folder}
        common = {
            "endpoint_url": self.endpoint,
            "region_name": self.region,
            "access_key": self.access_key,
            "secret_key": self.secret_key,
            "location": self.path,
        }
        url = urlsplit(self.public_url)
        results = {
            "bucket_name": self.bucket,
            "object_parameters": {"CacheControl": f"public, max-age={YEAR_SECONDS}, immutable"},
            "url_protocol": f"{url.scheme}:",
            "custom_domain": f"{url.netloc}{url.path}" or None,
        }
        backend = "generations.stores.s3.S3Store"
        return {
            "default": {"BACKEND": backend, "OPTIONS": {**common, **results}},
            "inputs": {
                "BACKEND": backend,
                "OPTIONS": {**common, "bucket_name": self.inputs_bucket},
            },
            "data_folder": folder,
        }


def read_s3(environment: Environment) -> S3:
    """The bucket that files are kept in; without one they are kept in the data folder.

    Raises ImproperlyConfigured for half a configuration, and for one that would let strangers
    read reference images.
    """
    names = (*S3_REQUIRED, *S3_OPTIONAL)
    given = {name: text(f"SHARKAPI_S3_{name}", "").strip() for name in names}
    if not any(given.values()):
        return S3()
    missing = ", ".join(f"SHARKAPI_S3_{name}" for name in S3_REQUIRED if not given[name])
    if missing:
        raise ImproperlyConfigured(f"{missing} must be set, as other SHARKAPI_S3_… are.")
    path = given["PATH"].strip("/")
    if path and not all(part.strip(".") for part in path.split("/")):
        raise ImproperlyConfigured(f"SHARKAPI_S3_PATH must be like a/b, not {given['PATH']!r}.")
    # A bucket is public or not as a whole (Supabase knows nothing else), and an unguessable name
    # is no lock: whoever sees one in a log could fetch a customer's photograph.
    if given["PUBLIC_URL"] and given["INPUTS_BUCKET"] in ("", given["BUCKET"]):
        raise ImproperlyConfigured(
            "SHARKAPI_S3_PUBLIC_URL says that everyone may read SHARKAPI_S3_BUCKET, which must not "
            "hold for reference images: set SHARKAPI_S3_INPUTS_BUCKET to another, private bucket."
        )
    return S3(
        bucket=given["BUCKET"],
        inputs_bucket=given["INPUTS_BUCKET"] or given["BUCKET"],
        endpoint=_web_address("SHARKAPI_S3_ENDPOINT", ("https", "http")),
        region=given["REGION"],
        access_key=given["ACCESS_KEY"],
        secret_key=given["SECRET_KEY"],
        path=path,
        public_url=_web_address(
            # Browsers do not show what comes over plain HTTP on a page that does not.
            "SHARKAPI_S3_PUBLIC_URL",
            ("https", "http") if environment.local else ("https",),
        ),
    )


def text(name: str, default: str) -> str:
    """A text from the environment, or the default."""
    return os.environ.get(name, default)


def number(name: str, default: int) -> int:
    """A number from 1 from the environment. Raises ImproperlyConfigured when it is none."""
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit() or int(value) == 0:
        raise ImproperlyConfigured(f"{name} must be a whole number from 1, not {value!r}.")
    return int(value)


def days(name: str) -> int | None:
    """A number of days from the environment, None where it is not set: for ever."""
    return number(name, 1) if text(name, "") else None


def choice(name: str, options: tuple[str, ...], default: str) -> str:
    """One of the options from the environment. Raises ImproperlyConfigured for anything else."""
    value = text(name, default)
    if value not in options:
        raise ImproperlyConfigured(f"{name} must be {' or '.join(options)}, not {value!r}.")
    return value


def optional_secret(name: str) -> str:
    """A secret, or "" where there is none. Raises ImproperlyConfigured for a weak one."""
    return _secret(name) if text(name, "").strip() else ""


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


def _web_address(name: str, schemes: tuple[str, ...]) -> str:
    """The address without a slash at its end, "" where none is set."""
    value = text(name, "").strip().rstrip("/")
    url = urlsplit(value)
    if value and (url.scheme not in schemes or not url.hostname or url.query or url.fragment):
        starts = " or ".join(f"{scheme}://" for scheme in schemes)
        raise ImproperlyConfigured(f"{name} must be an address that starts with {starts}.")
    return value
