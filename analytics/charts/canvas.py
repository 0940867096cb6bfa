"""Where pictures are drawn: Agg's primitives, measured text, one palette; the only place that names matplotlib.

Figures, axes and pyplot would cost 100 to 300 ms a picture: a chart here places rectangles, lines and texts itself, in
pixels from the upper left corner, and the canvas knows every text's extent.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

import font_source_sans_pro
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontPath, FontProperties, fontManager, get_font
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.path import Path
from matplotlib.transforms import Affine2D
from PIL import Image

from analytics.charts.fitting import normal, printable, wrap
from analytics.charts.layout import (
    DPI,
    HEAD,
    LABEL,
    MARGIN,
    SUBTITLE,
    SUBTITLE_LINE,
    TITLE,
    TITLE_LINE,
    WIDTH,
    Box,
    Placed,
    Type,
)
from analytics.charts.palette import STEPS, palette
from analytics.charts.pen import Pen
from analytics.charts.standins import clusters, spelled
from analytics.charts.theme import THEMES, Theme, ThemeName, channels, mix

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.backend_bases import GraphicsContextBase
    from numpy.typing import NDArray

    from analytics.charts.chart import Chart

FONTS = FilePath(font_source_sans_pro.font_directory)
WEIGHTS = {False: "SourceSansPro-Regular.ttf", True: "SourceSansPro-Semibold.ttf"}
# matplotlib's own font of boxes, and its fonts for formulas, which have a few letters of many scripts.
NO_SCRIPTS = ("Last Resort", "STIX", "cm")
# (steps of an edge, zlib's level): the higher levels cost two to five times the time for a tenth of the bytes.
ATTEMPTS = ((STEPS, 7), (5, 8), (1, 9), (0, 9))
MUCH_TEXT = 600  # characters, with which the first attempt is always too heavy
MOST_BYTES = 59_000  # of a picture; what readers on a train are asked to load

Files = tuple[str | FontPath, ...]

# The font manager's list is read from matplotlib's cache; adding two files to it in memory rebuilds nothing.
for file in WEIGHTS.values():
    fontManager.addfont(FONTS / file)


class Face(FontProperties):
    """A size and the files to take glyphs from, in order; spares Agg a search of the font list for every text."""

    def __init__(self, files: Files, size: float) -> None:
        super().__init__(size=size)
        self.files = files


class Agg(RendererAgg):
    """matplotlib's Agg renderer, which finds a Face's files without searching."""

    def _prepare_font(self, font_prop: FontProperties) -> FT2Font:
        assert isinstance(font_prop, Face)
        font = get_font(font_prop.files)
        font.clear()
        font.set_size(font_prop.get_size_in_points(), self.dpi)
        return font

    def draw_word(self, gc: GraphicsContextBase, x: float, y: float, clean: str, face: Face) -> None:
        """Draw upright text as one image; `draw_text` would place each glyph in Python, at five times the cost."""
        image, left, bottom = _bitmap(clean, face.files, face.get_size_in_points())
        self._renderer.draw_text_image(image, round(x + left), round(y + bottom), 0, gc)


@lru_cache(512)
def _bitmap(clean: str, files: Files, size: float) -> tuple[NDArray[np.uint8], float, float]:
    """Return the opacity of upright text, and its left and bottom relative to where it begins on its baseline."""
    font = get_font(files)
    font.clear()
    font.set_size(size, DPI)
    font.set_text(clean, 0.0, flags=LoadFlags.DEFAULT)
    font.draw_glyphs_to_bitmap(antialiased=True)
    left, bottom = font.get_bitmap_offset()
    return font.get_image(), left / 64, (bottom + font.get_descent()) / 64 + 1


@cache
def _own() -> frozenset[int]:
    """Return the code points of our own font; both weights have the same."""
    return frozenset(get_font(str(FONTS / WEIGHTS[False])).get_charmap())


@cache
def _elsewhere() -> dict[int, FontPath]:
    """Return, for each code point of any upright sans font installed, a file that has it; read only when needed."""
    entries = [
        entry
        for entry in fontManager.ttflist
        if entry.style == "normal"
        and entry.weight == 400
        and entry.index == 0  # a collection's other faces have the same characters
        and "Serif" not in entry.name
        and not entry.name.startswith(NO_SCRIPTS)
    ]
    found: dict[int, FontPath] = {}
    # DejaVu Sans first: it comes with matplotlib, so most pictures look the same on every machine.
    for entry in sorted(entries, key=lambda entry: (entry.name != "DejaVu Sans", "Sans" not in entry.name, entry.name)):
        path = FontPath(entry.fname, entry.index)
        font = get_font(path)
        if font.scalable:
            for code in font.get_charmap():
                found.setdefault(code, path)
    return found


@lru_cache(4096)
def prepared(text: str, type_: Type) -> tuple[str, Face]:
    """Return `text` without what cannot be drawn, and the face to draw it with."""
    own = str(FONTS / WEIGHTS[type_.bold])
    clean = normal(text)
    if all(ord(character) in _own() for character in clean):
        return clean, Face((own,), type_.size)
    kept, files = "", dict.fromkeys([own])
    for cluster in clusters(printable(clean)):
        letter = cluster
        if not _own().issuperset(map(ord, cluster)):
            path = _file_of(cluster)
            if path is None:  # no font has these marks together with the letter; perhaps one has the letter
                letter = cluster[0]
                path = _file_of(letter)
            files |= {path: None} if path else {}
        kept += letter
    face = Face(tuple(files), type_.size)
    drawn = spelled(kept, lambda character: ord(character) in _own() or ord(character) in _elsewhere())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            get_font(face.files).set_text(drawn, 0.0, flags=LoadFlags.DEFAULT)
        except UserWarning:  # the fonts have every character, but not every shape that a script's rules ask for
            return spelled(kept, lambda character: ord(character) in _own()), Face((own,), type_.size)
    return drawn, face


def _file_of(letter: str) -> FontPath | None:
    """Return a file that has a letter together with its marks, None if none has."""
    for path in dict.fromkeys(_elsewhere()[ord(each)] for each in letter if ord(each) in _elsewhere()):
        font = get_font(path)
        if all(font.get_char_index(ord(each)) for each in letter):
            return path
    return None


@lru_cache(16384)
def measure(text: str, type_: Type) -> tuple[float, float, float]:
    """Return width, height above and depth below the baseline of `text`, in pixels."""
    clean, face = prepared(text, type_)
    if not clean:
        return 0.0, 0.0, 0.0
    font = get_font(face.files)
    font.clear()
    font.set_size(type_.size, DPI)
    font.set_text(clean, 0.0, flags=LoadFlags.DEFAULT)
    width, height = font.get_width_height()
    descent = font.get_descent()
    return width / 64, (height - descent) / 64, descent / 64


@lru_cache(256)
def _unit(colour: str) -> tuple[float, float, float]:
    red, green, blue = channels(colour)
    return red / 255, green / 255, blue / 255


class Sheet:
    """One picture in the making: the renderer, and everything that was put on it."""

    def __init__(self, theme: Theme, height: int) -> None:
        self.theme = theme
        self.height = height
        renderer: Any = Agg  # matplotlib's renderers carry no types
        self.agg = renderer(WIDTH, height, DPI)
        self.gc: GraphicsContextBase = self.agg.new_gc()
        self.down = Affine2D().scale(1, -1).translate(0, height)
        self.texts: list[Placed] = []
        self.solids: dict[str, None] = {}
        self.edges: dict[tuple[str, str], None] = {}

    def png(self) -> bytes:
        """Return the picture as a palette PNG without metadata: the same drawing gives the same bytes."""
        size = (WIDTH, self.height)
        full = Image.frombuffer("RGBA", size, self.agg.buffer_rgba(), "raw", "RGBA", 0, 1).convert("RGB")
        written = sum(len(text.text) for text in self.texts)
        for steps, level in ATTEMPTS[1:] if written > MUCH_TEXT else ATTEMPTS:
            colours = palette(tuple(self.solids), tuple(self.edges), self.theme.background, steps)
            table = Image.new("P", (1, 1))
            table.putpalette([channel for colour in colours for channel in channels(colour)])
            target = io.BytesIO()
            full.quantize(palette=table, dither=Image.Dither.NONE).save(target, "PNG", bits=8, compress_level=level)
            if target.tell() <= MOST_BYTES:
                break
        return target.getvalue()


class Canvas(Pen):
    """A part of the sheet to draw on."""

    def __init__(self, sheet: Sheet, area: Box, *, compact: bool = False) -> None:
        self.sheet = sheet
        self.area = area
        self.compact = compact
        self.theme = sheet.theme
        self.written = sheet.texts

    def within(self, area: Box, *, compact: bool = False) -> Canvas:
        """Return a canvas for `area` on the same sheet."""
        return Canvas(self.sheet, area, compact=compact)

    def shown(self, text: str) -> str:
        """Return `text` as it is drawn, with something to read in place of characters that no font has."""
        return prepared(text, LABEL)[0]

    def measure(self, text: str, type_: Type) -> tuple[float, float, float]:
        """Return width, height above and depth below the baseline of `text`, in pixels."""
        return measure(text, type_)

    def rect(self, box: Box, colour: str, *, hatched: bool = False) -> None:
        """Fill `box`, snapped to whole pixels; hatched: pale with stripes, for what may still change."""
        left, top, right, bottom = round(box.left), round(box.top), round(box.right), round(box.bottom)
        if right <= left or bottom <= top:
            return
        gc = self.sheet.gc
        if hatched:
            gc.set_hatch("//////")
            gc.set_hatch_color(_unit(colour))
            gc.set_hatch_linewidth(0.8)
        self._fill(
            Path([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], closed=True),
            mix(self.theme.background, colour, 0.25) if hatched else colour,
        )
        if hatched:
            gc.set_hatch(None)
            self._colours(colour, mix(self.theme.background, colour, 0.25))

    def polyline(self, points: Sequence[tuple[float, float]], colour: str, weight: float) -> None:
        """Draw a line through `points` with round joins, `weight` points wide."""
        gc = self.sheet.gc
        gc.set_foreground(_unit(colour))
        gc.set_linewidth(weight)
        gc.set_joinstyle("round")
        gc.set_capstyle("round")
        self.sheet.agg.draw_path(gc, Path(points), self.sheet.down)
        self._colours(colour, self.theme.background)

    def polygon(self, points: Sequence[tuple[float, float]], colour: str) -> None:
        """Fill the area within `points`."""
        self._fill(Path([*points, points[0]], closed=True), colour)

    def dot(self, x: float, y: float, radius: float, colour: str) -> None:
        """Draw a filled circle."""
        self._fill(Path.circle((x, y), radius), colour)
        self._colours(colour, self.theme.background)

    def write(self, placed: Placed) -> None:
        """Write a text where it was placed."""
        clean, face = prepared(placed.text, placed.type)
        if clean:
            sheet = self.sheet
            sheet.gc.set_foreground(_unit(placed.ink))
            if placed.angle:
                sheet.agg.draw_text(sheet.gc, placed.x, placed.y, clean, face, placed.angle)
            else:
                sheet.agg.draw_word(sheet.gc, placed.x, placed.y, clean, face)
            sheet.texts.append(placed)
            self._colours(placed.ink, placed.ground)

    def _fill(self, path: Path, colour: str) -> None:
        self.sheet.gc.set_linewidth(0)
        self.sheet.agg.draw_path(self.sheet.gc, path, self.sheet.down, _unit(colour))
        self.sheet.solids[colour] = None

    def _colours(self, ink: str, ground: str) -> None:
        self.sheet.solids |= {ink: None, ground: None}
        self.sheet.edges[ink, ground] = None


def headed(chart: Chart) -> tuple[list[str], list[str], int]:
    """Return the lines of title and subtitle, and the height in pixels that the whole picture needs."""
    room = WIDTH - 2 * MARGIN
    title = wrap(prepared(chart.title, TITLE)[0], room, lambda part: measure(part, TITLE)[0])
    subtitle = wrap(prepared(chart.subtitle, SUBTITLE)[0], room, lambda part: measure(part, SUBTITLE)[0])
    # `chart.height` counts on one line each.
    more = (len(title) - 1) * TITLE_LINE + (len(subtitle) - 1) * SUBTITLE_LINE
    return title, subtitle, round(chart.height * DPI) + more


def compose(chart: Chart, canvas: Pen, title: Sequence[str], subtitle: Sequence[str]) -> None:
    """Draw `chart` under these lines on a canvas of the height that `headed` told."""
    y, bottom = MARGIN, canvas.area.bottom
    canvas.rect(canvas.area, canvas.theme.background)
    for line in title:
        y += TITLE_LINE
        canvas.text(MARGIN, y - 14, line, TITLE, canvas.theme.ink)
    for line in subtitle:
        y += SUBTITLE_LINE
        canvas.text(MARGIN, y, line, SUBTITLE)
    more = (len(title) - 1) * TITLE_LINE + (len(subtitle) - 1) * SUBTITLE_LINE
    chart.draw(canvas.within(Box(MARGIN, HEAD + more, WIDTH - MARGIN, bottom - MARGIN)))


def drawn(chart: Chart, theme: ThemeName) -> Canvas:
    """Draw `chart` under its title and subtitle and return the canvas, which knows every text's extent."""
    title, subtitle, height = headed(chart)
    canvas = Canvas(Sheet(THEMES[theme], height), Box(0, 0, WIDTH, height))
    compose(chart, canvas, title, subtitle)
    return canvas


def render(chart: Chart, theme: ThemeName) -> bytes:
    """Return `chart` as a PNG, 1480 pixels wide; the same chart and theme give the same bytes."""
    return drawn(chart, theme).sheet.png()
