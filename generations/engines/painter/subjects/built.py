"""Built figures: lighthouse, castle, house, rocket and car, in a box of 100 x 100."""

from ..noise import Random
from ..palette import mix
from ..sprite import Pen, spline
from .tones import Tones

WINDOW = (1.0, 0.82, 0.45)


def lighthouse(pen: Pen, tones: Tones, random: Random) -> None:
    """A banded tower on a rock, its lamp lit."""
    rock = mix(tones.dark, (0.35, 0.33, 0.36), 0.35)
    pen.blob("4,99! 16,90 30,87 40,90 62,89 76,92 90,96 99,99!", rock)
    pen.blob("16,90 30,87 40,90 44,99 20,99", mix(rock, tones.pale, 0.25), inside=True, soft=2)
    tower = [(42.0, 26.0), (58.0, 26.0), (65.0, 91.0), (35.0, 91.0)]
    pen.fill(tower, tones.body)
    for top in (38, 60, 80):
        wide = 8 + (top - 26) * 0.108
        deep = 8 + (top + 9 - 26) * 0.108
        pen.fill([(50 - wide, top), (50 + wide, top + 1.4), (50 + deep, top + 10), (50 - deep, top + 9)],
                 tones.accent, inside=True)
    pen.fill([(52, 22), (60, 22), (70, 92), (57, 92)], tones.dark, inside=True, soft=2.5, strength=0.45)
    for y in (34, 54, 74):
        pen.blob(f"48.6,{y + 4}! 48.6,{y} 50,{y - 1.4} 51.4,{y} 51.4,{y + 4}!", tones.dark)
    pen.blob("46.5,91! 46.5,84 50,82 53.5,84 53.5,91!", mix(tones.dark, tones.accent, 0.3))
    pen.fill([(38, 24), (62, 24), (60, 27.5), (40, 27.5)], tones.dark)
    for x in range(39, 63, 3):
        pen.fill([(x - 0.25, 19.6), (x + 0.25, 19.6), (x + 0.25, 24), (x - 0.25, 24)], tones.dark)
    pen.fill([(38.5, 19.2), (61.5, 19.2), (61.5, 20), (38.5, 20)], tones.dark)
    pen.fill([(44, 12), (56, 12), (56, 24), (44, 24)], mix(WINDOW, (1, 1, 1), 0.4))
    for x in (44, 48, 52, 56):
        pen.fill([(x - 0.4, 12), (x + 0.4, 12), (x + 0.4, 24), (x - 0.4, 24)], tones.dark)
    pen.blob("42,12.5! 44,8 50,4 56,8 58,12.5!", tones.accent)
    pen.fill([(49.6, 0), (50.4, 0), (50.4, 5), (49.6, 5)], tones.dark)
    pen.shine(list(spline("46,14 50,13 54,14 54,22 50,23 46,22")), (1.0, 0.9, 0.6), soft=1.4)
    pen.shine(list(spline("40,10 50,6 60,10 62,18 60,26 50,30 40,26 38,18")), (0.5, 0.4, 0.2), soft=5)


