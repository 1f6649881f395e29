"""Animals of the land: fox, wolf, cat, dog and deer.

Each stands in a box of 100 x 100, facing right, its feet near the lower edge.
"""

from ..noise import Random
from ..palette import Colour, mix
from ..sprite import Pen
from .tones import Tones


def fox(pen: Pen, tones: Tones, random: Random) -> None:
    """A sitting fox in profile, brush curled round its feet."""
    shade = mix(tones.body, tones.dark, 0.3)
    pen.blob("36,84 24,80 10,84 2,76 6,90 20,98 44,98 58,96 52,90", shade)
    pen.blob("8,79 2,75! 4,86 12,93 16,88", tones.pale)
    pen.blob(
        "62,40 70,48 70,66 66,80 66,95! 72,97! 56,97! 57,84 46,97! 30,95 27,80 34,64 44,52 52,42",
        tones.body,
    )
    pen.blob("70,46 71,60 66,72 60,66 60,52", tones.pale, inside=True, soft=1.0)
    pen.blob("27,80 34,66 46,62 52,74 48,92 36,96", shade, inside=True, soft=2.5, strength=0.7)
    pen.blob(
        "57,84 60,74 64,80 66,97 56,97", mix(tones.dark, tones.body, 0.25), inside=True, soft=1
    )
    pen.stroke("48,72 42,82 46,93", 0.7, mix(shade, tones.dark, 0.4), 0.3, inside=True)
    _muzzle(pen, tones, shade, ear=10)


def wolf(pen: Pen, tones: Tones, random: Random) -> None:
    """A wolf sitting back with its head thrown up, howling."""
    shade = mix(tones.body, tones.dark, 0.45)
    pen.blob("34,84 22,84 10,90 4,98! 22,99 46,97", shade)
    pen.blob(
        "56,34 66,40 69,54 66,70 67,95! 73,97! 58,97! 58,82 46,97! 28,96 26,82 32,66 42,52 46,40",
        tones.body,
    )
    pen.blob("66,40 70,54 66,72 60,62 60,46", tones.pale, inside=True, soft=1.4)
    pen.blob("26,82 34,66 46,64 52,76 46,94 32,97", shade, inside=True, soft=2.5, strength=0.7)
    pen.blob("58,82 61,72 65,80 66,97 58,97", shade, inside=True, soft=1)
    pen.blob(
        "46,42 46,30 52,24 60,19 70,8 75,4 77,7! 73,14 79,11 80,14! 72,24 66,32 64,42 56,48",
        tones.body,
    )
    pen.blob("64,42 66,32 72,24 78,14 72,20 64,28 58,40", tones.pale, inside=True, soft=0.8)
    pen.blob("51,27 42,20 37,20! 40,28 47,34", shade)
    pen.disc(75.6, 5.0, 1.5, 1.4, tones.dark)
    pen.stroke("60,24.5 63.4,21.4", 0.9, tones.dark, 0.5)
    for row in (46, 54, 62):
        column = round(46 - (row - 46) * 0.4)
        pen.stroke(f"{column},{row} {column - 2},{row + 4}", 0.8, shade, 0.2, inside=True)


def _muzzle(pen: Pen, tones: Tones, shade: Colour, ear: float) -> None:
    """A fox-like head in three-quarter profile, its neck at (58, 44)."""
    pen.blob(
        f"48,26 46,{18 - ear * 0.3} 48,{10 - ear * 0.4}! 55,16 59,23", mix(shade, tones.dark, 0.55)
    )
    pen.blob(
        "44,40 44,30 50,23 60,21 70,25 78,32 88,36.5! 89,39 82,43 72,46 62,50 50,49", tones.body
    )
    pen.blob("89,40 80,39 72,38 64,43 54,45 48,50 64,53 82,46", tones.pale, inside=True, soft=0.7)
    pen.blob(f"55,25 59,{14 - ear * 0.3} 65,{6 - ear * 0.4}! 68,17 67,26", tones.body)
    pen.blob(
        f"58,24 61,{16 - ear * 0.3} 64.4,{10 - ear * 0.4}! 66,18 65,25",
        mix(tones.dark, tones.body, 0.2),
    )
    pen.disc(88.2, 37.4, 1.9, 1.6, tones.dark)
    pen.blob("68.6,32.4 71,30.6 73.6,32.6 71,34", tones.dark)
    pen.disc(71.6, 31.8, 0.5, 0.5, (1.0, 1.0, 1.0))
    pen.stroke("87,40.5 81,42.4 76,41.8", 0.5, tones.dark, 0.3)


