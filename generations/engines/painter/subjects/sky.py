"""Figures of the air: bird, butterfly, balloon and astronaut, in a box of 100 x 100."""

import numpy as np

from ..noise import Random
from ..palette import mix
from ..sprite import Pen
from .tones import Tones


def bird(pen: Pen, tones: Tones, random: Random) -> None:
    """A seabird in flight with both wings raised, seen from the side."""
    shade = mix(tones.body, tones.dark, 0.4)
    pen.blob("56,47 50,30 38,14 22,2! 28,18 33,30 41,44 46,52", mix(shade, tones.dark, 0.25))
    for at in range(4):
        pen.stroke(
            f"{46 - at * 3},{44 - at * 7} {36 - at * 3.5},{30 - at * 6} "
            f"{29 - at * 2.4},{22 - at * 5}",
            0.6,
            tones.dark,
            0.4,
            inside=True,
        )
    pen.blob("30,58 14,60 4,68! 12,66 8,72! 24,66 34,62", shade)
    pen.blob("92,50! 86,45 80,44 70,46 56,48 40,53 28,60 40,64 58,63 74,59 84,54", tones.body)
    pen.blob("84,54 70,54 54,58 36,60 44,68 66,66", tones.pale, inside=True, soft=1.2)
    pen.blob("70,48 70,34 64,18 54,4 46,-8! 46,10 44,24 46,38 52,52 62,55", tones.body)
    pen.blob(
        "68,46 66,34 60,20 52,4 56,22 58,36 60,50", tones.pale, inside=True, soft=1.4, strength=0.6
    )
    for at in range(6):
        x, y = 56 - at * 1.8, 46 - at * 8
        pen.stroke(f"{x + 2},{y} {x - 4},{y - 5} {x - 8},{y - 3}", 0.55, shade, 0.4, inside=True)
    pen.blob("47,16 46,4 45,-9 52,2 54,12", tones.dark, inside=True, soft=0.8, strength=0.8)
    pen.blob("99,51.5! 92,48.6 90,51 92,53", mix(tones.accent, (1.0, 0.7, 0.1), 0.4))
    pen.disc(86.6, 48, 1.0, 1.0, tones.dark)
    pen.disc(86.9, 47.7, 0.35, 0.35, (1.0, 1.0, 1.0))


def butterfly(pen: Pen, tones: Tones, random: Random) -> None:
    """A butterfly with open wings, veined and spotted."""
    for side in (1, -1):

        def x(value: float, side: int = side) -> float:
            return 50 + side * value

        def wing(points: str, side: int = side) -> str:
            pairs = (word.split(",") for word in points.split())
            return " ".join(f"{50 + side * float(a)},{b}" for a, b in pairs)

        pen.blob(wing("1,52 10,54 26,58 34,70 30,84 20,90 12,82 6,68"), tones.dark)
        pen.blob(wing("3,55 11,57 24,61 30,71 27,81 20,86 13,78 8,66"), tones.accent)
        pen.blob(wing("1,50 6,34 22,16 40,8 49,14 47,30 40,46 24,56 8,56"), tones.dark)
        pen.blob(wing("4,49 9,35 23,20 38,13 44,18 42,30 36,43 23,52 9,53"), tones.body)
        pen.blob(
            wing("4,50 9,38 20,26 26,34 24,46 14,52"),
            mix(tones.body, tones.pale, 0.75),
            inside=True,
            soft=3,
            strength=0.8,
        )
        for end in ((38, 14), (44, 24), (41, 36), (33, 46)):
            pen.stroke(
                f"{x(4)},49 {x(end[0] * 0.55)},{49 + (end[1] - 49) * 0.62} {x(end[0])},{end[1]}",
                0.7,
                tones.dark,
                0.5,
            )
        for away, down, size in (
            (43, 14.5, 1.3),
            (45.5, 20, 1.2),
            (45, 26, 1.1),
            (28, 84, 1.2),
            (31.5, 77, 1.1),
        ):
            pen.disc(x(away), down, size, size, (1.0, 1.0, 1.0))
        pen.disc(x(20), 72, 3.6, 4, tones.dark)
        pen.disc(x(20), 72, 1.8, 2.1, tones.pale)
        pen.stroke(f"{x(0.6)},38 {x(4)},28 {x(9)},22", 0.7, tones.dark, 0.8)
        pen.disc(x(9), 22, 0.9, 0.9, tones.dark)
    pen.blob("50,36 52.4,42 52.2,54 51,74 50,80 49,74 47.8,54 47.6,42", tones.dark)
    pen.disc(50, 37.5, 2.2, 2.4, tones.dark)


