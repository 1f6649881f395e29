"""One job's work: what becomes of it and of its money, whatever the engine answers."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest
from django.core.mail import EmailMessage
from django.db import OperationalError
from django.utils import timezone

from generations import files, jobs, leases, overdue
from generations.engines.base import Image, Link, Pending
from generations.engines.failures import (
    BUSY,
    LOST,
    MISCONFIGURED,
    MODERATED,
    EngineFailed,
    EngineRefused,
    EngineUncertain,
)
from generations.fetch import fetch
from generations.models import Job
from generations.runner.work import UNEXPECTED, Work
from tests.conftest import Customer
from tests.generations.loopback_server import answer, loopback_v4, serving
from tests.generations.runner.scripted import (
    Answer,
    RepeatableEngine,
    Script,
    ScriptedEngine,
    claim,
    claimed,
    expire,
    offer,
    picture,
    work,
)
from tests.underway import submission
from wallet.models import Alert


def assert_charged(job: Job) -> None:
    assert job.hold is not None
    assert (job.status, job.hold.status) == ("completed", "posted"), job.error
    with files.open_result(job.image_name) as image:
        assert image.read() == picture()


def assert_free(job: Job, kind: str, error: str) -> None:
    assert job.hold is not None
    assert (job.status, job.hold.status) == ("failed", "voided")
    assert (job.failure_kind, job.error) == (kind, error)


def test_an_image_is_stored_and_charged(alice: Customer) -> None:
    script = Script(poll=[Pending(0.01), Pending(0.01), Image(picture())])
    job = work(claimed(alice), ScriptedEngine(script))
    assert_charged(job)
    assert script.calls == ["start", "poll", "poll", "poll"]
    assert job.engine_reference == "ref-1"
    times = (job.created_at, job.started_at, job.engine_started_at, job.engine_finished_at)
    assert list(times) == sorted(time for time in times if time)


def test_that_it_is_painted_is_said_while_storing_takes_long(
    alice: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generations.runner.work.STORING_SAID_SECONDS", 0)
    on = claimed(alice)
    row = Job.objects.filter(pk=on.job.pk)

    class SlowToFetch(ScriptedEngine):
        async def fetched(self, done: Image | Link) -> bytes:
            while not await row.filter(engine_finished_at__isnull=False).aexists():
                await asyncio.sleep(0.01)
            # Whoever would have to paint it once more is not at that stage.
            await asyncio.to_thread(expire, on.job.pk)
            successors.append(await asyncio.to_thread(claim, on.job.pk))
            return await super().fetched(done)

    successors: list[leases.Claimed] = []
    work(on, SlowToFetch(Script(poll=[Image(picture())])))
    assert row.get().engine_finished_at is None
    assert_charged(work(successors[0], ScriptedEngine(Script(poll=[Image(picture())]))))


def test_no_step_comes_before_the_one_before_it(alice: Customer) -> None:
    """However long the claim's answer took to arrive."""
    late = claimed(alice)
    on = leases.Claimed(late.job, late.at - timedelta(seconds=3), late.seconds_left)
    job = work(on, ScriptedEngine(Script()))
    assert job.engine_started_at
    assert job.engine_finished_at
    assert job.engine_started_at <= job.engine_finished_at


def test_an_engine_may_answer_at_once(alice: Customer) -> None:
    script = Script(start=[Image(picture())])
    assert_charged(work(claimed(alice), ScriptedEngine(script)))
    assert script.calls == ["start"]


def test_the_engine_fails(alice: Customer) -> None:
    script = Script(start=[EngineFailed("moderated", MODERATED)])
    assert_free(work(claimed(alice), ScriptedEngine(script)), "moderated", MODERATED)


def test_a_picture_of_the_wrong_size(alice: Customer) -> None:
    job = work(claimed(alice), ScriptedEngine(Script(poll=[Image(picture(32))])))
    assert_free(job, "provider", "The image engine answered with an image of the wrong size.")


