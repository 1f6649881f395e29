"""Files are kept, found, listed and removed alike in a folder and in a bucket.

The bucket's server is a real one on loopback; nothing between it and `files` is replaced.
"""

import os
import resource
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from pytest_django.fixtures import Settings

from generations import files
from tests.generations.storage_server import (
    KEYS,
    REGION,
    StorageServer,
    UseStore,
    storage,
    use_store,
)

__all__ = ["storage", "use_store"]

DATA = b"\x89PNG" + bytes(range(256)) * 500
HOUR = 3600
THREADS = 32


@pytest.fixture(autouse=True)
def data_folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture(params=["folder", "bucket", "path in a bucket"])
def place(request: pytest.FixtureRequest, storage: StorageServer, use_store: UseStore) -> str:
    """Each kind of place that a deployment may keep its files in."""
    if request.param != "folder":
        path = "/staging/shark/" if "path" in request.param else ""
        use_store(storage.environment(storage.bucket(), PATH=path))
    return str(request.param)


@pytest.mark.usefixtures("place")
def test_a_result() -> None:
    name = files.save_result(DATA)
    with files.open_result(name) as file:
        assert file.size == len(DATA)
        assert file.read() == DATA
    assert files.result_size(name) == len(DATA)
    assert files.public_url(name) == ""
    files.delete_result(name)
    for missing in (files.open_result, files.result_size):
        with pytest.raises(FileNotFoundError):
            missing(name)
    files.delete_result(name)


@pytest.mark.usefixtures("place")
def test_a_reference_image() -> None:
    name = files.save_input(DATA, "webp")
    assert files.read_input(name) == DATA
    with pytest.raises(FileNotFoundError):
        files.open_result(name)
    files.delete_input(name)
    with pytest.raises(FileNotFoundError):
        files.read_input(name)
    files.delete_input(name)


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("name", ["../inputs/x.png", "x.png", f"{'A' * 32}.png", ""])
def test_a_name_that_was_never_ours(name: str) -> None:
    for missing in (files.open_result, files.result_size, files.public_url, files.read_input):
        with pytest.raises(FileNotFoundError):
            missing(name)
    files.delete_result(name)


def test_stored_names(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # As if each page of the server held a thousand.
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "4")
    monkeypatch.setattr("generations.stores.folder.PAGE_ENTRIES", 4)
    results = {files.save_result(DATA) for _ in range(3)}
    for number in range(10):
        results.add(f"ab{number:030x}.png")
        files.store("images").put(f"images/ab/ab{number:030x}.png", DATA)
    inputs = {files.save_input(DATA, "jpg")}
    # Somebody else's, which nobody may sweep away.
    strange = f"{secrets.token_hex(16)}.png"
    files.store("images").put(f"images/{strange}", DATA)
    files.store("images").put("images/ab/notes.txt", DATA)

    pages = list(files.stored_names("images", -1))
    assert sorted(name for page in pages for name in page) == sorted(results)
    assert all(len(page) <= 4 for page in pages)
    assert list(files.stored_names("inputs", -1)) == [list(inputs)]
    assert list(files.stored_names("images", HOUR)) == []
    if place == "folder":
        old = results.pop()
        before = time.time() - HOUR - 1
        os.utime(files.data_folder().path(files.path_of("images", old)), (before, before))
        assert list(files.stored_names("images", HOUR)) == [[old]]


def test_nothing_is_stored_yet(place: str) -> None:
    assert list(files.stored_names("images", -1)) == []


def test_keys_in_the_bucket(storage: StorageServer, use_store: UseStore) -> None:
    results, inputs = storage.bucket(), storage.bucket()
    use_store(storage.environment(results, INPUTS_BUCKET=inputs, PATH="/a/b/"))
    name, reference = files.save_result(DATA), files.save_input(DATA, "png")
    assert storage.keys(results) == [f"a/b/images/{name[:2]}/{name}"]
    assert storage.keys(inputs) == [f"a/b/inputs/{reference[:2]}/{reference}"]


