"""How long things took: a histogram on a logarithmic axis of hours."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.charts import mermaid, text
from analytics.charts.axis import HOUR_MARKS, fitting_names
from analytics.charts.frame import AXIS, brief
from analytics.charts.layout import LABEL, STRONG, Box, Type
from analytics.charts.vega import histogram as interactive
from analytics.charts.vega.parts import Spec
from analytics.words import duration, number, plural

if TYPE_CHECKING:
    from analytics.charts.pen import Pen

FEWEST = 8  # bins, so that a few durations are not a few walls
LANE = 58  # pixels above the highest bar for the median
TENTH = 0.9
ENOUGH = 10  # durations, before "one in ten" is said


EDGES = ((0.0, ""), *HOUR_MARKS, (math.inf, ""))
MARKS = [mark for mark, _ in HOUR_MARKS]


@dataclass(frozen=True, slots=True)
class Bin:
    """A count of durations from `low` (inclusive) to `high` hours, with the marks' names."""

    low: float
    high: float
    low_label: str
    high_label: str
    count: int

    @property
    def name(self) -> str:
        """The span in words."""
        if not self.low_label:
            return f"under {self.high_label}"
        return f"{self.low_label} to {self.high_label}" if self.high_label else f"over {self.low_label}"

    def holds(self, hours: float) -> bool:
        """Return whether a duration belongs here."""
        return self.low <= hours < self.high