def test_a_fault_of_ours(alice: Customer) -> None:
    job = work(claimed(alice), ScriptedEngine(Script(start=[KeyError("oops")])))
    assert_free(job, "provider", UNEXPECTED)


def test_a_refusal_is_waited_out(alice: Customer) -> None:
    script = Script(start=[EngineRefused(BUSY, 0.01), "ref-2"])
    job = work(claimed(alice), ScriptedEngine(script))
    assert_charged(job)
    assert script.calls == ["start", "start", "poll"]
    assert job.attempts == 1


def test_a_refusal_that_waiting_does_not_help(alice: Customer) -> None:
    script = Script(start=[EngineRefused(BUSY)])
    assert_free(work(claimed(alice), ScriptedEngine(script)), "provider", BUSY)
    assert script.calls == ["start"]


def test_a_refusal_that_lasts_past_the_deadline(alice: Customer) -> None:
    script = Script(start=[EngineRefused(BUSY, 3600)])
    assert_free(work(claimed(alice), ScriptedEngine(script)), "provider", BUSY)


def test_what_may_have_arrived_is_not_sent_again(alice: Customer) -> None:
    script = Script(start=[EngineUncertain("reset")], find=[EngineFailed("provider", LOST)])
    assert_free(work(claimed(alice), ScriptedEngine(script)), "provider", LOST)
    assert script.calls == ["start", "find"]


def test_what_arrived_is_found(alice: Customer) -> None:
    script = Script(start=[EngineUncertain("reset")], find=["ref-3"])
    job = work(claimed(alice), ScriptedEngine(script))
    assert_charged(job)
    assert (job.engine_reference, script.calls) == ("ref-3", ["start", "find", "poll"])


def test_what_never_arrived_is_sent_again(alice: Customer) -> None:
    script = Script(start=[EngineUncertain("reset"), "ref-4"])
    assert_charged(work(claimed(alice), ScriptedEngine(script)))
    assert script.calls == ["start", "find", "start", "poll"]


def test_a_repeatable_engine_is_asked_again(alice: Customer) -> None:
    script = Script(start=[EngineUncertain("reset"), "ref-5"])
    assert_charged(work(claimed(alice), RepeatableEngine(script)))
    assert script.calls == ["start", "start", "poll"]


def test_polling_goes_on_through_trouble(alice: Customer) -> None:
    trouble: list[Answer] = [EngineUncertain("reset"), EngineRefused(BUSY, 0.01), Image(picture())]
    assert_charged(work(claimed(alice), ScriptedEngine(Script(poll=trouble))))


def test_the_deadline_ends_it_and_the_engine_hears_of_it(alice: Customer) -> None:
    script = Script(poll=[Pending(0.1)])
    job = claimed(alice, deadline_at=timezone.now() + timedelta(seconds=1))
    assert_free(work(job, ScriptedEngine(script)), "timeout", jobs.TIMED_OUT)
    assert script.calls[-1] == "cancel ref-1"


def test_a_successor_asks_for_what_was_started(alice: Customer) -> None:
    first = claimed(alice)
    Job.objects.filter(pk=first.job.pk).update(
        engine_reference="ref-6", lease_until=timezone.now() - timedelta(seconds=1)
    )
    script = Script()
    job = work(claim(first.job.pk), ScriptedEngine(script))
    assert_charged(job)
    assert script.calls == ["poll"]
    # The one before it changes nothing any more.
    late = work(first, ScriptedEngine(Script(start=[EngineFailed("provider", "late")])))
    assert late.status == "completed"


@pytest.mark.parametrize(
    ("found", "calls"), [("ref-7", ["find", "poll"]), (None, ["find", "start", "poll"])]
)
def test_a_successor_looks_for_what_may_have_been_started(
    alice: Customer, found: str | None, calls: list[str]
) -> None:
    first = claimed(alice)
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(pk=first.job.pk).update(engine_started_at=past, lease_until=past)
    script = Script(find=[found])
    assert_charged(work(claim(first.job.pk), ScriptedEngine(script)))
    assert script.calls == calls