def test_public_results_and_private_reference_images(
    storage: StorageServer, use_store: UseStore
) -> None:
    results, inputs = storage.bucket(public=True), storage.bucket()
    public_url = f"{storage.endpoint}/{results}"
    use_store(
        storage.environment(results, INPUTS_BUCKET=inputs, PATH="x", PUBLIC_URL=f"{public_url}/")
    )
    name, reference = files.save_result(DATA), files.save_input(DATA, "png")
    assert files.public_url(name) == f"{public_url}/x/images/{name[:2]}/{name}"
    shown = httpx.get(files.public_url(name))
    assert shown.content == DATA
    assert shown.headers["Content-Type"] == "image/png"
    assert shown.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    hidden = f"{storage.endpoint}/{inputs}/x/inputs/{reference[:2]}/{reference}"
    assert httpx.get(hidden).status_code == 403


def test_what_is_left_in_the_data_folder(
    storage: StorageServer, use_store: UseStore, data_folder: Path
) -> None:
    name, reference = files.save_result(DATA), files.save_input(DATA, "png")
    bucket = storage.bucket(public=True)
    use_store(storage.environment(bucket, INPUTS_BUCKET="other", PUBLIC_URL=storage.endpoint))
    assert files.public_url(name) == ""
    assert files.result_size(name) == len(DATA)
    with files.open_result(name) as file:
        assert file.read() == DATA
    assert files.read_input(reference) == DATA
    files.store("images").put(files.path_of("images", name), DATA)
    files.delete_result(name)
    # It would come to light again, had only one of both been deleted.
    assert storage.keys(bucket) == []
    assert not list(data_folder.glob("images/*/*"))


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


@pytest.fixture
def keys(storage: StorageServer) -> Iterator[dict[str, str]]:
    """Keys that the server knows, from when on it refuses all others."""
    identity = storage.client("iam")
    identity.create_user(UserName="sharkapi")
    policy = (
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}'
    )
    identity.put_user_policy(UserName="sharkapi", PolicyName="files", PolicyDocument=policy)
    made = identity.create_access_key(UserName="sharkapi")["AccessKey"]
    httpx.post(f"{storage.endpoint}/moto-api/reset-auth", content="0")
    yield {
        "SHARKAPI_S3_ACCESS_KEY": made["AccessKeyId"],
        "SHARKAPI_S3_SECRET_KEY": made["SecretAccessKey"],
    }
    httpx.post(f"{storage.endpoint}/moto-api/reset-auth", content="inf")


def test_wrong_keys(
    storage: StorageServer, use_store: UseStore, request: pytest.FixtureRequest
) -> None:
    variables = storage.environment(storage.bucket())
    good: dict[str, str] = request.getfixturevalue("keys")
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


@contextmanager
def recorded() -> Iterator[tuple[str, list[tuple[str, dict[str, str]]]]]:
    """A server's address, and the path and headers of each upload that it took."""
    uploads: list[tuple[str, dict[str, str]]] = []

    class Recorder(BaseHTTPRequestHandler):
        # In older ones nobody says that the body may come.
        protocol_version = "HTTP/1.1"

        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            uploads.append((self.path, {key.lower(): value for key, value in self.headers.items()}))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        # A name, since an IP address could not become a bucket's host name by mistake.
        yield f"http://localhost:{server.server_port}", uploads
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_what_supabase_is_sent(storage: StorageServer, use_store: UseStore) -> None:
    with recorded() as (address, uploads):
        variables = storage.environment("generated-images", PATH="shark")
        use_store({**variables, "SHARKAPI_S3_ENDPOINT": f"{address}/storage/v1/s3/"})
        name = files.save_result(DATA)
    ((path, headers),) = uploads
    assert path == f"/storage/v1/s3/generated-images/shark/images/{name[:2]}/{name}"
    assert f"/{REGION}/s3/aws4_request" in headers["authorization"]
    assert headers["content-type"] == "image/png"
    assert len(headers["x-amz-content-sha256"]) == 64
    assert not [key for key in headers if "checksum" in key or "trailer" in key]
    assert "content-encoding" not in headers


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
