"""Chosen jobs are downloaded together, and deleted for good; what they cost stays on record."""

import io
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx
import pytest

from accounts.roles import Role
from generations import audit, files, jobs
from generations.history import bundle, deletion
from generations.models import Job
from tests.accounts.people import HOSTILE, join, sign_in_to
from tests.conftest import Customer, wait_until
from tests.generations.history.looking import made, many, picture, shown
from tests.generations.playground.playing import at_page, post
from tests.generations.sync.ended import failed
from tests.underway import processing
from tests.visitor import Visitor
from wallet import statement

AT = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)


def asked(visitor: Visitor, path: str, jobs: list[Job], **more: str) -> httpx.Response:
    """A form that names these jobs, as a browser without scripts sends it."""
    visitor.get("/history")
    token = visitor.http.cookies["csrftoken"]
    names = {"job": [str(job.pk) for job in jobs], "csrfmiddlewaretoken": token}
    return visitor.http.post(path, data={**names, **more})


def names_in(answer: httpx.Response) -> list[str]:
    """What is in the ZIP, which must be whole."""
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    assert re.search(r'filename="sharkapi-[0-9-]+\.zip"', answer.headers["Content-Disposition"])
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert all(each.compress_type == zipfile.ZIP_STORED for each in archive.infolist())
        return archive.namelist()


def test_images_as_one_zip(site: str, alice: Customer, bob: Customer) -> None:
    first, second, same = (
        made(alice, prompt, created_at=AT)
        for prompt in ("Größe, 鲨鱼!", "../../etc/passwd", HOSTILE)
    )
    others = [failed(alice), processing(alice), made(alice, image_deleted_at=AT), made(bob)]
    gone = made(alice)
    files.delete_result(gone.image_name)
    with at_page(site, alice) as visitor:
        names = names_in(asked(visitor, "/history/download", [first, second, same, *others, gone]))
    expected = {
        f"2026-05-04-0302-größe-鲨鱼-{first.pk.hex[:8]}.png",
        f"2026-05-04-0302-etc-passwd-{second.pk.hex[:8]}.png",
        f"2026-05-04-0302-script-alert-1-script-7-{same.pk.hex[:8]}.png",
    }
    assert set(names) == expected


def test_a_long_prompt_and_none_make_names(alice: Customer) -> None:
    long, none = many(alice, ["word " * 400, "!!!"], created_at=AT)
    assert len(bundle.name_of(long)) < 100
    assert bundle.name_of(none) == f"2026-05-04-0302-{none.pk.hex[:8]}.png"


def test_viewers_may_download(site: str, alice: Customer, bob: Customer) -> None:
    job = made(alice)
    join(bob, alice, Role.VIEWER)
    with Visitor(site) as visitor:
        sign_in_to(visitor, bob, alice)
        assert len(names_in(asked(visitor, "/history/download", [job]))) == 1


def test_nothing_chosen(site: str, alice: Customer) -> None:
    with at_page(site, alice) as visitor:
        for path in ("/history/download", "/history/delete"):
            answer = asked(visitor, path, [processing(alice)], back="/history?view=table")
            assert answer.headers["location"] == "/history?view=table"
            assert "Choose images first" in visitor.get("/history").text


def test_few_zips_at_once(alice: Customer) -> None:
    jobs = [made(alice)]
    under_way = [bundle.Bundle(jobs) for _ in range(bundle.AT_ONCE_MAX)]
    with pytest.raises(bundle.TooManyBundles):
        bundle.Bundle(jobs)
    under_way[0].close()
    under_way[0].close()
    assert b"".join(bundle.Bundle(jobs)).startswith(b"PK")
    with pytest.raises(bundle.TooManyBundles):
        [bundle.Bundle(jobs), bundle.Bundle(jobs)]
    under_way[1].close()


def test_a_download_that_is_given_up_makes_room(site: str, alice: Customer) -> None:
    jobs = [made(alice) for _ in range(2)]
    with at_page(site, alice) as visitor:
        asked(visitor, "/history/download", jobs)
        data = {"job": [str(job.pk) for job in jobs]}
        data["csrfmiddlewaretoken"] = visitor.http.cookies["csrftoken"]  # type: ignore[assignment]
        for _ in range(4 * bundle.AT_ONCE_MAX):
            with visitor.http.stream("POST", "/history/download", data=data) as answer:
                assert answer.status_code in (200, 302)
        wait_until(lambda: asked(visitor, "/history/download", jobs).status_code == 200)