def test_a_reference_image_outlives_an_answer_that_got_lost(
    alice: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That it was mirrored is written down, though the runner that did it never hears so."""
    note_mirrored, successors = jobs.note_mirrored, list[leases.Claimed]()

    def lose_the_answer(job: Job, input_name: str) -> bool:
        is_noted = note_mirrored(job, input_name)
        if successors:
            return is_noted
        expire(job.pk)
        successors.append(claim(job.pk))
        raise OperationalError("the connection is lost")

    async def work_with_a_server(on: leases.Claimed) -> None:
        async with serving(answer(picture())) as server:
            on.job.input_url = f"http://127.0.0.1:{server.port}/"
            await Work(on, {"demo": ScriptedEngine(Script())}).run()

    monkeypatch.setattr(jobs, "note_mirrored", lose_the_answer)
    monkeypatch.setattr("generations.runner.work.fetch", partial(fetch, allow=loopback_v4))
    asyncio.run(work_with_a_server(claimed(alice)))
    assert_charged(work(successors[0], ScriptedEngine(Script())))


def test_the_next_in_line_takes_what_the_first_does_not(alice: Customer) -> None:
    first, second = offer("line"), offer("line", position=1)
    # The third makes another size than was promised.
    offer("line", position=2, side=128)
    on = claimed(alice, "line")
    assert on.job.model == first
    moved = work(on, ScriptedEngine(Script(start=[EngineRefused(BUSY, 1)])))
    assert (moved.status, moved.model, moved.attempts) == ("processing", second, 0)
    # The second is the last one of this size: it waits, and gets its image.
    script = Script(start=[EngineRefused(BUSY, 0.01), "ref-8"])
    job = work(claim(moved.pk), ScriptedEngine(script))
    assert_charged(job)
    assert (job.model, job.price_micros) == (second, 30_000)


def test_what_only_staff_can_help_is_told_to_them_once_a_day(
    alice: Customer, mailoutbox: list[EmailMessage]
) -> None:
    model = offer("locked-out")
    script = Script(start=[EngineRefused(MISCONFIGURED)])
    for _ in range(2):
        job = work(claimed(alice, "locked-out"), ScriptedEngine(script))
        assert (job.status, job.error) == ("failed", MISCONFIGURED)
    (alert,) = Alert.objects.filter(kind="engine", reference__startswith=f"{model.pk}:")
    assert str(model) in alert.text
    assert [mail.body for mail in mailoutbox] == [alert.text]


def test_what_is_dismissed_is_cancelled_at_the_engine(alice: Customer) -> None:
    script = Script(poll=[Pending(0.05)])
    on = claimed(alice)

    async def dismiss_under_way() -> None:
        work = Work(on, {"demo": ScriptedEngine(script)})
        task = asyncio.create_task(work.run())
        while "poll" not in script.calls:
            await asyncio.sleep(0.01)
        jobs_before = await asyncio.to_thread(jobs.cancel, on.job.pk)
        assert jobs_before
        work.is_dismissed = True
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(dismiss_under_way())
    assert script.calls[-1] == "cancel ref-1"
    assert_free(Job.objects.select_related("hold").get(pk=on.job.pk), "cancelled", jobs.CANCELLED)


def test_a_cancelled_job_is_not_charged_when_its_image_comes(alice: Customer) -> None:
    def cancelled_meanwhile() -> Image:
        return Image(picture())

    on = claimed(alice)
    assert jobs.cancel(on.job.pk)
    job = work(on, RepeatableEngine(Script(start=[cancelled_meanwhile])))
    assert_free(job, "cancelled", jobs.CANCELLED)


def test_a_job_whose_runners_die_is_not_given_to_a_third(alice: Customer) -> None:
    offer("scripted")
    job_id = jobs.submit(submission(alice, variant="scripted")).id
    for _ in range(leases.ATTEMPTS_MAX):
        claim(job_id)
        Job.objects.filter(pk=job_id).update(lease_until=timezone.now() - timedelta(seconds=15))
    overdue.fail()
    assert_free(Job.objects.select_related("hold").get(pk=job_id), "provider", LOST)