def cat(pen: Pen, tones: Tones, random: Random) -> None:
    """A cat sitting upright, seen from the front, tail round the side."""
    shade = mix(tones.body, tones.dark, 0.5)
    pen.stroke("64,92 80,94 90,84 86,70 90,60", 7, shade, 0.7)
    pen.blob("50,38 64,44 70,62 72,80 70,94 62,98! 38,98! 30,94 28,80 30,62 36,44", tones.body)
    pen.blob(
        "50,48 57,52 58,66 50,78 42,66 43,52", tones.pale, inside=True, soft=2.2, strength=0.85
    )
    pen.blob("70,60 73,80 70,98 62,98 64,78", shade, inside=True, soft=2, strength=0.8)
    pen.blob("30,60 27,80 30,98 38,98 36,78", shade, inside=True, soft=2, strength=0.5)
    for x in (44, 56):
        pen.blob(
            f"{x - 5},97 {x - 4.6},92 {x},90 {x + 4.6},92 {x + 5},97 {x},98.6",
            mix(tones.body, tones.pale, 0.5),
        )
        pen.stroke(f"{x},70 {x},92", 0.5, shade, 0.5, inside=True)
    pen.blob("31,24 29,12 30,1! 38,8 46,14", tones.body)
    pen.blob("69,24 71,12 70,1! 62,8 54,14", tones.body)
    pen.blob("33,20 32,12 32.4,6! 37,11 41,15", mix(tones.pale, tones.body, 0.4))
    pen.blob("67,20 68,12 67.6,6! 63,11 59,15", mix(tones.pale, tones.body, 0.4))
    pen.blob("50,12 64,16 72,28 69,39 60,46 50,48 40,46 31,39 28,28 36,16", tones.body)
    pen.blob("50,34 58,36 60,42 50,47 40,42 42,36", tones.pale, inside=True, soft=1.6, strength=0.9)
    for eye in (40.5, 59.5):
        pen.blob(f"{eye - 5.4},29 {eye},24.8 {eye + 5.4},29 {eye},33", tones.accent)
        pen.disc(eye, 29, 1.5, 3.7, (0.03, 0.03, 0.04), inside=True)
        pen.disc(eye + 1, 27.4, 0.8, 0.8, (1.0, 1.0, 1.0))
        pen.shine(
            [(eye - 4, 29), (eye, 26), (eye + 4, 29), (eye, 32)],
            mix(tones.accent, (0, 0, 0), 0.75),
            soft=1.4,
        )
    pen.blob("48,36 52,36 50,38.6", (0.88, 0.52, 0.52))
    pen.stroke("50,38.6 49.4,41 46,42", 0.5, tones.dark, 0.5)
    pen.stroke("50,38.6 50.6,41 54,42", 0.5, tones.dark, 0.5)
    for y, drop in ((38, -1.5), (40, 0.5), (41.6, 2.6)):
        pen.stroke(f"43,{y} 34,{y + drop * 0.6} 24,{y + drop}", 0.35, tones.pale, 0.3)
        pen.stroke(f"57,{y} 66,{y + drop * 0.6} 76,{y + drop}", 0.35, tones.pale, 0.3)


