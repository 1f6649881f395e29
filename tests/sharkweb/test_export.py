"""All data of an account in one ZIP: whole, true, without secrets, and for its owner alone."""

import csv
import io
import json
import tracemalloc
import zipfile
from typing import Any

from accounts.models import Account
from accounts.roles import Role
from generations import files, jobs
from generations.models import Job
from sharkweb import archive
from tests.accounts.people import HOSTILE, join, sign_in_to
from tests.conftest import Customer
from tests.generations.runner.scripted import picture
from tests.underway import processing, submission
from tests.visitor import Visitor

EXPORT = "/settings/account/export"


def with_image(customer: Customer) -> Job:
    job = processing(customer)
    assert jobs.complete(job, files.save_result(picture()))
    return job


def rows(zipped: zipfile.ZipFile, name: str) -> list[Any]:
    return [json.loads(line) for line in zipped.read(name).splitlines()]


def test_everything_is_in_it(site: str, alice: Customer, bob: Customer) -> None:
    done, waiting = with_image(alice), jobs.submit(submission(alice, HOSTILE))
    lost = with_image(alice)
    files.delete_result(Job.objects.get(pk=lost.pk).image_name)
    reference = files.save_input(b"a reference", "webp")
    Job.objects.filter(pk=waiting.id).update(input_name=reference)
    strange = with_image(bob)
    join(bob, alice, Role.VIEWER)
    Account.objects.filter(pk=alice.account.pk).update(name=HOSTILE)
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        answer = visitor.post(EXPORT)
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith('attachment; filename="sharkapi-script')
    zipped = zipfile.ZipFile(io.BytesIO(answer.content))
    assert zipped.testzip() is None
    assert zipped.read(f"images/{done.pk}.png") == picture()
    assert zipped.read(f"references/{waiting.id}.webp") == b"a reference"
    assert zipped.read("missing.txt").decode() == f"images/{lost.pk}.png\n"
    found = {row["id"]: row for row in rows(zipped, "jobs.jsonl")}
    assert set(found) == {str(done.pk), str(waiting.id), str(lost.pk)}
    assert found[str(waiting.id)]["prompt"] == HOSTILE
    assert found[str(done.pk)]["files"] == [f"images/{done.pk}.png"]
    assert json.loads(zipped.read("account.json"))["name"] == HOSTILE
    assert {row["role"] for row in rows(zipped, "members.jsonl")} == {"owner", "viewer"}
    (token,) = rows(zipped, "tokens.jsonl")
    assert token["name"] == "laptop"
    statement = list(csv.DictReader(io.StringIO(zipped.read("statement.csv").decode())))
    assert {line["amount"] for line in statement if line["unit"] == "usd"} == {"10.00", "-0.03"}
    everything = b"".join(zipped.read(name) for name in zipped.namelist())
    assert str(strange.pk).encode() not in everything
    assert alice.token.encode() not in everything
    assert bytes(alice.key.digest).hex().encode() not in everything


def test_it_is_the_owners_alone_and_not_by_a_link(
    site: str, alice: Customer, bob: Customer
) -> None:
    join(bob, alice, Role.DEVELOPER)
    with Visitor(site) as visitor:
        sign_in_to(visitor, bob, alice)
        assert visitor.post(EXPORT).status_code == 403
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        assert visitor.get(EXPORT).status_code == 405
        answers = [visitor.post(EXPORT).status_code for _ in range(7)]
    assert answers == [200] * 6 + [302]


def test_memory_does_not_grow_with_the_images(alice: Customer) -> None:
    name = files.save_result(bytes(2_000_000))
    for _ in range(30):
        jobs.complete(processing(alice), name)
    tracemalloc.start()
    length = sum(len(piece) for piece in archive.archive(alice.account))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert length > 60_000_000
    assert peak < 12_000_000
