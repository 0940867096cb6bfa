"""How long things stay open, or how soon they are merged: step curves with their bands on a logarithmic axis."""

from __future__ import annotations

import itertools
import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from analytics.charts import survival_text, text
from analytics.charts.frame import AXIS, LINE, apart, side_label, side_width
from analytics.charts.hours import HourAxis, bounds
from analytics.charts.layout import DPI, HEAD, MARGIN, SMALL, STRONG, Box
from analytics.charts.steps import Points, band, corners, crossings
from analytics.charts.vega import survival as interactive
from analytics.charts.vega.parts import Spec
from analytics.words import number, percent

if TYPE_CHECKING:
    from analytics.charts.pen import Pen

MOST_CURVES = 6  # labelled at their ends; more would be a tangle
PLOT = 470  # pixels
TOP = 54  # pixels above the plot, for what is counted
ROW = 38  # pixels of a row of counts at risk
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
THICK, THIN = 2.6, 1.8  # points
CLEAR = 14  # pixels from a mark to its words
WAITING = "still waiting and followed"


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """A step function: from hours[i] on (the first is 0) the share is shares[i], until hours[i + 1].

    low, high: its 95 % interval, None as a whole or where it is unknown · accent: this curve is the finding.
    """

    name: str
    hours: tuple[float, ...]
    shares: tuple[float, ...]
    low: tuple[float | None, ...] | None = None
    high: tuple[float | None, ...] | None = None
    accent: bool = False

    def until(self, horizon: float) -> SurvivalCurve:
        """Return the curve up to the horizon, in hours; nothing is known past it."""
        if not self.hours or self.hours[-1] <= horizon:
            return self
        keep = bisect_right(self.hours, horizon)

        if not keep:
            return replace(self, hours=(), shares=(), low=None, high=None)
        return replace(
            self,
            hours=(*self.hours[:keep], horizon),
            shares=(*self.shares[:keep], self.shares[keep - 1]),
            low=None if self.low is None else (*self.low[:keep], self.low[keep - 1]),
            high=None if self.high is None else (*self.high[:keep], self.high[keep - 1]),
        )

    def at(self, hours: float) -> int | None:
        """Return the index of the step that holds at a duration, None past the last."""
        if not self.hours or not self.hours[0] <= hours <= self.hours[-1]:
            return None
        return bisect_right(self.hours, hours) - 1