def dog(pen: Pen, tones: Tones, random: Random) -> None:
    """A sitting dog with hanging ears and a collar, in profile."""
    shade = mix(tones.body, tones.dark, 0.35)
    pen.stroke("32,90 18,90 8,80 6,70", 6, shade, 0.5)
    pen.blob(
        "60,44 70,52 70,68 67,80 68,95! 75,97! 58,98! 58,84 48,98! 29,96 27,80 34,64 44,54 50,44",
        tones.body,
    )
    pen.blob("70,52 71,64 66,76 60,68 61,54", tones.pale, inside=True, soft=1.6)
    pen.blob("27,80 34,66 46,64 52,76 48,94 34,98", shade, inside=True, soft=2.5, strength=0.6)
    pen.blob("46,46 43,32 48,20 60,15 70,18 75,26 86,30 90,35 88,42 78,45 70,47 62,52", tones.body)
    pen.blob("90,38 82,37 74,38 68,44 62,52 80,48", tones.pale, inside=True, soft=1)
    pen.blob("54,18 46,20 41,32 42,46 49,50 55,42 58,28", mix(shade, tones.dark, 0.35))
    pen.blob("44,50 54,55 66,53! 67,57 55,60 43,55", tones.accent)
    pen.disc(61, 59.5, 2.1, 2.1, (0.95, 0.8, 0.3))
    pen.blob("86,29.4 91,30.6 91,35 87,34.6", tones.dark)
    pen.disc(70, 26.5, 1.8, 1.9, tones.dark)
    pen.disc(70.6, 25.8, 0.55, 0.55, (1.0, 1.0, 1.0))
    pen.stroke("88,40 81,42.4 76,41", 0.7, tones.dark, 0.4)
    pen.blob("80,42.4 84,41.6 84.6,47 82,49 79.6,46.6", (0.9, 0.45, 0.45))


def deer(pen: Pen, tones: Tones, random: Random) -> None:
    """A stag standing, its antlers wide."""
    shade = mix(tones.body, tones.dark, 0.45)
    for leg in ("30,62 27,76 29,86 27,98", "62,62 65,76 63,86 64,98"):
        pen.stroke(leg, 4.6, shade, 0.45)
    pen.blob("20,50 14,54 12,60! 20,58", tones.pale)
    pen.blob(
        "18,50 28,44 44,45 58,44 66,34 70,24 78,24 80,32 76,46 72,60 62,67 44,66 30,68 20,62",
        tones.body,
    )
    for leg in ("25,60 21,74 23,86 21,98", "68,58 70,76 68,86 69,98"):
        pen.stroke(leg, 5.6, tones.body, 0.45)
    pen.blob("78,34 77,46 73,60 68,62 70,46 72,34", tones.pale, inside=True, soft=1.4)
    pen.blob("30,70 46,66 62,68 60,62 44,62 30,63", shade, inside=True, soft=1.4)
    pen.blob("18,50 28,44 44,45 58,44 58,38 20,38", tones.dark, inside=True, soft=2.4, strength=0.4)
    for x, y in ((28, 50), (34, 52), (40, 50), (46, 53), (52, 50), (36, 56)):
        pen.disc(x, y, 0.9, 0.7, tones.pale, inside=True)
    pen.blob("68,26 70,18 78,16 86,20 95,24 96,28 90,30 82,31 76,33", tones.body)
    pen.blob("71,19 63,15 58,17! 64,22 70,23", shade)
    pen.disc(95, 25.6, 1.5, 1.6, tones.dark)
    pen.disc(82, 20.6, 1.1, 1.1, tones.dark)
    antler = mix(tones.accent, tones.pale, 0.35)
    for path in (
        "74,17 66,8 66,-4 72,-13",
        "66,6 57,1 53,-7",
        "66,-3 60,-9",
        "68,9 74,3",
        "78,16 84,8 86,-3 83,-13",
        "85,5 92,-1 94,-8",
        "86,-3 91,-10",
        "83,9 78,3",
    ):
        pen.stroke(path, 1.9, antler, 0.45)
