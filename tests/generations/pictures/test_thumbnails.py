"""Lists show small pictures, which cost their kilobytes once and go with their images."""

import io
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.db.models.functions import Now
from PIL import Image

from generations import files, jobs
from generations.models import Job
from generations.pictures import thumbnails
from generations.sync import sweep
from tests.conftest import Customer, wait_until
from tests.generations.runner.scripted import picture
from tests.generations.sync.stored import grow_old
from tests.underway import processing

FOR_EVER = "public, max-age=31536000, immutable"
TWO_DAYS_SECONDS = 172_800


def with_image(customer: Customer, data: bytes) -> Job:
    """A job that is completed with that picture."""
    job = processing(customer)
    assert jobs.complete(job, files.save_result(data))
    job.refresh_from_db()
    return job


def drawn(width: int, height: int, mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.effect_noise((width, height), 60).convert(mode).save(out, "PNG", compress_level=1)
    return out.getvalue()


def opened(answer: httpx.Response) -> Image.Image:
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Content-Length"] == str(len(answer.content))
    assert answer.headers["Cache-Control"] == FOR_EVER
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return Image.open(io.BytesIO(answer.content), formats=["WEBP"])


def test_made_once_and_kept(alice: Customer, site: str) -> None:
    job = with_image(alice, drawn(1024, 768))
    assert job.thumbnail_path == f"/thumbnails/{job.image_name}"
    first, second = (httpx.get(site + job.thumbnail_path) for _ in range(2))
    assert opened(first).size == (480, 360)
    assert opened(second).size == (480, 360)
    with files.open_thumbnail(job.image_name) as kept:
        assert kept.read() == first.content == second.content
    assert httpx.head(site + job.thumbnail_path).headers["Content-Type"] == "image/webp"


def test_a_small_image_with_holes_stays_as_it_is(alice: Customer, site: str) -> None:
    job = with_image(alice, drawn(64, 64, "RGBA"))
    assert opened(httpx.get(site + job.thumbnail_path)).size == (64, 64)


def test_what_was_never_there(site: str) -> None:
    for name in (f"{secrets.token_hex(16)}.png", f"{secrets.token_hex(16)}.webp", "x.png"):
        assert httpx.get(f"{site}/thumbnails/{name}").status_code == 404


def test_it_goes_with_its_image(alice: Customer, site: str) -> None:
    job = with_image(alice, picture())
    assert httpx.get(site + job.thumbnail_path).status_code == 200
    files.delete_result(job.image_name)
    assert httpx.get(site + job.thumbnail_path).status_code == 404
    with pytest.raises(FileNotFoundError):
        files.open_thumbnail(job.image_name)


def test_an_image_deleted_while_its_thumbnail_is_made(alice: Customer) -> None:
    """Its file is read, then somebody deletes it: nothing of it may come back."""
    job = with_image(alice, picture())
    Job.objects.filter(pk=job.pk).update(image_deleted_at=Now())
    with pytest.raises(FileNotFoundError):
        thumbnails.make(job.image_name)
    with pytest.raises(FileNotFoundError):
        files.open_thumbnail(job.image_name)


def test_no_more_than_a_few_are_made_at_once(
    alice: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbnails, "PATIENCE_SECONDS", 0.05)
    jobs_with_images = [with_image(alice, picture()) for _ in range(5)]
    going_on, read = threading.Event(), files.read_result

    def slowly(name: str) -> bytes:
        assert going_on.wait(5)
        return read(name)

    monkeypatch.setattr(files, "read_result", slowly)
    with ThreadPoolExecutor(5) as pool:
        asked = [pool.submit(thumbnails.make, job.image_name) for job in jobs_with_images]
        wait_until(lambda: sum(each.done() for each in asked) == 3)
        going_on.set()
    refused = [each for each in asked if isinstance(each.exception(), thumbnails.NotMade)]
    assert len(refused) == 3
    assert all(each.result() for each in asked if each not in refused)


def test_a_damaged_image_is_shown_as_it_is(alice: Customer, site: str) -> None:
    job = with_image(alice, picture()[:-40])
    answer = httpx.get(site + job.thumbnail_path)
    assert (answer.status_code, answer.headers["Location"]) == (302, job.image_path)
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_a_crash_left_is_swept(alice: Customer) -> None:
    kept = with_image(alice, picture())
    thumbnails.make(kept.image_name)
    orphan = f"{secrets.token_hex(16)}.png"
    files.save_thumbnail(orphan, b"left behind")
    paths = [
        grow_old("thumbnails", name.replace(".png", ".webp"), TWO_DAYS_SECONDS)
        for name in (kept.image_name, orphan)
    ]
    assert sweep.thumbnails() == 1
    assert [path.exists() for path in paths] == [True, False]