def balloon(pen: Pen, tones: Tones, random: Random) -> None:
    """A hot-air balloon with gores, its burner alight."""
    for left, right in ((39, 45.6), (61, 54.4), (45, 47.5), (55, 52.5)):
        pen.stroke(f"{left},68 {right},84", 0.45, tones.dark, 1)
    envelope = "50,2 70,6 84,20 87,36 80,53 66,66 58,73! 42,73! 34,66 20,53 13,36 16,20 30,6"
    pen.blob(envelope, tones.body)
    shades = (tones.pale, tones.accent)
    for at, wide in enumerate((32, 19.5, 6.5)):
        for side in (-1, 1):
            outer = 50 + side * wide
            inner = 50 + side * max(wide - 6.5, 0)
            pen.blob(
                f"50,2! {(50 + inner) / 2 + side * wide * 0.1},6 {inner},34 "
                f"{50 + (inner - 50) * 0.42},73! {50 + (outer - 50) * 0.42},73! {outer},34 "
                f"{50 + (outer - 50) * 0.62},7",
                shades[at % 2],
                inside=True,
            )
    pen.blob(
        "13,36 20,53 34,66 42,74 58,74 66,66 80,53 87,36 90,70 50,84 10,70",
        mix(tones.dark, tones.body, 0.35),
        inside=True,
        soft=7,
        strength=0.55,
    )
    pen.blob("20,14 36,6 34,20 28,40 20,36", (1.0, 1.0, 1.0), inside=True, soft=5, strength=0.3)
    pen.fill([(42, 72), (58, 72), (57, 75.5), (43, 75.5)], mix(tones.body, tones.dark, 0.5))
    pen.blob("44,84! 56,84! 55,95! 45,95!", mix(tones.dark, (0.55, 0.36, 0.2), 0.6))
    pen.box(43.4, 83.4, 56.6, 85.4, tones.dark)
    flame = [(50.0, 75.5), (51.4, 79.0), (50.0, 82.0), (48.6, 79.0)]
    pen.shine(flame, (1.0, 0.75, 0.3), soft=0.5)
    pen.shine([(44, 70), (56, 70), (58, 60), (42, 60)], (0.5, 0.3, 0.1), soft=4)


def astronaut(pen: Pen, tones: Tones, random: Random) -> None:
    """An astronaut adrift, limbs loose, a visor that mirrors the light."""
    suit, shade, dark = tones.body, mix(tones.body, tones.dark, 0.35), tones.dark
    pen.stroke("62,44 76,48 86,40 92,30", 9.5, shade, 0.8)
    pen.disc(92.5, 28.5, 4.4, 4.6, mix(shade, dark, 0.3))
    pen.stroke("58,68 68,78 66,92 72,98", 12, shade, 0.75)
    pen.blob("66,92 76,93 82,99 80,103 66,103", mix(shade, dark, 0.35))
    pen.blob("30,30! 44,24 60,28 64,42 60,62 44,66 28,58", mix(shade, dark, 0.25))
    pen.stroke("44,66 40,80 28,90 24,98", 13, suit, 0.75)
    pen.blob("29,93 20,90 12,96 14,102 28,104", mix(suit, dark, 0.25))
    pen.blob("40,38 54,36 66,42 66,58 60,72 46,74 38,66 36,50", suit)
    pen.stroke("42,46 28,54 20,66 10,64", 10.5, suit, 0.8)
    pen.disc(8.5, 63.5, 4.6, 4.4, mix(suit, dark, 0.25))
    pen.disc(54, 24, 18, 17.5, suit)
    pen.blob("42,17 52,11 66,14 71,24 66,34 54,36 44,31", dark)
    pen.blob("44,17 53,13 65,16 69,24 62,24 52,22", tones.accent, inside=True, soft=2, strength=0.9)
    pen.blob(
        "48,29 58,33 66,30 60,34 52,34",
        mix(tones.accent, tones.pale, 0.4),
        inside=True,
        soft=1,
        strength=0.7,
    )
    pen.blob("46,18 50,15 53,16 49,22 46,24", (1.0, 1.0, 1.0), inside=True, soft=0.7, strength=0.9)
    pen.disc(37.5, 26, 2.6, 4, mix(suit, dark, 0.4))
    pen.fill([(46, 50), (60, 48), (61, 58), (47, 60)], mix(suit, dark, 0.18))
    for at, lamp in enumerate((tones.accent, (0.95, 0.3, 0.25), (0.3, 0.9, 0.5))):
        pen.disc(49.5 + at * 3.6, 53 - at * 0.4, 1.1, 1.1, lamp)
        pen.shine(_ring(49.5 + at * 3.6, 53 - at * 0.4, 1.5), mix(lamp, (0, 0, 0), 0.4), soft=0.6)
    for band in ("37,64 48,69 62,66", "36,78 42,82", "62,74 70,76"):
        pen.stroke(band, 1.3, mix(suit, dark, 0.35), 1, inside=True)
    pen.fill([(24.5, 57.5), (28, 62), (26, 63.5), (22.5, 59)], tones.accent, inside=True)


def _ring(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    angles = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    return [(x + radius * float(np.cos(a)), y + radius * float(np.sin(a))) for a in angles]
