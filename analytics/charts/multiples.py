"""Many repositories at a glance: a small picture each, side by side on one scale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from analytics.charts import text
from analytics.charts.axis import count_marks, fitting_marks
from analytics.charts.columns import bar, ceiling, pale
from analytics.charts.frame import AXIS, mark_labels, short
from analytics.charts.gaps import NO_DATA, THIN
from analytics.charts.layout import DPI, HEAD, LABEL, MARGIN, SMALL, STRONG, Box
from analytics.charts.series import unknown_runs
from analytics.charts.spans import Dated, dated, midnight
from analytics.charts.vega import multiples as interactive
from analytics.charts.vega.parts import Spec
from analytics.words import last_days, number, plural

if TYPE_CHECKING:
    from analytics.charts.pen import Pen

MOST = 24  # panels
GUTTER = 44  # pixels between two columns
ROWS = {2: 210, 3: 180, 4: 156}  # pixels of a row by how many columns there are
HEADING = 62  # pixels above a panel's plot, for its name and its figure
LOWEST = 120  # pixels of a row where there is little room
LAST = 44  # pixels below all panels, to say how many are left out
LONG = 20  # characters of a name beyond which it needs a wider column
SPACE = 20  # pixels below it
SMALLEST = 3  # pixels of a day above zero
NAMED = 5  # panels in the alt text
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Panel:
    """A repository's counts per UTC day; None is unknown, never zero. provisional: days that may still grow."""

    name: str
    days: tuple[date, ...]
    counts: tuple[int | None, ...]
    provisional: tuple[bool, ...] = ()

    @property
    def known(self) -> list[int]:
        """The counts that are known."""
        return [count for count in self.counts if count is not None]

    @property
    def total(self) -> int:
        """The sum of the counts that are known."""
        return sum(self.known)


