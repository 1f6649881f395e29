"""The WSGI application that granian serves: the API's fast lane, then Django."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sharkweb.settings")

# Django must be set up before anything that knows a model is imported.
django_application = get_wsgi_application()

from generations.api.lane import with_fast_lane  # noqa: E402 - set up first, as said above.

application = with_fast_lane(django_application)
