"""Counts of pairs as a grid of shaded cells."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from analytics.charts import text
from analytics.charts.frame import short
from analytics.charts.grid import (
    BRIEF,
    COS,
    LONGEST,
    NOTE,
    SLANT,
    Grid,
    Plan,
    expected_header,
    figure,
    fitting,
    folded,
    header,
    plan,
    tallest,
)
from analytics.charts.layout import DPI, HEAD, MARGIN, SMALL, TINY, Box
from analytics.charts.theme import legible
from analytics.charts.vega import heatmap as interactive
from analytics.charts.vega.parts import Spec
from analytics.words import number

if TYPE_CHECKING:
    from analytics.charts.pen import Pen

MOST = 40  # rows, and columns, that are shown; the others are added up in one row and one column
COMPACT_COLUMNS = 7  # in a panel
TEXT_ROWS, TEXT_COLUMNS, TEXT_HOURS = 12, 8, 24
LOWEST = 30  # pixels of a row where there is little room
APART = 46  # pixels between two slanted names
SIGN, LEAST_SIGN = 12, 7  # pixels of the triangle in an unusual cell
SIGNS = {"high": "\N{BLACK UP-POINTING TRIANGLE}", "low": "\N{BLACK DOWN-POINTING TRIANGLE}"}
MEANING = {"high": "more than expected", "low": "fewer than expected"}
MOST_SAID = 5  # unusual cells in the alt text

Unusual = tuple[int, int, Literal["high", "low"]]


@dataclass(frozen=True, slots=True)
class Heatmap:
    """A grid of counts: `values[row][column]`, None where a pair cannot be (drawn empty).

    row_totals: each row's total over all columns, also those not shown · row_name, column_name: what rows and columns
    are, such as "reviewer" and "author" · unusual: (row, column, "high" or "low") of cells far from what is expected,
    marked with a triangle that points up or down.
    """

    title: str
    subtitle: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int, ...] | None = None
    row_name: str = ""
    column_name: str = ""
    unusual: tuple[Unusual, ...] = ()

    @property
    def height(self) -> float:
        """Inches, with title and subtitle of one line each."""
        if not self.has_any:
            return 1.9
        grid = self.grid(MOST, MOST)
        rows = len(grid.rows) * tallest(len(grid.rows))
        return (HEAD + expected_header(grid.columns) + rows + self._below(grid) + MARGIN + 10) / DPI

    def grid(self, rows: int, columns: int) -> Grid:
        """Return at most so many rows and columns, the others added up in one more of each."""
        return folded((self.rows, self.columns), self.values, self._totals(), (rows, columns))

    def _below(self, grid: Grid) -> int:
        """Pixels below the grid, for the notes."""
        return NOTE * (grid.leaves_out_figures() + bool(self.unusual))

    @property
    def has_any(self) -> bool:
        """Whether there is a pair to draw."""
        return bool(self.rows and self.columns) and any(value for row in self.values for value in row)

    @property
    def alt(self) -> str:
        """The finding, the grid's size and total, and its largest cells."""
        if not self.has_any:
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
        said = [f"{size}, together {number(sum(cell[0] for cell in cells))}", f"most: {pairs}"]
        for way, meaning in MEANING.items():
            found = [(row, column) for row, column, each in self.unusual if each == way]
            words = ", ".join(f"{self.rows[row]} and {self.columns[column]}" for row, column in found[:MOST_SAID])
            more = f" and {number(len(found) - MOST_SAID)} more" if len(found) > MOST_SAID else ""
            said += [f"{meaning}: {words}{more}"] if found else []
        return text.alt(self.title, said)

    def text(self) -> str:
        """Return the grid's upper left part as a table, with a bar for each row's total."""
        if not self.has_any:
            return "Nothing in this window."
        most = TEXT_HOURS if max(map(len, self.columns)) <= BRIEF else TEXT_COLUMNS
        signs = {(row, column): f" {SIGNS[way]}" for row, column, way in self.unusual}
        columns = range(min(len(self.columns), most))
        totals = self._totals()
        header = [" ", *(text.name(self.columns[column]) for column in columns), "all", " "]
        rows = [
            [
                text.name(self.rows[row]),
                *(self._cell_text(row, column) + signs.get((row, column), "") for column in columns),
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
        ways = [way for way in SIGNS if any(each == way for *_, each in self.unusual)]
        note += "\n\n" + "; ".join(f"{SIGNS[way]} {MEANING[way]}" for way in ways) if ways else ""
        return text.table(header, rows, right=range(1, len(columns) + 2)) + note

    def _cell_text(self, row: int, column: int) -> str:
        value = self.values[row][column]
        return number(value) if value else ""

    def _totals(self) -> Sequence[int]:
        return self.row_totals or [sum(value or 0 for value in row) for row in self.values]

    def spec(self) -> Spec:
        """Return the same as an interactive chart."""
        return interactive.spec(self)

    def draw(self, canvas: Pen) -> None:
        """Draw shaded cells with their figures, names at the left and slanted above, totals at the right."""
        if not self.has_any:
            canvas.nothing()
            return
        area, theme = canvas.area, canvas.theme
        columns = COMPACT_COLUMNS if canvas.compact else MOST
        over = len(self.columns) - columns
        head = header(canvas, [*self.columns[: columns + 1], *([f"{over} others"] if over > 1 else [])])
        fits = int((area.height - head - 2 * NOTE * canvas.compact) // LOWEST) - 1
        grid = self.grid(max(1, min(MOST, fits)), columns)
        marked = {
            (row, column): way for row, column, way in self.unusual if row < grid.own_rows and column < grid.own_columns
        }
        ways = [way for way in SIGNS if way in marked.values()]
        ground = plan(canvas, grid, head, NOTE * (grid.leaves_out_figures() + bool(ways)))
        self._column_names(canvas, ground, grid)
        most = max(value or 0 for row in self.values for value in row)
        right = ground.left + len(grid.columns) * ground.pitch + 14
        for row, name in enumerate(grid.rows):
            centre = ground.top + row * ground.tall + (ground.tall - 4) / 2
            type_ = fitting(canvas, name, ground.line)
            if type_:
                label = canvas.cut(name, ground.names, type_)
                canvas.text(ground.left - 16, centre, label, type_, theme.ink, anchor="end", centred=True)
            type_ = fitting(canvas, "0", ground.line)
            if type_:
                canvas.text(right, centre, short(grid.totals[row]), type_, theme.ink, centred=True)
            for column, value in enumerate(grid.values[row]):
                box = ground.cell(row, column)
                if row >= grid.own_rows or column >= grid.own_columns:
                    self._sum(canvas, box, value, ground.high)
                else:
                    self._cell(
                        canvas, box, value, most, least=ground.least, way=marked.get((row, column)), high=ground.high
                    )
        self._captions(canvas, ground.left - 16, ground.top, ground.names)
        self._notes(canvas, ground, grid, ways)

    def _notes(self, canvas: Pen, ground: Plan, grid: Grid, ways: Sequence[str]) -> None:
        """Say below the grid what the triangles mean, and what the cells without a figure hold."""
        x, y = ground.left, ground.top + len(grid.rows) * ground.tall + 34
        for way in ways:
            words = MEANING[way]
            if x + SIGN + 10 + canvas.width(words, SMALL) <= canvas.area.right:
                _sign(canvas, Box(x, y - SMALL.cap, x + SIGN, y), canvas.theme.ink, way)
                canvas.text(x + SIGN + 10, y, words, SMALL)
                x += SIGN + 40 + canvas.width(words, SMALL)
        values = {value for row in grid.values[: grid.own_rows] for value in row[: grid.own_columns] if value}
        width = ground.cell(0, 0).width
        wide = [value for value in values if value >= ground.least and not figure(canvas, value, width, ground.high)[0]]
        said = ["1" if ground.least == 2 else f"1 to {number(ground.least - 1)}"] if ground.least > 1 else []
        said += [f"{number(min(wide))} or more" if len(wide) > 1 else number(wide[0])] if wide else []
        if said:
            y += NOTE if ways else 0
            words = f"shaded cells without a figure: {', the darkest '.join(said)}"
            canvas.text(ground.left, y, canvas.cut(words, canvas.area.right - ground.left, SMALL), SMALL)

    def _column_names(self, canvas: Pen, ground: Plan, grid: Grid) -> None:
        """Write the names above the columns: upright, slanted, or turned upwards where columns are narrow."""
        y, right = ground.top - 12, ground.left + len(grid.columns) * ground.pitch + 14
        above = (ground.top - canvas.area.top - 14) / COS - 20
        x = ground.left
        for index, name in enumerate(grid.columns):
            x = ground.left + (index + 0.5) * ground.pitch
            if not ground.angle:
                canvas.text(x - 2, y, name, anchor="middle")
            elif ground.angle == SLANT:
                room = min(LONGEST, (canvas.area.right + 12 - x) / COS - 8, above)
                canvas.text(x + 6, y, canvas.cut(name, room), angle=SLANT)
            elif type_ := fitting(canvas, name, ground.pitch - 1):
                room = min(LONGEST, ground.top - canvas.area.top - 20)
                placed = canvas.place(
                    x - 1 + type_.cap / 2, y, canvas.cut(name, room, type_), type_, angle=ground.angle
                )
                if canvas.free(placed):
                    canvas.write(placed)
        if ground.angle == SLANT:
            canvas.text(max(right, x + 6 + APART), y, "all", angle=SLANT)
        else:
            canvas.text(right, y, "all")

    def _sum(self, canvas: Pen, box: Box, value: int | None, high: float) -> None:
        """Write the sum of several cells without a shade, which would drown the others."""
        if value:
            words, type_ = figure(canvas, value, box.width, high)
            canvas.text(box.middle, box.centre, words, type_, anchor="middle", centred=True)

    def _cell(
        self, canvas: Pen, box: Box, value: int | None, most: int, *, least: int, way: str | None, high: float
    ) -> None:
        theme = canvas.theme
        # A square root keeps a single review visible beside a pair with a hundred.
        colour = theme.background if value is None else theme.shade(math.sqrt(value / most))
        if value is not None:
            canvas.rect(box, colour)
        ink = legible((theme.ink, theme.background), colour)
        words, type_ = figure(canvas, value, box.width, high) if value and value >= least else ("", TINY)
        if way:
            room = (box.height - type_.cap) / 2 - 2
            if words and room >= LEAST_SIGN:
                size = min(SIGN, room)
                _sign(canvas, Box(box.right - 3 - size, box.top + 2, box.right - 3, box.top + 2 + size), ink, way)
            else:  # a low cell is too small for both; the shade says about how many
                words, half = "", min(SIGN, box.width - 8, box.height - 8) / 2
                x, y = box.middle, box.centre
                _sign(canvas, Box(x - half, y - half, x + half, y + half), ink, way)
        if words:
            canvas.text(box.middle, box.centre, words, type_, ink, anchor="middle", centred=True, ground=colour)

    def _captions(self, canvas: Pen, right: float, top: float, room: float) -> None:
        for words, y in ((self.column_name, top - 46), (self.row_name, top - 12)):
            arrow = " →" if words == self.column_name else " ↓"
            label = canvas.cut(words, room - canvas.width(arrow, SMALL), SMALL) + arrow if words else ""
            placed = canvas.place(right, y, label, SMALL, anchor="end")
            if words and canvas.free(placed):
                canvas.write(placed)


def _sign(canvas: Pen, box: Box, ink: str, way: str) -> None:
    """Draw a triangle that points up for high, down for low."""
    tip, base = (box.top, box.bottom) if way == "high" else (box.bottom, box.top)
    canvas.polygon([(box.middle, tip), (box.right, base), (box.left, base)], ink)
