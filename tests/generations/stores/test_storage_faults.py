"""Stores that are away, refuse, are full or are asked by many at once: what it means is said."""

import resource
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from generations import files
from tests.generations.stores.storage_server import (
    DATA,
    KEYS,
    StorageServer,
    UseStore,
    data_folder,
    storage,
    use_store,
)

__all__ = ["data_folder", "storage", "use_store"]

THREADS = 32


def test_a_bucket_that_goes_away_and_comes_back(
    storage: StorageServer, use_store: UseStore
) -> None:
    use_store(storage.environment(storage.bucket()))
    name, reference = files.save_result(DATA), files.save_input(DATA, "png")
    calls: list[Callable[[], object]] = [
        lambda: files.save_result(DATA),
        lambda: files.open_result(name),
        lambda: files.result_size(name),
        lambda: files.delete_result(name),
        lambda: files.read_input(reference),
        lambda: list(files.stored_names("images", 0)),
    ]
    storage.stop()
    try:
        with ThreadPoolExecutor(len(calls)) as threads:
            for future in [threads.submit(call) for call in calls]:
                assert isinstance(future.exception(), files.StoreUnavailable)
    finally:
        storage.start()
    assert files.read_input(reference) == DATA
    assert files.result_size(files.save_result(DATA)) == len(DATA)


def test_a_bucket_that_is_not_there(storage: StorageServer, use_store: UseStore) -> None:
    use_store(storage.environment("no-such-bucket"))
    name = f"{secrets.token_hex(16)}.png"
    for call in (files.open_result, files.read_input, lambda _: files.save_result(DATA)):
        with pytest.raises(files.StoreUnavailable, match="NoSuchBucket"):
            call(name)


def test_wrong_keys(storage: StorageServer, use_store: UseStore) -> None:
    variables = storage.environment(storage.bucket())
    with storage.guarded("s3:*") as good:
        use_store({**variables, **good})
        name = files.save_result(DATA)
        wrong_secret = {**good, "SHARKAPI_S3_SECRET_KEY": "guessed"}
        for given, code in ((KEYS, "InvalidAccessKeyId"), (wrong_secret, "SignatureDoesNotMatch")):
            use_store({**variables, **given})
            for call in (files.open_result, lambda _: files.save_result(DATA)):
                with pytest.raises(files.StoreUnavailable, match=code) as refused:
                    call(name)
                assert given["SHARKAPI_S3_SECRET_KEY"] not in str(refused.value)


def test_many_threads_share_one_connection(
    storage: StorageServer, use_store: UseStore, caplog: pytest.LogCaptureFixture
) -> None:
    # Keys that nobody has used make this the first use of the store.
    use_store({**storage.environment(storage.bucket()), "SHARKAPI_S3_ACCESS_KEY": "another"})
    ready = threading.Barrier(THREADS, timeout=10)

    def keep(number: int) -> bool:
        ready.wait()
        data = DATA + bytes([number])
        return files.read_input(files.save_input(data, "png")) == data

    with ThreadPoolExecutor(THREADS) as threads:
        assert all(threads.map(keep, range(THREADS)))
    # urllib3 says so when it has to open more connections than it keeps.
    assert "pool is full" not in caplog.text
    assert len({id(files.store(folder).connection) for folder in ("images", "inputs")}) == 1  # type: ignore[attr-defined]  # Only buckets have one.


def test_a_folder_that_refuses(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    settings.MEDIA_ROOT = tmp_path / "file"
    name = f"{secrets.token_hex(16)}.png"
    calls: list[Callable[[], object]] = [
        lambda: files.save_result(DATA),
        lambda: files.save_input(DATA, "png"),
        lambda: files.open_result(name),
        lambda: files.result_size(name),
        lambda: files.read_input(name),
        lambda: files.delete_result(name),
        lambda: list(files.stored_names("images", 0)),
    ]
    for call in calls:
        with pytest.raises(files.StoreUnavailable):
            call()


def test_a_full_disk_is_not_filled_further(data_folder: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(DATA) // 2, hard))
    try:
        with pytest.raises(files.StoreUnavailable):
            files.save_result(DATA)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list(data_folder.glob("images/*/*"))
