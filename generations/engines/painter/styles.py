"""The styles a word can ask for, each one a filter over the finished picture.

A style takes planes (3, h, w), the palette and a generator, and returns planes.
"""

import math
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from .canvas import blurred, planes_of, smooth
from .filters import edges, flattened, luma, stroked, wobbled
from .noise import Random, clouds, look_up, tile
from .palette import Array, Palette, mix, ramp

Style = Callable[[Array, Palette, Random], Array]


def _unit(rgb: Array) -> int:
    return int(min(rgb.shape[1:]))


def _paper(shape: tuple[int, int], random: Random, cells: int = 150) -> Array:
    """The tooth of rough paper, around 0."""
    return clouds(random, shape[1], shape[0], cells, 3, roughness=0.8) - 0.5


def watercolor(rgb: Array, palette: Palette, random: Random) -> Array:
    """Flat washes, dark rims where they dried, paper that shows through and at the border."""
    scale, (height, width) = _unit(rgb) / 1024, rgb.shape[1:]
    wash = flattened(wobbled(rgb, random, 3.2 * scale), max(2, round(9 * scale)))
    wash = flattened(wash, max(2, round(5 * scale)))
    rim = np.clip((blurred(luma(wash), 5 * scale + 0.5) - luma(wash)) * 2.2, 0, 0.5)
    rim += edges(luma(wash), 1.6 * scale + 0.5) * 0.16
    bloom = clouds(random, width, height, 3.5, 5, roughness=0.6) - 0.5
    tooth = _paper((height, width), random)
    pigment = (1 - wash) * (0.86 + bloom * 0.5) + (1 - wash) * rim * 0.9
    pigment *= 1 + tooth * 0.5
    v, u = np.mgrid[0:height, 0:width].astype(np.float32)
    border = np.minimum(np.minimum(u, width - 1 - u), np.minimum(v, height - 1 - v)) / _unit(rgb)
    ragged = border + (clouds(random, width, height, 7, 5, roughness=0.62) - 0.5) * 0.06
    painted = smooth(0.022, 0.03, ragged)
    dried = np.exp(-(((ragged - 0.034) / 0.006) ** 2)) * 0.22
    paper = planes_of((0.985, 0.968, 0.93)) + tooth * 0.05
    return np.asarray(paper - (pigment * (1 + dried) - 0.04) * painted)


def oil(rgb: Array, palette: Palette, random: Random) -> Array:
    """Patches of colour pulled along the forms, with bristle marks that catch the light."""
    scale = _unit(rgb) / 1024
    patches = flattened(rgb, max(2, round(8 * scale)))
    smear, marks = stroked(patches, random, 22)
    slope_y, slope_x = np.gradient(marks)
    relief = np.clip((slope_x + slope_y) * 1.5, -0.5, 0.5)
    return np.asarray(smear * (1 + relief * 0.34) + relief * 0.03 + marks * 0.04)


def sketch(rgb: Array, palette: Palette, random: Random) -> Array:
    """Pencil: contours, hatching that thickens in the shadows, a breath of colour."""
    scale, (height, width) = _unit(rgb) / 1024, rgb.shape[1:]
    bright = np.clip(luma(rgb), 0, 1)
    low, high = (float(value) for value in np.percentile(bright[::7, ::7], (2, 98)))
    bright = np.clip((bright - low) / max(high - low, 0.05), 0, 1)
    soft = blurred(bright, 7 * scale + 0.5)
    contour = np.clip(1 - (bright + 0.03) / (soft + 0.03), 0, 1) * 1.5
    contour = np.clip(contour + edges(bright, 1.2 * scale + 0.4) * 0.9, 0, 1)
    texture = tile(random, 512, 64, 3)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32) / scale
    tone = np.zeros_like(bright)
    for at, angle in enumerate((0.8, -0.65, 1.35)):
        along = columns * math.cos(angle) + rows * math.sin(angle)
        across = rows * math.cos(angle) - columns * math.sin(angle)
        lines = look_up(texture, across * 1.15, along * 0.05)
        dark = smooth(0.78 - 0.23 * at, 0.2 - 0.14 * at, soft)
        tone = np.maximum(tone, smooth(0.46, 0.62, lines) * dark * (0.72 - 0.08 * at))
    tooth = _paper((height, width), random, 220)
    graphite = np.clip(np.maximum(tone, contour) * (1 + tooth * 1.3), 0, 0.94)
    paper = planes_of((0.972, 0.956, 0.92)) + tooth * 0.04
    hue = rgb / np.maximum(luma(rgb), 0.12) - 1
    paper = paper * (1 + np.clip(hue, -0.6, 0.6) * 0.22)
    lead = planes_of(mix((0.13, 0.13, 0.15), palette.ink, 0.35))
    return np.asarray(paper + (lead - paper) * graphite)


