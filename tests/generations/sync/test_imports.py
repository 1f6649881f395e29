"""Images that an engine made without us come into the history: once, free, and none is lost."""

import io
import uuid
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.test import override_settings
from PIL import Image as Pictures

from accounts.models import User
from generations import audit, files, jobs
from generations.models import CatalogueModel, Job
from generations.sync import imports
from tests.at_once import at_once
from tests.conftest import Customer
from tests.generations.engines import faults
from tests.generations.engines.servers.server import Server
from tests.generations.sync.foreign import elsewhere, imported, importing, prompts
from tests.underway import PRICE
from tests.visitor import Visitor

__all__ = ["importing"]

FILE_TRIES = 2


def until(row: CatalogueModel) -> datetime | None:
    row.refresh_from_db()
    return row.imported_until


def failed_before(customer: Customer, row: CatalogueModel, prompt: str) -> Job:
    """A job of ours that failed 10 minutes ago, without an answer of its engine."""
    job_id = jobs.submit(jobs.Submission(customer.account.pk, row.pk, PRICE, 64, 64, prompt)).id
    assert jobs.fail(job_id, "provider", "It failed.")
    ended = datetime.now(UTC) - timedelta(minutes=9)
    Job.objects.filter(pk=job_id).update(finished_at=ended, created_at=ended, deadline_at=ended)
    return Job.objects.get(pk=job_id)


def test_it_becomes_a_free_job_with_the_picture_in_our_store(
    server: Server, row: CatalogueModel, alice: Customer
) -> None:
    work = elsewhere(server)
    work.width, work.height = 80, 48
    imports.run()
    [job] = imported(alice.account)
    assert (job.status, job.price_micros, job.hold, job.usage_counted) == (
        "completed",
        0,
        None,
        True,
    )
    assert (job.prompt, job.created_at) == ("made elsewhere", work.created_at)
    assert (job.width, job.height) == (80, 48)
    with files.open_result(job.image_name) as file:
        assert Pictures.open(io.BytesIO(file.read())).size == (80, 48)
    assert until(row) == work.created_at
    assert audit.findings() == []


def test_again_and_at_once_it_comes_once(
    server: Server, row: CatalogueModel, alice: Customer
) -> None:
    for number in range(5):
        elsewhere(server, 10 - number)
    assert at_once([imports.run] * 3) == [None] * 3
    imports.run()
    assert len(imported(alice.account)) == 5
    polls = server.counts["poll"]
    imports.run()
    assert server.counts["poll"] == polls, "what is known is not fetched again"


def test_what_is_young_waits(server: Server, row: CatalogueModel, alice: Customer) -> None:
    elsewhere(server, 4)
    imports.run()
    assert imported(alice.account) == []
    assert until(row) is None


def test_a_slow_one_turns_up_behind_others(
    server: Server, row: CatalogueModel, alice: Customer
) -> None:
    slow = elsewhere(server, 20, "slow")
    slow.ready_at = float("inf")
    elsewhere(server, 10, "quick")
    imports.run()
    assert prompts(alice) == ["quick"]
    slow.ready_at = 0
    imports.run()
    assert prompts(alice) == ["slow", "quick"]