def castle(pen: Pen, tones: Tones, random: Random) -> None:
    """A hill castle of many towers with pointed roofs and lit windows."""
    shade = mix(tones.body, tones.dark, 0.4)
    rock = mix(tones.dark, tones.body, 0.2)
    pen.blob("-6,99! 8,90 20,82 34,80 50,78 68,80 82,83 94,91 106,99!", rock)
    pen.blob("8,90 24,81 36,80 30,90 20,99 0,99", mix(rock, tones.pale, 0.2), inside=True, soft=3)
    #  Towers from back to front: centre, half width, top of wall, tip of roof, foot, near.
    towers = ((36, 4, 36, 18, 82, 0), (66, 4.5, 40, 20, 82, 0), (51, 6, 26, 2, 80, 0),
              (24, 4.5, 54, 38, 84, 1), (43, 4, 46, 30, 82, 1), (78, 5, 56, 38, 86, 1),
              (59, 4, 50, 34, 82, 1))
    for x, half, wall, tip, foot, near in towers:
        body = tones.body if near else mix(tones.body, shade, 0.55)
        pen.fill([(x - half, wall), (x + half, wall), (x + half, foot), (x - half, foot)], body)
        pen.fill([(x + half * 0.1, wall), (x + half, wall), (x + half, foot), (x + half * 0.1, foot)],
                 shade, inside=True, soft=1.0, strength=0.75)
        pen.fill([(x - half * 1.25, wall - 1.6), (x + half * 1.25, wall - 1.6), (x + half, wall + 1.6),
                  (x - half, wall + 1.6)], mix(body, tones.pale, 0.3))
        pen.blob(f"{x - half * 1.5},{wall - 1}! {x - half * 0.45},{(wall + tip) / 2} {x},{tip}! "
                 f"{x + half * 0.45},{(wall + tip) / 2} {x + half * 1.5},{wall - 1}!", tones.accent)
        pen.blob(f"{x},{tip}! {x + half * 0.45},{(wall + tip) / 2} {x + half * 1.5},{wall - 1}! "
                 f"{x + half * 0.2},{wall - 1}!", mix(tones.accent, tones.dark, 0.5))
        pen.fill([(x - 0.2, tip - 4), (x + 0.2, tip - 4), (x + 0.2, tip), (x - 0.2, tip)], tones.dark)
        _window(pen, x - half * 0.3, wall + 7, 1.0)
        _window(pen, x - half * 0.3, wall + 16, 1.0)
    pen.fill([(20, 66), (82, 66), (84, 90), (18, 90)], mix(tones.body, shade, 0.25))
    for x in range(20, 82, 4):
        pen.fill([(x, 63.6), (x + 2.2, 63.6), (x + 2.2, 67), (x, 67)], mix(tones.body, shade, 0.25))
    pen.fill([(16, 78), (86, 78), (86, 96), (16, 96)], rock, inside=True, soft=3, strength=0.8)
    for x in (28, 36, 64, 72):
        _window(pen, x, 73, 0.9)
    pen.blob("46,88! 46,77 50.5,72 55,77 55,88!", tones.dark)
    pen.shine(list(spline("47.5,87 47.5,78 50.5,75 53.5,78 53.5,87")), (0.6, 0.38, 0.12), soft=1.2)


def _window(pen: Pen, x: float, y: float, size: float) -> None:
    pane = list(spline(f"{x - size},{y + 2.6 * size}! {x - size},{y} {x},{y - 1.3 * size} "
                       f"{x + size},{y} {x + size},{y + 2.6 * size}!"))
    pen.fill(pane, WINDOW)
    pen.shine(pane, (0.5, 0.36, 0.12), soft=1.2)


def house(pen: Pen, tones: Tones, random: Random) -> None:
    """A gabled cottage with a chimney and warm windows."""
    shade = mix(tones.body, tones.dark, 0.4)
    pen.fill([(66, 24), (74, 24), (74, 46), (66, 46)], mix(shade, tones.accent, 0.3))
    pen.fill([(64.6, 22), (75.4, 22), (75.4, 25), (64.6, 25)], tones.dark)
    pen.fill([(40, 54), (92, 54), (92, 92), (40, 92)], shade)
    pen.fill([(12, 54), (28, 30), (44, 54), (44, 92), (12, 92)], tones.body)
    for board in range(58, 92, 5):
        pen.fill([(12, board), (92, board), (92, board + 0.5), (12, board + 0.5)], tones.dark, inside=True, strength=0.25)
    pen.fill([(28, 26), (80, 26), (97, 57), (45, 57)], tones.accent)
    for row in range(1, 5):
        x, y = row * 3.4, 26 + row * 6.2
        pen.fill([(28 + x, y), (80 + x, y), (80.4 + x, y + 0.8), (28.4 + x, y + 0.8)], tones.dark, inside=True, strength=0.35)
    pen.fill([(28, 25), (46, 56), (42.4, 58), (28, 32), (12.6, 58), (8.6, 56)], mix(tones.accent, tones.dark, 0.4))
    pen.fill([(22, 70), (34, 70), (34, 92), (22, 92)], mix(tones.dark, tones.accent, 0.25))
    pen.disc(32, 81, 0.9, 0.9, tones.pale)
    for x, y, wide, high in ((51.0, 66.0, 12, 12), (72.0, 66.0, 12, 12), (24.0, 50.0, 8, 9)):
        pen.fill([(x - 1, y - 1), (x + wide + 1, y - 1), (x + wide + 1, y + high + 1), (x - 1, y + high + 1)],
                 tones.pale)
        pane = [(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)]
        pen.fill(pane, WINDOW)
        pen.shine(pane, (0.55, 0.4, 0.15), soft=3)
        pen.fill([(x + wide / 2 - 0.4, y), (x + wide / 2 + 0.4, y), (x + wide / 2 + 0.4, y + high),
                  (x + wide / 2 - 0.4, y + high)], tones.pale)
        pen.fill([(x, y + high / 2 - 0.4), (x + wide, y + high / 2 - 0.4), (x + wide, y + high / 2 + 0.4),
                  (x, y + high / 2 + 0.4)], tones.pale)


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
    pen.blob("54,-6 62,10 68,30 66,60 58,80 54,78 58,56 58,28", shade, inside=True, soft=2.4, strength=0.8)
    pen.blob("42,10 40,26 39,50 42,52 43,28", (1.0, 1.0, 1.0), inside=True, soft=1.2, strength=0.8)
    pen.fill([(34, 62), (66, 62), (65, 65), (35, 65)], tones.accent, inside=True)
    for y, size in ((31, 7), (48, 4.4)):
        pen.disc(50, y, size, size, mix(tones.dark, tones.accent, 0.3))
        pen.disc(50, y, size * 0.74, size * 0.74, (0.42, 0.78, 0.93))
        pen.disc(50 - size * 0.2, y - size * 0.22, size * 0.34, size * 0.28, (0.9, 0.98, 1.0), soft=0.4, inside=True)
    pen.blob("49,54! 51,54! 52,80 50,86! 48,80", mix(tones.accent, tones.dark, 0.2))


