"""The painter: exact size, always the same, different where it should be, calm with odd input.

Pictures are compared by eye's measure: small blurred copies in OKLab. Sizes are small but once.
"""

import io

import numpy as np
import pytest
from PIL import Image

from generations.engines.painter import paint
from generations.engines.painter.palette import Array, to_lab
from generations.engines.painter.scenes import PAINTERS
from generations.engines.painter.styles import STYLED
from generations.engines.painter.subjects import CATALOGUE
from generations.engines.painter.words import read

SMALL = 128


def planes(png: bytes, side: int = 24) -> Array:
    """OKLab planes of a small copy: what one sees from afar."""
    with Image.open(io.BytesIO(png)) as image:
        small = image.convert("RGB").resize((side, side), Image.Resampling.BOX)
    return to_lab(np.asarray(small, np.float32).transpose(2, 0, 1) / 255)


def distance(first: bytes, second: bytes) -> float:
    """The mean OKLab distance of two pictures; 0.02 is just noticed, black to white is 1."""
    away = planes(first) - planes(second)
    return float(np.sqrt((away**2).sum(axis=0)).mean())


def picture(mode: str = "RGB", size: tuple[int, int] = (240, 180), kind: str = "PNG") -> bytes:
    """A stand-in for a photograph: a bright disc over a dark slope."""
    width, height = size
    v, u = np.mgrid[0:height, 0:width].astype(np.float32)
    u, v = u / max(width, 1), v / max(height, 1)
    disc = np.hypot(u - 0.3, v - 0.35) < 0.18
    shades = np.stack([0.2 + 0.6 * u, 0.5 - 0.3 * v, 0.9 - 0.7 * u], axis=2)
    shades[disc] = (1.0, 0.9, 0.3)
    shades[v > 0.6 + 0.3 * u] = (0.1, 0.2, 0.12)
    buffer = io.BytesIO()
    image = Image.fromarray((np.clip(shades, 0, 1) * 255).astype(np.uint8)).convert(mode)
    image.save(buffer, kind)
    return buffer.getvalue()


def opened(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    image.load()
    return image


def test_a_full_size_picture_is_an_8_bit_rgb_png_of_reasonable_weight() -> None:
    png = paint(
        "A great white shark in bioluminescent deep ocean, cinematic, 8K", "job", 1024, 1024
    )
    image = opened(png)
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (1024, 1024))
    assert len(png) < 2_500_000
    assert np.asarray(image).std() > 20


@pytest.mark.parametrize("prompt", ["snowy mountains at dawn", "zzz", "a cat, oil painting"])
def test_the_same_job_gives_the_same_bytes_and_another_job_a_relative(prompt: str) -> None:
    first = paint(prompt, "job-1", SMALL, SMALL)
    assert paint(prompt, "job-1", SMALL, SMALL) == first
    other = paint(prompt, "job-2", SMALL, SMALL)
    assert distance(first, other) > 0.008
    # The family shows: a relative's overall colour is near.
    assert np.abs(planes(first, 1) - planes(other, 1)).max() < 0.12


def test_different_prompts_clearly_differ() -> None:
    prompts = [
        "A shark in neon waters",
        "a lighthouse at sunset",
        "cyberpunk city in the rain",
        "a fox in an autumn forest",
        "astronaut in a purple nebula",
        "desert dunes",
        "snowy mountains",
        "quarterly report",
        "zzz",
        "invoice 7",
        "ein roter Vogel über dem Meer",
    ]
    pictures = [paint(prompt, "job", SMALL, SMALL) for prompt in prompts]
    for at, first in enumerate(pictures):
        for second in pictures[at + 1 :]:
            assert distance(first, second) > 0.05


@pytest.mark.parametrize(
    ("prompt", "scene", "subjects"),
    [
        ("SHARKS in deep water", "deep", ["shark"]),
        ("two Foxes in the woods", "forest", ["fox"]),
        ("Ein roter Vogel über dem Meer", "sea", ["bird"]),
        ("red hot-air balloons over dunes", "desert", ["balloon"]),
        ("夜の海と船", "sea", ["boat"]),
        ("skyline", "city", []),
        ("a cat", "emblem", ["cat"]),
        ("quarterly report", "abstract", []),
    ],
)
def test_words_choose_the_scene_and_the_subjects(
    prompt: str, scene: str, subjects: list[str]
) -> None:
    brief = read(prompt)
    assert brief.scene == scene
    assert [subject.name for subject in brief.subjects] == subjects