def test_the_next_round_begins_where_the_last_ended(
    server: Server, row: CatalogueModel, alice: Customer
) -> None:
    elsewhere(server, 60 * 24 * 20)
    elsewhere(server, 10)
    imports.run()
    assert len(imported(alice.account)) == 2
    imports.run()
    asked = [httpx.URL(asked.path).params["created_after"] for asked in server.asked_to("list")]
    ages = [datetime.now(UTC) - datetime.fromisoformat(text) for text in asked]
    assert [age.total_seconds() // 60 for age in ages] == [60 * 24 * 30, 25]


def test_jobs_of_ours_are_known(server: Server, row: CatalogueModel, bob: Customer) -> None:
    work = elsewhere(server)
    job = failed_before(bob, row, "a shark")
    Job.objects.filter(pk=job.pk).update(engine_reference=work.id)
    imports.run()
    assert imported(row.import_into) == []  # type: ignore[arg-type]  # The fixture set it.
    assert until(row) == work.created_at


def test_an_image_whose_answer_got_lost_stays_its_customers(
    server: Server, row: CatalogueModel, alice: Customer, bob: Customer
) -> None:
    failed_before(bob, row, "bob's secret")
    elsewhere(server, 10, "bob's secret")
    elsewhere(server, 10, "nobody's")
    # The same words, long before that job and after it had ended.
    before, after = (elsewhere(server, minutes, "bob's secret") for minutes in (60, 6))
    imports.run()
    assert prompts(alice) == ["bob's secret", "nobody's", "bob's secret"]
    ours = {job.engine_reference for job in imported(alice.account)}
    assert {before.id, after.id} < ours


@pytest.mark.parametrize("server", ["sharkapi"], indirect=True)
def test_a_job_is_known_by_the_key_it_was_sent_with(
    server: Server, row: CatalogueModel, alice: Customer, bob: Customer
) -> None:
    job = failed_before(bob, row, "a shark")
    elsewhere(server, 10, "a shark", key=str(job.pk))
    elsewhere(server, 10, "a shark", key=str(uuid.uuid4()))
    elsewhere(server, 10, "theirs", key="not one of ours")
    imports.run()
    assert sorted(prompts(alice)) == ["a shark", "theirs"]
    job.refresh_from_db()
    assert (job.status, job.image_name) == ("failed", "")


def test_a_picture_that_cannot_be_had_now_holds_nothing_up(
    server: Server, row: CatalogueModel, alice: Customer
) -> None:
    first = elsewhere(server, 14, "first")
    elsewhere(server, 13, "second")
    server.fails("file", faults.problem("error"), FILE_TRIES)
    imports.run()
    assert prompts(alice) == ["second"]
    assert until(row) is None
    imports.run()
    assert prompts(alice) == ["first", "second"]
    assert until(row) > first.created_at  # type: ignore[operator]  # It has passed both.


def test_a_picture_that_stays_impossible_is_recorded(
    server: Server, row: CatalogueModel, alice: Customer
) -> None:
    elsewhere(server, 16, "gone")
    elsewhere(server, 10, "good")
    server.fails("file", faults.text(200, "no picture", "image/png"))
    imports.run()
    gone, good = imported(alice.account)
    assert (gone.status, gone.error, gone.engine_reference != "") == (
        "failed",
        imports.NOT_COPIED,
        True,
    )
    assert until(row) == good.created_at
    polls = server.counts["poll"]
    imports.run()
    assert server.counts["poll"] == polls
    assert audit.findings() == []


def test_a_provider_that_refuses_is_asked_in_the_next_round(
    server: Server, row: CatalogueModel, alice: Customer
) -> None:
    elsewhere(server, 60)
    for step in ("list", "poll"):
        server.fails(step, faults.problem("rate_limit"))
        imports.run()
        assert imported(alice.account) == []
        assert until(row) is None
    imports.run()
    assert len(imported(alice.account)) == 1


def test_a_store_that_refuses_loses_nothing(
    server: Server, row: CatalogueModel, alice: Customer
) -> None:
    elsewhere(server, 60)
    with override_settings(MEDIA_ROOT="/proc/nowhere"), pytest.raises(files.StoreUnavailable):
        imports.run()
    assert imported(alice.account) == []
    assert until(row) is None
    imports.run()
    assert prompts(alice) == ["made elsewhere"]


def test_whatever_was_asked_there_can_be_kept(
    server: Server, row: CatalogueModel, alice: Customer
) -> None:
    elsewhere(server, prompt="a\0b" + "x" * 3000)
    imports.run()
    assert prompts(alice) == ["ab" + "x" * 1998]


def test_nobody_is_asked_where_nothing_is_wanted(
    server: Server, row: CatalogueModel, alice: Customer
) -> None:
    elsewhere(server)
    for change in ({"active": False}, {"active": True, "import_into": None}):
        CatalogueModel.objects.filter(pk=row.pk).update(**change)
        imports.run()
    assert server.counts["list"] == 0


def test_customers_and_staff_see_it(
    server: Server, row: CatalogueModel, alice: Customer, staff: User, site: str
) -> None:
    elsewhere(server, prompt="a whale seen elsewhere")
    imports.run()
    [job] = imported(alice.account)
    answer = httpx.get(f"{site}/api/v1/jobs/{job.pk}", headers=alice.headers).json()
    assert (answer["status"], answer["cost"]) == ("completed", "$0.00")
    assert httpx.get(answer["image_url"]).status_code == 200
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        assert "a whale seen elsewhere" in visitor.get("/history").text
    with Visitor(site) as clerk:
        clerk.sign_in(staff.email)
        page = clerk.get(f"/admin/generations/job/{job.pk}/change/")
        assert (page.status_code, "a whale seen elsewhere" in page.text) == (200, True)
        offer = clerk.get(f"/admin/generations/cataloguemodel/{row.pk}/change/")
        assert 'name="import_into"' in offer.text
