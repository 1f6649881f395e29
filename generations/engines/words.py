"""Which failure a provider's own words are about, for answers whose codes do not tell.

The words themselves go no further: they may name machines, keys or other customers.
"""

from generations.engines.failures import (
    MODERATED,
    REFERENCE_REFUSED,
    TIMED_OUT,
    EngineFailed,
)

# OpenAI's and Azure's codes, what OpenAI writes without a code, LiteLLM's exception, Replicate's
# filter (E005) and the safety checkers of the models there.
MODERATION = (
    "moderation_blocked",
    "content_policy_violation",
    "contentpolicyviolation",
    "content_filter",
    "safety system",
    "flagged as sensitive",
    "(e005)",
    "nsfw",
    "safety checker",
    "safety filter",
    "safety rules",
    "content moderation",
    "content policy",
)
# OpenAI's codes and sentences, Pillow's, and ours in another SharkAPI.
REFERENCE = (
    "image_file",
    "image file",
    "image_parse_error",
    "image_too_",
    "invalid_image",
    "invalid image",
    "unsupported_image",
    "unsupported image",
    "unsupported_file_mimetype",
    "reference image",
)
# Replicate's code for what did not start in time is E6716.
TIMEOUT = ("timed out", "took too long", "(e6716)")


def failure_in(words: str, has_reference: bool) -> EngineFailed | None:
    """The failure that the words are about, if it is one that customers can act on."""
    said = words.lower()
    if any(mark in said for mark in MODERATION):
        return EngineFailed("moderated", MODERATED)
    if has_reference and any(mark in said for mark in REFERENCE):
        return EngineFailed("invalid_reference", REFERENCE_REFUSED)
    if any(mark in said for mark in TIMEOUT):
        return EngineFailed("timeout", TIMED_OUT)
    return None
