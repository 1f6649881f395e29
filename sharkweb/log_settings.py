"""What is logged, and how loud each library may be; how a line looks is `logs.py`'s.

Read by the settings, before anything of the rooms can be imported.
"""

from collections.abc import Sequence
from typing import Any


def configuration(log_format: str, secrets: Sequence[str]) -> dict[str, Any]:
    """Django's LOGGING, with lines in the format "json" or "line" and these secrets left out."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": "sharkweb.logs.JsonFormatter", "secrets": secrets},
            "line": {"()": "sharkweb.logs.LineFormatter", "secrets": secrets},
        },
        "filters": {
            # It answers 503 until all is up, and is asked all the time: that is no news.
            "not_health": {
                "()": "django.utils.log.CallbackFilter",
                "callback": lambda record: "/healthz" not in record.getMessage(),
            }
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": log_format,
                "filters": ["not_health"],
            }
        },
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            # These two say much at INFO that helps nobody who runs the project.
            "django-q": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            "httpx": {"level": "WARNING"},
            "stripe": {"level": "WARNING"},
            # The web server's own lines; how much it says is its command line's to choose.
            "_granian": {"handlers": ["stderr"], "propagate": False},
            # Strangers ask for hosts that are not ours all day long; they get a 400.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
        },
    }
