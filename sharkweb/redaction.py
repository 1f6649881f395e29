"""What never stands in the log, whoever logs it: secrets, tokens, prompts.

Takes them out of texts, and rather takes out too much. Never logs.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

HIDDEN = "[hidden]"
# Shorter words stand in every other line.
SHORTEST_CHARACTERS = 6
SECRET_NAME = re.compile(r".*_(KEY|TOKEN|SECRET|PASSWORD|PEPPER)|SHARKAPI_ENGINE_.*")

# A word in small letters without which the pattern finds nothing, and costs nothing.
PATTERNS = [
    (word, re.compile(pattern, re.DOTALL | re.IGNORECASE), replacement)
    for word, pattern, replacement in (
        # Our own API tokens, and Stripe's keys.
        ("k_live_", r"(?<![a-z])[sr]k_live_\w+", HIDDEN),
        ("k_test_", r"(?<![a-z])[sr]k_test_\w+", HIDDEN),
        ("whsec_", r"whsec_[\w+/=-]+", HIDDEN),
        # Headers, as they are sent or as Python and JSON write them.
        *(
            (name, rf"({name}['\"]?\s*[:=,]\s*b?['\"]?)[^'\"\r\n]+", rf"\1{HIDDEN}")
            for name in ("authorization", "cookie", "x-api-key")
        ),
        ("bearer", r"\bbearer\s+[\w.~+/=-]+", f"Bearer {HIDDEN}"),
        ("passw", r"\b(password|passwd)=[^\s&]+", rf"\1={HIDDEN}"),
        # Addresses: who may come in, and what signs them or was typed into a form.
        ("://", r"(?<=://)[^/\s@'\"]+@", f"{HIDDEN}@"),
        ("://", r"(https?://[^\s?#'\"<>]+)\?[^\s'\"<>]+", rf"\1?{HIDDEN}"),
        ("/password/reset/key/", r"(/password/reset/key/)[^/\s]+", rf"\1{HIDDEN}"),
        ("/invitations/", r"(/invitations/)[^/\s]+", rf"\1{HIDDEN}"),
        # PostgreSQL repeats rows in its errors, and a job's has the prompt.
        (
            "failing row",
            r"(Failing row contains \().*?(\)\.\s*(?:\n|$)|$)",
            rf"\1{HIDDEN}\2",
        ),
    )
]


class Redaction:
    """Takes what it knows to be secret out of texts."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Knows the secrets given, and those of the environment of this process."""
        self.known = _forms([*secrets, *_secrets_in(os.environ)])

    def __call__(self, text: str, private: Iterable[str] = ()) -> str:
        """The text without secrets, nor the private words that belong to this text alone."""
        for form in (*self.known, *_forms(private)):
            text = text.replace(form, HIDDEN)
        small = text.lower()
        for word, pattern, replacement in PATTERNS:
            if word in small:
                text = pattern.sub(replacement, text)
        return text

    def deep(self, value: Any, private: Iterable[str] = ()) -> Any:
        """The same for what JSON is made of; anything else becomes its text."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, Mapping):
            return {str(name): self.deep(each, private) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.deep(each, private) for each in value]
        return self(str(value), private)


def _secrets_in(environment: Mapping[str, str]) -> Iterator[str]:
    for name, value in environment.items():
        if SECRET_NAME.fullmatch(name):
            yield value
            # One variable may hold several.
            yield from re.split(r"[,\s]+", value)
        elif "://" in value:
            try:
                password = urlsplit(value).password or ""
            except ValueError:
                continue
            yield from (password, unquote(password))


def _forms(words: Iterable[str]) -> list[str]:
    """The words as they are, and as Python, JSON or an address would write them."""
    forms = {
        form
        for word in words
        if len(word) >= SHORTEST_CHARACTERS
        for form in (word, repr(word)[1:-1], json.dumps(word)[1:-1], quote(word, safe=""))
    }
    # The longest first, else what begins with a shorter one would be left half.
    return sorted(forms, key=len, reverse=True)
