"""Days, ISO weeks and calendar months of a window: counting per bucket, labels, and which of them a picture uses.

A bucket cut by the window's edge counts only its part inside, so that the buckets' sums are the window's counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from analytics.lazy import lazy
from analytics.metric import Cell, Grid
from analytics.moments import instant, within
from analytics.window import Window
from analytics.words import month, week

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from analytics.moments import Moments
else:
    np = lazy("numpy")

# More bars than this are too thin for a phone: weeks give way to months.
MOST_BARS = 60
# Up to this long a window is drawn by the day; a default question's four weeks would be five bars, two of them cut.
LONGEST_BY_DAY = timedelta(days=45)
TICK = timedelta(microseconds=1)
MONDAY = 3  # 1970-01-01 was a Thursday: three days after a Monday


class Size(StrEnum):
    """How long a bucket is; the value is also the column's name in a table."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, eq=False)
class Buckets:
    """The consecutive buckets of one size that a window touches, the first numbered `first` (counted since 1970)."""

    size: Size
    window: Window
    first: int
    count: int

    @classmethod
    def over(cls, size: Size, window: Window, *events: Moments) -> Buckets:
        """Return the buckets of `window`; those of the whole history begin with the first of the `events`."""
        last = ordinal(size, np.array([instant(window.until - TICK)]))[0]
        first = ordinal(size, np.array([instant(window.since)]))[0]
        if window.whole:
            known = [at[within(at, window)] for at in events]
            first = min((ordinal(size, at.min()) for at in known if len(at)), default=last)
        return cls(size, window, int(first), int(last - first) + 1)

    def tally(self, at: Moments) -> list[int]:
        """Return how many of the moments fall into each bucket; those outside the window fall into none."""
        inside = at[within(at, self.window)]
        counts: list[int] = np.bincount(ordinal(self.size, inside) - self.first, minlength=self.count).tolist()
        return counts

    def starts(self) -> list[datetime]:
        """Return when each bucket begins, also where that is before the window does."""
        return [start(self.size, self.first + index) for index in range(self.count)]

    def ends(self) -> Moments:
        """Return when each bucket ends, the window's `until` for the last one."""
        following = [start(self.size, self.first + index + 1) for index in range(self.count)]
        return np.array([instant(min(moment, self.window.until)) for moment in following], dtype="datetime64[us]")

    def grid(self, columns: Mapping[str, Sequence[Cell]]) -> Grid:
        """Return a table with one row per bucket: its label, then the named columns."""
        labels = [label(self.size, moment) for moment in self.starts()]
        return Grid((str(self.size), *columns), tuple(zip(labels, *columns.values(), strict=True)))


def ordinal(size: Size, at: Any) -> NDArray[np.int64]:
    """Return the bucket of each moment, numbered from the one that holds 1970-01-01 = 0."""
    if size is Size.MONTH:
        months: NDArray[np.int64] = at.astype("datetime64[M]").astype("int64")
        return months
    days: NDArray[np.int64] = at.astype("datetime64[D]").astype("int64")
    return days if size is Size.DAY else (days + MONDAY) // 7


def start(size: Size, number: int) -> datetime:
    """Return when the bucket of that number begins."""
    if size is Size.MONTH:
        return datetime(1970 + number // 12, number % 12 + 1, 1, tzinfo=UTC)
    days = number if size is Size.DAY else number * 7 - MONDAY
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=days)


def label(size: Size, moment: datetime) -> str:
    """Return `2026-07-09`, `2026-W28` or `2026-07`."""
    if size is Size.DAY:
        return f"{moment:%Y-%m-%d}"
    return week(moment) if size is Size.WEEK else month(moment)


def read_label(size: Size, text: str) -> datetime:
    """Return when the bucket with that label begins."""
    if size is Size.WEEK:
        year, number = text.split("-W")
        day = date.fromisocalendar(int(year), int(number), 1)
    else:
        day = date.fromisoformat(text if size is Size.DAY else f"{text}-01")
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def sizes(window: Window) -> tuple[Size, ...]:
    """Return the bucket sizes worth counting in `window`: weeks and months always, days in a short one."""
    return tuple(Size) if window.length <= LONGEST_BY_DAY else (Size.WEEK, Size.MONTH)


def for_picture(tables: Mapping[str, Grid]) -> tuple[Size, Grid]:
    """Return the finest of the tables `per_day`, `per_week` and `per_month` that a picture has room for."""
    for size in Size:
        grid = tables.get(f"per_{size}")
        if grid is not None and (size is Size.MONTH or len(grid.rows) <= MOST_BARS):
            return size, grid
    raise ValueError("there is no table per_day, per_week or per_month to draw")


def times(size: Size, grid: Grid) -> tuple[datetime, ...]:
    """Return when each row's bucket begins."""
    return tuple(read_label(size, str(row[0])) for row in grid.rows)


def end_times(size: Size, grid: Grid, window: Window) -> tuple[datetime, ...]:
    """Return when each row's bucket ends, the window's `until` for the last one."""
    return (*times(size, grid)[1:], window.until)


def column(grid: Grid, name: str) -> tuple[Any, ...]:
    """Return one column of a table."""
    position = grid.columns.index(name)
    return tuple(row[position] for row in grid.rows)
