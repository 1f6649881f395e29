"""`manage.py keep_time`: runs a cluster for scheduled work."""

from typing import Any

from django.core.management.base import BaseCommand

from generations.background import timekeeping


class Command(BaseCommand):
    help = "Does what is scheduled until it is stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        timekeeping.run()