def car(pen: Pen, tones: Tones, random: Random) -> None:
    """A low sports coupé with lit lamps."""
    shade = mix(tones.body, tones.dark, 0.45)
    pen.disc(50, 71, 50, 2.2, tones.dark, soft=1.2, strength=0.7)
    pen.blob("1,60! 2,52 10,47 24,45 36,36 50,32 62,33 74,43 90,47 98,52 100,61! 96,66 60,68 8,67",
             tones.body)
    pen.blob("30,45 39,37 50,34 59,35 68,43.5! 50,45.5", mix(tones.dark, tones.pale, 0.18))
    pen.fill([(49.2, 33), (50.6, 33), (50, 46), (48.4, 46)], tones.body, inside=True)
    pen.blob("34,43 41,37.4 46,36 40,44", tones.pale, inside=True, soft=0.6, strength=0.6)
    pen.blob("0,58 20,57 60,58.5 101,57 100,70 0,70", shade, inside=True, soft=1.4, strength=0.85)
    pen.stroke("6,50 30,47.6 60,48 92,50.4", 0.8, mix(tones.body, (1, 1, 1), 0.55), 0.5, inside=True)
    pen.stroke("48,46 47.4,56 48,66", 0.4, tones.dark, 1)
    for x in (20.5, 79.5):
        pen.blob(f"{x - 11},67! {x - 10},58 {x},53.4 {x + 10},58 {x + 11},67!", mix(shade, tones.dark, 0.7))
        pen.disc(x, 63.4, 8.6, 8.6, (0.05, 0.05, 0.07))
        pen.disc(x, 63.4, 5.6, 5.6, mix(tones.pale, tones.dark, 0.3))
        pen.disc(x, 63.4, 4.6, 4.6, mix(tones.pale, tones.dark, 0.75))
        for spoke in ("0,-5 0,5", "-5,0 5,0", "-3.5,-3.5 3.5,3.5", "-3.5,3.5 3.5,-3.5"):
            (a, b), (c, d) = (map(float, end.split(",")) for end in spoke.split())
            pen.stroke(f"{x + a},{63.4 + b} {x + c},{63.4 + d}", 0.9, mix(tones.pale, tones.dark, 0.2))
        pen.disc(x, 63.4, 1.3, 1.3, tones.dark)
    pen.blob("92,50 98,53 98.6,56 93,54", (1.0, 0.97, 0.85))
    pen.shine(list(spline("92,50 98,52 99,57 93,55")), (0.9, 0.85, 0.6), soft=1.2)
    pen.shine([(97, 52), (114, 47), (114, 62), (97, 57)], (0.3, 0.27, 0.18), soft=3)
    pen.blob("1.6,52 5,50.5 4.6,55 1.4,56", (0.9, 0.12, 0.14))
    pen.shine(list(spline("-1,51 5,50 5,56 -1,57")), (0.7, 0.08, 0.1), soft=1.6)
