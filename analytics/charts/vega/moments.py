"""Axes of time as specifications: a day, week or month is named below the middle of its bar, however far one zooms.

The library's own marks are midnights and Sundays. Ours are those of the pictures, of every fineness: on the page an
expression takes the finest whose names fit side by side in the part of the time that is shown.
"""

from __future__ import annotations

import itertools
import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from analytics.charts.axis import moment_label, time_marks, time_steps
from analytics.charts.vega.parts import NAMES, Spec

USUAL = {"day": 1.0, "month": 30.0, "year": 365.0}  # days from one mark to the next
DAY = 86_400_000  # milliseconds
ROOM = 66  # pixels from one name to the next
HOURLY = timedelta(days=2)  # what shorter moments are over is named by the hour
FEW = 4  # marks that are written out rather than computed
SHOWN = "domain('x')"  # panels give each of their axes its own name here
FIRST, LAST = f"(+{SHOWN}[0])", f"(+peek({SHOWN}))"
APART = f"({LAST} - {FIRST}) / span(range('x')) * {ROOM}"  # milliseconds from one name to the next


@dataclass(frozen=True, slots=True)
class _Marks:
    """Marks of one fineness: milliseconds from 1970 and names.

    apart: from one to the next, usually · begin: how long before its mark a bucket begins.
    """

    unit: str
    apart: int
    places: tuple[int, ...]
    names: tuple[str, ...]
    begin: int

    @property
    def regular(self) -> bool:
        """Whether they are days and equally far apart, so that an expression can compute those that are shown."""
        steps = {after - before for before, after in itertools.pairwise(self.places)}
        return self.unit == "day" and len(steps) == 1 and len(self.places) > FEW

    @property
    def values(self) -> str:
        """An expression for where they are."""
        if not self.regular:
            return json.dumps(list(self.places))
        first, last, step = self.places[0], self.places[-1], self.places[1] - self.places[0]
        since = f"{first} + max(0, ceil(({FIRST} - {first}) / {step})) * {step}"
        return f"sequence({since}, min({last}, {LAST}) + 1, {step})"

    @property
    def words(self) -> str:
        """An expression for what the mark `datum` is called."""
        if not self.regular:
            return f"{json.dumps(dict(zip(map(str, self.places), self.names, strict=True)))}[datum.value]"
        form = f"datum.value === {self.places[0]} ? '%-d %b %Y' : '%-d %b'"
        return f"utcFormat(datum.value - {self.begin}, {form})"


def moments_axis(starts: Sequence[date], ends: Sequence[date] | None, step: timedelta) -> Spec:
    """Return the axis of buckets, or without `ends` of moments; dates are midnights in UTC.

    ends: where each bucket ends, itself not included · step: from one to the next, at least.
    """
    # the last of moments a day apart may be the middle of its day
    if step < timedelta(days=1) and _moment(starts[-1]) - _moment(starts[0]) < HOURLY:
        return {"title": None, "grid": False, "labelOverlap": True, "labelFlush": True, "tickCount": 6, "format": NAMES}
    levels = _levels(starts, ends, step)
    values, words = levels[-1].values, levels[-1].words
    for marks in reversed(levels[:-1]):
        values = f"{APART} <= {marks.apart} ? {marks.values} : {values}"
        words = f"{APART} <= {marks.apart} ? {marks.words} : {words}"
    words = f"datum.value < {FIRST} || datum.value > {LAST} ? '' : {words}"
    axis = {"title": None, "grid": False, "labelOverlap": "greedy", "labelFlush": False}
    return {**axis, "values": {"expr": values}, "labelExpr": words}


def _levels(starts: Sequence[date], ends: Sequence[date] | None, step: timedelta) -> list[_Marks]:
    """Return the marks of every fineness, the finest first; there always is one."""
    begins = [_milliseconds(start) for start in starts]

    def place(moment: datetime) -> int:
        at = _milliseconds(moment)
        if ends is None:
            return at
        index = max(0, bisect_right(begins, at) - 1)
        return (begins[index] + _milliseconds(ends[index])) // 2

    since, until = _moment(starts[0]), _moment(starts[-1])
    levels = []
    for unit, every in time_steps(step):
        found = time_marks(since, until, unit, every)
        if found:
            places = tuple(place(moment) for moment, _ in found)
            begin = places[0] - _milliseconds(found[0][0])
            names = tuple(name for _, name in found)
            levels.append(_Marks(unit, round(USUAL[unit] * every * DAY), places, names, begin))
    return levels or [_Marks("year", 0, (place(since),), (moment_label(since, step),), 0)]


def _moment(when: date) -> datetime:
    return when if isinstance(when, datetime) else datetime(when.year, when.month, when.day, tzinfo=UTC)


def _milliseconds(when: date) -> int:
    return round(_moment(when).timestamp() * 1000)
