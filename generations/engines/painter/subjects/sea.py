"""Figures of the sea: shark, whale, dolphin, fish, turtle, jellyfish and boat.

Each is drawn in a box of 100 x 100, facing right.
"""

import numpy as np

from ..noise import Random
from ..palette import mix
from ..sprite import Pen, Points, ribbon, spline
from .tones import Tones


def shark(pen: Pen, tones: Tones, random: Random) -> None:
    """A great white from the side, its far fins darker."""
    deep = mix(tones.body, tones.dark, 0.45)
    pen.blob("71,56 75,64 77,75! 68,67 62,57", mix(deep, tones.dark, 0.3))
    pen.blob("37,55 33,63! 30,55", deep)
    pen.blob("14,45 8,35 -1,23! 3,37 6,46 3,56 0,69! 10,59 17,51", deep)
    pen.blob("62,37 55,27 47,17! 49,28 46,38", tones.body)
    pen.blob("27,43 23,37! 23,44", tones.body)
    pen.blob(
        "100,47 92,41.5 80,37 64,34.5 46,36.5 28,42 12,46.3! 12,50 28,54 46,58.5 60,60.5 "
        "74,60 84,57 91,54 97,51",
        tones.body,
    )
    pen.blob(
        "101,49 90,48.5 76,51.5 58,52.5 40,51.5 14,49 20,56 46,64 74,64 92,58",
        tones.pale,
        inside=True,
        soft=1.4,
    )
    pen.blob(
        "99,46 84,39 64,35 40,38 20,43 30,32 70,28 96,38",
        deep,
        inside=True,
        soft=2.2,
        strength=0.55,
    )
    pen.blob("70,56 61,66 47,83! 51,68 56,57 63,53", deep)
    pen.blob("68,56 60,66 49,81 56,66 60,57", mix(deep, tones.body, 0.6), inside=True, soft=0.8)
    for x in (68, 70.6, 73.2, 75.8, 78.4):
        pen.stroke(f"{x},45.5 {x - 1.4},49 {x - 0.4},52.8", 0.55, tones.dark, 0.3)
    pen.stroke("96.5,51.2 91,51.6 86.5,53.6 84,55.6", 0.8, tones.dark, 0.3)
    for x in (88.5, 90.2, 91.9, 93.6):
        pen.fill([(x - 0.7, 52.4), (x + 0.7, 52.0), (x, 53.9)], (0.97, 0.98, 0.98))
    pen.disc(90.2, 45.2, 1.05, 1.05, tones.dark)
    pen.disc(90.5, 44.9, 0.32, 0.32, (1.0, 1.0, 1.0))


def whale(pen: Pen, tones: Tones, random: Random) -> None:
    """A humpback with a pleated throat and a long flipper."""
    deep = mix(tones.body, tones.dark, 0.4)
    pen.blob("13,48 6,40 -6,36! -4,44 4,50 -2,58 -3,66! 8,60 16,54", deep)
    pen.blob("34,38 30,33 24,31! 26,39", tones.body)
    pen.blob(
        "101,52 99,44 92,37 80,32 62,30 44,34 26,42 11,49! 11,54 26,58 44,66 62,71 80,70 93,63",
        tones.body,
    )
    pen.blob("102,54 88,53 72,58 56,60 36,60 50,74 80,78 104,62", tones.pale, inside=True, soft=0.7)
    for row in range(7):
        y = 58 + row * 2.1
        pen.stroke(
            f"{99 - row * 2},{y - 3 + row * 0.2} {80},{y} {52 + row * 3},{y + 2.5}",
            0.5,
            deep,
            0.3,
            inside=True,
        )
    pen.blob("98,40 80,31 56,30 30,39 40,26 80,22 102,34", deep, inside=True, soft=3, strength=0.6)
    pen.stroke("100,51.5 90,53.5 82,52 78,54", 0.8, tones.dark, 0.4)
    pen.blob("72,62 64,72 50,84 38,90! 44,78 56,66 64,60", deep)
    pen.blob("70,63 60,75 42,88 52,74 62,63", tones.pale, inside=True, soft=1.2, strength=0.5)
    pen.disc(80.5, 50.6, 0.95, 0.95, tones.dark)
    pen.disc(80.8, 50.3, 0.3, 0.3, (1.0, 1.0, 1.0))


