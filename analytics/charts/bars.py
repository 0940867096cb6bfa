"""Counts per bucket as bars; two series mirror each other, one up and one down."""

from __future__ import annotations

import itertools
import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from analytics.charts import buckets, mermaid, text
from analytics.charts.axis import bucket_name, count_marks, fitting_marks, fitting_names, moment_label
from analytics.charts.frame import (
    AXIS,
    LANE,
    LINE,
    apart,
    marks_width,
    remark,
    short,
    side_label,
    side_width,
    unknown_span,
    value_axis,
)
from analytics.charts.layout import Box
from analytics.charts.series import Series, unknown_runs
from analytics.charts.vega import bars as interactive
from analytics.charts.vega.parts import Spec
from analytics.words import number

if TYPE_CHECKING:
    from analytics.charts.pen import Pen

FEW = 32  # so many bars can each carry their figure, where it fits
WIDEST = 190  # pixels of a bucket: a single one is a bar, not a wall
SMALLEST = 5  # pixels of a bar: one is visible beside a million
MOST_PEAKS = 3  # equally high bars that are labelled


@dataclass(frozen=True, slots=True)
class Bars:
    """Counts per bucket: `up` grows upwards, `down` mirrors it downwards.

    buckets: names, or the aware UTC moments at which equally long buckets begin · unit: what is counted, such as
    "pull requests per week" · provisional: how many of the last buckets may still grow (drawn hatched).
    """

    title: str
    subtitle: str
    buckets: tuple[str, ...] | tuple[datetime, ...]
    up: Series
    down: Series | None = None
    unit: str = ""
    provisional: int = 0

    @property
    def height(self) -> float:
        """Inches, with title and subtitle of one line each."""
        return (3.7 if self.down else 3.3) if self.has_any else 1.9

    @property
    def has_any(self) -> bool:
        """Whether there is a bar to draw."""
        return bool(self.buckets) and any(value for series in self.both for value in series.known)

    @property
    def both(self) -> tuple[Series, ...]:
        """The series that grows up, and the one that grows down."""
        return (self.up,) if self.down is None else (self.up, self.down)

    @property
    def names(self) -> tuple[str, ...]:
        """What each bucket is called."""
        step = self.step
        return tuple(moment_label(each, step) if isinstance(each, datetime) else each for each in self.buckets)

    def spoken(self, index: int) -> str:
        """Return what a bucket is called within a sentence."""
        bucket = self.buckets[index]
        return bucket_name(bucket, self.step) if isinstance(bucket, datetime) else bucket

    @property
    def step(self) -> timedelta:
        """The length of a bucket of moments."""
        moments = [each for each in self.buckets if isinstance(each, datetime)]
        return min((b - a for a, b in itertools.pairwise(moments)), default=timedelta(days=1))

    @property
    def roles(self) -> tuple[str, ...]:
        """The colour of each series: the finding's, or one of two that are told apart."""
        if any(series.accent for series in self.both):
            return tuple("blue" if series.accent else "muted" for series in self.both)
        return ("blue", "violet")[: len(self.both)]

    @property
    def alt(self) -> str:
        """The finding, each series' total and highest bucket, and how much is unknown."""
        if not self.buckets:
            return f"{self.title}. Nothing in this window."
        names = self.names
        said = [f"{self.unit or 'Counts'}, {names[0]} to {names[-1]}"]
        for series in self.both:
            words = f"{series.label} {number(series.total)} in total"
            if series.total:
                most = max(series.known)
                words += f", most {number(most)} ({self.spoken(series.values.index(most))})"
            said.append(words)
        unknown = sum(value is None for value in self.up.values)
        said += [f"{unknown} of {len(names)} unknown"] if unknown else []
        return text.alt(self.title, said)

    def text(self) -> str:
        """Return a chart in Mermaid, `up` as bars and `down` as a line; as a table where the line would cross a gap."""
        if not self.has_any:
            return "Nothing in this window."
        if not any(isinstance(each, datetime) for each in self.buckets):
            return self._by_name()
        down = None if self.down is None else self.down.values
        wide = buckets.widened(self.names, self.up.values, down, added=True)
        if not buckets.drawable(wide):
            return self._table()
        told = "" if self.down is None else f"bars: {text.plain(self.up.label)}; line: {text.plain(self.down.label)}"
        unit = buckets.per(self.unit or self.up.label, wide.each)
        return buckets.block(wide, unit, told=told, provisional=math.ceil(self.provisional / wide.each))

    def _by_name(self) -> str:
        """Return the first named buckets; a table where one is unknown, or where there are two series."""
        values = self.up.values[: mermaid.MOST]
        if self.down is not None or None in values:
            return self._table()
        names = self.names[: mermaid.MOST]
        known = [value or 0.0 for value in values]
        level = not mermaid.fits(names)
        if level:
            names = tuple(mermaid.named(name, value) for name, value in zip(names, known, strict=True))
        drawn = mermaid.chart(names, bars=known, unit=self.unit or self.up.label, level=level)
        return drawn + text.more(len(self.buckets) - len(names))

    def _table(self) -> str:
        """Return a table with a bar for each of the last buckets."""
        first = max(0, len(self.buckets) - text.MOST_ROWS)
        most = max(value for series in self.both for value in series.known)
        header = [" "]
        for series in self.both:
            header += [text.plain(series.label), " "]
        rows, names = [], self.names
        for index in range(first, len(self.buckets)):
            row = [text.plain(names[index])]
            for series in self.both:
                row += [text.figure(series.values[index]), text.bar(series.values[index], most, text.BAR)]
            rows.append(row)
        return text.table(header, rows, right=(1, 3)) + text.more(first, "before")

    def spec(self) -> Spec:
        """Return the same as an interactive chart."""
        return interactive.spec(self)

    def draw(self, canvas: Pen) -> None:
        """Draw the bars in their own colours, labelled at the right, over hairlines or with a figure each."""
        if not self.has_any:
            canvas.nothing()
            return
        labels = [(series.label, short(series.total)) for series in self.both]
        side = side_width(canvas, labels)
        plot = self._plot(canvas, side)
        for first, last in unknown_runs(self.up.values):
            unknown_span(canvas, Box(plot.left(first), plot.box.top, plot.left(last + 1), plot.box.bottom))
        if plot.figures:
            canvas.rule(plot.box.left, plot.box.right, plot.zero)
        else:
            value_axis(canvas, plot.box, plot.marks, plot.height)
        inks = self._inks(canvas)
        for series, sign, ink in zip(self.both, (1, -1), inks, strict=False):
            colour = canvas.theme.faint(ink) if ink == canvas.theme.muted else ink
            self._bars(canvas, plot, series, sign=sign, colour=colour)
        middles = [
            plot.height(sign * max(series.known, default=0) / 2)
            for series, sign in zip(self.both, (1, -1), strict=False)
        ]
        spots = apart(middles, 2 * LINE + 8, plot.box.top + LINE / 2, plot.box.bottom - LINE / 2)
        for label, spot, ink in zip(labels, spots, inks, strict=False):
            side_label(canvas, plot.box.right + 18, spot, label, ink=ink, room=side - 18)
        if not plot.figures:
            self._peaks(canvas, plot)
        self._label_buckets(canvas, plot)

    def _plot(self, canvas: Pen, side: float) -> _Plot:
        """Return the plot: with figures at the bars if each has room for its own, else over hairlines."""
        area, count = canvas.area, len(self.buckets)
        up = max((*self.up.known, 0))
        down = max((*self.down.known, 0)) if self.down else 0
        widest = max(canvas.width(short(value)) for series in self.both for value in series.known)
        figures = count <= FEW and min(WIDEST, (area.width - side) / count) >= widest + 4
        steps = count_marks(max(up, down), 2 if canvas.compact else 3)
        marks = tuple(sorted({-step for step in steps if step <= down} | {step for step in steps if step <= up}))
        left = area.left if figures else area.left + marks_width(canvas, marks)
        slot = min(WIDEST, (area.right - side - left) / count)
        bottom = area.bottom - AXIS - (LANE - 8 if figures and down else 0)
        return _Plot(Box(left, area.top + LANE, left + slot * count, bottom), slot, up, down, marks, figures)

    def _inks(self, canvas: Pen) -> tuple[str, ...]:
        theme = canvas.theme
        inks = {"blue": theme.blue, "violet": theme.violet, "muted": theme.muted}
        return tuple(inks[role] for role in self.roles)

    def _bars(self, canvas: Pen, plot: _Plot, series: Series, *, sign: int, colour: str) -> None:
        thick = max(1, round(plot.slot * 0.8 if plot.slot > 5 else plot.slot))
        off = 2 if self.down else 0  # the zero line stays visible between the halves
        for index, value in enumerate(series.values):
            if not value:
                continue
            end = plot.height(sign * value)
            if abs(end - plot.zero) < SMALLEST:
                end = plot.zero - sign * SMALLEST
            low, high = sorted((plot.zero - sign * off, end))
            left = round(plot.left(index) + (plot.slot - thick) / 2)
            box = Box(left, low, left + thick, high)
            canvas.rect(box, colour, hatched=index >= len(self.buckets) - self.provisional)
            if plot.figures:
                placed = canvas.place(box.middle, high + 32 if sign < 0 else low - 10, short(value), anchor="middle")
                if canvas.free(placed):  # the other half may be unknown, which is said in these places
                    canvas.write(placed)

    def _peaks(self, canvas: Pen, plot: _Plot) -> None:
        most = max(self.up.known, default=0)
        highest = [index for index, value in enumerate(self.up.values) if value == most > 0]
        if len(highest) <= MOST_PEAKS:
            names = self.names
            for index in highest:
                words = f"{number(most)} · {names[index]}"
                x = plot.left(index + 0.5)
                remark(canvas, x, plot.box.top - 12, words, ends=(plot.box.left, plot.box.right))

    def _label_buckets(self, canvas: Pen, plot: _Plot) -> None:
        ends = (canvas.area.left, max(plot.box.right + 40, plot.box.left + 240))
        moments: Sequence[datetime] = [each for each in self.buckets if isinstance(each, datetime)]
        if moments:

            def middle(moment: datetime) -> float:
                return plot.left(max(0, bisect_right(moments, moment) - 1) + 0.5)

            labels = fitting_marks(moments[0], moments[-1], self.step, place=middle, width=canvas.width, ends=ends)
        else:
            room = max(90.0, plot.slot - 12)
            names = [canvas.cut(name, room) for name in self.names]
            labels = fitting_names(names, [plot.left(index + 0.5) for index in range(len(names))], canvas.width, ends)
        for x, label in labels:
            canvas.text(x, canvas.area.bottom - 6, label, anchor="middle")


@dataclass(frozen=True, slots=True)
class _Plot:
    """The bars' ground: its box, the width of a bucket, the highest value up and down, and the hairlines' values.

    figures: every bar carries its own figure, and there are no hairlines.
    """

    box: Box
    slot: float
    up: float
    down: float
    marks: tuple[float, ...]
    figures: bool

    @property
    def zero(self) -> float:
        return self.height(0)

    def left(self, index: float) -> float:
        """Return the x at which a bucket begins."""
        return self.box.left + index * self.slot

    def height(self, value: float) -> float:
        """Return the y of a value; what grows down is negative."""
        return self.box.top + self.box.height * (self.up - value) / (self.up + self.down)
