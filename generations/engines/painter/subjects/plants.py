"""Plants: a tree and a flower, rooted in a box of 100 x 100."""

import numpy as np

from ..noise import Random
from ..palette import mix
from ..sprite import Pen, Points
from .tones import Tones


def tree(pen: Pen, tones: Tones, random: Random) -> None:
    """A broad tree: forking limbs under a crown of many lit tufts."""
    bark = mix(tones.dark, (0.3, 0.2, 0.14), 0.5)
    pen.blob("44,99! 46,84 46,64 54,64 55,84 60,99! 52,97", bark)
    for limb in (
        "49,72 40,58 28,48",
        "51,70 62,56 73,46",
        "50,66 49,50 52,34",
        "45,60 38,46 36,34",
        "56,60 60,44 64,34",
    ):
        pen.stroke(limb, 4.2, bark, 0.3)
    dark, lit = mix(tones.body, tones.dark, 0.55), mix(tones.body, tones.pale, 0.45)
    # Boughs are round masses; leaves scatter over each, lit from above.
    for mass in range(15):
        turn, out = (
            2 * np.pi * mass / 14 + float(random.uniform(-0.2, 0.2)),
            0.0 if mass == 14 else 1.0,
        )
        x, y = 50 + 30 * out * float(np.cos(turn)), 36 + 19 * out * float(np.sin(turn))
        size = float(random.uniform(10, 14)) + 8 * (1 - out)
        pen.disc(x, y, size, size * 0.8, dark)
    count = 90 if pen.pixels < 160 else 520
    angle, radius = random.uniform(0, 2 * np.pi, count), np.sqrt(random.random(count))
    xs, ys = 50 + 43 * radius * np.cos(angle), 36 + 29 * radius * np.sin(angle)
    clump = np.sin(xs * 0.34) * np.cos(ys * 0.42 + xs * 0.11)
    shine = np.clip((58 - ys) / 54 + clump * 0.24 + random.uniform(-0.14, 0.14, count), 0, 1)
    for at in np.argsort(-ys + random.uniform(-9, 9, count)):
        share = round(float(shine[at]), 1)
        tone = (
            mix(dark, tones.body, min(1.0, share * 2))
            if share < 0.5
            else mix(tones.body, lit, share * 2 - 1)
        )
        size = (7.0 if count < 100 else 3.2) * float(0.6 + 0.5 * radius[at] * 0.4 + 0.3 * shine[at])
        pen.disc(float(xs[at]), float(ys[at]), size, size * 0.8, tone)


def flower(pen: Pen, tones: Tones, random: Random) -> None:
    """One large bloom of three rings of petals on a stem with leaves."""
    green = mix((0.24, 0.5, 0.28), tones.dark, 0.25)
    pen.stroke("50,40 53,62 49,82 50,100", 2.2, green, 1.2)
    pen.blob("50,80 60,66 76,60 84,60! 78,72 64,80", green)
    pen.blob("50,90 40,76 26,72 18,73! 24,84 38,90", mix(green, tones.dark, 0.25))
    pen.stroke("51,80 64,71 82,61", 0.6, mix(green, tones.pale, 0.4), 0.4)
    pen.stroke("49,90 36,80 20,74", 0.6, mix(green, tones.pale, 0.4), 0.4)
    turn = float(random.uniform(0, 1))
    rings = ((31, 13, 0.35), (25, 12, 0.0), (17, 9, -0.3))
    for ring, (reach, count, tone) in enumerate(rings):
        shade = (
            mix(tones.body, tones.dark, tone) if tone > 0 else mix(tones.body, tones.pale, -tone)
        )
        for at in range(count):
            angle = 2 * np.pi * (at + turn + ring * 0.5) / count
            petal = mix(shade, tones.dark if at % 2 else tones.pale, 0.1)
            wide = 2.2 * np.pi * reach / count * 0.42
            pen.fill(_petal(angle, reach, wide), petal)
            pen.fill(
                _petal(angle, reach * 0.72, wide * 0.35),
                mix(petal, tones.dark, 0.3),
                inside=True,
                strength=0.5,
            )
    pen.disc(50, 34, 8, 7.6, mix(tones.accent, tones.dark, 0.35))
    pen.disc(49.4, 33.2, 6.4, 6, tones.accent)
    for _ in range(36):
        angle, radius = random.uniform(0, 2 * np.pi), 6.6 * float(random.random()) ** 0.5
        pen.disc(
            float(50 + radius * np.cos(angle)),
            float(33.6 + radius * np.sin(angle)),
            0.55,
            0.55,
            mix(tones.accent, tones.pale, 0.6),
        )


def _petal(angle: float, reach: float, wide: float) -> Points:
    """A petal from the heart outwards: slim at the root, full, then drawn to a soft point."""
    share = np.linspace(0, 1, 14)
    half = np.sin(np.pi * share**1.25) ** 0.8 * wide + 0.12 * wide * (1 - share)
    along = np.concatenate([share, share[::-1]]) * reach
    across = np.concatenate([half, -half[::-1]])
    x = 50 + along * np.cos(angle) - across * np.sin(angle)
    y = 34 + along * np.sin(angle) + across * np.cos(angle)
    return [(float(a), float(b)) for a, b in zip(x, y, strict=True)]
