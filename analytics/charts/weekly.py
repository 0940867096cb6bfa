"""Counts per week or month over years: bars, their true uniques, and the same weeks of the year before."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING

from analytics.charts import dated_mermaid, dated_text, text
from analytics.charts.axis import count_marks, fitting_marks
from analytics.charts.columns import Key, Plot, ceiling, dark, draw_columns, draw_keys, keys_width, pale
from analytics.charts.frame import AXIS, LANE, marks_width, value_axis
from analytics.charts.gaps import ABOVE, THIN, draw_gaps, narrow
from analytics.charts.layout import Box
from analytics.charts.notes import MARKS, draw_marks, draw_notes
from analytics.charts.series import unknown_runs
from analytics.charts.spans import WEEK, Dated, dated, midnight, span_name
from analytics.charts.theme import mix
from analytics.charts.vega import weekly as interactive
from analytics.charts.vega.parts import Spec
from analytics.words import number, plural

if TYPE_CHECKING:
    from analytics.charts.pen import Pen

MONTH = timedelta(days=28)  # buckets that begin so far apart are calendar months
LINE_POINTS, CASING = 1.4, 3.2  # points: the year before, and the background around it
QUIET = 0.8  # share of its ink that the year before keeps
MOST_NAMES = 6  # of releases that are written out; all others are ticks only
RECENT = 6  # buckets at whose height the labels in the margin stand


@dataclass(frozen=True)
class Weekly:
    """Counts of weeks (by their Monday) or of calendar months (by their first day), ascending; None is unknown.

    uniques: true uniques of each week, never sums of days, None where there are none · before: the count of the same
    week a year before · unit: such as "views per week" · provisional: weeks that may still grow (hatched) · marks:
    releases by day, a tick below their week · notes: unusual days, words beside the figure of their week; the highest
    bar is always named.
    """

    title: str
    subtitle: str
    weeks: tuple[date, ...]
    counts: tuple[int | None, ...]
    uniques: tuple[int | None, ...]
    before: tuple[int | None, ...] | None
    unit: str
    provisional: tuple[bool, ...] = ()
    marks: tuple[tuple[date, str], ...] = ()
    notes: tuple[tuple[date, str], ...] = ()

    @cached_property
    def data(self) -> Dated:
        """The weeks or months without a hole."""
        return dated(self.weeks, self.counts, self.uniques, self.provisional, self._step)

    @property
    def _step(self) -> timedelta | None:
        apart = [later - earlier for earlier, later in itertools.pairwise(sorted(self.weeks))]
        monthly = min(apart) >= MONTH if apart else self.noun[1] == "month"
        return None if monthly else WEEK

    @property
    def noun(self) -> tuple[str, str]:
        """What is counted, and the bucket it is counted in."""
        noun, _, bucket = self.unit.partition(" per ")
        return noun or "counts", bucket or "week"

    @cached_property
    def _before(self) -> list[int | None]:
        """The counts of the year before, one per bucket of `data`."""
        found = dict(zip(self.weeks, self.before or (), strict=False))
        return [found.get(start) for start in self.data.starts]

    @property
    def compared(self) -> list[int | None]:
        """The counts of the year before where there is one of this year to set them against."""
        return [None if now is None else before for now, before in zip(self.data.counts, self._before, strict=True)]

    @property
    def _pairs(self) -> list[tuple[int, int]]:
        """Now and a year before, of the weeks of which both are known and that no longer grow."""
        pairs = zip(self.data.counts, self._before, self.data.provisional, strict=True)
        return [(now, old) for now, old, grows in pairs if now is not None and old is not None and not grows]

    @property
    def height(self) -> float:
        """Inches, with title and subtitle of one line each."""
        return (3.9 if self.data.within(self.marks) else 3.7) if any(self.data.known) else 1.9

    @property
    def alt(self) -> str:
        """The finding, the span, total, highest week and uniques, gaps, what may grow, the year before, releases."""
        data = self.data
        noun, bucket = self.noun
        if not any(data.known):
            return f"{self.title}. {dated_text.nothing(data, noun, bucket)}."
        said = [f"{self.unit or 'Counts'}, {span_name(data.starts[0], data.ends[-1], year=True)}"]
        said += dated_text.said(data, noun, bucket)
        if self._pairs:
            now, before = (sum(side) for side in zip(*self._pairs, strict=True))
            same = plural(len(self._pairs), bucket)
            said.append(f"in the {same} known in both years {number(now)}, a year before {number(before)}")
        said += dated_text.pointed_out(data.within(self.marks), data.within(self.notes))
        return text.alt(self.title, said)

    def text(self) -> str:
        """Return a chart in Mermaid with a bar per week, month, quarter or year, then what is marked and noted."""
        noun, bucket = self.noun
        if not any(self.data.known):
            return f"{dated_text.nothing(self.data, noun, bucket)}."
        before = self._before if any(value is not None for value in self._before) else None
        below = dated_text.below(self.data.within(self.marks), self.data.within(self.notes))
        return "\n\n".join([dated_mermaid.chart(self.data, noun, bucket, before), *below])

    def spec(self) -> Spec:
        """Return the same as an interactive chart."""
        return interactive.spec(self)

    def draw(self, canvas: Pen) -> None:
        """Draw gaps, bars with their feet, the year before as a quiet line, then words where there is room for them."""
        data = self.data
        if not any(data.known):
            canvas.nothing(dated_text.nothing(data, *self.noun))
            return
        before = [value for value in self.compared if value is not None]
        most = max(ceiling(data.known), ceiling(before) if before else 0)
        keys = self._keys(canvas)
        side = keys_width(canvas, keys)
        steps = count_marks(most, 2 if canvas.compact else 4)
        area = canvas.area
        left = area.left + marks_width(canvas, steps)
        marks = [(data.index_of(day), name) for day, name in data.within(self.marks)]
        ground = Box(left, area.top + LANE, area.right - side, area.bottom - AXIS - (MARKS if marks else 0))
        plot = Plot(ground, len(data.starts), most)
        if narrow(canvas, plot, data):
            plot = Plot(ground.inside(top=34), len(data.starts), most)
        end = min(plot.right, ground.right)
        value_axis(canvas, Box(left, plot.box.top, end, ground.bottom), steps, plot.height)
        draw_gaps(canvas, plot, data)
        draw_columns(canvas, plot, data)
        self._line(canvas, plot)
        placed = [Key(plot.raw(key.y), key.words, key.ink, key.swatch, key.hatched) for key in keys]
        draw_keys(canvas, end + 18, placed, top=plot.box.top, bottom=plot.box.bottom, room=side - 18)
        highest = data.counts.index(max(data.known))
        draw_notes(canvas, plot, self._tops(plot), self._notes(plot), counts=data.counts, must=highest)
        if marks:
            draw_marks(canvas, plot, marks, most=MOST_NAMES)
        self._starts(canvas, plot)

    def _keys(self, canvas: Pen) -> list[Key]:
        """Return the labels of the margin; their y is still a value."""
        data, theme = self.data, canvas.theme
        noun = self.noun[0]
        keys = [Key(max(data.known[-RECENT:]), (noun, noun), theme.muted, pale(theme))]
        if any(data.visitors):
            keys.append(Key(median(data.visitors[-RECENT:]) / 2, ("uniques", "uniques"), theme.muted, dark(theme)))
        last = next((value for value in reversed(self.compared) if value is not None), None)
        if last is not None:
            keys.append(Key(last, ("a year before", "year before"), theme.muted))
        if any(growing and count for growing, count in zip(data.provisional, data.counts, strict=True)):
            keys.append(Key(-1, ("provisional", "not final"), theme.muted, pale(theme), hatched=True))
        return keys

    def _line(self, canvas: Pen, plot: Plot) -> None:
        """Draw the year before; a week that is known alone becomes a dot."""
        theme, before = canvas.theme, self.compared
        runs = [
            [(plot.middle(index), plot.height(before[index] or 0)) for index in range(first, last + 1)]
            for first, last in unknown_runs([0 if value is None else None for value in before])
        ]
        quiet = mix(theme.background, theme.muted, QUIET)
        for ink, weight in ((theme.background, CASING), (quiet, LINE_POINTS)):
            for run in runs:
                if len(run) > 1:
                    canvas.polyline(run, ink, weight)
                else:
                    canvas.dot(*run[0], weight * 2, ink)

    def _tops(self, plot: Plot) -> list[float]:
        """Return the y above which nothing is drawn in each week's place."""
        lines = [plot.box.bottom if value is None else plot.height(value) for value in self.compared]
        tops = [min(plot.top(count or 0), line) for count, line in zip(self.data.counts, lines, strict=True)]
        for first, last in self.data.gaps:
            if plot.left(last + 1) - plot.left(first) >= THIN:
                tops[first : last + 1] = [plot.box.top - ABOVE] * (last + 1 - first)
        return tops

    def _notes(self, plot: Plot) -> list[tuple[int, str]]:
        """Return the figures of the highest bar, of those that are cut off, and of those with an unusual day."""
        data, most = self.data, max(self.data.known)
        words: dict[int, str] = {}
        for day, note in data.within(self.notes):  # of several in one week the first given stands
            index = data.index_of(day)
            count = data.counts[index]
            words.setdefault(index, note if count is None else f"{number(count)}: {note}")
        cut_off = (index for index, count in enumerate(data.counts) if (count or 0) > plot.most)
        for index in (data.counts.index(most), *cut_off):
            name = span_name(data.starts[index], data.ends[index], year=data.years)
            words.setdefault(index, f"{number(data.counts[index] or 0)} · {name}")
        return sorted(words.items())

    def _starts(self, canvas: Pen, plot: Plot) -> None:
        """Write months or years where they begin."""
        starts = self.data.starts

        def place(moment: datetime) -> float:
            return plot.middle(max(0, bisect_right(starts, moment.date()) - 1))

        shortest = WEEK if self._step else MONTH
        ends = (canvas.area.left, max(plot.right + 60, plot.box.left + 240))
        since, until = midnight(starts[0]), midnight(starts[-1])
        for x, label in fitting_marks(since, until, shortest, place=place, width=canvas.width, ends=ends):
            canvas.text(x, canvas.area.bottom - 6, label, anchor="middle")