def test_one_is_deleted_with_all_that_was_said(site: str, alice: Customer, bob: Customer) -> None:
    job = made(alice, input_name=files.save_input(picture(), "png"), starred_at=AT, featured_at=AT)
    assert httpx.get(site + job.thumbnail_path).status_code == 200
    before = statement.summary(alice.account)
    with at_page(site, alice) as visitor:
        question = visitor.get(f"/history/delete?job={job.pk}&back=/history?q=shark")
        assert "Delete this job?" in question.text
        assert "a shark" in question.text
        assert shown(visitor.get("/history")) == ["a shark"], "nothing happens before the answer"
        answer = asked(visitor, "/history/delete", [job], confirmed="yes", back="/history?q=shark")
        assert answer.headers["location"] == "/history?q=shark"
        assert "1 job is deleted." in visitor.get("/history").text
        assert shown(visitor.get("/history")) == []
        assert visitor.get(f"/jobs/{job.pk}").status_code == 404
    for path in (job.image_path, job.thumbnail_path):
        assert httpx.get(site + path).status_code == 404
    with pytest.raises(FileNotFoundError):
        files.read_input(job.input_name)
    job.refresh_from_db()
    assert (job.prompt, job.input_name, job.input_url, job.input_digest) == ("", "", "", None)
    assert (job.starred_at, job.featured_at) == (None, None)
    assert job.image_deleted_at
    assert statement.summary(alice.account) == before
    assert audit.findings() == []


def test_several_are_deleted_in_place(site: str, alice: Customer, bob: Customer) -> None:
    image, failure, running, foreign = made(alice), failed(alice), processing(alice), made(bob)
    chosen = [image, failure, running, foreign]
    with at_page(site, alice) as visitor:
        visitor.get("/history")
        fields = {"job": [str(job.pk) for job in chosen], "back": "/history"}
        question = post(visitor, "/history/delete", fields, at="/history")  # type: ignore[arg-type]
        assert "Delete 2 jobs?" in question.text
        assert "<h1" not in question.text
        fields["confirmed"] = "yes"
        done = post(visitor, "/history/delete", fields, at="/history?q=x")  # type: ignore[arg-type]
        gone = set(re.findall(r'id="job-([0-9a-f-]+)" hx-swap-oob="delete"', done.text))
        assert gone == {str(image.pk), str(failure.pk)}
        assert "2 jobs are deleted." in done.text
        # On the job's own page there is nothing to stay for.
        last = made(alice)
        fields["job"] = [str(last.pk)]
        done = post(visitor, "/history/delete", fields, at=f"/jobs/{last.pk}")  # type: ignore[arg-type]
        assert done.headers["HX-Redirect"] == "/history"
    deleted = Job.objects.filter(pk__in=[job.pk for job in chosen], deleted_at__isnull=False)
    assert {job.pk for job in deleted} == {image.pk, failure.pk}


def test_what_the_api_says_of_a_deleted_job(site: str, alice: Customer) -> None:
    body = {"prompt": "a shark", "variant": "tiny"}
    headers = {**alice.headers, "Idempotency-Key": "order-1"}
    submitted = httpx.post(f"{site}/api/v1/image", json=body, headers=headers)
    job_id = submitted.json()["job_id"]
    address = f"{site}/api/v1/jobs/{job_id}"
    Job.objects.filter(pk=job_id).update(status="processing", fence=1)
    job = Job.objects.select_related("model").get(pk=job_id)
    assert jobs.complete(job, files.save_result(picture()))
    earlier = httpx.get(address, headers=alice.headers).json()
    assert deletion.delete(alice.account, [job.pk]) == [job.pk]
    answer = httpx.get(address, headers=alice.headers)
    assert answer.status_code == 200
    assert answer.json() == {**earlier, "image_url": None}
    (listed,) = httpx.get(f"{site}/api/v1/jobs", headers=alice.headers).json()["jobs"]
    assert (listed["job_id"], listed["prompt"], listed["image_url"]) == (job_id, "", None)
    # Nobody can tell any more what it was, so it is not made and charged once more.
    again = httpx.post(f"{site}/api/v1/image", json=body, headers=headers)
    assert (again.status_code, again.json()) == (202, submitted.json())
    cancelled = httpx.post(f"{address}/cancel", headers=alice.headers)
    assert cancelled.status_code == 409


def test_two_who_delete_the_same(alice: Customer) -> None:
    ids = [made(alice).pk for _ in range(4)]
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda order: deletion.delete(alice.account, order), (ids, ids[::-1])))
    assert sorted(both[0] + both[1]) == sorted(ids)
    assert deletion.delete(alice.account, []) == []
