"""Machines: robot, rocket and car, in a box of 100 x 100, facing right."""

import numpy as np

from ..noise import Random
from ..palette import mix
from ..sprite import Pen, spline
from .tones import Tones


def robot(pen: Pen, tones: Tones, random: Random) -> None:
    """A friendly robot with a lit visor and a lamp in its chest."""
    shade, glow = mix(tones.body, tones.dark, 0.45), tones.accent
    for x, side in ((40.0, -1), (60.0, 1)):
        pen.stroke(f"{x},72 {x + side},92", 8, shade, 0.9)
        pen.blob(f"{x - 7},97! {x - 6},91 {x},89 {x + 6},91 {x + 7},97!", tones.body)
    for side in (-1, 1):
        pen.stroke(f"{50 + side * 20},48 {50 + side * 29},60 {50 + side * 27},74", 6.5, shade, 0.8)
        pen.disc(50 + side * 27, 76, 4.6, 4.6, tones.body)
        pen.disc(50 + side * 20, 48, 6.2, 6.2, tones.body)
    pen.fill([(46, 36), (54, 36), (55, 44), (45, 44)], tones.dark)
    pen.blob("32,46 36,42 50,40.5 64,42 68,46 69,62 64,74 50,76 36,74 31,62", tones.body)
    pen.blob("58,40 72,44 72,66 62,78 54,78 62,64", shade, inside=True, soft=3, strength=0.8)
    pen.blob("34,48 38,44 44,43 38,52 36,62", tones.pale, inside=True, soft=1.6, strength=0.8)
    pen.disc(50, 57, 7, 7, tones.dark)
    pen.disc(50, 57, 4.8, 4.8, glow)
    pen.shine(_circle(50, 57, 5), mix(glow, (0, 0, 0), 0.35), soft=2)
    for x in (43, 47.5, 52.5, 57):
        pen.box(x - 1.4, 68.4, x + 1.4, 70, tones.dark)
    pen.stroke("50,12 50,2", 1.3, tones.dark)
    pen.disc(50, 1, 2.4, 2.4, glow)
    pen.shine(_circle(50, 1, 2.8), mix(glow, (0, 0, 0), 0.3), soft=1.6)
    for side in (-1, 1):
        pen.disc(50 + side * 24.5, 25, 3.4, 5, shade)
    pen.blob(
        "27,25 28,15 36,10.5 50,9.5 64,10.5 72,15 73,25 72,34 64,38.5 50,39 36,38.5 28,34",
        tones.body,
    )
    pen.blob("60,8 76,14 76,36 62,41 66,26", shade, inside=True, soft=3, strength=0.7)
    pen.blob("32,24 34,18 42,15.5 58,15.5 66,18 68,24 66,31 58,33.5 42,33.5 34,31", tones.dark)
    pen.blob("34,20 42,17 54,17 44,20 37,26", tones.pale, inside=True, soft=1.2, strength=0.35)
    for x in (42, 58):
        pen.disc(x, 24.5, 3.5, 4, glow)
        pen.shine(_circle(x, 24.5, 3.8), mix(glow, (0, 0, 0), 0.25), soft=1.4)
        pen.disc(x + 1, 23, 1.1, 1.1, (1.0, 1.0, 1.0))


