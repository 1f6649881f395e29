"""`manage.py audit_ledger`: exits with 1, naming each drift, when the books do not agree."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from generations import audit
from wallet.audit import drifts
from wallet.models import Book, Transfer


class Command(BaseCommand):
    help = "Proves that balances are what the transfers add up to, and holds what jobs need."

    def handle(self, *args: Any, **options: Any) -> None:
        found = [str(drift) for drift in drifts()] + audit.findings()
        for finding in found:
            self.stderr.write(finding)
        if found:
            sys.exit(1)
        books, transfers = Book.objects.count(), Transfer.objects.count()
        self.stdout.write(f"The ledger adds up: {books} books, {transfers} transfers.")
