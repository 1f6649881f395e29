"""The WSGI application that granian serves: a name for the request, the API's fast lane, Django."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from sharkweb.tracing import with_access_log, with_request_id

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sharkweb.settings")

# Django must be set up before anything that knows a model is imported.
django_application = get_wsgi_application()

from generations.api.lane import with_fast_lane  # noqa: E402 - set up first, as said above.

application = with_fast_lane(django_application)
if settings.ACCESS_LOG:
    application = with_access_log(application)
application = with_request_id(application)
