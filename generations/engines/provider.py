"""What the engines that ask a provider over HTTP share: how they ask, and a model's inputs.

Which address to ask, and what the answers mean, is each engine's own.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from generations.engines.base import Engine, ImageRequest
from generations.engines.data_uris import data_uri
from generations.engines.failures import REFERENCE_UNSUPPORTED, EngineRefused
from generations.engines.secrets import ProviderOptions
from generations.engines.wire import NO_HEADERS, Answer

START_TIMEOUT_SECONDS = 30.0
POLL_TIMEOUT_SECONDS = 10.0
# Room for a small picture as a data URI; read, an answer takes many times its length in memory.
ANSWER_LIMIT_BYTES = 4 * 1024 * 1024


class ProviderEngine(Engine):
    """An engine with a base URL and a secret among its options."""

    async def submit(
        self,
        options: ProviderOptions,
        path: str,
        body: dict[str, Any],
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> Answer:
        """Posts what must not arrive twice. Raises what `Wire.call` does."""
        return await self.wire.call(
            "POST",
            options.base_url + path,
            headers={**options.credentials(), **headers},
            timeout_seconds=START_TIMEOUT_SECONDS,
            json=body,
            limit_bytes=ANSWER_LIMIT_BYTES,
        )

    async def ask(self, options: ProviderOptions, method: str, path: str) -> Answer:
        """Asks about something submitted before. Raises what `Wire.call` does."""
        return await self.wire.call(
            method,
            options.base_url + path,
            headers=options.credentials(),
            timeout_seconds=POLL_TIMEOUT_SECONDS,
            limit_bytes=ANSWER_LIMIT_BYTES,
        )


class ModelOptions(ProviderOptions):
    """`input`: further inputs. A field's name is "" where the model has no such input."""

    input: dict[str, Any] = Field(default_factory=dict)
    prompt_field: str = Field(default="prompt", min_length=1)
    image_field: str
    image_in_list: bool = False

    def inputs(self, request: ImageRequest, size: dict[str, Any]) -> dict[str, Any]:
        """The model's inputs. Raises EngineRefused for a reference image it has no input for."""
        ours: dict[str, Any] = {**size, self.prompt_field: request.prompt}
        if request.reference is not None:
            if not self.image_field:
                raise EngineRefused(REFERENCE_UNSUPPORTED, kind="invalid_reference")
            image = data_uri(request.reference.data)
            ours[self.image_field] = [image] if self.image_in_list else image
        ours.pop("", None)
        return {**self.input, **ours}
