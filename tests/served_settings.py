"""The project's settings with what makes tests quick; also for processes that the tests start."""

import gc

from sharkweb.settings import *  # noqa: F403

# Looking for garbage is a quarter of what a short process does.
gc.set_threshold(100_000, 50, 100)
# Hashing slowly protects passwords, of which the tests have none worth it.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Static files straight from the checkout, without collecting them first.
STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
WHITENOISE_USE_FINDERS = True
