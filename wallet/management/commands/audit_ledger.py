"""`manage.py audit_ledger`: exits with 1, naming each drift, when the sums do not agree."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from wallet.audit import drifts
from wallet.models import Book, Transfer


class Command(BaseCommand):
    help = "Proves that balances and holds are what the transfers add up to."

    def handle(self, *args: Any, **options: Any) -> None:
        found = drifts()
        for drift in found:
            self.stderr.write(
                f"book {drift.book_id}: {drift.what} is {drift.found}, should be {drift.expected}"
            )
        if found:
            sys.exit(1)
        books, transfers = Book.objects.count(), Transfer.objects.count()
        self.stdout.write(f"The ledger adds up: {books} books, {transfers} transfers.")