def pixel(rgb: Array, palette: Palette, random: Random) -> Array:
    """Pixel art: a coarse grid, few colours, an ordered dither between them."""
    height, width = rgb.shape[1:]
    block = max(2, round(_unit(rgb) / 128))
    small_w, small_h = -(-width // block), -(-height // block)
    image = Image.fromarray((np.clip(rgb, 0, 1) * 255).astype(np.uint8).transpose(1, 2, 0))
    small = np.asarray(image.resize((small_w, small_h), Image.Resampling.BOX), np.float32) / 255
    bayer = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32)
    threshold = np.tile(bayer / 16 - 0.47, (small_h // 4 + 1, small_w // 4 + 1))[
        :small_h, :small_w, None
    ]
    vivid = small + (small - small.mean(axis=2, keepdims=True)) * 0.18
    shown = (np.clip(vivid + threshold * 0.075, 0, 1) * 255).astype(np.uint8)
    few = Image.fromarray(shown).quantize(28, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    large = few.convert("RGB").resize((small_w * block, small_h * block), Image.Resampling.NEAREST)
    planes = np.asarray(large, np.float32)[:height, :width].transpose(2, 0, 1) / 255
    return np.asarray(planes)


def lowpoly(rgb: Array, palette: Palette, random: Random) -> Array:
    """Facets: a net of triangles whose corners seek the picture's edges."""
    height, width = rgb.shape[1:]
    unit = _unit(rgb)
    columns, rows = round(44 * width / unit), round(44 * height / unit)
    corner_y, corner_x = _net(edges(luma(rgb), unit / 300), rows, columns, random)
    soft = np.stack([blurred(plane, unit / 300) for plane in rgb])
    big = Image.new("RGB", (width * 2, height * 2))
    draw = ImageDraw.Draw(big)
    facets = []
    for row in range(rows):
        for column in range(columns):
            a, b, c, d = (
                (row, column),
                (row, column + 1),
                (row + 1, column),
                (row + 1, column + 1),
            )
            facets += [(a, b, c), (b, d, c)] if (row + column) % 2 else [(a, b, d), (a, d, c)]
    index = np.array(facets)
    xs, ys = corner_x[index[..., 0], index[..., 1]], corner_y[index[..., 0], index[..., 1]]
    weights = np.array([[1, 1, 1], [4, 1, 1], [1, 4, 1], [1, 1, 4]], np.float32)
    weights /= weights.sum(axis=1, keepdims=True)
    at_y = np.clip(ys @ weights.T, 0, height - 1).astype(np.int32)
    at_x = np.clip(xs @ weights.T, 0, width - 1).astype(np.int32)
    tones = soft[:, at_y, at_x].mean(axis=2) * random.uniform(0.94, 1.06, len(facets))
    codes = (np.clip(tones.T, 0, 1) * 255).astype(int).tolist()
    for x, y, code in zip((xs * 2).tolist(), (ys * 2).tolist(), codes, strict=True):
        draw.polygon(list(zip(x, y, strict=True)), fill=tuple(code))
    return np.asarray(big.reduce(2), np.float32).transpose(2, 0, 1) / np.float32(255)


def _net(edge: Array, rows: int, columns: int, random: Random) -> tuple[Array, Array]:
    """Corners (rows + 1, columns + 1) of a shaken grid, each moved to the firmest edge near it."""
    height, width = edge.shape
    grid_y, grid_x = np.mgrid[0 : rows + 1, 0 : columns + 1].astype(np.float32)
    tries = 14
    shake = random.uniform(-0.44, 0.44, (2, tries, rows + 1, columns + 1)).astype(np.float32)
    y = (grid_y + shake[0]) * (height / rows)
    x = (grid_x + shake[1]) * (width / columns)
    found = edge[
        np.clip(y, 0, height - 1).astype(np.int32), np.clip(x, 0, width - 1).astype(np.int32)
    ]
    best = found.argmax(axis=0)[None]
    y, x = np.take_along_axis(y, best, 0)[0], np.take_along_axis(x, best, 0)[0]
    y[0], y[-1], x[:, 0], x[:, -1] = -1, height + 1, -1, width + 1
    return y, x


def comic(rgb: Array, palette: Palette, random: Random) -> Array:
    """Flat tones, ink lines and halftone dots in the shadows."""
    scale, (height, width) = _unit(rgb) / 1024, rgb.shape[1:]
    flat = flattened(rgb, max(2, round(8 * scale)))
    bright = np.clip(luma(flat), 0.02, 1)
    steps = 5.0
    level = (np.floor(bright * steps) + smooth(0.35, 0.65, bright * steps % 1)) / steps + 0.08
    flat = flat * (level / bright)
    grey = luma(flat)
    flat = grey + (flat - grey) * 1.3
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    pitch = 9 * scale + 2
    dots = np.sin((columns + rows) * (3.1416 / pitch / 1.414)) * np.sin(
        (columns - rows) * (3.1416 / pitch / 1.414)
    )
    shade = smooth(0.62, 0.1, bright)
    flat = flat * (1 - 0.34 * smooth(-0.12, 0.12, np.abs(dots) - 1.05 + shade))
    fine, wide = blurred(bright, 1.2 * scale + 0.3), blurred(bright, 3.4 * scale + 0.6)
    ink = smooth(0.02, 0.055, wide - fine)
    return np.asarray(flat + (planes_of(palette.ink) - flat) * ink * 0.92)


def neon(rgb: Array, palette: Palette, random: Random) -> Array:
    """The contours as tubes of light over a darkened picture."""
    scale, (height, width) = _unit(rgb) / 1024, rgb.shape[1:]
    bright = luma(flattened(rgb, max(2, round(7 * scale))))
    tube = smooth(0.1, 0.5, edges(bright, 1.9 * scale + 0.4))
    table = ramp((palette.accent, palette.second, palette.horizon, palette.accent))
    v, u = np.mgrid[0:height, 0:width].astype(np.float32) / _unit(rgb)
    drift = clouds(random, width, height, 1.5, 2)
    tint = table[:, (np.clip((u + v) * 0.35 + drift * 0.5, 0, 1) * 1023).astype(np.int32)]
    night = planes_of(palette.zenith)
    dark = night + (np.clip(rgb, 0, 1) ** 1.5 - night) * 0.34
    halo = np.clip(blurred(tube, 5 * scale + 0.5) * 0.7 + blurred(tube, 20 * scale + 1) * 0.8, 0, 1)
    lit = dark + tint * halo * np.maximum(1 - dark, 0)
    return np.asarray(lit + (np.clip(tint * 0.45 + 0.6, 0, 1) - lit) * tube)


STYLED: dict[str, Style] = {
    "watercolor": watercolor,
    "oil": oil,
    "sketch": sketch,
    "pixel": pixel,
    "lowpoly": lowpoly,
    "comic": comic,
    "neon": neon,
}
# Styles with clean flat areas, which grain would only soil.
CLEAN = {"pixel", "lowpoly", "comic"}
