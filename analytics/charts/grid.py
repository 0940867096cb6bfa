"""The grid of a heatmap: what stands in its cells, how large they are, and which way its names run."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.charts.frame import brief, short
from analytics.charts.layout import LABEL, SMALL, TINY, Box, Type
from analytics.words import number

if TYPE_CHECKING:
    from analytics.charts.pen import Pen

BRIEF = 5  # letters of a column's name, such as the hours of a day, that cost next to no ink
MOST_INK = 260  # for figures in cells, one each and one per digit: beyond that a picture is too heavy for a phone
FEW_NAMES, NAME_INK = 42, 5  # so many names leave room for all of it, each further one takes some of it
CELLS = ((16, 54), (20, 46), (28, 38), (40, 32))  # (rows, pixels of a cell's height): the more, the lower
WIDEST = 112  # pixels, at most, of a cell's width
SLANT, UPWARDS = 45, 90  # degrees of the columns' names, by how far apart they stand
STEEP = 44  # pixels from one column to the next, below which slanted names would touch
MANY = 24  # columns, from which on the rows' names leave them more room
WIDE_FIGURE = 100  # with three digits, which may not fit where there are MANY columns
NAME_PIXELS = 13.2  # mean width of a letter at LABEL's size, for the height before anything is measured
LONGEST = 200  # pixels of a column's name, along its slant
SHORTEST = 84  # pixels above the grid, for what rows and columns are
NOTE = 44  # pixels below the grid, for a note
COS = math.cos(math.radians(SLANT))


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the grid's cells begin, how large they are, the room for rows' names, and the least value written.

    angle: of the columns' names, 0 where each fits above its own column.
    """

    left: float
    top: float
    pitch: float
    tall: float
    names: float
    least: int
    angle: int

    @property
    def line(self) -> float:
        """Pixels of a row that its name may take; in low rows less than all, which keeps the picture light."""
        return self.tall - 2 if self.tall > CELLS[-1][1] else 0.8 * self.tall

    @property
    def high(self) -> int:
        """Pixels that figures may take: rows begin on whole ones, so that some are a fraction lower than `tall`."""
        return int(self.tall)

    def cell(self, row: int, column: int) -> Box:
        """Return a cell's box; a hairline of background stays free between cells."""
        left, top = self.left + column * self.pitch, self.top + row * self.tall
        space = 4 if self.pitch >= STEEP else 2
        return Box(round(left), round(top), round(left + self.pitch) - space, round(top + self.tall) - space)


@dataclass(frozen=True, slots=True)
class Grid:
    """What is drawn: names, values and totals, and how many rows and columns are not sums of others."""

    rows: list[str]
    columns: list[str]
    values: list[list[int | None]]
    totals: list[int]
    own_rows: int
    own_columns: int

    def least_figure(self) -> int:
        """Return the least value that is written, within MOST_INK; equal values are treated alike."""
        room = MOST_INK - NAME_INK * max(0, len(self.rows) + len(self.columns) - FEW_NAMES)
        room = room if max(map(len, self.columns)) > BRIEF else 2 * MOST_INK  # names take ink as well
        ink = 0
        least = max((value or 0 for row in self.values for value in row), default=0) + 1
        for value, count in sorted(
            Counter(value for row in self.values for value in row if value).items(), reverse=True
        ):
            ink += count * (1 + len(brief(value)))
            if ink > room:
                return least
            least = value
        return 1

    def leaves_out_figures(self) -> bool:
        """Return whether a note may have to say what cells without a figure hold: the least, or those too narrow."""
        most = max((value or 0 for row in self.values for value in row), default=0)
        return self.least_figure() > 1 or (len(self.columns) > MANY and most >= WIDE_FIGURE)