def rocket(pen: Pen, tones: Tones, random: Random) -> None:
    """A classic finned rocket climbing on a bright flame."""
    shade = mix(tones.body, tones.dark, 0.4)
    pen.shine(list(spline("43,78 50,76 57,78 59,90 50,112 41,90")), (1.0, 0.5, 0.12), soft=2.5)
    pen.shine(list(spline("45.5,78 50,76 54.5,78 55,88 50,102 45,88")), (1.0, 0.85, 0.5), soft=1)
    pen.blob("38,52! 28,62 23,76 24,88! 32,80 42,76!", tones.accent)
    pen.blob("62,52! 72,62 77,76 76,88! 68,80 58,76!", mix(tones.accent, tones.dark, 0.35))
    pen.fill([(43, 74), (57, 74), (55, 80), (45, 80)], tones.dark)
    pen.blob("50,-4! 58,6 64,24 65,44 62,62 58,76! 42,76! 38,62 35,44 36,24 42,6", tones.body)
    pen.blob("50,-4! 56,4 61,14! 50,16 39,14! 44,4", tones.accent)
    pen.blob(
        "54,-6 62,10 68,30 66,60 58,80 54,78 58,56 58,28",
        shade,
        inside=True,
        soft=2.4,
        strength=0.8,
    )
    pen.blob("42,10 40,26 39,50 42,52 43,28", (1.0, 1.0, 1.0), inside=True, soft=1.2, strength=0.8)
    pen.fill([(34, 62), (66, 62), (65, 65), (35, 65)], tones.accent, inside=True)
    for y, size in ((31, 7), (48, 4.4)):
        pen.disc(50, y, size, size, mix(tones.dark, tones.accent, 0.3))
        pen.disc(50, y, size * 0.74, size * 0.74, (0.42, 0.78, 0.93))
        pen.disc(
            50 - size * 0.2,
            y - size * 0.22,
            size * 0.34,
            size * 0.28,
            (0.9, 0.98, 1.0),
            soft=0.4,
            inside=True,
        )
    pen.blob("49,54! 51,54! 52,80 50,86! 48,80", mix(tones.accent, tones.dark, 0.2))


def car(pen: Pen, tones: Tones, random: Random) -> None:
    """A low sports coupé with lit lamps."""
    shade = mix(tones.body, tones.dark, 0.45)
    pen.disc(50, 71, 50, 2.2, tones.dark, soft=1.2, strength=0.7)
    pen.blob(
        "1,60! 2,52 10,47 24,45 36,36 50,32 62,33 74,43 90,47 98,52 100,61! 96,66 60,68 8,67",
        tones.body,
    )
    pen.blob("30,45 39,37 50,34 59,35 68,43.5! 50,45.5", mix(tones.dark, tones.pale, 0.18))
    pen.fill([(49.2, 33), (50.6, 33), (50, 46), (48.4, 46)], tones.body, inside=True)
    pen.blob("34,43 41,37.4 46,36 40,44", tones.pale, inside=True, soft=0.6, strength=0.6)
    pen.blob("0,58 20,57 60,58.5 101,57 100,70 0,70", shade, inside=True, soft=1.4, strength=0.85)
    pen.stroke(
        "6,50 30,47.6 60,48 92,50.4", 0.8, mix(tones.body, (1, 1, 1), 0.55), 0.5, inside=True
    )
    pen.stroke("48,46 47.4,56 48,66", 0.4, tones.dark, 1)
    for x in (20.5, 79.5):
        pen.blob(
            f"{x - 11},67! {x - 10},58 {x},53.4 {x + 10},58 {x + 11},67!",
            mix(shade, tones.dark, 0.7),
        )
        pen.disc(x, 63.4, 8.6, 8.6, (0.05, 0.05, 0.07))
        pen.disc(x, 63.4, 5.6, 5.6, mix(tones.pale, tones.dark, 0.3))
        pen.disc(x, 63.4, 4.6, 4.6, mix(tones.pale, tones.dark, 0.75))
        for spoke in ("0,-5 0,5", "-5,0 5,0", "-3.5,-3.5 3.5,3.5", "-3.5,3.5 3.5,-3.5"):
            (a, b), (c, d) = (map(float, end.split(",")) for end in spoke.split())
            pen.stroke(
                f"{x + a},{63.4 + b} {x + c},{63.4 + d}", 0.9, mix(tones.pale, tones.dark, 0.2)
            )
        pen.disc(x, 63.4, 1.3, 1.3, tones.dark)
    pen.blob("92,50 98,53 98.6,56 93,54", (1.0, 0.97, 0.85))
    pen.shine(list(spline("92,50 98,52 99,57 93,55")), (0.9, 0.85, 0.6), soft=1.2)
    pen.shine([(97, 52), (114, 47), (114, 62), (97, 57)], (0.3, 0.27, 0.18), soft=3)
    pen.blob("1.6,52 5,50.5 4.6,55 1.4,56", (0.9, 0.12, 0.14))
    pen.shine(list(spline("-1,51 5,50 5,56 -1,57")), (0.7, 0.08, 0.1), soft=1.6)


def _circle(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    return [(x + radius * float(np.cos(a)), y + radius * float(np.sin(a))) for a in angles]
