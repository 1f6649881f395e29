"""Files are kept, found, listed and removed alike in a folder and in a bucket.

The bucket's server is a real one on loopback; nothing between it and `files` is replaced.
"""

import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from generations import files
from tests.generations.stores.storage_server import (
    DATA,
    REGION,
    StorageServer,
    UseStore,
    data_folder,
    storage,
    use_store,
)

__all__ = ["data_folder", "storage", "use_store"]

HOUR = 3600


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