def test_a_colour_word_goes_to_the_subject_beside_it_or_else_to_the_air() -> None:
    car = read("a red car in a city at night")
    assert car.subjects[0].tint is not None
    assert car.palette == read("a car in a city at night").palette
    nebula = read("a purple nebula")
    assert nebula.palette != read("a nebula").palette
    blue, red = (paint(f"{name} mountains", "job", SMALL, SMALL) for name in ("blue", "red"))
    assert planes(red, 1)[1] > planes(blue, 1)[1]  # OKLab's second plane runs green to red.


@pytest.mark.parametrize("scene", sorted(PAINTERS))
def test_every_scene_is_painted_with_light_and_shade(scene: str) -> None:
    word = {"deep": "reef", "emblem": "cat", "sea": "beach"}.get(scene, scene)
    assert read(word).scene == scene
    shades = planes(paint(word, "job", SMALL, SMALL))[0]
    assert shades.max() - shades.min() > 0.2


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_every_subject_leaves_its_mark(name: str) -> None:
    with_it = read(f"a {name} in space")
    assert [subject.name for subject in with_it.subjects] == [name]
    assert opened(paint(f"a {name} in space", "job", SMALL, SMALL)).size == (SMALL, SMALL)


@pytest.mark.parametrize("style", ["", *STYLED])
def test_a_reference_stays_recognisable_yet_changes(style: str) -> None:
    reference = picture()
    painted = paint(f"turn this into {style or 'something'}", "job", SMALL, SMALL, reference)
    plain = io.BytesIO()
    cropped = opened(reference).crop((30, 0, 210, 180)).resize((SMALL, SMALL))
    cropped.save(plain, "PNG")
    before, after = planes(plain.getvalue(), 12)[0], planes(painted, 12)[0]
    likeness = float(np.corrcoef(before.ravel(), after.ravel())[0, 1])
    assert likeness > 0.6
    assert distance(plain.getvalue(), painted) > 0.03
    assert painted == paint(
        f"turn this into {style or 'something'}", "job", SMALL, SMALL, reference
    )
    assert distance(painted, paint(style or "something", "job", SMALL, SMALL)) > 0.05


@pytest.mark.parametrize(
    "reference",
    [
        picture("RGBA"),
        picture("P"),
        picture("L"),
        picture("1"),
        picture("LA"),
        picture("RGB", (1, 1)),
        picture("RGB", (900, 3)),
        picture("CMYK", kind="JPEG"),
        picture("RGB", kind="WEBP"),
        picture("I;16"),
        picture("RGB", (1800, 1200), "JPEG"),
    ],
)
def test_references_of_every_kind_are_taken(reference: bytes) -> None:
    assert opened(paint("sunset", "job", 120, 96, reference)).size == (120, 96)


def test_a_reference_that_is_no_image_is_an_error() -> None:
    with pytest.raises(OSError, match="cannot identify"):
        paint("sunset", "job", 96, 96, b"not an image")


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        " ",
        "🦈🌊",
        "\u202e\u0301\ufeff",
        "a\0b",
        "\ud800",
        "(((",
        "x" * 2000,
        "shark " * 333,
        "鲨鱼在深海里",
        "İSTANBUL ŞEHİR",
        "black",
        "white grey silver",
        "\n\t",
    ],
)
def test_any_prompt_is_painted(prompt: str) -> None:
    assert opened(paint(prompt, "job", 64, 64)).size == (64, 64)


@pytest.mark.parametrize("size", [(64, 64), (65, 333), (401, 97), (64, 700)])
@pytest.mark.parametrize(
    "prompt", ["mountains, low poly", "city in the rain", "reef, pixel art", "zzz, watercolor"]
)
def test_any_size_is_exact(prompt: str, size: tuple[int, int]) -> None:
    assert opened(paint(prompt, "job", *size)).size == size
