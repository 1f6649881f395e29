"""A bucket of any S3-compatible store, through django-storages.

Only here does anything know of S3; which bucket, and whose, is said by the settings.
"""

import mimetypes
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from boto3.s3.transfer import TransferConfig  # type: ignore[import-untyped]  # It has no types.
from botocore.config import Config  # type: ignore[import-untyped]  # It has no types.
from botocore.exceptions import (  # type: ignore[import-untyped]  # It has no types.
    BotoCoreError,
    ClientError,
)
from django.core.files.base import ContentFile, File
from storages.backends.s3 import S3Storage  # type: ignore[import-untyped]  # It has no types.

from generations.stores.base import Entry, StoreUnavailable

# The answer to HEAD has no body that could name the error.
MISSING = {"404", "NoSuchKey"}

# Whoever fetches from the bucket is told what it is; Python's own table knows it from 3.13 on.
mimetypes.add_type("image/webp", ".webp")

# One connection serves all threads and buckets of a store: each costs 15 MB, and boto3's clients,
# unlike its sessions, are made for threads.
_connections: dict[tuple[str, ...], Any] = {}
_connecting = threading.Lock()


@contextmanager
def _explained(path: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in MISSING:
            raise FileNotFoundError(path) from None
        raise StoreUnavailable(str(error)) from error
    except BotoCoreError as error:
        raise StoreUnavailable(str(error)) from error


class S3Store(S3Storage):  # type: ignore[misc]  # django-storages has no types.
    """One bucket, or what lies below a path of it; see `Store` for what its methods promise."""

    # Not what the environment may hold for Amazon's own tools: it would not belong to our keys.
    security_token = None
    session_profile = None
    client_config: ClassVar[Config] = Config(
        signature_version="s3v4",
        # Bucket names as part of host names are not known to every store.
        s3={"addressing_style": "path"},
        connect_timeout=5,
        read_timeout=20,
        # Whoever asks for longer asks again: a runner has the job's time, a browser its reader.
        retries={"mode": "standard", "total_max_attempts": 2},
        # More than any process of ours has threads.
        max_pool_connections=64,
        # The checksums that boto3 sends by default are refused by many other stores.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    # One request in the caller's own thread, since every picture fits into one.
    transfer_config: ClassVar[TransferConfig] = TransferConfig(
        use_threads=False, multipart_threshold=100 * 1024 * 1024
    )

    @property
    def connection(self) -> Any:
        """boto3's resource, shared by all that have the same address and keys."""
        key = (self.endpoint_url, self.region_name, self.access_key, self.secret_key)
        with _connecting:
            if key not in _connections:
                _connections[key] = super().connection
            return _connections[key]

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        # The library's own would send three requests and take in the whole file first.
        answer = self.bucket.Object(self._normalize_name(name)).get()
        file = File(answer["Body"])
        file.size = answer["ContentLength"]
        return file

    def put(self, path: str, data: bytes) -> None:
        with _explained(path):
            self.save(path, ContentFile(data))

    def open(self, name: str, mode: str = "rb") -> Any:
        with _explained(name):
            return super().open(name, mode)

    def read(self, path: str) -> bytes:
        with _explained(path), self.open(path) as file:
            data: bytes = file.read()
            return data

    def size(self, name: str) -> int:
        with _explained(name):
            return int(super().size(name))

    def delete(self, name: str) -> None:
        with _explained(name):
            super().delete(name)

    def entries(self, folder: str) -> Iterator[list[Entry]]:
        top = self._normalize_name(folder)
        pages = self.connection.meta.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket_name, Prefix=f"{top}/"
        )
        with _explained(folder):
            for page in pages:
                yield [
                    Entry(
                        folder + found["Key"].removeprefix(top),
                        found["Size"],
                        time.time() - found["LastModified"].timestamp(),
                    )
                    for found in page.get("Contents", ())
                ]

    def public_url(self, path: str) -> str:
        return str(self.url(path)) if self.custom_domain else ""
