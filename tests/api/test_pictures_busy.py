"""When more reference images arrive than can be decoded at once, a web thread waits for a while.

Not for ever: it has other customers to serve.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from generations import pictures
from generations.playground.form import PlaygroundForm
from tests.api.calls import SUBMIT, base64_text, check_refused, check_untouched, picture
from tests.api.doors import DOORS, Door
from tests.at_once import apart
from tests.conftest import Customer

PATIENCE_SECONDS = 0.1
# Much longer than anybody should wait here.
LIMIT_SECONDS = 5


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "PATIENCE_SECONDS", PATIENCE_SECONDS)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.mark.parametrize("door", DOORS)
def test_it_is_told_when_to_come_back(
    threads: ThreadPoolExecutor, alice: Customer, door: Door
) -> None:
    body = {"prompt": "a shark", "variant": "tiny", "image": base64_text(picture())}
    with door() as client:

        def submit(**fields: object) -> httpx.Response:
            return client.post(SUBMIT, headers=alice.headers, json=body | fields)

        with pictures._decoding, pictures._decoding:
            refused = apart(threads, submit).result(LIMIT_SECONDS)
            assert check_refused(refused, "RATE_LIMITED") == pictures.TOO_MANY_AT_ONCE
            assert int(refused.headers["Retry-After"]) >= 1
            check_untouched(alice)
            without = partial(submit, image=None)
            assert apart(threads, without).result(LIMIT_SECONDS).status_code == 202
        assert apart(threads, submit).result(LIMIT_SECONDS).status_code == 202


def test_so_is_the_playground(threads: ThreadPoolExecutor, alice: Customer) -> None:
    def errors() -> object:
        upload = SimpleUploadedFile("a.png", picture(), "image/png")
        form = PlaygroundForm(alice.account, [], {"prompt": "a shark"}, {"image": upload})
        return form["image"].errors

    with pictures._decoding, pictures._decoding:
        assert apart(threads, errors).result(LIMIT_SECONDS) == [pictures.TOO_MANY_AT_ONCE]
    assert apart(threads, errors).result(LIMIT_SECONDS) == []


def test_a_worker_waits_for_its_turn(threads: ThreadPoolExecutor) -> None:
    """Nobody else needs its thread, and the job is paid for."""
    with pictures._decoding, pictures._decoding:
        waiting = threads.submit(pictures.clean_reference, picture())
        with pytest.raises(TimeoutError):
            waiting.result(3 * PATIENCE_SECONDS)
    assert waiting.result(LIMIT_SECONDS)
