"""Buildings: lighthouse, castle and house, in a box of 100 x 100."""

from ..noise import Random
from ..palette import Colour, mix
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
        pen.fill(
            [(50 - wide, top), (50 + wide, top + 1.4), (50 + deep, top + 10), (50 - deep, top + 9)],
            tones.accent,
            inside=True,
        )
    pen.fill(
        [(52, 22), (60, 22), (70, 92), (57, 92)], tones.dark, inside=True, soft=2.5, strength=0.45
    )
    for y in (34, 54, 74):
        pen.blob(f"48.6,{y + 4}! 48.6,{y} 50,{y - 1.4} 51.4,{y} 51.4,{y + 4}!", tones.dark)
    pen.blob("46.5,91! 46.5,84 50,82 53.5,84 53.5,91!", mix(tones.dark, tones.accent, 0.3))
    pen.fill([(38, 24), (62, 24), (60, 27.5), (40, 27.5)], tones.dark)
    for x in range(39, 63, 3):
        pen.box(x - 0.25, 19.6, x + 0.25, 24, tones.dark)
    pen.box(38.5, 19.2, 61.5, 20, tones.dark)
    pen.box(44, 12, 56, 24, mix(WINDOW, (1, 1, 1), 0.4))
    for x in (44, 48, 52, 56):
        pen.box(x - 0.4, 12, x + 0.4, 24, tones.dark)
    pen.blob("42,12.5! 44,8 50,4 56,8 58,12.5!", tones.accent)
    pen.box(49.6, 0, 50.4, 5, tones.dark)
    pen.shine(list(spline("46,14 50,13 54,14 54,22 50,23 46,22")), (1.0, 0.9, 0.6), soft=1.4)
    pen.shine(
        list(spline("40,10 50,6 60,10 62,18 60,26 50,30 40,26 38,18")), (0.5, 0.4, 0.2), soft=5
    )


def castle(pen: Pen, tones: Tones, random: Random) -> None:
    """A hill castle of many towers with pointed roofs and lit windows."""
    shade = mix(tones.body, tones.dark, 0.4)
    rock = mix(tones.dark, tones.body, 0.2)
    pen.blob("-6,99! 8,90 20,82 34,80 50,78 68,80 82,83 94,91 106,99!", rock)
    pen.blob("8,90 24,81 36,80 30,90 20,99 0,99", mix(rock, tones.pale, 0.2), inside=True, soft=3)
    #  Towers from back to front: centre, half width, top of wall, tip of roof, foot, near.
    towers = (
        (36, 4, 36, 18, 82, 0),
        (66, 4.5, 40, 20, 82, 0),
        (51, 6, 26, 2, 80, 0),
        (24, 4.5, 54, 38, 84, 1),
        (43, 4, 46, 30, 82, 1),
        (78, 5, 56, 38, 86, 1),
        (59, 4, 50, 34, 82, 1),
    )
    for x, half, wall, tip, foot, near in towers:
        body = tones.body if near else mix(tones.body, shade, 0.55)
        _tower(pen, tones, body, (x, half, wall, tip, foot))
    curtain = mix(tones.body, shade, 0.25)
    pen.fill([(20, 66), (82, 66), (84, 90), (18, 90)], curtain)
    for x in range(20, 82, 4):
        pen.box(x, 63.6, x + 2.2, 67, curtain)
    pen.box(16, 78, 86, 96, rock, inside=True, soft=3, strength=0.8)
    for x in (28, 36, 64, 72):
        _window(pen, x, 73, 0.9)
    pen.blob("46,88! 46,77 50.5,72 55,77 55,88!", tones.dark)
    pen.shine(list(spline("47.5,87 47.5,78 50.5,75 53.5,78 53.5,87")), (0.6, 0.38, 0.12), soft=1.2)


def _tower(
    pen: Pen, tones: Tones, body: Colour, at: tuple[float, float, float, float, float]
) -> None:
    """A round tower: its middle, half width, top of wall, tip of roof and foot."""
    x, half, wall, tip, foot = at
    shade, middle = mix(tones.body, tones.dark, 0.4), (wall + tip) / 2
    pen.box(x - half, wall, x + half, foot, body)
    pen.box(x + half * 0.1, wall, x + half, foot, shade, inside=True, soft=1.0, strength=0.75)
    ledge, eave = half * 1.25, half * 1.5
    rim = [(x - ledge, wall - 1.6), (x + ledge, wall - 1.6), (x + half, wall + 1.6)]
    pen.fill([*rim, (x - half, wall + 1.6)], mix(body, tones.pale, 0.3))
    slope = f"{x + half * 0.45},{middle} {x + eave},{wall - 1}!"
    pen.blob(f"{x - eave},{wall - 1}! {x - half * 0.45},{middle} {x},{tip}! {slope}", tones.accent)
    pen.blob(f"{x},{tip}! {slope} {x + half * 0.2},{wall - 1}!", mix(tones.accent, tones.dark, 0.5))
    pen.box(x - 0.2, tip - 4, x + 0.2, tip, tones.dark)
    _window(pen, x - half * 0.3, wall + 7, 1.0)
    _window(pen, x - half * 0.3, wall + 16, 1.0)


def _window(pen: Pen, x: float, y: float, size: float) -> None:
    pane = list(
        spline(
            f"{x - size},{y + 2.6 * size}! {x - size},{y} {x},{y - 1.3 * size} "
            f"{x + size},{y} {x + size},{y + 2.6 * size}!"
        )
    )
    pen.fill(pane, WINDOW)
    pen.shine(pane, (0.5, 0.36, 0.12), soft=1.2)


def house(pen: Pen, tones: Tones, random: Random) -> None:
    """A gabled cottage with a chimney and warm windows."""
    shade = mix(tones.body, tones.dark, 0.4)
    pen.box(66, 24, 74, 46, mix(shade, tones.accent, 0.3))
    pen.box(64.6, 22, 75.4, 25, tones.dark)
    pen.box(40, 54, 92, 92, shade)
    pen.fill([(12, 54), (28, 30), (44, 54), (44, 92), (12, 92)], tones.body)
    for board in range(58, 92, 5):
        pen.box(12, board, 92, board + 0.5, tones.dark, inside=True, strength=0.25)
    pen.fill([(28, 26), (80, 26), (97, 57), (45, 57)], tones.accent)
    for row in range(1, 5):
        x, y = row * 3.4, 26 + row * 6.2
        pen.box(28 + x, y, 80 + x, y + 0.8, tones.dark, inside=True, strength=0.35)
    gable = [(28.0, 25.0), (46.0, 56.0), (42.4, 58.0), (28.0, 32.0), (12.6, 58.0), (8.6, 56.0)]
    pen.fill(gable, mix(tones.accent, tones.dark, 0.4))
    pen.box(22, 70, 34, 92, mix(tones.dark, tones.accent, 0.25))
    pen.disc(32, 81, 0.9, 0.9, tones.pale)
    for x, y, wide, high in ((51.0, 66.0, 12, 12), (72.0, 66.0, 12, 12), (24.0, 50.0, 8, 9)):
        right, bottom = x + wide, y + high
        pen.box(x - 1, y - 1, right + 1, bottom + 1, tones.pale)
        pen.box(x, y, right, bottom, WINDOW)
        pen.shine([(x, y), (right, y), (right, bottom), (x, bottom)], (0.55, 0.4, 0.15), soft=3)
        pen.box(x + wide / 2 - 0.4, y, x + wide / 2 + 0.4, bottom, tones.pale)
        pen.box(x, y + high / 2 - 0.4, right, y + high / 2 + 0.4, tones.pale)