@dataclass(frozen=True, slots=True)
class Multiples:
    """Up to MOST panels in the given order, the same days and (unless `shared` is False) the same scale in each.

    Beside each name stands its total of known days; the first one says of what. unit: such as "views per day" · more:
    how many panels the caller has left out · shared: False gives every panel its
    own scale, which is then said.
    """

    title: str
    subtitle: str
    panels: tuple[Panel, ...]
    unit: str
    shared: bool = True
    more: int = 0

    @property
    def shown(self) -> tuple[Panel, ...]:
        """The panels that are drawn."""
        return self.panels[:MOST]

    @property
    def columns(self) -> int:
        """Panels side by side."""
        count = len(self.shown)
        long = sum(len(panel.name) > LONG for panel in self.shown)
        return 2 if count <= 4 else 3 if count <= 9 or long > count / 3 else 4

    @property
    def height(self) -> float:
        """Inches, with title and subtitle of one line each."""
        if not self.shown:
            return 1.9
        rows = -(-len(self.shown) // self.columns)
        return (HEAD + rows * ROWS[self.columns] + AXIS + (LAST if self.left_out else 0) + MARGIN) / DPI

    @property
    def left_out(self) -> int:
        """How many panels are not drawn."""
        return len(self.panels) - len(self.shown) + self.more

    @property
    def noun(self) -> str:
        """What is counted."""
        return self.unit.removesuffix(" per day") or "counts"

    @property
    def alt(self) -> str:
        """The finding, how many panels, the totals of the largest, and where days are unknown."""
        if not self.shown:
            return f"{self.title}. Nothing in this window."
        panels = sorted(self.panels, key=lambda panel: -panel.total)
        largest = ", ".join(
            f"{panel.name} {number(panel.total) if panel.known else 'unknown'}"
            + (f" (most in a day {number(max(panel.known))})" if any(panel.known) else "")
            for panel in panels[:NAMED]
        )
        others = len(panels) - NAMED + self.more
        said = [f"{self.unit or 'Counts'} of {plural(len(self.panels) + self.more, 'repository', 'repositories')}"]
        said.append(f"{largest}" + (f" and {number(others)} more" if others > 0 else ""))
        holes = sum(len(panel.known) < len(panel.counts) for panel in self.panels)
        said += [f"days without data in {number(holes)} of them"] if holes else []
        growing = max((sum(panel.provisional) for panel in self.panels), default=0)
        said += [f"{last_days(growing)} may still grow"] if growing else []
        return text.alt(self.title, said)

    def text(self) -> str:
        """Return a table with a row and a bar per repository."""
        if not self.shown:
            return "Nothing in this window."
        most = max(panel.total for panel in self.shown)
        rows = [
            [
                text.name(panel.name),
                text.figure(panel.total if panel.known else None),
                text.bar(panel.total, most),
                text.figure(max(panel.known, default=None)),
                f"{len(panel.known)} of {len(panel.counts)}",
            ]
            for panel in self.shown
        ]
        header = [" ", text.plain(self.noun), " ", "most in a day", "days known"]
        return text.table(header, rows, right=(1, 3)) + text.more(self.left_out)

    def spec(self) -> Spec:
        """Return the same as an interactive chart."""
        return interactive.spec(self)

    def draw(self, canvas: Pen) -> None:
        """Draw each panel under its name, the days below the last of every column."""
        if not self.shown or not any(panel.days for panel in self.shown):
            canvas.nothing()
            return
        first = min(day for panel in self.shown for day in panel.days)
        last = max(day for panel in self.shown for day in panel.days)
        columns, rows = self.columns, MOST
        if canvas.compact:
            columns, rows = 2, max(1, int((canvas.area.height - AXIS - LAST) // LOWEST))
        shown = self.shown[: columns * rows]
        left = self.left_out + len(self.shown) - len(shown)
        every = [dated(panel.days, panel.counts, (), panel.provisional, DAY) for panel in shown]
        tallest = max((ceiling(data.known) for data in every if any(data.known)), default=1.0)
        mark = count_marks(tallest, 2)[-1]
        figure = mark_labels([mark])[0] if self.shared and mark else ""
        indent = canvas.width(figure, SMALL) + 12 if figure else 0.0
        area = canvas.area.inside(left=indent, bottom=LAST if left else 0)
        wide = (area.width - (columns - 1) * GUTTER) / columns
        tall = (area.height - AXIS) / -(-len(every) // columns)
        for index, (panel, data) in enumerate(zip(shown, every, strict=True)):
            x, y = area.left + index % columns * (wide + GUTTER), area.top + index // columns * tall
            box = Box(round(x), round(y), round(x + wide), round(y + tall))
            most = tallest if self.shared or not any(data.known) else ceiling(data.known)
            plot = _Plot(Box(box.left, box.top + HEADING, box.right, box.bottom - SPACE), first, last, most)
            self._heading(canvas, box, panel, first=not index)
            if figure:
                canvas.rule(box.left, box.right, plot.height(mark))
                if index % columns == 0:
                    canvas.text(box.left - 10, plot.height(mark), figure, SMALL, anchor="end", centred=True)
            _shade(canvas, plot, data)
            _skyline(canvas, plot, data)
            if index + columns >= len(every):
                _axis(canvas, plot)
        if left:
            canvas.text(area.left, canvas.area.bottom - 4, f"and {number(left)} more")

    def _heading(self, canvas: Pen, box: Box, panel: Panel, *, first: bool) -> None:
        """Write a panel's name and, at the right, its total; on its own scale, its highest day instead."""
        known = panel.known
        total = short(panel.total) if known else "?"
        if first and known:  # the others' figures are the same thing
            total += f" {self.noun}"
        if any(known) and not self.shared:
            total = f"most {short(max(known))}"
        room = box.width - canvas.width(total, LABEL) - 16
        y = box.top + 42
        canvas.text(box.left, y, canvas.cut(panel.name, room, STRONG), STRONG, canvas.theme.ink)
        canvas.text(box.right, y, total, LABEL, anchor="end")


@dataclass(frozen=True, slots=True)
class _Plot:
    """A panel's ground: its box, the days from its left to its right edge, the value at its top."""

    box: Box
    first: date
    last: date
    most: float

    def across(self, day: date) -> int:
        """Return the x at which a day begins."""
        days = (self.last - self.first).days + 1
        return round(self.box.left + self.box.width * (day - self.first).days / days)

    def height(self, value: float) -> int:
        """Return the y of a value, at most the top; anything above zero can be seen."""
        share = min(1.0, value / self.most)
        return round(self.box.bottom) - (max(SMALLEST, round(self.box.height * share)) if value else 0)


def _shade(canvas: Pen, plot: _Plot, data: Dated) -> None:
    """Shade the days without data, also those before the first and after the last that the panel has."""
    theme, box = canvas.theme, plot.box
    spans = [(data.starts[first], data.ends[last]) for first, last in data.gaps]
    if not data.starts:
        spans = [(plot.first, plot.last)]
    else:
        spans += [(plot.first, data.starts[0] - DAY)] if data.starts[0] > plot.first else []
        spans += [(data.ends[-1] + DAY, plot.last)] if data.ends[-1] < plot.last else []
    for first, last in spans:
        left = plot.across(first)
        gap = Box(left, box.top, max(left + 3, plot.across(last + DAY)), box.bottom)
        canvas.rect(gap, theme.gap if gap.width >= THIN else theme.hairline)
        if canvas.width(NO_DATA, SMALL) + 12 <= gap.width:
            canvas.text(gap.middle, gap.centre, NO_DATA, SMALL, anchor="middle", centred=True, ground=theme.gap)


def _skyline(canvas: Pen, plot: _Plot, data: Dated) -> None:
    """Draw every run of known days as one shape on the baseline: a rectangle a day would take too long."""
    theme, box = canvas.theme, plot.box
    canvas.rule(box.left, box.right, box.bottom)
    if not data.starts:
        return
    settled = [None if grows else count for count, grows in zip(data.counts, data.provisional, strict=True)]
    begin, days = (data.starts[0] - plot.first).days, (plot.last - plot.first).days + 1
    edges = [round(box.left + box.width * (begin + index) / days) for index in range(len(data.starts) + 1)]
    for first, last in unknown_runs([None if count is not None else 0 for count in settled]):
        if not any(settled[first : last + 1]):
            continue
        points: list[tuple[float, float]] = [(edges[first], round(box.bottom))]
        for index in range(first, last + 1):
            y = plot.height(settled[index] or 0)
            points += [(edges[index], y), (max(edges[index] + 1, edges[index + 1]), y)]
        points.append((points[-1][0], round(box.bottom)))
        canvas.polygon(points, pale(theme))
    for index, count in enumerate(data.counts):
        if count and data.provisional[index]:
            right = max(edges[index] + 1, edges[index + 1])
            bar(canvas, Box(edges[index], plot.height(count), right, round(box.bottom)), pale(theme), growing=True)
        if count is not None and count > plot.most:
            _cut_off(canvas, plot, (edges[index] + edges[index + 1]) / 2, count)


def _cut_off(canvas: Pen, plot: _Plot, x: float, count: int) -> None:
    """Interrupt a day that is higher than drawn, and write its figure beside it."""
    box, words = plot.box, short(count)
    canvas.rect(Box(x - 8, box.top + 8, x + 8, box.top + 13), canvas.theme.background)
    beside = x + 10 if x + 10 + canvas.width(words, SMALL) <= box.right else x - 10 - canvas.width(words, SMALL)
    placed = canvas.place(beside, box.top + SMALL.cap, words, SMALL)
    if canvas.free(placed):
        canvas.rect(placed.box, canvas.theme.background)
        canvas.write(placed)


def _axis(canvas: Pen, plot: _Plot) -> None:
    """Write the days below a panel."""
    box, days = plot.box, (plot.last - plot.first).days + 1
    marks = fitting_marks(
        midnight(plot.first),
        midnight(plot.last),
        DAY,
        place=lambda moment: box.left + box.width * ((moment.date() - plot.first).days + 0.5) / days,
        width=lambda label: canvas.width(label, SMALL),
        ends=(box.left, box.right),
    )
    for x, label in marks:
        canvas.text(x, box.bottom + 36, label, SMALL, anchor="middle")
