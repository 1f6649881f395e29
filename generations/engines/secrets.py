"""Where a provider is and which secret it is sent: named in the catalogue, kept in the environment.

A secret's value never goes to the database, a log or a message. Only variables made for engines
can be named, so that who edits the catalogue cannot have the server send its other secrets away.
"""

import logging
import os
from typing import ClassVar

from pydantic import field_validator
from pydantic_core import PydanticCustomError

from generations.engines.base import Options
from generations.engines.failures import MISCONFIGURED, EngineRefused
from generations.fetch import check_form

log = logging.getLogger(__name__)

PREFIX = "SHARKAPI_ENGINE_"


class ProviderOptions(Options):
    """`base_url`: http or https. `secret`: the variable's name, or "" where none is wanted.

    Subclasses give `secret` its default, which is the one name allowed without the prefix.
    """

    # The header that carries the secret, and what stands before it.
    credential_header: ClassVar[str] = "Authorization"
    credential_scheme: ClassVar[str] = "Bearer "

    base_url: str
    secret: str

    @field_validator("base_url")
    @classmethod
    def _is_plain_address(cls, value: str) -> str:
        try:
            url = check_form(value)
        except ValueError:
            url = None
        if url is None or "?" in value or "#" in value:
            raise PydanticCustomError(
                "base_url", "must be an http or https URL without user, password, ? or #"
            )
        return str(url).rstrip("/")

    @field_validator("secret")
    @classmethod
    def _may_be_sent(cls, value: str) -> str:
        default = cls.model_fields["secret"].default
        if value not in ("", default) and not value.startswith(PREFIX):
            raise PydanticCustomError(
                "secret",
                "must be the name of an environment variable: {default}, or one that begins "
                "with {prefix}",
                {"default": default, "prefix": PREFIX},
            )
        return value

    def credentials(self) -> dict[str, str]:
        """The header that carries the secret. Raises EngineRefused while it is not set."""
        if not self.secret:
            return {}
        value = os.environ.get(self.secret, "").strip()
        # Anything but plain characters cannot stand in a header.
        if not value or not (value.isascii() and value.isprintable()):
            log.error("%s is not set or not usable: its engine cannot be asked", self.secret)
            raise EngineRefused(MISCONFIGURED)
        return {self.credential_header: self.credential_scheme + value}
