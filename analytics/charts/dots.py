"""People, repositories or kinds of work by one value each: a dot per row, its interval, and a target to meet."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.charts import text
from analytics.charts.axis import count_marks, fitting_names
from analytics.charts.frame import AXIS, mark_labels
from analytics.charts.hours import HourAxis, bounds
from analytics.charts.layout import DPI, HEAD, LABEL, MARGIN, STRONG, Box
from analytics.charts.theme import mix
from analytics.charts.vega import dots as interactive
from analytics.charts.vega.parts import Spec
from analytics.words import duration, number, shorten

if TYPE_CHECKING:
    from analytics.charts.pen import Pen

MOST = 25  # rows in one picture
ROW, LOWEST = 48, 40  # pixels
LANE = 40  # pixels above the rows, for the target's words
RADIUS = 9
WHISKER = 4  # pixels thick
CAP = 9  # half the height of a whisker's end, in pixels
NAMED = 5  # rows that the alt text names


@dataclass(frozen=True, slots=True)
class Dot:
    """One row: whose it is, the value (hours, where the chart is of durations), and the same in words.

    low, high: the ends of its interval; where only one is known the whisker stays open at the other.
    """

    label: str
    value: float
    text: str
    low: float | None = None
    high: float | None = None
    accent: bool = False


@dataclass(frozen=True, slots=True)
class Dots:
    """Rows in the given order, at most 25 of them. unit: what the values are, such as "median time to first review".

    target: a value that rows are held against · durations: values are hours, on a logarithmic axis.
    """

    title: str
    subtitle: str
    rows: tuple[Dot, ...]
    unit: str
    target: float | None = None
    durations: bool = False

    @property
    def height(self) -> float:
        """Inches, with title and subtitle of one line each."""
        shown = min(len(self.rows), MOST) + (len(self.rows) > MOST)
        return (HEAD + self._lane + shown * ROW + AXIS + MARGIN) / DPI if self.rows else 1.9

    @property
    def _lane(self) -> int:
        return LANE if self.target is not None else 8

    @property
    def aim(self) -> str:
        """The target in words."""
        if self.target is None:
            return ""
        return f"target {duration(self.target) if self.durations else number(self.target)}"

    @property
    def alt(self) -> str:
        """The finding, the first rows in words, and how many rows lie on either side of the target."""
        if not self.rows:
            return f"{self.title}. Nothing in this window."
        said = [f"{self.unit or 'Values'}: {', '.join(map(_said, self.rows[:NAMED]))}"]
        said += [f"{number(len(self.rows) - NAMED)} more"] if len(self.rows) > NAMED else []
        if self.target is not None:
            over = sum(row.value > self.target for row in self.rows)
            said.append(f"{self.aim}: {number(over)} of {number(len(self.rows))} above it")
        return text.alt(self.title, said)

    def text(self) -> str:
        """Return a table of the first rows, with their intervals and a bar each; durations have no bar."""
        if not self.rows:
            return "Nothing in this window."
        shown = self.rows[: text.MOST_ROWS]
        intervals = any(row.low is not None or row.high is not None for row in shown)
        most = max(row.value for row in self.rows)
        rows = [
            [
                text.name(row.label),
                text.plain(row.text),
                *([self.interval(row)] if intervals else []),
                *([] if self.durations else [text.bar(row.value, most)]),
                *([] if self.target is None else ["above" if row.value > self.target else "within"]),
            ]
            for row in shown
        ]
        header = [" ", text.plain(self.unit) or " "]
        header += ["95 % interval"] if intervals else []
        header += [] if self.durations else [" "]
        header += [] if self.target is None else [text.plain(self.aim)]
        return text.table(header, rows, right=(1,)) + text.more(len(self.rows) - len(shown))

    def interval(self, row: Dot) -> str:
        """Return a row's interval in words, nothing where there is none."""
        said: Callable[[float], str] = duration if self.durations else number
        if row.low is None and row.high is None:
            return ""
        if row.high is None or row.low is None:
            return f"over {said(row.low)}" if row.low is not None else f"under {said(row.high or 0)}"
        return f"{said(row.low)} to {said(row.high)}"

    def spec(self) -> Spec:
        """Return the same as an interactive chart."""
        return interactive.spec(self)

    def draw(self, canvas: Pen) -> None:
        """Draw as many rows as fit, whiskers below dots, the value in words at the right; then axis and target."""
        if not self.rows:
            canvas.nothing()
            return
        area, theme = canvas.area, canvas.theme
        fits = min(MOST, max(1, int((area.height - self._lane - AXIS) // LOWEST)))
        shown = self.rows[: fits if len(self.rows) <= fits or fits == MOST else max(1, fits - 1)]
        lines = len(shown) + (len(shown) < len(self.rows))
        pitch = min(ROW, (area.height - self._lane - AXIS) / lines)
        names = min(area.width * 0.33, max(canvas.width(row.label) for row in shown))
        figures = min(
            area.width * (0.26 if canvas.compact else 0.14), max(canvas.width(row.text, STRONG) for row in shown)
        )
        top = area.top + self._lane
        box = Box(area.left + names + 30, top, area.right - figures - 34, top + len(shown) * pitch)
        across, marks = self._axis(canvas, box, shown)
        for index in range(len(shown)):
            y = box.top + (index + 0.5) * pitch
            canvas.rule(box.left, box.right, y, mix(theme.background, theme.hairline, 0.7))
        for x, label in marks:
            canvas.text(x, box.bottom + (lines - len(shown)) * pitch + 38, label, anchor="middle")
        if self.target is not None:
            x, half = across(self.target), canvas.width(self.aim, LABEL) / 2
            canvas.stem(x, box.top - 4, box.bottom, theme.orange)
            middle = min(max(x, area.left + half), area.right - half)
            canvas.text(middle, box.top - 14, self.aim, LABEL, theme.orange, anchor="middle")
        accents = any(row.accent for row in self.rows)
        for index, row in enumerate(shown):
            y = box.top + (index + 0.5) * pitch
            ink = theme.blue if row.accent or not accents else theme.muted
            if row.low is not None or row.high is not None:
                left = box.left if row.low is None else across(row.low)
                right = box.right if row.high is None else across(row.high)
                ends = (left, row.low is not None), (right, row.high is not None)
                _whisker(canvas, ends, round(y), mix(theme.background, ink, 0.55))
            canvas.dot(across(row.value), round(y), RADIUS, ink)
            canvas.text(box.left - 30, y, canvas.cut(row.label, names), LABEL, theme.ink, anchor="end", centred=True)
            words = canvas.cut(row.text, figures, STRONG)
            canvas.text(area.right, y, words, STRONG, ink if row.accent else theme.ink, anchor="end", centred=True)
        if lines > len(shown):
            words = f"and {number(len(self.rows) - len(shown))} more"
            canvas.text(box.left, box.bottom + pitch / 2, words, centred=True)

    def ends(self, shown: tuple[Dot, ...]) -> list[float]:
        """Return every value that the axis must reach."""
        ends = [value for row in shown for value in (row.value, row.low, row.high) if value is not None]
        ends += [self.target] if self.target is not None else []
        return [value for value in ends if math.isfinite(value)]

    def _axis(
        self, canvas: Pen, box: Box, shown: tuple[Dot, ...]
    ) -> tuple[Callable[[float], float], list[tuple[float, str]]]:
        """Return where values stand, and the axis' marks: logarithms of hours, or counts from zero."""
        ends = self.ends(shown)
        reach = (canvas.area.left, canvas.area.right)
        if self.durations:
            low, high = bounds(ends, beyond=True)
            hours = HourAxis(low, high, box.left, box.right)
            return hours.across, hours.marks(canvas.width, reach)
        least, most = min(0.0, *ends), max(0.0, *ends)
        most = most if most > least else least + 1.0
        steps = [step for step in count_marks(most, 4) if least <= step <= most]

        def across(value: float) -> float:
            return box.left + box.width * (min(max(value, least), most) - least) / (most - least)

        return across, fitting_names(mark_labels(steps), [across(step) for step in steps], canvas.width, reach)


def _said(row: Dot) -> str:
    return f"{shorten(row.label, text.LABEL_LIMIT)} {row.text}"


def _whisker(canvas: Pen, ends: tuple[tuple[float, bool], tuple[float, bool]], y: int, ink: str) -> None:
    """Draw an interval between two ends (x, whether it is known there); an open end is an arrow."""
    (left, _), (right, _) = ends
    canvas.rect(Box(left, y - WHISKER / 2, right, y + WHISKER / 2), ink)
    for (x, known), sign in zip(ends, (-1, 1), strict=True):
        if known:
            canvas.rect(Box(x - 2, y - CAP, x + 2, y + CAP), ink)
        else:
            canvas.polygon([(x + sign * 14, y), (x, y - CAP), (x, y + CAP)], ink)
