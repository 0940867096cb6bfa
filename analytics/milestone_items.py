"""What a closed milestone held, and how long that took against the repository's usual."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from analytics.lazy import lazy
from analytics.merged_pull import in_hours, kept
from analytics.moments import instant, moments
from analytics.stats import median
from analytics.tables import Tables
from analytics.usual import FEWEST, Usual

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy("numpy")

USUAL_OVER = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Item:
    """One issue or pull request of a milestone; `merged_at` is None for an issue and for what was not merged."""

    number: int
    is_pull: bool
    created_at: datetime
    closed_at: datetime | None
    merged_at: datetime | None
    by_program: bool


@dataclass(frozen=True, slots=True)
class MilestoneItems:
    """What one milestone held when it was closed.

    issues, pulls: how many were closed, and merged · unmerged: pull requests closed without a merge · left_open: of
    either · closing, merging: the median hours from opening to the end of the closed issues and of the merged pull
    requests, against those that ended in the 90 days before; `own` is None under five.
    """

    issues: int
    pulls: int
    unmerged: int
    left_open: int
    closing: Usual
    merging: Usual


def place_of(items: Sequence[Item], *, in_threads_of_programs: bool = False) -> int | None:
    """Return the number of the item that was closed last; of one moment, the highest number. None without one."""
    closed = [
        (item.closed_at, item.number)
        for item in items
        if item.closed_at is not None and (in_threads_of_programs or not item.by_program)
    ]
    return max(closed)[1] if closed else None


def milestone_items(tables: Tables, items: Sequence[Item], closed_at: datetime) -> MilestoneItems:
    """Count a milestone's items and take their waits; the usual is of what ended in the 90 days before `closed_at`.

    What is in the milestone is left out of the usual, and so is what programs have opened, on both sides.
    """
    own = {item.number for item in items}
    closing = [length(item.created_at, item.closed_at) for item in items if not item.is_pull and not item.by_program]
    merging = [length(item.created_at, item.merged_at) for item in items if item.is_pull and not item.by_program]
    pulls = [item for item in items if item.is_pull]
    return MilestoneItems(
        issues=sum(not item.is_pull and item.closed_at is not None for item in items),
        pulls=sum(item.merged_at is not None for item in pulls),
        unmerged=sum(item.merged_at is None and item.closed_at is not None for item in pulls),
        left_open=sum(item.closed_at is None for item in items),
        closing=against(tables, "issues", "closed_at", own, closing, closed_at),
        merging=against(tables, "pulls", "merged_at", own, merging, closed_at),
    )


def length(begin: datetime, end: datetime | None) -> float | None:
    """Return hours, None without an end or with one before the beginning."""
    hours = None if end is None else (end - begin).total_seconds() / 3600
    return None if hours is None or hours < 0 else hours


def against(  # noqa: PLR0917 - whose column, without whom, whose hours, until when
    tables: Tables, table: str, end: str, own: set[int], lengths: Sequence[float | None], until: datetime
) -> Usual:
    """Return the median of the milestone's own lengths against those of the rows that ended in the 90 days before."""
    frame = getattr(tables, table)
    ended = moments(frame[end])
    hours = in_hours(moments(frame["created_at"]), ended)
    others = (ended >= instant(until - USUAL_OVER)) & (ended < instant(until))
    others &= ~np.isin(frame["number"].to_numpy(dtype="int64", na_value=0), sorted(own))
    others &= ~tables.roster.is_bot[tables.roster.codes[f"{table}.author"]]
    taken = [value for value in lengths if value is not None]
    return Usual.of(median(taken) if len(taken) >= FEWEST else None, kept(hours[others]))
