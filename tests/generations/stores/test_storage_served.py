"""An image's address goes on working while the operator moves the files from place to place."""

import secrets
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from generations import files, jobs
from tests.conftest import CHECKOUT, Customer, NewCustomer, process_environment, served
from tests.generations.runner.scripted import picture
from tests.generations.stores.storage_server import StorageServer, UseStore, storage, use_store
from tests.underway import processing

__all__ = ["storage", "use_store"]

DATA = b"\x89PNG" + bytes(range(256)) * 4000
HTTP = httpx.Client()
FOR_EVER = "public, max-age=31536000, immutable"


@pytest.fixture(scope="module")
def bucket(storage: StorageServer) -> str:
    return storage.bucket(public=True)


@pytest.fixture(scope="module")
def private(storage: StorageServer, bucket: str) -> dict[str, str]:
    """A deployment that keeps its files in a bucket and shows them itself."""
    return {**process_environment(), **storage.environment(bucket, PATH="shark")}


@pytest.fixture(scope="module")
def on_bucket(private: dict[str, str]) -> Iterator[str]:
    with served(private) as address:
        yield address


@pytest.fixture(scope="module")
def public_url(storage: StorageServer, bucket: str) -> str:
    return f"{storage.endpoint}/{bucket}"


@pytest.fixture(scope="module")
def on_public_bucket(
    private: dict[str, str], storage: StorageServer, public_url: str
) -> Iterator[str]:
    more = {"PUBLIC_URL": public_url, "INPUTS_BUCKET": storage.bucket()}
    named = {f"SHARKAPI_S3_{name}": value for name, value in more.items()}
    with served({**private, **named}) as address:
        yield address


@pytest.fixture
def in_bucket(use_store: UseStore, private: dict[str, str]) -> None:
    """What the test stores goes to the bucket."""
    use_store({key: value for key, value in private.items() if key.startswith("SHARKAPI_S3_")})


def published(customer: Customer) -> str:
    """The path of a customer's image."""
    job = processing(customer)
    assert jobs.complete(job, files.save_result(DATA))
    job.refresh_from_db()
    return job.image_path


def assert_shown(address: str) -> None:
    for answer in (HTTP.get(address), HTTP.head(address)):
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["Content-Length"] == str(len(DATA))
        assert answer.headers["Cache-Control"] == FOR_EVER
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert HTTP.get(address).content == DATA
    assert HTTP.head(address).content == b""


def assert_shown_elsewhere(address: str, public_url: str) -> None:
    for method in ("GET", "HEAD"):
        answer = HTTP.request(method, address)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(f"{public_url}/shark/images/")
        assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert HTTP.get(address, follow_redirects=True).content == DATA


def test_one_address_through_all_moves(
    alice: Customer,
    site: str,
    on_bucket: str,
    on_public_bucket: str,
    public_url: str,
    private: dict[str, str],
) -> None:
    path = published(alice)
    # Kept in the data folder, it is shown by a site that uses it, and by those that did.
    for address in (site, on_bucket, on_public_bucket):
        assert_shown(address + path)

    subprocess.run(
        [sys.executable, "manage.py", "copy_files"], cwd=CHECKOUT, env=private, check=True
    )
    files.data_folder().delete(files.path_of("images", path.rpartition("/")[2]))
    assert_shown(on_bucket + path)
    assert_shown_elsewhere(on_public_bucket + path, public_url)
    assert HTTP.get(site + path).status_code == 404


@pytest.mark.usefixtures("in_bucket")
def test_a_new_image(
    alice: Customer, on_bucket: str, on_public_bucket: str, public_url: str
) -> None:
    path = published(alice)
    assert_shown(on_bucket + path)
    assert_shown_elsewhere(on_public_bucket + path, public_url)
    for address in (on_bucket, on_public_bucket):
        answer = HTTP.get(f"{address}{path}?download")
        assert answer.content == DATA
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")


def test_an_image_that_is_not_there(on_bucket: str, on_public_bucket: str) -> None:
    for name in (f"{secrets.token_hex(16)}.png", "x.png"):
        for address in (on_bucket, on_public_bucket):
            for method in ("GET", "HEAD"):
                assert HTTP.request(method, f"{address}/images/{name}").status_code == 404


@pytest.mark.usefixtures("in_bucket")
def test_an_image_that_was_deleted(new_customer: NewCustomer, on_public_bucket: str) -> None:
    customer = new_customer(credit_micros=30_000)
    path = published(customer)
    customer.account.jobs.update(image_deleted_at="2025-01-15T10:23:44Z")
    assert HTTP.get(on_public_bucket + path).status_code == 404


@pytest.mark.usefixtures("in_bucket")
def test_a_thumbnail(
    alice: Customer, on_bucket: str, on_public_bucket: str, public_url: str
) -> None:
    job = processing(alice)
    assert jobs.complete(job, files.save_result(picture()))
    job.refresh_from_db()
    # The first who asks has it made, whichever way it then goes.
    for _ in range(2):
        answer = HTTP.get(on_public_bucket + job.thumbnail_path)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(f"{public_url}/shark/thumbnails/")
        assert answer.headers["Cache-Control"] == "public, max-age=300"
    elsewhere = HTTP.get(answer.headers["Location"])
    here = HTTP.get(on_bucket + job.thumbnail_path)
    for shown in (elsewhere, here):
        assert shown.headers["Content-Type"] == "image/webp"
        assert shown.headers["Cache-Control"] == FOR_EVER
        assert shown.content == here.content
    files.delete_result(job.image_name)
    assert HTTP.get(elsewhere.url).status_code != 200
    for address in (on_bucket, on_public_bucket):
        missing = f"{address}/thumbnails/{secrets.token_hex(16)}.png"
        assert HTTP.get(missing).status_code == 404


@pytest.mark.usefixtures("in_bucket")
def test_reference_images_have_no_address(on_bucket: str, on_public_bucket: str) -> None:
    name = files.save_input(DATA, "png")
    for address in (on_bucket, on_public_bucket):
        for path in (f"images/{name}", f"inputs/{name}", f"images/..%2finputs/{name[:2]}/{name}"):
            assert HTTP.get(f"{address}/{path}").status_code == 404


@pytest.mark.usefixtures("in_bucket")
def test_a_bucket_that_goes_away(alice: Customer, on_bucket: str, storage: StorageServer) -> None:
    path = published(alice)
    storage.stop()
    try:
        answer = HTTP.get(on_bucket + path)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
        assert "Cache-Control" not in answer.headers
    finally:
        storage.start()
    assert_shown(on_bucket + path)


def test_browsers_may_load_what_the_site_redirects_to(
    site: str, on_public_bucket: str, storage: StorageServer
) -> None:
    def sources(address: str) -> list[str]:
        policy = HTTP.get(address).headers["Content-Security-Policy"]
        (found,) = [part for part in policy.split(";") if part.strip().startswith("img-src")]
        return str(found).split()

    assert storage.endpoint in sources(on_public_bucket)
    assert storage.endpoint not in sources(site)
