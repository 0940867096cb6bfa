"""Values over time as lines, labelled where they end."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from analytics.charts import buckets, text
from analytics.charts.axis import count_marks, fitting_marks, moment_label, value_marks
from analytics.charts.frame import (
    AXIS,
    LANE,
    LINE,
    apart,
    marks_width,
    remark,
    side_label,
    side_width,
    unknown_span,
    value_axis,
)
from analytics.charts.layout import Box
from analytics.charts.series import Series, unknown_runs
from analytics.charts.theme import mix
from analytics.charts.vega import line as interactive
from analytics.charts.vega.parts import Spec
from analytics.words import number

if TYPE_CHECKING:
    from analytics.charts.pen import Pen

MOST_LINES = 6  # labelled at their ends; more would be a tangle
THICK, THIN = 2.2, 1.4  # points
TINT = 0.12  # share of its colour that the area under a single line keeps


@dataclass(frozen=True, slots=True)
class Line:
    """One line per series over common moments (aware UTC, ascending); unknown values are a shaded gap.

    zero_based: counts start at zero; False lets the axis begin near the lowest value.
    """

    title: str
    subtitle: str
    times: tuple[datetime, ...]
    series: tuple[Series, ...]
    unit: str = ""
    zero_based: bool = True

    @property
    def height(self) -> float:
        """Inches, with title and subtitle of one line each."""
        return 3.5 if self.known else 1.9

    @property
    def known(self) -> list[float]:
        """Every known value."""
        return [value for series in self.series for value in series.known]

    @property
    def step(self) -> timedelta:
        """The time from one moment to the next."""
        return min((b - a for a, b in itertools.pairwise(self.times)), default=timedelta(days=1))

    @property
    def alt(self) -> str:
        """The finding, each line's first, last and highest value, and how much is unknown."""
        if not self.known:
            return f"{self.title}. Nothing in this window."
        names = [moment_label(time, self.step) for time in self.times]
        said = [f"{self.unit or 'Values'}, {names[0]} to {names[-1]}"]
        for series in self.series:
            if series.known:
                most = max(series.known)
                said.append(
                    f"{series.label} from {number(series.known[0])} to {number(series.known[-1])}, "
                    f"highest {number(most)} ({names[series.values.index(most)]})"
                )
            unknown = len(series.values) - len(series.known)
            said += [f"{unknown} of {len(names)} values of {series.label} unknown"] if unknown else []
        return text.alt(self.title, said)

    def text(self) -> str:
        """Return a chart in Mermaid of one or two series; a table where there are more, or where one has a gap."""
        if not self.known:
            return "Nothing in this window."
        names = [moment_label(time, self.step) for time in self.times]
        first, *others = self.ranked()
        rest = others[0].values if others else None
        # What is at a moment is not added up: of several the last stands for all.
        wide = buckets.widened(names, rest or first.values, first.values if rest else None, added=False)
        if len(others) > 1 or not buckets.drawable(wide):
            return self._table()
        told = [f"bars: {text.plain(others[0].label)}; line: {text.plain(first.label)}"] if others else []
        told += [f"the last value of every {number(wide.each)}"] if wide.each > 1 else []
        low = 0.0 if self.zero_based else min(self.known)
        return buckets.block(wide, self.unit or first.label, told="; ".join(told), low=low, line_alone=not others)

    def _table(self) -> str:
        """Return a table of the last moments, with a bar for the first series."""
        first = max(0, len(self.times) - text.MOST_ROWS)
        most = max(self.known)
        header = [" ", *(text.plain(series.label) for series in self.series), " "]
        rows = [
            [
                moment_label(self.times[index], self.step),
                *(text.figure(series.values[index]) for series in self.series),
                text.bar(self.series[0].values[index], most),
            ]
            for index in range(first, len(self.times))
        ]
        return text.table(header, rows, right=range(1, len(self.series) + 1)) + text.more(first, "before")

    def spec(self) -> Spec:
        """Return the same as an interactive chart."""
        return interactive.spec(self)

    def draw(self, canvas: Pen) -> None:
        """Draw the lines, the finding's on top, over hairlines; each ends in a dot, its name and its last value."""
        if not self.known:
            canvas.nothing()
            return
        area = canvas.area
        low, high = self.ends
        wanted = 2 if canvas.compact else 3
        marks = count_marks(high, wanted) if low == 0 else value_marks(low, high, wanted)
        shown = self.shown
        side = side_width(canvas, [self._label(series) for series in shown])
        left = area.left + marks_width(canvas, marks)
        plot = Box(left, area.top + LANE, area.right - side - 14, area.bottom - AXIS)
        chart = _Plot(plot, self.times, low, high)
        self._unknown(canvas, chart)
        value_axis(canvas, Box(plot.left, plot.top, plot.right + 10, plot.bottom), marks, chart.height)
        for series in reversed(shown):
            self._line(canvas, chart, series, alone=len(shown) == 1 and low == 0)
        self._ends(canvas, chart, shown, side - 18)
        if shown[0].accent or len(shown) == 1:
            self._peak(canvas, chart, shown[0])
        ends = (area.left, plot.right + 60)
        since, until = self.times[0], self.times[-1]
        for x, label in fitting_marks(since, until, self.step, place=chart.across, width=canvas.width, ends=ends):
            canvas.text(x, area.bottom - 6, label, anchor="middle")

    def ranked(self) -> Sequence[Series]:
        """Return the series with the finding first."""
        return sorted(self.series, key=lambda series: not series.accent)

    @property
    def shown(self) -> Sequence[Series]:
        """The series that are drawn, the finding first."""
        return [series for series in self.ranked() if series.known][:MOST_LINES]

    @property
    def ends(self) -> tuple[float, float]:
        """The values at the bottom and at the top; something must be known."""
        low = 0.0 if self.zero_based and min(self.known) >= 0 else min(self.known)
        high = max(self.known)
        return (low, high) if high > low else (min(low, high - 1 if low else 0.0), high or 1.0)

    def role(self, series: Series) -> str:
        """Return the colour of a series: the finding's, or one of a few that are told apart."""
        if any(each.accent for each in self.series):
            return "blue" if series.accent else "muted"
        index = self.series.index(series)
        return ("blue", "violet", "orange")[index] if index < 3 else "muted"

    def _label(self, series: Series) -> tuple[str, ...]:
        return series.label, number(series.known[-1])

    def _colour(self, canvas: Pen, series: Series) -> str:
        theme = canvas.theme
        inks = {"blue": theme.blue, "violet": theme.violet, "orange": theme.orange, "muted": theme.muted}
        return inks[self.role(series)]

    def _unknown(self, canvas: Pen, chart: _Plot) -> None:
        moments = range(len(self.times))
        nobody = [None if all(series.values[index] is None for series in self.series) else 0.0 for index in moments]
        for first, last in unknown_runs(nobody):
            # from the last known moment to the next one: that is what no line may cross
            left, right = chart.points[max(first - 1, 0)], chart.points[min(last + 1, len(moments) - 1)]
            unknown_span(canvas, Box(left + 3, chart.box.top, right - 3, chart.box.bottom))

    def _line(self, canvas: Pen, chart: _Plot, series: Series, *, alone: bool) -> None:
        colour = self._colour(canvas, series)
        for first, last in _known_runs(series.values):
            run = [(chart.points[index], chart.height(series.values[index] or 0)) for index in range(first, last + 1)]
            if len(run) == 1:
                canvas.dot(*run[0], 5, colour)
                continue
            if alone:
                bottom = chart.box.bottom
                ground = mix(canvas.theme.background, colour, TINT)
                canvas.polygon([(run[0][0], bottom), *run, (run[-1][0], bottom)], ground)
            canvas.polyline(run, colour, THICK if series.accent or len(self.series) == 1 else THIN)

    def _ends(self, canvas: Pen, chart: _Plot, shown: Sequence[Series], room: float) -> None:
        heights = []
        for series in shown:
            last = max(index for index, value in enumerate(series.values) if value is not None)
            heights.append(chart.height(series.known[-1]))
            canvas.dot(chart.points[last], heights[-1], 7, self._colour(canvas, series))
        half = LINE / 2
        spots = apart(heights, 2 * LINE + 8, chart.box.top + half, chart.box.bottom - half)
        for series, spot in zip(shown, spots, strict=True):
            side_label(
                canvas, chart.box.right + 26, spot, self._label(series), ink=self._colour(canvas, series), room=room
            )

    def _peak(self, canvas: Pen, chart: _Plot, series: Series) -> None:
        most = max(series.known)
        index = series.values.index(most)
        if most > 0 and index < len(self.times) - 1:
            words = f"{number(most)} · {moment_label(self.times[index], self.step)}"
            y = chart.height(most) - 16
            remark(canvas, chart.points[index], y, words, ends=(chart.box.left, chart.box.right))


class _Plot:
    """Where moments and values stand within the box of the plot."""

    def __init__(self, box: Box, times: Sequence[datetime], low: float, high: float) -> None:
        self.box = box
        self.low, self.high = low, high
        self.begin, self.length = times[0], (times[-1] - times[0]) or timedelta(days=1)
        self.alone = len(times) == 1
        self.points = [self.across(time) for time in times]

    def across(self, moment: datetime) -> float:
        """Return the x of a moment; a single one stands in the middle."""
        return self.box.left + self.box.width * (0.5 if self.alone else (moment - self.begin) / self.length)

    def height(self, value: float) -> float:
        """Return the y of a value."""
        return self.box.bottom - self.box.height * (value - self.low) / (self.high - self.low)


def _known_runs(values: Sequence[float | None]) -> list[tuple[int, int]]:
    """Return the first and last index of every run of known values."""
    return unknown_runs([0.0 if value is None else None for value in values])
