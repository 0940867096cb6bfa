"""Counts per day over months: bars, their uniques, the running median, and what is not known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING

from analytics.charts import dated_mermaid, dated_text, text
from analytics.charts.axis import count_marks, fitting_marks
from analytics.charts.columns import Key, Plot, ceiling, dark, draw_columns, draw_keys, keys_width, pale
from analytics.charts.frame import AXIS, LANE, marks_width, short, value_axis
from analytics.charts.gaps import ABOVE, THIN, draw_gaps, narrow
from analytics.charts.layout import LABEL, Box
from analytics.charts.notes import MARKS, draw_marks, draw_notes
from analytics.charts.series import unknown_runs
from analytics.charts.spans import Dated, dated, day_name, midnight, running_median
from analytics.charts.theme import legible
from analytics.charts.vega import daily as interactive
from analytics.charts.vega.parts import Spec
from analytics.words import number

if TYPE_CHECKING:
    from analytics.charts.pen import Pen

DAY = timedelta(days=1)
FEW = 16  # days whose bars carry a figure each, without a median line
LINE_POINTS, CASING = 2.0, 4.0  # points: the median line, and the background around it that parts it from the bars
FIGURE = 34  # pixels above a bar that its figure takes
FOOT = 40  # pixels of a foot that holds its own figure
RECENT = 14  # days at whose height the labels in the margin stand


@dataclass(frozen=True)
class Daily:
    """Counts of UTC days, ascending; None is unknown, never zero; a day that is left out is unknown too.

    uniques: of each day, never more than its count · provisional: days that may still grow (hatched) · unit: such as
    "views per day" · median: draw the median of seven days, broken at gaps · marks: releases, a tick below their day ·
    notes: unusual days, words at their bar; without any, the highest bar is named.
    """

    title: str
    subtitle: str
    days: tuple[date, ...]
    counts: tuple[int | None, ...]
    uniques: tuple[int | None, ...]
    provisional: tuple[bool, ...]
    unit: str
    median: bool = True
    marks: tuple[tuple[date, str], ...] = ()
    notes: tuple[tuple[date, str], ...] = ()

    @cached_property
    def data(self) -> Dated:
        """The days without a hole."""
        return dated(self.days, self.counts, self.uniques, self.provisional, DAY)

    @property
    def height(self) -> float:
        """Inches, with title and subtitle of one line each."""
        return (3.9 if self.data.within(self.marks) else 3.7) if any(self.data.known) else 1.9

    @property
    def noun(self) -> str:
        """What is counted."""
        return self.unit.removesuffix(" per day") or "counts"

    @property
    def has_line(self) -> bool:
        """Whether the running median is drawn."""
        return self.median and len(self.data.starts) > FEW

    @property
    def alt(self) -> str:
        """The finding, the span, total, highest day and uniques, gaps, what may grow, releases and unusual days."""
        data = self.data
        if not any(data.known):
            return f"{self.title}. {self.nothing}."
        said = [f"{self.unit or 'Counts'}, {day_name(data.starts[0])} to {day_name(data.starts[-1])}"]
        said += dated_text.said(data, self.noun, "day")
        said.append(f"a median day has {number(median(data.known))}")
        said += dated_text.pointed_out(data.within(self.marks), data.within(self.notes))
        return text.alt(self.title, said)

    def text(self) -> str:
        """Return a chart in Mermaid with a bar per day, week, month or year, then what is marked and noted."""
        data = self.data
        if not any(data.known):
            return f"{self.nothing}."
        below = dated_text.below(data.within(self.marks), data.within(self.notes))
        return "\n\n".join([dated_mermaid.chart(data, self.noun, "day"), *below])

    @property
    def nothing(self) -> str:
        """What is said where there is nothing to draw."""
        return dated_text.nothing(self.data, self.noun, "day")

    def _inside(self, said: tuple[tuple[date, str], ...]) -> list[tuple[int, str]]:
        """Return those that belong to a day of the picture, by its index."""
        return [(self.data.index_of(day), words) for day, words in sorted(self.data.within(said))]

    def spec(self) -> Spec:
        """Return the same as an interactive chart."""
        return interactive.spec(self)

    def draw(self, canvas: Pen) -> None:
        """Draw gaps, bars with their feet, the median line, then words where there is room for them."""
        data = self.data
        if not any(data.known):
            canvas.nothing(self.nothing)
            return
        few = len(data.starts) <= FEW
        medians = [] if not self.has_line else running_median(data.counts, [not each for each in data.provisional])
        marks = self._inside(self.marks)
        most = ceiling(data.known)
        keys = self._keys(canvas, medians)
        side = keys_width(canvas, keys)
        steps = count_marks(most, 2 if canvas.compact else 4)
        area = canvas.area
        widest = max(canvas.width(short(count)) for count in data.known)
        figures = few and widest + 4 <= (area.width - side) / len(data.starts)
        left = area.left + (0 if figures else marks_width(canvas, steps))
        ground = Box(left, area.top + LANE, area.right - side, area.bottom - AXIS - (MARKS if marks else 0))
        plot = Plot(ground, len(data.starts), most)
        notes = self._notes(plot)
        if figures or (notes and narrow(canvas, plot, data)):
            plot = Plot(ground.inside(top=20 if figures else 34), len(data.starts), most)
        end = min(plot.right, ground.right)
        if figures:
            canvas.rule(ground.left, end, ground.bottom)
        else:
            value_axis(canvas, Box(left, plot.box.top, end, ground.bottom), steps, plot.height)
        draw_gaps(canvas, plot, data)
        draw_columns(canvas, plot, data)
        self._line(canvas, plot, medians)
        if figures:
            self._figures(canvas, plot)
        placed = [Key(plot.raw(key.y), key.words, key.ink, key.swatch, key.hatched) for key in keys]
        draw_keys(canvas, end + 18, placed, top=plot.box.top, bottom=plot.box.bottom, room=side - 18)
        highest = data.counts.index(max(data.known))
        tops = self._tops(plot, medians, FIGURE if figures else 0)
        draw_notes(canvas, plot, tops, notes, counts=() if figures else data.counts, must=highest)
        if marks:
            draw_marks(canvas, plot, marks)
        self._days(canvas, plot)

    def _tops(self, plot: Plot, medians: list[float | None], figure: float) -> list[float]:
        """Return the y above which nothing is drawn in each day's place; `figure` is the height of a bar's figure."""
        tops = []
        for count, value in zip(self.data.counts, medians or [None] * len(self.data.counts), strict=True):
            line = plot.box.bottom if value is None else plot.height(value)
            tops.append(min(plot.top(count or 0) - (figure if count else 0), line))
        # wide gaps hold words; words may cross a thin one
        for first, last in self.data.gaps:
            if plot.left(last + 1) - plot.left(first) >= THIN:
                tops[first : last + 1] = [plot.box.top - ABOVE] * (last + 1 - first)
        return tops

    def _notes(self, plot: Plot) -> list[tuple[int, str]]:
        """Return the notes, and the figures of bars that are cut off; without any, the highest bar's."""
        data = self.data
        notes = dict(self._inside(self.notes))
        most = max(data.known)
        for index, count in enumerate(data.counts):
            if count is not None and count > plot.most and index not in notes:
                notes[index] = f"{number(count)} on {day_name(data.starts[index], year=False)}"
        if not notes and len(data.starts) > FEW:
            highest = data.counts.index(most)
            notes[highest] = f"{number(most)} on {day_name(data.starts[highest], year=False)}"
        return list(notes.items())

    def _keys(self, canvas: Pen, medians: list[float | None]) -> list[Key]:
        """Return the labels of the margin; their y is still a value."""
        data, theme = self.data, canvas.theme
        recent = data.known[-RECENT:]
        middle = median(recent)
        keys = [Key(max(recent), (self.noun, self.noun), theme.muted, pale(theme))]
        if any(data.visitors):
            keys.append(Key(median(data.visitors[-RECENT:]) / 2, ("uniques", "uniques"), theme.muted, dark(theme)))
        last = next((value for value in reversed(medians) if value is not None), None)
        if last is not None:
            keys.append(Key(last, ("7-day median", "median"), theme.blue))
        if any(growing and count for growing, count in zip(data.provisional, data.counts, strict=True)):
            keys.append(Key(-middle, ("provisional", "not final"), theme.muted, pale(theme), hatched=True))
        return keys

    def _line(self, canvas: Pen, plot: Plot, medians: list[float | None]) -> None:
        known = unknown_runs([0.0 if value is None else None for value in medians])
        runs = [
            [(plot.middle(index), plot.height(medians[index] or 0)) for index in range(first, last + 1)]
            for first, last in known
        ]
        for ink, weight in ((canvas.theme.background, CASING), (canvas.theme.blue, LINE_POINTS)):
            for run in runs:
                if len(run) > 1:
                    canvas.polyline(run, ink, weight)

    def _figures(self, canvas: Pen, plot: Plot) -> None:
        """Write each day's count above its bar, and its uniques into the foot where they fit."""
        data, ground = self.data, dark(canvas.theme)
        for index, count in enumerate(data.counts):
            if count is None:
                continue
            x = plot.middle(index)
            placed = canvas.place(x, plot.top(count) - 10, short(count), anchor="middle")
            if canvas.free(placed) and canvas.width(short(count)) <= plot.slot - 4:
                canvas.write(placed)
            uniques = data.uniques[index]
            if uniques and uniques < count and not data.provisional[index]:
                top = plot.top(uniques)
                words, ink = short(uniques), legible((canvas.theme.background, canvas.theme.ink), ground)
                if plot.box.bottom - top >= FOOT and canvas.width(words) <= plot.slot * 0.8 - 8:
                    canvas.text(
                        x, (top + plot.box.bottom) / 2, words, LABEL, ink, anchor="middle", centred=True, ground=ground
                    )

    def _days(self, canvas: Pen, plot: Plot) -> None:
        days = self.data.starts
        marks = fitting_marks(
            midnight(days[0]),
            midnight(days[-1]),
            DAY,
            place=lambda moment: plot.middle((moment.date() - days[0]).days),
            width=canvas.width,
            ends=(canvas.area.left, max(plot.right + 60, plot.box.left + 240)),
        )
        for x, label in marks:
            canvas.text(x, canvas.area.bottom - 6, label, anchor="middle")
