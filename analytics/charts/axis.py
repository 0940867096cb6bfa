"""Marks of axes where people expect them: round counts, calendar days, months and years, human durations."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from analytics.words import date_name, day_and_month, month_and_year, month_name

HOUR, DAY, WEEK, MONTH, YEAR = 1.0, 24.0, 168.0, 730.5, 8766.0  # hours; a month is a twelfth of 365.25 days

LABEL_GAP = 28  # pixels between two labels of an axis
NAME_GAP = 12  # between two names, each below its own bar

# Durations on a logarithmic axis: marks that people think in, each about twice the one before.
HOUR_MARKS: tuple[tuple[float, str], ...] = (
    (5 / 60, "5 m"), (15 / 60, "15 m"), (30 / 60, "30 m"), (HOUR, "1 h"), (2, "2 h"), (4, "4 h"), (8, "8 h"),
    (16, "16 h"), (DAY, "1 d"), (2 * DAY, "2 d"), (4 * DAY, "4 d"), (WEEK, "1 w"), (2 * WEEK, "2 w"), (MONTH, "1 mo"),
    (3 * MONTH, "3 mo"), (6 * MONTH, "6 mo"), (YEAR, "1 y"), (2 * YEAR, "2 y"),
)  # fmt: skip

# From fine to coarse: (unit, how many of them between marks).
TIME_STEPS: tuple[tuple[str, int], ...] = (
    ("day", 1), ("day", 2), ("day", 7), ("day", 14), ("month", 1), ("month", 2), ("month", 3), ("month", 6),
    ("year", 1), ("year", 2), ("year", 5), ("year", 10),
)  # fmt: skip


def count_marks(most: float, wanted: int = 3) -> tuple[float, ...]:
    """Return about `wanted` round values from 0 up to at most `most`; counts get whole numbers only."""
    if most <= 0:
        return (0.0,)
    step = _round_step(most / wanted)
    if float(most).is_integer() and not step.is_integer():
        step = max(1.0, float(math.ceil(step)))
    return tuple(step * index for index in range(int(most / step + 1e-9) + 1))


def value_marks(low: float, high: float, wanted: int = 3) -> tuple[float, ...]:
    """Return about `wanted` round values from `low` to `high`, at least two."""
    if high <= low:
        return (low,)
    while True:
        step = _round_step((high - low) / wanted)
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last > first:
            return tuple(step * index for index in range(first, last + 1))
        wanted += 1


def _round_step(step: float) -> float:
    size = 10.0 ** math.floor(math.log10(step))
    return next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= step * (1 - 1e-9))


def time_marks(since: datetime, until: datetime, unit: str, every: int) -> list[tuple[datetime, str]]:
    """Return the marks within [since, until] and their labels; a year is named where it begins, or at the first."""
    marks = [(moment, _label(moment, unit)) for moment in _moments(since, until, unit, every)]
    if marks and not any(label.isdigit() for _, label in marks):
        moment, _ = marks[0]
        marks[0] = (moment, date_name(moment) if unit == "day" else month_and_year(moment))
    return marks


def _label(moment: datetime, unit: str) -> str:
    if unit == "day":
        return day_and_month(moment)
    return str(moment.year) if moment.month == 1 else month_name(moment)


def _moments(since: datetime, until: datetime, unit: str, every: int) -> Iterator[datetime]:
    if unit == "day":
        moment = datetime(since.year, since.month, since.day, tzinfo=UTC)
        if every % 7 == 0:
            moment -= timedelta(days=moment.weekday())
        while moment <= until:
            if moment >= since:
                yield moment
            moment += timedelta(days=every)
        return
    months = every * (12 if unit == "year" else 1)
    index = (since.year * 12 + since.month - 1) // months * months
    while index < 9999 * 12:
        moment = datetime(index // 12, index % 12 + 1, 1, tzinfo=UTC)
        if moment > until:
            return
        if moment >= since:
            yield moment
        index += months


def bucket_name(moment: datetime, step: timedelta) -> str:
    """Return what a bucket is called within a sentence: `week of 26 May 2025`, `May 2025`, `26 May 2025`."""
    return ("week of " if step == timedelta(days=7) else "") + moment_label(moment, step)


def moment_label(moment: datetime, step: timedelta) -> str:
    """Return what a bucket that begins then is called: a month, a day, or an hour by its length."""
    if step >= timedelta(days=360):
        return str(moment.year)
    if step >= timedelta(days=27):
        return month_and_year(moment)
    if step >= timedelta(days=1):
        return date_name(moment)
    return f"{day_and_month(moment)} {moment:%H:%M}"


def time_steps(shortest: timedelta) -> Iterator[tuple[str, int]]:
    """Return the steps between marks from fine to coarse, without those that are less than `shortest` apart."""
    for unit, every in TIME_STEPS:
        least = timedelta(days={"day": 1, "month": 28, "year": 365}[unit]) * every
        if least >= shortest * 0.9:  # months in a row without a February are longer than the least
            yield unit, every


def fitting_marks(
    since: datetime,
    until: datetime,
    shortest: timedelta,
    *,
    place: Callable[[datetime], float],
    width: Callable[[str], float],
    ends: tuple[float, float],
) -> list[tuple[float, str]]:
    """Return the finest marks whose labels fit side by side: the middle of each label, and the label.

    shortest: marks may not be closer than that · place: where a moment stands · width: of a label ·
    ends: the pixels that labels must keep between.
    """
    for unit, every in time_steps(shortest):
        marks = time_marks(since, until, unit, every)
        centres = spread([place(moment) for moment, _ in marks], [width(label) for _, label in marks], ends)
        if centres is not None and marks:
            return [(centre, label) for centre, (_, label) in zip(centres, marks, strict=True)]
    label = moment_label(since, shortest)
    half = width(label) / 2
    return [(max(place(since), ends[0] + half), label)]


def fitting_names(
    names: Sequence[str], centres: Sequence[float], width: Callable[[str], float], ends: tuple[float, float]
) -> list[tuple[float, str]]:
    """Return every name, or every second, third ... so that they fit side by side; arguments as in `fitting_marks`."""
    for every in range(1, len(names) + 1):
        some = names[::every]
        moved = spread(centres[::every], [width(name) for name in some], ends, NAME_GAP)
        if moved is not None:
            return list(zip(moved, some, strict=True))
    return []


def spread(
    centres: Sequence[float], widths: Sequence[float], ends: tuple[float, float], gap: float = LABEL_GAP
) -> list[float] | None:
    """Return the centres moved in between `ends`, or None if labels of these widths then stand too close."""
    moved = [
        max(min(centre, ends[1] - width / 2), ends[0] + width / 2)
        for centre, width in zip(centres, widths, strict=True)
    ]
    for index in range(1, len(moved)):
        if moved[index] - moved[index - 1] < (widths[index] + widths[index - 1]) / 2 + gap:
            return None
    return moved