def dolphin(pen: Pen, tones: Tones, random: Random) -> None:
    """A dolphin in mid-leap."""
    deep = mix(tones.body, tones.dark, 0.4)
    pen.blob("14,66 4,68 -5,77! 6,77 9,84 12,90! 18,78 20,70", deep)
    pen.blob("50,31 43,22 34,19! 40,28 40,36", tones.body)
    pen.blob(
        "101,55! 94,51 90,44 80,36 66,31 50,32 34,40 22,54 14,67! 18,71 30,62 46,56 62,56 78,56 "
        "90,56 96,58",
        tones.body,
    )
    pen.blob("97,58 86,53 70,50 50,52 34,59 50,64 84,64", tones.pale, inside=True, soft=1.2)
    pen.blob("90,40 70,31 48,33 26,48 40,26 70,22", deep, inside=True, soft=2, strength=0.6)
    pen.blob("70,54 66,64 57,72! 58,62 62,53", deep)
    pen.stroke("100,55.4 94,54.6 88,53.4", 0.6, tones.dark, 0.4)
    pen.disc(86.5, 49.4, 0.95, 0.95, tones.dark)


def fish(pen: Pen, tones: Tones, random: Random) -> None:
    """A reef fish with bands and fan-shaped fins."""
    fin = mix(tones.accent, tones.body, 0.25)
    pen.blob("22,50 8,36 -2,27! 3,42 4,50 3,60 -2,74! 8,66 22,53", fin)
    pen.blob("66,27 50,15 34,17! 28,30 30,40", fin)
    pen.blob("60,72 48,84 34,82! 30,70 34,62", fin)
    pen.blob(
        "98,50! 92,41 80,31 62,25 44,28 30,38 20,48 20,52 30,62 44,72 62,75 80,69 92,59", tones.body
    )
    pen.blob("98,56 80,60 56,64 30,58 40,80 76,82", tones.pale, inside=True, soft=2.4, strength=0.8)
    for at, wide in ((74, 5), (52, 6), (32, 4)):
        pen.blob(
            f"{at},16 {at + wide},50 {at},84 {at - wide},84 {at - wide + 3},50 {at - wide},16",
            mix(tones.pale, (1, 1, 1), 0.3),
            inside=True,
        )
    pen.blob("96,44 80,30 60,25 40,30 50,16 84,20", tones.dark, inside=True, soft=3, strength=0.35)
    pen.blob("66,54 56,62 46,62! 50,53 58,49", mix(fin, tones.dark, 0.15))
    pen.disc(85, 45, 3.6, 3.6, (1.0, 1.0, 1.0))
    pen.disc(85.6, 45, 2.2, 2.2, tones.dark)
    pen.disc(86.4, 44.2, 0.7, 0.7, (1.0, 1.0, 1.0))
    pen.stroke("96,53 91,54.5 88,53.5", 0.7, tones.dark, 0.4)


def turtle(pen: Pen, tones: Tones, random: Random) -> None:
    """A sea turtle gliding, its near flipper swept down."""
    shade, skin = mix(tones.body, tones.dark, 0.45), mix(tones.body, tones.pale, 0.45)
    pen.blob("66,44 70,30 62,14! 54,26 54,42", mix(skin, tones.dark, 0.5))
    pen.blob("22,58 12,66 4,76! 16,74 26,64", mix(skin, tones.dark, 0.35))
    pen.blob("72,50 82,41 92,40 99,46 97,53 88,56 74,58", skin)
    pen.blob("14,58 24,44 42,34 60,35 74,44 80,54 70,62 44,66 24,64", tones.pale)
    pen.blob("12,57 24,42 42,31 60,32 74,42 80,53! 60,56 36,60", tones.body)
    for patch in (
        "30,44 42,36 46,46 38,54 28,53",
        "48,36 60,37 64,46 54,51 48,46",
        "66,42 74,47 76,52 66,52",
        "18,54 26,46 26,54 20,57",
    ):
        pen.blob(patch, shade, inside=True, soft=0.6, strength=0.85)
    pen.blob("64,56 62,72 48,88! 46,74 50,58", skin)
    for x, y in ((58, 64), (55, 70), (52, 76), (60, 60), (90, 45), (85, 46), (88, 50)):
        pen.disc(x, y, 1.8, 1.5, shade, inside=True)
    pen.disc(93.5, 46.5, 1.3, 1.3, tones.dark)
    pen.disc(93.9, 46.1, 0.4, 0.4, (1.0, 1.0, 1.0))


