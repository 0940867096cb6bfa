"""Counts of pairs as a grid of shaded cells."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.charts import text
from analytics.charts.frame import brief, short
from analytics.charts.layout import DPI, HEAD, LABEL, MARGIN, SMALL, TINY, Box, Type
from analytics.charts.theme import legible
from analytics.words import number

if TYPE_CHECKING:
    from analytics.charts.canvas import Canvas

MOST_ROWS, MOST_COLUMNS = 20, 20  # names a reader can tell apart; the others are added up in one row and one column
BRIEF, MOST_BRIEF = 5, 24  # columns of so few letters, such as the hours of a day, may be so many
TEXT_ROWS, TEXT_COLUMNS = 12, 8
MOST_INK = 300  # for figures in cells, one each and one per digit: beyond that a picture is too heavy for a phone
CELL = 54  # pixels, at most, of a cell's height
WIDEST = 112  # pixels, at most, of a cell's width
SLANT = 45  # degrees of the columns' names
NAME_PIXELS = 13.2  # mean width of a letter at LABEL's size, for the height before anything is measured
LONGEST = 200  # pixels of a column's name, along its slant
SHORTEST = 84  # pixels above the grid, for what rows and columns are
APART = 46  # pixels between two slanted names
NOTE = 44  # pixels below the grid, for a note
COS = math.cos(math.radians(SLANT))


@dataclass(frozen=True, slots=True)
class Heatmap:
    """A grid of counts: `values[row][column]`, None where a pair cannot be (drawn empty).

    row_totals: each row's total over all columns, also those not shown · row_name, column_name: what rows and columns
    are, such as "reviewer" and "author".
    """

    title: str
    subtitle: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int, ...] | None = None
    row_name: str = ""
    column_name: str = ""

    @property
    def height(self) -> float:
        """Inches, with title and subtitle of one line each."""
        if not self._any:
            return 1.9
        grid = self._folded(MOST_ROWS, self._most(MOST_COLUMNS))
        header = max(SHORTEST, min(LONGEST, max(map(len, grid.columns)) * NAME_PIXELS) * COS + 44)
        rows = len(grid.rows) * (CELL if len(grid.rows) <= 16 else CELL - 8)
        return (HEAD + header + rows + (NOTE if grid.least_figure() > 1 else 0) + MARGIN + 10) / DPI

    def _most(self, columns: int) -> int:
        """Return how many columns are shown, where `columns` with long names would be."""
        return MOST_BRIEF if max(map(len, self.columns)) <= BRIEF else columns

    @property
    def _any(self) -> bool:
        return bool(self.rows and self.columns) and any(value for row in self.values for value in row)

    @property
    def alt(self) -> str:
        """The finding, the grid's size and total, and its largest cells."""
        if not self._any:
            return f"{self.title}. Nothing in this window."
        cells = [
            (value, row, column)
            for row, values in zip(self.rows, self.values, strict=True)
            for column, value in zip(self.columns, values, strict=True)
            if value
        ]
        largest = sorted(cells, key=lambda cell: -cell[0])[:3]
        pairs = ", ".join(f"{row} and {column} {number(value)}" for value, row, column in largest)
        size = f"{self.row_name or 'row'} by {self.column_name or 'column'}, {len(self.rows)} by {len(self.columns)}"
        return f"{self.title}. {size}, together {number(sum(cell[0] for cell in cells))}; most: {pairs}."

    def text(self) -> str:
        """Return the grid's upper left part as a table, with a bar for each row's total."""
        if not self._any:
            return "Nothing in this window."
        most = self._most(TEXT_COLUMNS)
        columns = range(min(len(self.columns), most))
        totals = self._totals()
        header = [" ", *(text.name(self.columns[column]) for column in columns), "all", " "]
        rows = [
            [
                text.name(self.rows[row]),
                *(number(value) if (value := self.values[row][column]) else "" for column in columns),
                number(totals[row]),
                text.bar(totals[row], max(totals), 8),
            ]
            for row in range(min(len(self.rows), TEXT_ROWS))
        ]
        left = [
            f"{number(count)} more {what}" + (f" ({text.plain(name)})" if name else "")
            for count, what, name in (
                (len(self.rows) - TEXT_ROWS, "rows", self.row_name),
                (len(self.columns) - most, "columns", self.column_name),
            )
            if count > 0
        ]
        note = f"\n\nand {' and '.join(left)}" if left else ""
        return text.table(header, rows, right=range(1, len(columns) + 2)) + note

    def _totals(self) -> Sequence[int]:
        return self.row_totals or [sum(value or 0 for value in row) for row in self.values]

    def draw(self, canvas: Canvas) -> None:
        """Draw shaded cells with their figures, names at the left and slanted above, totals at the right."""
        if not self._any:
            canvas.nothing()
            return
        area, theme = canvas.area, canvas.theme
        columns = 7 if canvas.compact else self._most(MOST_COLUMNS)
        header = _header(canvas, self.columns[: columns + 1])
        fits = int((area.height - header - NOTE) // (CELL - 14)) - 1
        grid = self._folded(max(1, min(MOST_ROWS, fits)), columns)
        plan = _plan(canvas, grid, header)
        self._column_names(canvas, plan, grid)
        most = max(value or 0 for row in self.values for value in row)
        right = plan.left + len(grid.columns) * plan.pitch + 14
        for row, name in enumerate(grid.rows):
            centre = plan.top + row * plan.tall + (plan.tall - 4) / 2
            label = canvas.cut(name, plan.names)
            canvas.text(plan.left - 16, centre, label, LABEL, theme.ink, anchor="end", centred=True)
            canvas.text(right, centre, short(grid.totals[row]), LABEL, theme.ink, centred=True)
            for column, value in enumerate(grid.values[row]):
                if row >= grid.own_rows or column >= grid.own_columns:
                    self._sum(canvas, plan.cell(row, column), value)
                else:
                    self._cell(canvas, plan.cell(row, column), value, most, least=plan.least)
        self._captions(canvas, plan.left - 16, plan.top, plan.names)
        if plan.least > 1:
            words = "shaded cells without a figure: 1" + (f" to {number(plan.least - 1)}" if plan.least > 2 else "")
            y = plan.top + len(grid.rows) * plan.tall + 34
            canvas.text(plan.left, y, canvas.cut(words, area.right - plan.left, SMALL), SMALL)

    def _column_names(self, canvas: Canvas, plan: _Plan, grid: _Grid) -> None:
        """Write the names above the columns: upright if each fits above its own, else slanted."""
        y, right = plan.top - 12, plan.left + len(grid.columns) * plan.pitch + 14
        upright = all(canvas.width(name) <= plan.pitch - 8 for name in grid.columns)
        x = plan.left
        for index, name in enumerate(grid.columns):
            x = plan.left + (index + 0.5) * plan.pitch
            if upright:
                canvas.text(x - 2, y, name, anchor="middle")
                continue
            room = min(LONGEST, (canvas.area.right + 12 - x) / COS - 8, (plan.top - canvas.area.top - 14) / COS - 20)
            canvas.text(x + 6, y, canvas.cut(name, room), angle=SLANT)
        if upright:
            canvas.text(right, y, "all")
        else:
            canvas.text(max(right, x + 6 + APART), y, "all", angle=SLANT)

    def _sum(self, canvas: Canvas, box: Box, value: int | None) -> None:
        """Write the sum of several cells without a shade, which would drown the others."""
        if value:
            words, type_ = _figure(canvas, value, box.width)
            canvas.text(box.middle, box.centre, words, type_, anchor="middle", centred=True)

    def _cell(self, canvas: Canvas, box: Box, value: int | None, most: int, *, least: int) -> None:
        if value is None:
            return
        theme = canvas.theme
        # A square root keeps a single review visible beside a pair with a hundred.
        colour = theme.shade(math.sqrt(value / most))
        canvas.rect(box, colour)
        if value and value >= least:
            words, type_ = _figure(canvas, value, box.width)
            ink = legible((theme.ink, theme.background), colour)
            canvas.text(box.middle, box.centre, words, type_, ink, anchor="middle", centred=True, ground=colour)

    def _captions(self, canvas: Canvas, right: float, top: float, room: float) -> None:
        for words, y in ((self.column_name, top - 46), (self.row_name, top - 12)):
            arrow = " →" if words == self.column_name else " ↓"
            label = canvas.cut(words, room - canvas.width(arrow, SMALL), SMALL) + arrow if words else ""
            placed = canvas.place(right, y, label, SMALL, anchor="end")
            if words and canvas.free(placed):
                canvas.write(placed)

    def _folded(self, rows: int, columns: int) -> _Grid:
        """Return the grid with the rows and columns over the limits added up in one each."""
        totals = list(self._totals())
        own_rows = len(self.rows) if len(self.rows) <= rows + 1 else rows
        own_columns = len(self.columns) if len(self.columns) <= columns + 1 else columns
        values = [list(row[:own_columns]) for row in self.values]
        names = list(self.columns[:own_columns])
        if own_columns < len(self.columns):
            names.append(f"{len(self.columns) - own_columns} others")
            for short_row, row in zip(values, self.values, strict=True):
                short_row.append(sum(value or 0 for value in row[own_columns:]))
        labels = list(self.rows[:own_rows])
        if own_rows < len(self.rows):
            labels.append(f"{len(self.rows) - own_rows} others")
            rest = [sum(value or 0 for value in column) for column in zip(*values[own_rows:], strict=True)]
            values = [*values[:own_rows], [*rest]]
            totals = [*totals[:own_rows], sum(totals[own_rows:])]
        return _Grid(labels, names, values, totals, own_rows, own_columns)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where the grid's cells begin, how large they are, the room for rows' names, and the least value written."""

    left: float
    top: float
    pitch: float
    tall: float
    names: float
    least: int

    def cell(self, row: int, column: int) -> Box:
        """Return a cell's box; a hairline of background stays free between cells."""
        left, top = self.left + column * self.pitch, self.top + row * self.tall
        return Box(round(left), round(top), round(left + self.pitch) - 4, round(top + self.tall) - 4)


def _figure(canvas: Canvas, value: int, room: float) -> tuple[str, Type]:
    """Return a figure and its size that fit into `room`, the exact and larger ones first; nothing if none does."""
    for type_ in (LABEL, SMALL, TINY):
        for words in (number(value), brief(value)):
            if canvas.width(words, type_) <= room:
                return words, type_
    return "", TINY


def _header(canvas: Canvas, columns: Sequence[str]) -> float:
    """Return the height of the columns' names, at most so much that rows are left."""
    longest = min(LONGEST, max(canvas.width(name) for name in columns))
    most = canvas.area.height * 0.45 if canvas.compact else math.inf
    return max(SHORTEST, min(longest * COS + 44, most))


def _plan(canvas: Canvas, grid: _Grid, header: float) -> _Plan:
    """Return the largest cells that leave room for names at the left and above, and for totals at the right."""
    area, across = canvas.area, len(grid.columns)
    names = min(area.width * 0.25, max(canvas.width(name) for name in grid.rows))
    left = area.left + names + 16
    totals = max(canvas.width(short(total)) for total in grid.totals) + 24
    lengths = [min(canvas.width(name), LONGEST) for name in grid.columns]
    pitch = min(WIDEST, (area.right - left - totals) / across)
    for _ in range(2):  # a narrower grid moves names left, which may need a little more room
        over = max(length * COS - (across - index - 0.5) * pitch for index, length in enumerate(lengths))
        pitch = min(pitch, (area.right - left - max(totals, over + 8)) / across)
    top = area.top + header
    least = grid.least_figure()
    tall = min(CELL, (area.bottom - (NOTE if least > 1 else 0) - top) / len(grid.rows))
    return _Plan(left, top, pitch, tall, names, least)


@dataclass(frozen=True, slots=True)
class _Grid:
    """What is drawn: names, values and totals, and how many rows and columns are not sums of others."""

    rows: list[str]
    columns: list[str]
    values: list[list[int | None]]
    totals: list[int]
    own_rows: int
    own_columns: int

    def least_figure(self) -> int:
        """Return the least value that is written, within MOST_INK; equal values are treated alike."""
        room = MOST_INK if max(map(len, self.columns)) > BRIEF else 2 * MOST_INK  # names take ink as well
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
