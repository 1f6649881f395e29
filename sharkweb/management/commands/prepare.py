"""`manage.py prepare`: everything a deployment needs before it may serve, safe to run again.

Migrations, the cache's table, the catalogue, static files and, where there is none, a first staff
login. The last line printed is JSON: {"email": …}, with "password" when the login is new.
"""

import json
import secrets
from typing import Any

from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from accounts.models import Account, User
from generations import catalogue

STAFF_EMAIL = "staff@localhost"


class Command(BaseCommand):
    help = "Brings database, catalogue and static files up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            # A migration may take as long as it needs.
            cursor.execute("SET statement_timeout = 0")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        catalogue.load()
        call_command("collectstatic", interactive=False, verbosity=0)
        self.stdout.write(json.dumps(_first_staff()))


def _first_staff() -> dict[str, str]:
    existing = User.objects.filter(is_superuser=True).order_by("id").first()
    if existing:
        return {"email": existing.email}
    password = secrets.token_urlsafe(12)
    user = User.objects.create_superuser(STAFF_EMAIL, password)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    Account.open_for(user).verify()
    return {"email": user.email, "password": password}
