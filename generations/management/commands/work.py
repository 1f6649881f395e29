"""`manage.py work`: runs a cluster for jobs, with a runner in it from the first second."""

from typing import Any

from django.core.management.base import BaseCommand

from generations.background import runners


class Command(BaseCommand):
    help = "Works on jobs until it is stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        runners.run()