def jellyfish(pen: Pen, tones: Tones, random: Random) -> None:
    """A glowing bell with frilled arms and long threads; mostly its own light."""
    glow, core = tones.body, tones.accent
    pen.shine(
        _outline("6,30 22,2 50,-6 78,2 94,30 84,70 50,92 16,70"), mix(glow, (0, 0, 0), 0.8), soft=9
    )
    for at in range(9):
        x = 30 + at * 5 + float(random.uniform(-1, 1))
        sway = random.uniform(-7, 7, 4)
        points = [
            (x, 42.0),
            (x + sway[0] * 0.4, 58.0),
            (x + sway[1], 74.0),
            (x + sway[2], 90.0),
            (x + sway[3], float(random.uniform(98, 110))),
        ]
        curve = _curve(points)
        pen.shine(ribbon(curve, 0.8, 0.3), mix(glow, (0, 0, 0), 0.25))
    for at in range(4):
        x = 40 + at * 6.5
        sway = random.uniform(-5, 5, 3)
        points = [
            (x, 40.0),
            (x + 3 * (-1) ** at, 52.0),
            (x + sway[0] - 3 * (-1) ** at, 62.0),
            (x + sway[1], 74.0),
            (x + sway[2], 84.0),
        ]
        pen.shine(ribbon(_curve(points), 5.0, 0.15), mix(core, (0, 0, 0), 0.45), soft=0.8)
        pen.shine(ribbon(_curve(points), 1.4, 0.3), mix(core, (0, 0, 0), 0.3))
    bell = "22,42 20,30 28,14 50,6 72,14 80,30 78,42! 71,45 64,41 57,45 50,41 43,45 36,41 29,45"
    pen.blob(bell, mix(glow, tones.dark, 0.25), soft=0.4, strength=0.42)
    pen.shine(_outline(bell), mix(glow, (0, 0, 0), 0.6), soft=2.2)
    rim = _outline("22,42 20,30 28,14 50,6 72,14 80,30 78,42")
    pen.shine(ribbon(rim[:60], 1.5, 1.0), mix(glow, (0, 0, 0), 0.3), soft=0.7)
    pen.shine(_outline("36,34 38,24 50,18 62,24 64,34 50,38"), mix(core, (0, 0, 0), 0.35), soft=2.5)
    for x in (30, 40, 50, 60, 70):
        pen.shine(
            ribbon(_curve([(50.0, 9.0), ((50 + x) / 2, 22.0), (float(x), 41.0)]), 0.6, 1.0),
            mix(glow, (0, 0, 0), 0.45),
            soft=0.3,
        )
    pen.shine(
        ribbon(_curve([(24.0, 28.0), (31.0, 16.0), (44.0, 10.0)]), 1.6, 0.4),
        (0.75, 0.8, 0.8),
        soft=0.7,
    )


def _curve(points: Points) -> Points:
    """A smooth line through points: quadratic blends of a dense interpolation."""
    track = np.array(points)
    at = np.linspace(0, 1, len(track))
    fine = np.linspace(0, 1, 60)
    raw = np.stack([np.interp(fine, at, track[:, axis]) for axis in (0, 1)], axis=1)
    kernel = np.hanning(17) / np.hanning(17).sum()
    padded = np.pad(raw, ((8, 8), (0, 0)), mode="reflect", reflect_type="odd")
    smooth = np.stack([np.convolve(padded[:, axis], kernel, "valid") for axis in (0, 1)], axis=1)
    return [(float(x), float(y)) for x, y in smooth]


def _outline(text: str) -> Points:
    return list(spline(text))


def boat(pen: Pen, tones: Tones, random: Random) -> None:
    """A small two-sailed yacht."""
    sail, shade = tones.pale, mix(tones.pale, tones.dark, 0.3)
    pen.stroke("47,6 47,74", 1.1, tones.dark, 1)
    pen.blob("50,9! 66,34 78,64! 64,66 50,66!", sail)
    pen.blob("50,9! 58,36 60,66! 50,66!", shade, inside=True, soft=3, strength=0.5)
    pen.blob("45,14! 36,40 20,64! 34,65 45,64!", mix(sail, shade, 0.45))
    pen.blob("45,14! 40,40 36,65! 45,64!", shade, inside=True, soft=2, strength=0.5)
    pen.blob("50,20! 58,24 63,31! 56,30 50,31!", tones.accent)
    pen.blob("10,70! 30,73 60,73 92,67! 84,78 76,84! 24,84! 16,78", tones.body)
    pen.blob("10,70! 30,73 60,73 92,67! 90,70 60,76 30,76 11,73", tones.pale, inside=True)
    pen.fill([(47, 6), (57, 8.5), (47, 11)], tones.accent)