@dataclass(frozen=True, slots=True)
class Remark:
    """Words about a duration, to stand above its bar."""

    hours: float
    words: str
    type: Type
    ink: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """Durations in hours, binned here between human marks from 5 minutes to 2 years; the median's bar is the accent.

    hours: one non-negative duration per thing · median: in hours, None if unknown · unit: what is counted.
    """

    title: str
    subtitle: str
    hours: tuple[float, ...]
    median: float | None
    unit: str = "pull requests"

    @property
    def height(self) -> float:
        """Inches, with title and subtitle of one line each."""
        return 3.7 if self.hours else 1.9

    @property
    def bins(self) -> tuple[Bin, ...]:
        """The bins from the shortest to the longest duration, at least FEWEST, empty ones between them included."""
        if not self.hours:
            return ()
        counts = [0] * (len(EDGES) - 1)
        for hours in self.hours:
            counts[bisect_right(MARKS, hours)] += 1
        used = [index for index, count in enumerate(counts) if count]
        first, last = used[0], used[-1]
        while last - first + 1 < FEWEST:
            if last < len(HOUR_MARKS) - 1:
                last += 1
            if first > 1 and last - first + 1 < FEWEST:
                first -= 1
        return tuple(
            Bin(low, high, low_label, high_label, count)
            for (low, low_label), (high, high_label), count in list(zip(EDGES, EDGES[1:], counts, strict=False))[
                first : last + 1
            ]
        )

    @property
    def tenth(self) -> float | None:
        """The duration that one in ten exceeds, interpolated linearly between ranks; None for a few durations."""
        if len(self.hours) < ENOUGH:
            return None
        ordered = sorted(self.hours)
        rank = TENTH * (len(ordered) - 1)
        below = int(rank)
        above = min(below + 1, len(ordered) - 1)
        return ordered[below] + (ordered[above] - ordered[below]) * (rank - below)

    @property
    def alt(self) -> str:
        """The finding, n, the median, the fullest bin and the longest tenth."""
        if not self.hours:
            return f"{self.title}. Nothing in this window."
        fullest = max(self.bins, key=lambda each: each.count)
        said = [plural(len(self.hours), self.unit.removesuffix("s"), self.unit)]
        said += [f"median {duration(self.median)}"] if self.median is not None else []
        said.append(f"the most, {number(fullest.count)}, took {fullest.name}")
        tenth = self.tenth
        said += [f"one in ten took over {duration(tenth)}"] if tenth is not None else []
        return text.alt(self.title, said)

    def text(self) -> str:
        """Return a chart in Mermaid with a bar and its figure for each bin; the median's is marked."""
        if not self.hours:
            return "Nothing in this window."
        names = [
            f"{each.name} · {number(each.count)}" + (" median" if self.holds_median(each) else "") for each in self.bins
        ]
        return mermaid.chart(names, bars=[each.count for each in self.bins], unit=self.unit, level=True)

    def holds_median(self, each: Bin) -> bool:
        """Return whether the median lies in a bin."""
        return self.median is not None and each.holds(self.median)

    def spec(self) -> Spec:
        """Return the same as an interactive chart."""
        return interactive.spec(self)

    def draw(self, canvas: Pen) -> None:
        """Draw a bar with its figure for each bin and label the edges between them; the median points at its bar."""
        if not self.hours:
            canvas.nothing()
            return
        area, theme, bins = canvas.area, canvas.theme, self.bins
        plot = Box(area.left, area.top + LANE, area.right, area.bottom - AXIS)
        slot = plot.width / len(bins)
        most = max(each.count for each in bins)
        top = plot.top + 40
        tops = [plot.bottom - max((plot.bottom - top) * each.count / most, 3 * bool(each.count)) for each in bins]
        # The finding's figure first, then the highest bars': where bars are narrow, lower ones go without.
        for index in sorted(
            range(len(bins)), key=lambda index: (not self.holds_median(bins[index]), -bins[index].count)
        ):
            x, accent = plot.left + index * slot, self.holds_median(bins[index])
            box = Box(round(x + slot * 0.07), tops[index], round(x + slot * 0.93), plot.bottom)
            canvas.rect(box, theme.orange if accent else theme.blue)
            if bins[index].count:
                room = slot if bins[index].count < most else 2 * slot  # nothing beside the highest bar is in the way
                self._figure(canvas, box, bins[index].count, accent=accent, room=room)
                tops[index] -= 48
        canvas.rule(plot.left, plot.right, plot.bottom + 1)
        self._marks(canvas, plot, slot, bins)
        bars = list(zip(bins, tops, strict=True))
        if self.median is not None:
            remark = Remark(self.median, f"median {duration(self.median)}", STRONG, theme.orange)
            self._callout(canvas, plot, bars, remark)
        tenth = self.tenth
        if tenth is not None and not canvas.compact:
            remark = Remark(tenth, f"one in ten took over {duration(tenth)}", LABEL, theme.muted)
            self._callout(canvas, plot, bars, remark)

    def _figure(self, canvas: Pen, box: Box, count: int, *, accent: bool, room: float) -> None:
        type_, ink = (STRONG, canvas.theme.orange) if accent else (LABEL, canvas.theme.muted)
        exact, rounded = number(count), brief(count)
        words = exact if canvas.width(exact, type_) <= box.width + 4 else rounded
        if canvas.width(words, type_) > room:
            return
        placed = canvas.place(box.middle, box.top - 10, words, type_, ink, anchor="middle")
        if (
            canvas.free(placed)
            and placed.box.left >= canvas.area.left - 12
            and placed.box.right <= canvas.area.right + 12
        ):
            canvas.write(placed)

    def _marks(self, canvas: Pen, plot: Box, slot: float, bins: Sequence[Bin]) -> None:
        labels = [bins[0].low_label or "0", *(each.high_label for each in bins)]
        edges = [plot.left + index * slot for index in range(len(labels))]
        for x, label in fitting_names(labels, edges, canvas.width, (plot.left, plot.right)):
            canvas.text(x, plot.bottom + 38, label, anchor="middle")

    def _callout(self, canvas: Pen, plot: Box, bars: Sequence[tuple[Bin, float]], remark: Remark) -> None:
        """Write a remark above the bar that it is about, with a stem down to it."""
        index = next((index for index, (each, _) in enumerate(bars) if each.holds(remark.hours)), None)
        half = canvas.width(remark.words, remark.type) / 2
        if index is None or 2 * half > plot.width:
            return
        x, y = plot.left + (index + 0.5) * plot.width / len(bars), plot.top - 22
        centre = min(max(x, plot.left + half), plot.right - half)
        placed = canvas.place(centre, y, remark.words, remark.type, remark.ink, anchor="middle")
        if canvas.free(placed):
            canvas.write(placed)
            if bars[index][1] - y > 30:
                canvas.stem(x, y + 14, bars[index][1], remark.ink)
