"""A search finds the account's prompts by their words, wherever in its history they are."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from generations import history
from generations.history import search
from generations.history.filters import Filters
from generations.models import Job
from generations.sync import usage
from tests.conftest import Customer
from tests.generations.history.looking import many
from tests.generations.sync.ended import completed

PROMPTS = [
    "A great white shark, 35mm film",
    "Two SHARKS above a reef",
    "a sharp knife",
    "ein Wal über den Wolken, Öl auf Leinwand",
    "f/1.8 bokeh_portrait of an owl—wide",
    "大鲨鱼 in the sea",
    "<b>bold</b> it's 100% 'quoted' \\ & | ! * :",
    "unbroken" * 40,
]
FOUND = {
    "shark": {0, 1},
    "shar": {0, 1, 2},
    "SHARK film": {0},
    "film shark": {0},
    "film shar": {0},
    # Only the last word may be the beginning of one.
    "shar film": set(),
    "hark": set(),
    "35": {0},
    "wal": {3},
    "öl": {3},
    "ÜBER": {3},
    "owl wide": {4},
    "portrait bokeh": {4},
    "1.8": {4},
    "鲨鱼": set(),
    "大鲨": {5},
    "it's": {6},
    "100%": {6},
    "b bold": {6},
    "quoted' & !*:": {6},
    "unbrokenunbroken": {7},
    "unbroken" * 10: {7},
    "nothing": set(),
}


@pytest.fixture
def swept_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the newest jobs, which are read one by one, were only two."""
    monkeypatch.setattr(search, "READ_MAX", 2)


def found(customer: Customer, words: str, **filters: object) -> list[str]:
    """The prompts of all pages, newest first."""
    prompts, cursor = [], ""
    while True:
        wanted = Filters(words=words, **filters)  # type: ignore[arg-type]  # As it is given.
        jobs, following = history.page(customer.account, wanted, cursor)
        prompts += [job.prompt for job in jobs]
        if not following:
            return prompts
        cursor = following


def assert_found(customer: Customer) -> None:
    for words, numbers in FOUND.items():
        wanted = [PROMPTS[number] for number in sorted(numbers, reverse=True)]
        assert found(customer, words) == wanted, words


def test_words_among_the_newest(alice: Customer, bob: Customer) -> None:
    many(bob, PROMPTS)
    many(alice, PROMPTS)
    assert_found(alice)
    # Signs alone are no words.
    assert found(alice, "!? &") == PROMPTS[::-1]


@pytest.mark.usefixtures("swept_in")
def test_words_in_the_index(alice: Customer, bob: Customer) -> None:
    many(bob, PROMPTS)
    many(alice, PROMPTS)
    # Two of them lie before the others, which so are read in the index.
    many(alice, ["newer", "newest"])
    assert_found(alice)


@pytest.mark.usefixtures("swept_in")
def test_pages_of_what_the_index_has(alice: Customer) -> None:
    """Years of jobs, with long pauses: each is found once, in order."""
    numbers = range(60)
    for number in numbers:
        at = timezone.now() - timedelta(days=30 * number + 1)
        many(alice, [f"shark {number}"], created_at=at)
        many(alice, ["whale"], created_at=at)
    many(alice, ["newer"] * 2)
    assert found(alice, "sha") == [f"shark {number}" for number in numbers]
    since = (timezone.now() - timedelta(days=100)).date()
    assert found(alice, "shark", since=since) == [f"shark {number}" for number in range(4)]
    assert found(alice, "shark", until=since)[0] == "shark 4"


@pytest.mark.usefixtures("swept_in")
def test_variants_and_other_filters_in_the_index(alice: Customer) -> None:
    many(alice, ["a shark", "a whale"])
    many(alice, ["a starred shark"], starred_at=timezone.now())
    many(alice, ["newer"] * 2)
    assert found(alice, "shark", variant="tiny") == ["a starred shark", "a shark"]
    assert found(alice, "", variant="tiny")[2:] == ["a starred shark", "a whale", "a shark"]
    assert found(alice, "shark", variant="1k") == []
    assert found(alice, "shark", is_starred=True) == ["a starred shark"]
    assert found(alice, "shark", status="failed") == []
    assert found(alice, "shark", source="imported") == ["a starred shark", "a shark"]


@pytest.mark.usefixtures("swept_in")
def test_what_has_just_ended_is_found_once_it_is_counted(alice: Customer) -> None:
    job = completed(alice, f"{uuid.uuid4().hex}.png", prompt="a shark")
    many(alice, ["newer"] * 2)
    assert found(alice, "shark") == []
    usage.roll_up()
    assert found(alice, "shark") == ["a shark"]
    Job.objects.filter(pk=job.pk).update(deleted_at=timezone.now(), prompt="")
    assert found(alice, "shark") == []


@pytest.mark.parametrize("prompt", ["ä" * 2000, "！" * 2000, "a " * 1000, "", " ", "\\&" * 1000])
def test_no_prompt_breaks_the_index(alice: Customer, prompt: str) -> None:
    many(alice, [prompt])
    assert history.page(alice.account)[0][0].prompt == prompt
