"""A production environment on the tests' own database, and how its proxy forwards requests."""

from django.conf import settings

from tests.conftest import process_environment

FORWARDED = {"Host": "images.example.com", "X-Forwarded-Proto": "https"}


def production_environment() -> dict[str, str]:
    """With the tests' own secrets, so that its customers' tokens are good there."""
    return {
        **process_environment(),
        "SHARKAPI_SECRET_KEY": settings.SECRET_KEY,
        "SHARKAPI_TOKEN_PEPPER": settings.TOKEN_PEPPER.decode(),
        "SHARKAPI_URL": f"https://{FORWARDED['Host']}",
    }