@dataclass(frozen=True)
class Survival:
    """Curves over hours since the beginning, falling ("still open") or rising ("merged").

    at_risk: at each hour mark, how many of each curve had not ended and were still followed · unit: what the share is ·
    marks: hours and words, such as the median, shown on the curve that is the finding · horizon: hours of the longest
    follow-up, past which nothing is drawn · at_risk_names: what each row of counts is of, where that is not a curve's
    own (two curves may speak of the same things) · ended: everything has ended, so that nothing can come any more.
    """

    title: str
    subtitle: str
    curves: tuple[SurvivalCurve, ...]
    at_risk: tuple[tuple[float, tuple[int, ...]], ...] = ()
    unit: str = "still open"
    marks: tuple[tuple[float, str], ...] = ()
    horizon: float | None = None
    at_risk_names: tuple[str, ...] = ()
    ended: bool = False

    @cached_property
    def _known(self) -> dict[int, SurvivalCurve]:
        """The curves that are drawn, by their place among all."""
        far = math.inf if self.horizon is None else self.horizon
        cut = {index: curve.until(far) for index, curve in enumerate(self.curves)}
        known = {index: curve for index, curve in cut.items() if curve.hours and curve.hours[-1] > 0}
        return dict(itertools.islice(known.items(), MOST_CURVES))

    @property
    def shown(self) -> tuple[SurvivalCurve, ...]:
        """The curves as far as they are known; one that nothing is known of is left out."""
        return tuple(self._known.values())

    @property
    def places(self) -> tuple[int, ...]:
        """The place among all curves of each that is shown."""
        return tuple(self._known)

    @property
    def height(self) -> float:
        """Inches, with title and subtitle of one line each."""
        return (HEAD + TOP + PLOT + AXIS + self._below + MARGIN) / DPI if self.shown else 1.9

    @property
    def _below(self) -> int:
        """Pixels below the axis for the counts at risk."""
        return (len(self.risk_rows) + 1) * ROW if self.at_risk else 0

    @property
    def risk_rows(self) -> list[tuple[int, str, float]]:
        """The rows of counts at risk: which of a mark's counts, of what they are, up to how many hours."""
        if self.at_risk_names:
            last = max((curve.hours[-1] for curve in self.shown), default=0.0)
            return [(place, name, last) for place, name in enumerate(self.at_risk_names)]
        return [(place, curve.name, curve.hours[-1]) for place, curve in self._known.items()]

    @property
    def roles(self) -> list[str]:
        """The colour of each curve: the finding's, or one of a few that are told apart."""
        if any(curve.accent for curve in self.shown):
            return ["blue" if curve.accent else "muted" for curve in self.shown]
        colours = ("blue", "violet", "orange")
        return [colours[index] if index < len(colours) else "muted" for index in range(len(self.shown))]

    @property
    def alt(self) -> str:
        """The finding, each curve's share after some durations, what is marked, and how far it is known."""
        if not self.shown:
            return f"{self.title}. Nothing in this window."
        return text.alt(self.title, survival_text.said(self))

    def text(self) -> str:
        """Return a table of shares after durations that people think in."""
        return survival_text.table(self) if self.shown else "Nothing in this window."

    def spec(self) -> Spec:
        """Return the same as an interactive chart."""
        return interactive.spec(self)

    def draw(self, canvas: Pen) -> None:
        """Draw bands, then curves, the finding's last; each named at its end; counts at risk below the axis."""
        if not self.shown:
            canvas.nothing()
            return
        area = canvas.area
        below = 0 if canvas.compact else self._below
        labels: list[tuple[str, ...]] = [(curve.name, percent(curve.shares[-1])) for curve in self.shown]
        if area.height - TOP - AXIS - below - LINE < 2 * LINE * (len(labels) - 1):
            labels = [(" · ".join(lines),) for lines in labels]  # many curves share a low picture: a line for each
        side = side_width(canvas, labels)
        left = area.left + canvas.width("100 %") + 14
        box = Box(left, area.top + TOP, area.right - side - 8, area.bottom - AXIS - below)
        low, high = bounds((hours for curve in self.shown for hours in self.ends(curve)), beyond=False)
        axis = HourAxis(low, high, box.left, box.right)

        def height(share: float) -> float:
            return box.bottom - box.height * min(1.0, max(0.0, share))

        canvas.text(area.left, area.top + 22, canvas.cut(self.unit, area.width, SMALL), SMALL)
        for share in SHARES[:: 2 if canvas.compact else 1]:
            canvas.rule(box.left, box.right, height(share))
            canvas.text(box.left - 14, height(share), percent(share), anchor="end", centred=True)
        inks = self._inks(canvas)
        order = sorted(range(len(self.shown)), key=lambda index: (self.shown[index].accent, -index))
        for index in order:
            curve = self.shown[index]
            if curve.low is not None and curve.high is not None:
                ends = [
                    [None if share is None else height(share) for share in side] for side in (curve.low, curve.high)
                ]
                band(canvas, list(zip(map(axis.across, curve.hours), *ends, strict=True)), inks[index])
        lines = {index: _line(self.shown[index], axis, height) for index in order}
        for index in order:
            curve = self.shown[index]
            canvas.polyline(lines[index], inks[index], THICK if curve.accent or len(self.shown) == 1 else THIN)
            canvas.dot(*lines[index][-1], 7, inks[index])
        for x, label in axis.marks(canvas.width, (area.left, area.right)):
            canvas.text(x, box.bottom + 38, label, anchor="middle")
        wanted = [lines[index][-1][1] for index in range(len(self.shown))]
        spots = apart(wanted, 2 * LINE + 6, box.top + LINE / 2, box.bottom - LINE / 2)
        for index, spot in enumerate(spots):
            side_label(canvas, box.right + 26, spot, labels[index], ink=inks[index], room=side - 18)
        self._marks(canvas, box, axis, [lines[index] for index in order])
        if below:
            self._at_risk(canvas, axis, box.bottom + AXIS, inks)

    def ends(self, curve: SurvivalCurve) -> tuple[float, float]:
        """Return where a curve first changes and where it ends, in hours."""
        pairs = itertools.pairwise(zip(curve.hours, curve.shares, strict=True))
        first = (hours for (_, before), (hours, share) in pairs if share != before and hours > 0)
        return next(first, curve.hours[-1]), curve.hours[-1]

    def finding(self) -> SurvivalCurve:
        """Return the curve that is the finding; something must be shown."""
        return next((curve for curve in self.shown if curve.accent), self.shown[0])

    def _inks(self, canvas: Pen) -> list[str]:
        theme = canvas.theme
        inks = {"blue": theme.blue, "violet": theme.violet, "orange": theme.orange, "muted": theme.muted}
        return [inks[role] for role in self.roles]

    def _marks(self, canvas: Pen, box: Box, axis: HourAxis, lines: Sequence[Points]) -> None:
        """Draw each mark as a dot on the finding's curve, a line down to the axis, and its words where it is free."""
        theme, curve = canvas.theme, self.finding()
        for hours, words in self.marks:
            index = curve.at(hours)
            if index is None:
                continue
            x, y = axis.across(hours), box.bottom - box.height * curve.shares[index]
            before = box.bottom - box.height * curve.shares[max(0, index - 1)]
            if hours == curve.hours[index] and (before - (box.centre)) * (y - box.centre) < 0:
                y = box.centre  # a median lies where the step passes one half
            canvas.stem(x, y, box.bottom, theme.orange)
            canvas.dot(x, y, 8, theme.orange)
            width, cap = canvas.width(words, STRONG), STRONG.cap
            places = [
                canvas.place(left, base, words, STRONG, theme.orange)
                for base in (y - CLEAR, y + CLEAR + cap, box.bottom - CLEAR, y - 3 * CLEAR - cap)
                for left in (x + CLEAR, x - CLEAR - width)
                if box.left <= left and left + width <= box.right and box.top + cap < base < box.bottom
            ]
            free = [placed for placed in places if canvas.free(placed)]
            if free:
                best = min(free, key=lambda placed: sum(crossings(line, placed.box) for line in lines))
                canvas.rect(best.box.inside(left=-4, top=-2, right=-4, bottom=-2), theme.background)
                canvas.write(best)

    def _at_risk(self, canvas: Pen, axis: HourAxis, top: float, inks: Sequence[str]) -> None:
        """Write below each mark how many of each curve were left then, the curve's name at the right."""
        area = canvas.area
        inks = [canvas.theme.muted] * len(self.at_risk_names) or inks
        y = top + ROW - 8
        canvas.text(area.left, y, canvas.cut(WAITING, area.width, SMALL), SMALL)
        for ink, (place, name, last) in zip(inks, self.risk_rows, strict=True):
            y += ROW
            right = axis.right + 26
            canvas.text(right, y, canvas.cut(name, area.right - right, SMALL), SMALL, ink)
            end = -math.inf
            for hours, counts in sorted(self.at_risk):
                if place >= len(counts) or hours > last or 0 < hours < axis.low:
                    continue
                words = number(counts[place])
                half = canvas.width(words, SMALL) / 2
                x = min(max(axis.across(hours), area.left + half), axis.right + 12 - half)
                if x - half >= end + 12:
                    canvas.text(x, y, words, SMALL, ink, anchor="middle")
                    end = x + half


def _line(curve: SurvivalCurve, axis: HourAxis, height: Callable[[float], float]) -> Points:
    return corners(
        [(axis.across(hours), height(share)) for hours, share in zip(curve.hours, curve.shares, strict=True)]
    )
