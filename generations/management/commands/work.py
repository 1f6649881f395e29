"""`manage.py work`: runs a django-q2 cluster, with a runner in it from the first second."""

from typing import Any

from django.core.management.base import BaseCommand

from generations import background


class Command(BaseCommand):
    help = "Runs the background workers until it is stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        background.run_cluster()
