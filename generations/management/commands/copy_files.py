"""`manage.py copy_files`: brings the files of all jobs from the data folder into the bucket.

May be run at any time, beside a site that serves, and again: what is in the bucket already is
left alone. Nothing is deleted.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from generations import files
from generations.models import Job
from generations.stores.base import Store

# Each mostly waits for the store.
THREADS = 16
REPORT_FILES = 1000
Outcome = Literal["copied", "there before", "gone", "different"]


class Command(BaseCommand):
    help = "Copies what jobs refer to from the data folder into the bucket."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.S3.bucket:
            raise CommandError("Set the SHARKAPI_S3_… variables first: they name the bucket.")
        try:
            total = self._copy("images", "image_name") + self._copy("inputs", "input_name")
        except files.StoreUnavailable as error:
            raise CommandError(f"{error}\nRun it again: it goes on where it stopped.") from None
        if total["different"]:
            raise CommandError(f"{total['different']} files have another size in the bucket.")

    def _copy(self, folder: files.Folder, column: str) -> Counter[Outcome]:
        total: Counter[Outcome] = Counter()
        reported = 0
        with ThreadPoolExecutor(THREADS) as pool:
            for page in files.data_folder().entries(folder):
                names = [entry.path.rpartition("/")[2] for entry in page]
                used = Job.objects.filter(**{f"{column}__in": names})
                wanted = set(used.values_list(column, flat=True))
                total.update(pool.map(lambda name: _copied(folder, name), wanted))
                if total.total() >= reported + REPORT_FILES:
                    reported = total.total()
                    self.stdout.write(f"{folder}: {reported} so far")
        self.stdout.write(
            f"{folder}: {total['copied']} copied, {total['there before']} were there before"
        )
        return total


def _copied(folder: files.Folder, name: str) -> Outcome:
    path, source, target = files.path_of(folder, name), files.data_folder(), files.store(folder)
    try:
        if _size(target, path) == source.size(path):
            return "there before"
        data = source.read(path)
    except FileNotFoundError:
        # Deleted meanwhile: it was kept for as long as the operator wants.
        return "gone"
    target.put(path, data)
    return "copied" if _size(target, path) == len(data) else "different"


def _size(store: Store, path: str) -> int | None:
    try:
        return store.size(path)
    except FileNotFoundError:
        return None
