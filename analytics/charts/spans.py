"""Days in a row and what is said of them: the gaps between known ones, their names, medians that stop at a gap."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import zip_longest
from statistics import median

from analytics.charts.series import unknown_runs
from analytics.words import MONTHS, date_name, day_and_month, speaks_english

DASH = "\N{EN DASH}"
SPAN = 7  # days of a running median: every weekday once
LEAST = 4  # known days without which it would be the median of a weekend
WEEK = timedelta(days=7)
YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Dated:
    """Counts of equally long buckets without a hole: one entry per bucket, None where it is unknown.

    starts: the first day of each bucket · ends: the last day of each, itself included · uniques: never more than the
    count of the same bucket, and never added up over buckets.
    """

    starts: tuple[date, ...]
    ends: tuple[date, ...]
    counts: tuple[int | None, ...]
    uniques: tuple[int | None, ...]
    provisional: tuple[bool, ...]

    @property
    def known(self) -> tuple[int, ...]:
        """The counts that are known, in order."""
        return tuple(count for count in self.counts if count is not None)

    @property
    def visitors(self) -> tuple[int, ...]:
        """The uniques that are known, in order."""
        return tuple(count for count in self.uniques if count is not None)

    @property
    def years(self) -> bool:
        """Whether the buckets cover more than one year, so that a month alone would not say which."""
        return bool(self.starts) and self.ends[-1] - self.starts[0] > YEAR

    @property
    def gaps(self) -> list[tuple[int, int]]:
        """The first and last index of every run of unknown buckets."""
        return unknown_runs(self.counts)

    def within(self, said: Sequence[tuple[date, str]]) -> list[tuple[date, str]]:
        """Return those of the words that belong to a day of some bucket, in the order given; no empty ones."""
        if not self.starts:
            return []
        return [(day, words) for day, words in said if words and self.starts[0] <= day <= self.ends[-1]]

    def index_of(self, day: date) -> int:
        """Return the index of the bucket that a day belongs to; the day must not lie outside."""
        return bisect_right(self.starts, day) - 1

    def gap_names(self, *, year: bool = False) -> list[str]:
        """Return each gap's days, `8\N{EN DASH}16 Jun`; year: with the year, for sentences without an axis."""
        return [span_name(self.starts[first], self.ends[last], year=year) for first, last in self.gaps]


def dated(
    starts: Sequence[date],
    counts: Sequence[int | None],
    uniques: Sequence[int | None],
    provisional: Sequence[bool],
    step: timedelta | None = None,
) -> Dated:
    """Return the buckets in order, with unknown ones where `starts` skips some.

    step: a bucket's length; None for calendar months. `uniques` and `provisional` may be empty: unknown, and settled.
    """
    found = {
        start: (count, people, bool(growing))
        for start, count, people, growing in zip_longest(starts, counts, uniques, provisional)
    }
    every: list[date] = []
    if found:
        following, last = min(found), max(found)
        while following <= last:
            every.append(following)
            following = after(following, step)
    rows = [found.get(start, (None, None, False)) for start in every]
    return Dated(
        tuple(every),
        tuple(after(start, step) - timedelta(days=1) for start in every),
        tuple(row[0] for row in rows),
        tuple(row[1] if row[0] is not None else None for row in rows),
        tuple(row[2] for row in rows),
    )


def after(start: date, step: timedelta | None) -> date:
    """Return where the next bucket begins; without a step, the first day of the next month."""
    if step is not None:
        return start + step
    return date(start.year + start.month // 12, start.month % 12 + 1, 1)


def day_name(day: date, *, year: bool = True) -> str:
    """Return `19 Jun 2026`, or `19 Jun` where an axis shows the year."""
    return date_name(day) if year else day_and_month(day)


def span_name(first: date, last: date, *, year: bool = False) -> str:
    """Return `9 Jun`, `8\N{EN DASH}16 Jun` or `28 May\N{EN DASH}3 Jun`; whole months by their names only.

    Where dates are written in another order than the English, both ends are written out.
    """
    if not speaks_english():
        ends = dict.fromkeys((day_name(first, year=year), day_name(last, year=year)))
        return DASH.join(ends)
    tail = f" {last.year}" if year else ""
    head = f" {first.year}" if year and first.year != last.year else ""
    if first.day == 1 and after(last, timedelta(days=1)).day == 1:  # whole months
        name = MONTHS[last.month - 1] + tail
        alone = (first.year, first.month) == (last.year, last.month)
        return name if alone else MONTHS[first.month - 1] + head + DASH + name
    if first == last:
        return day_name(last, year=False) + tail
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}{DASH}{day_name(last, year=False)}{tail}"
    return f"{day_name(first, year=False)}{head}{DASH}{day_name(last, year=False)}{tail}"


def listed(names: Sequence[str]) -> str:
    """Return `2, 12 Apr, 15 Jun` for the days 2 Apr, 12 Apr and 15 Jun: a month is named once."""
    said = ""
    for name, following in zip_longest(names, names[1:]):
        day, _, month = name.partition(" ")
        again = following is not None and month and not {DASH} & set(month) and following.partition(" ")[2] == month
        said += (day if again else name) + (", " if following is not None else "")
    return said


def midnight(day: date) -> datetime:
    """Return the moment at which a UTC day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def running_median(counts: Sequence[int | None], settled: Sequence[bool]) -> list[float | None]:
    """Return for each day the median of the SPAN days up to it, looking back no further than the last gap.

    None on unknown days, on those that may still grow, and until LEAST days are known in a row.
    """
    medians: list[float | None] = []
    window: list[int] = []
    for count, final in zip(counts, settled, strict=True):
        if count is None:
            window = []
        elif final:
            window = [*window[1 - SPAN :], count]
        medians.append(float(median(window)) if count is not None and final and len(window) >= LEAST else None)
    return medians
