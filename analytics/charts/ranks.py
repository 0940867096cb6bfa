"""Who stood where in a list, and when: one line per name, the first place on top."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from analytics.charts import text
from analytics.charts.axis import fitting_marks
from analytics.charts.curves import Ground, bent, thinned
from analytics.charts.frame import AXIS, short
from analytics.charts.gaps import NO_DATA
from analytics.charts.layout import DPI, HEAD, LABEL, MARGIN, SMALL, STRONG, Box
from analytics.charts.series import unknown_runs
from analytics.charts.spans import day_name, midnight, span_name
from analytics.charts.theme import mix
from analytics.charts.vega import ranks as interactive
from analytics.charts.vega.parts import Spec
from analytics.words import number

if TYPE_CHECKING:
    from analytics.charts.pen import Pen

MOST_LINES = 10
ROW = 46  # pixels from one place to the next
NAMES = 400  # widest name in the right margin
LEFT_NAMES = 260  # widest name at the end of a line within the plot
SPAN = timedelta(days=14)  # an answer speaks for so many: dates further apart have days between of which none spoke
UNUSUAL = 2.5  # times the usual distance of dates, beyond which one is a gap and no choice of the caller
THICK, THIN, CASING = 3.0, 1.7, 2.4  # points; the last is the background on both sides that parts lines that cross
QUIET = 0.62  # share of its ink that a line without a colour keeps
DOT = 8  # radius in pixels
NAMED = 10  # names in the alt text

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class RankLine:
    """A name and its place (1 is the first) on each date; None where it was not in the list.

    last_count: its count on the last date, None if it has none.
    """

    name: str
    ranks: tuple[int | None, ...]
    last_count: int | None

    @property
    def last(self) -> int | None:
        """The place on the last date."""
        return self.ranks[-1] if self.ranks else None

    @property
    def best(self) -> int:
        """The first place it ever had; it must have had one."""
        return min(rank for rank in self.ranks if rank is not None)


@dataclass(frozen=True)
class Ranks:
    """Places in a list over time, up to ten names; dates ascend, each that of an answer; of many, some are drawn.

    A line ends in a dot where its name left the list; names still in it stand at the right, in their line's colour.
    Where two dates lie more than SPAN apart nothing is known between them.
    """

    title: str
    subtitle: str
    dates: tuple[date, ...]
    lines: tuple[RankLine, ...]

    @cached_property
    def shown(self) -> tuple[RankLine, ...]:
        """The names that are drawn: those in the list now, by place, then those that stood highest."""
        ever = [line for line in self.lines if any(rank is not None for rank in line.ranks)]
        return tuple(sorted(ever, key=lambda line: (line.last or 1000, line.best, line.name))[:MOST_LINES])

    @cached_property
    def steps(self) -> tuple[int, ...]:
        """The indexes of the dates that are drawn: the last of each stretch of days, longer ones where lines tangle."""
        return thinned(len(self.dates), [line.ranks for line in self.shown])

    @property
    def places(self) -> int:
        """The lowest place that is drawn."""
        return max((rank for line in self.shown for rank in self.ranks(line) if rank is not None), default=0)

    @property
    def height(self) -> float:
        """Inches, with title and subtitle of one line each."""
        return max(2.3, (HEAD + self.places * ROW + AXIS + MARGIN) / DPI) if self.shown else 1.9

    @property
    def alt(self) -> str:
        """The finding, the span, the list as it is now with counts and best places, and who left it when."""
        if not self.shown:
            return f"{self.title}. Nothing in this window."
        now, gone = [], []
        for line in self.shown[:NAMED]:
            if (rank := line.last) is not None:
                count = "" if line.last_count is None else f" with {number(line.last_count)}"
                now.append(f"{rank} {line.name}{count} (best {line.best})")
            else:
                gone.append(f"{line.name} (best {line.best}, last seen {day_name(self.dates[_end(line)])})")
        said = [f"Places {span_name(self.dates[0], self.dates[-1], year=True)}"]
        drawn = len(self.steps)
        said += [f"{number(drawn)} of {number(len(self.dates))} lists drawn"] if drawn < len(self.dates) else []
        said += [f"now {', '.join(now)}"] if now else []
        said += [f"no longer in the list: {', '.join(gone)}"] if gone else []
        said += [f"no answer {', '.join(self.gap_names(year=True))}"] if self.wide else []
        return text.alt(self.title, said)

    def text(self) -> str:
        """Return the list as a table: place now, count with a bar, best place, last date in the list."""
        if not self.shown:
            return "Nothing in this window."
        most = max((line.last_count or 0 for line in self.shown), default=0)
        rows = [
            [
                "left" if (rank := line.last) is None else str(rank),
                text.name(line.name),
                text.figure(line.last_count) if rank is not None else "",
                text.bar(line.last_count, most),
                str(line.best),
                day_name(self.dates[_end(line)]),
            ]
            for line in self.shown
        ]
        header = ["place", " ", "count", " ", "best place", "last seen"]
        return text.table(header, rows, right=(0, 2, 4)) + text.more(len(self.lines) - len(self.shown))

    def ranks(self, line: RankLine) -> list[int | None]:
        """Return a line's places on the dates that are drawn."""
        return [line.ranks[step] for step in self.steps]

    @cached_property
    def wide(self) -> tuple[int, ...]:
        """The indexes of the dates after which days follow that no answer spoke for."""
        apart = [later - earlier for earlier, later in itertools.pairwise(self.dates)]
        most = max(SPAN, UNUSUAL * sorted(apart)[len(apart) // 2]) if apart else SPAN
        return tuple(index for index, each in enumerate(apart) if each > most)

    def gap_names(self, *, year: bool = False) -> list[str]:
        """Return the days that no answer spoke for."""
        day = timedelta(days=1)
        return [span_name(self.dates[at] + day, self.dates[at + 1] - SPAN, year=year) for at in self.wide]

    def spec(self) -> Spec:
        """Return the same as an interactive chart."""
        return interactive.spec(self)

    def draw(self, canvas: Pen) -> None:
        """Draw places as rows, the quiet lines first, then those in colour, each name at its line's end."""
        if not self.shown:
            canvas.nothing()
            return
        area, theme = canvas.area, canvas.theme
        still = [line for line in self.shown if line.last is not None]
        gone = [line for line in self.shown if line.last is None]
        counts = max((canvas.width(short(line.last_count or 0)) for line in still), default=0)
        most = min(NAMES, area.width * 0.34)
        names = min(most, max((canvas.width(line.name, STRONG) for line in still), default=0))
        left = area.left + canvas.width("10") + 24
        right = area.right - (DOT + 18 + names + 18 + counts if still else DOT)
        plot = Ground(Box(left, area.top, right, area.bottom - AXIS), self.dates, self.places)
        for place in range(1, self.places + 1):
            canvas.rule(left, right, plot.height(place), mix(theme.background, theme.hairline, 0.6))
            canvas.text(left - 22, plot.height(place), str(place), anchor="end", centred=True)
        self._shade(canvas, plot)
        colours = (theme.blue, theme.orange, theme.violet)
        ink = {line.name: colours[index] if index < len(colours) else theme.muted for index, line in enumerate(still)}
        coloured: list[Point] = []
        quietly: list[Point] = []
        for line in reversed(self.shown):
            colour = ink.get(line.name, theme.muted)
            quiet = colour == theme.muted
            shade = mix(theme.background, colour, QUIET) if quiet else colour
            points = self._line(canvas, plot, line, shade, quiet=quiet)
            (quietly if quiet else coloured).extend(points)
        for line in still:
            y = plot.height(line.last or 0)
            canvas.dot(plot.across(self.dates[-1]), y, DOT, ink[line.name])  # above lines that come in from elsewhere
            canvas.text(
                right + DOT + 18,
                y,
                canvas.tail(line.name, names, STRONG),
                STRONG,
                ink[line.name],
                centred=True,
            )
            if line.last_count is not None:
                canvas.text(area.right, y, short(line.last_count), LABEL, anchor="end", centred=True)
        for line in gone:
            self._gone(canvas, plot, line, coloured, quietly)
        ends = (area.left, right + 60)
        since, until = midnight(self.dates[0]), midnight(self.dates[-1])
        day = timedelta(days=1)
        marks = fitting_marks(
            since, until, day, place=lambda moment: plot.across(moment.date()), width=canvas.width, ends=ends
        )
        for x, label in marks:
            canvas.text(x, area.bottom - 6, label, anchor="middle")

    def _shade(self, canvas: Pen, plot: Ground) -> None:
        """Shade the days that no answer spoke for, and name them where there is room."""
        for index, name in zip(self.wide, self.gap_names(), strict=True):
            edges = plot.across(self.dates[index]) + DOT, plot.across(self.dates[index + 1]) - DOT
            box = Box(edges[0], plot.box.top, max(edges[1], edges[0] + 4), plot.box.bottom)
            canvas.rect(box, canvas.theme.gap)
            for words in (f"{NO_DATA} {name}", NO_DATA):
                width = canvas.width(words, SMALL)
                if box.width >= SMALL.pixels + 8 and width + 12 <= box.height:
                    x, y = box.middle + SMALL.cap / 2, box.centre + width / 2
                    canvas.text(x, y, words, SMALL, angle=90, ground=canvas.theme.gap)
                    break

    def _line(
        self, canvas: Pen, plot: Ground, line: RankLine, colour: str, *, quiet: bool
    ) -> list[tuple[float, float]]:
        """Draw one name's places and return the points that its line runs through."""
        ranks, weight = self.ranks(line), THIN if quiet else THICK
        ended = max(index for index, rank in enumerate(ranks) if rank is not None) if any(ranks) else -1
        runs: list[list[tuple[float, float]]] = []
        for first, last in unknown_runs([0 if rank is None else None for rank in ranks]):
            runs.append([])
            for index in range(first, last + 1):
                runs[-1].append((plot.across(self.dates[self.steps[index]]), plot.height(ranks[index] or 0)))
                following = self.steps[min(index + 1, last)]
                if any(self.steps[index] <= hole < following for hole in self.wide):
                    runs.append([])
        drawn: list[tuple[float, float]] = []
        for points in runs:
            curve = bent(points)
            drawn += curve
            if len(points) == 1:
                canvas.dot(*points[0], DOT * 0.6, colour)
                continue
            if not quiet:  # a line in colour passes over the others
                canvas.polyline(curve, canvas.theme.background, weight + CASING)
            canvas.polyline(curve, colour, weight)
        if ended >= 0:
            canvas.dot(plot.across(self.dates[self.steps[ended]]), plot.height(ranks[ended] or 0), DOT, colour)
        return drawn

    def _gone(
        self, canvas: Pen, plot: Ground, line: RankLine, coloured: Sequence[Point], quietly: Sequence[Point]
    ) -> None:
        """Write the name of a line that has ended between two rows or beside its end, where it hides least of others.

        No line in colour is broken for it: that would look like a gap. Then its name is left to the words.
        """
        ranks = self.ranks(line)
        ended = max((index for index, rank in enumerate(ranks) if rank is not None), default=None)
        if ended is None:
            return
        x, y = plot.across(self.dates[self.steps[ended]]), plot.height(ranks[ended] or 0)
        words = canvas.tail(line.name, LEFT_NAMES, SMALL)
        width = canvas.width(words, SMALL)
        places = [
            placed
            for left, above in (
                *itertools.product((x - DOT, x - width + DOT), (-0.5, 0.5)),
                *((beside, 0.0) for beside in (x + 2 * DOT, x - width - 2 * DOT)),
            )
            if (placed := canvas.place(left, y + above * plot.row, words, SMALL, centred=True)).box.bottom
            < plot.box.bottom
            and plot.box.left <= left
            and left + width <= plot.box.right
            and canvas.free(placed)
            and not any(_within(point, placed.box) for point in coloured)
        ]
        if places:
            # quiet lines step back behind the words
            best = min(places, key=lambda placed: sum(_within(point, placed.box) for point in quietly))
            canvas.rect(best.box.inside(left=-4, right=-4), canvas.theme.background)
            canvas.write(best)


def _within(point: Point, box: Box) -> bool:
    return box.left - DOT < point[0] < box.right + DOT and box.top < point[1] < box.bottom


def _end(line: RankLine) -> int:
    return max(index for index, rank in enumerate(line.ranks) if rank is not None)