def folded(
    names: tuple[Sequence[str], Sequence[str]],
    values: Sequence[Sequence[int | None]],
    totals: Sequence[int],
    most: tuple[int, int],
) -> Grid:
    """Return the grid with the rows and columns over the limits added up in one each; names, most: rows, columns."""
    rows, columns = names
    own_rows = len(rows) if len(rows) <= most[0] + 1 else most[0]
    own_columns = len(columns) if len(columns) <= most[1] + 1 else most[1]
    cells = [list(row[:own_columns]) for row in values]
    heads = list(columns[:own_columns])
    if own_columns < len(columns):
        heads.append(f"{len(columns) - own_columns} others")
        for short_row, row in zip(cells, values, strict=True):
            short_row.append(sum(value or 0 for value in row[own_columns:]))
    labels, sums = list(rows[:own_rows]), list(totals)
    if own_rows < len(rows):
        labels.append(f"{len(rows) - own_rows} others")
        rest = [sum(value or 0 for value in column) for column in zip(*cells[own_rows:], strict=True)]
        cells = [*cells[:own_rows], [*rest]]
        sums = [*sums[:own_rows], sum(sums[own_rows:])]
    return Grid(labels, heads, cells, sums, own_rows, own_columns)


def tallest(rows: int) -> int:
    """Return the height of a cell, in pixels, that so many rows are given."""
    return next((pixels for most, pixels in CELLS if rows <= most), CELLS[-1][1])


def expected_header(columns: Sequence[str]) -> float:
    """Return about how high the columns' names will be, in pixels, before anything is measured."""
    longest = min(LONGEST, max(map(len, columns)) * NAME_PIXELS)
    return max(SHORTEST, (longest if len(columns) > MANY else longest * COS) + 44)


def header(canvas: Pen, columns: Sequence[str]) -> float:
    """Return the height of the columns' names, in pixels, at most so much that rows are left."""
    longest = min(LONGEST, max(canvas.width(name) for name in columns))
    most = canvas.area.height * 0.45 if canvas.compact else math.inf
    return max(SHORTEST, min((longest if len(columns) > MANY else longest * COS) + 44, most))


def plan(canvas: Pen, grid: Grid, head: float, note: float) -> Plan:
    """Return the largest cells that leave room for names at the left and above, and for totals at the right."""
    area, across = canvas.area, len(grid.columns)
    share = 0.25 if across <= MANY else 0.17
    names = min(area.width * share, max(canvas.width(name) for name in grid.rows))
    left = area.left + names + 16
    totals = max(canvas.width(short(total)) for total in grid.totals) + 24
    lengths = [min(canvas.width(name), LONGEST) for name in grid.columns]
    pitch = min(WIDEST, (area.right - left - totals) / across)
    if pitch >= STEEP:
        for _ in range(2):  # a narrower grid moves names left, which may need a little more room
            over = max(length * COS - (across - index - 0.5) * pitch for index, length in enumerate(lengths))
            pitch = min(pitch, (area.right - left - max(totals, over + 8)) / across)
    upright = all(canvas.width(name) <= pitch - 8 for name in grid.columns)
    angle = 0 if upright else SLANT if pitch >= STEEP else UPWARDS
    top = area.top + head
    tall = min(tallest(len(grid.rows)), (area.bottom - note - top) / len(grid.rows))
    return Plan(left, top, pitch, tall, names, grid.least_figure(), angle)


def fitting(canvas: Pen, words: str, room: float) -> Type | None:
    """Return the largest type in which a line of `words` is no higher than `room` pixels; None if none is."""
    for type_ in (LABEL, SMALL, TINY):
        _, above, below = canvas.measure(words, type_)
        if above + below <= room and type_.pixels <= room:
            return type_
    return None


def figure(canvas: Pen, value: int, room: float, high: float) -> tuple[str, Type]:
    """Return a figure and its size that fit into `room` times `high` pixels, the exact and larger ones first.

    Nothing if none does.
    """
    for type_ in (LABEL, SMALL, TINY):
        for words in (number(value), brief(value)):
            width, above, below = canvas.measure(words, type_)
            if width <= room and above + below <= high:
                return words, type_
    return "", TINY
