"""One pull request's own waits against those of the pull requests that were merged in the 90 days before."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from analytics.lazy import lazy
from analytics.moments import instant, moments
from analytics.reviews import counted_reviews
from analytics.roster import GHOST_CODE
from analytics.tables import Tables
from analytics.usual import Usual
from analytics.waits import Waits
from analytics.window import BEGINNING, Window

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = lazy("numpy")

USUAL_OVER = timedelta(days=90)
CHANGES = "CHANGES_REQUESTED"
MICROSECONDS_PER_HOUR = 3_600_000_000


@dataclass(frozen=True, slots=True)
class PullWaits:
    """What one pull request waited for, each against the usual; hours, rounds as a count.

    merged: whether it was; then `merge` is from opening to the merge, else `age` says how long it has been open ·
    first_review: from when it was first ready, by a person; its `own` is None where nobody has reviewed it · rounds: of
    review, see `rounds_of` · by_program: its author is a program, and so are those that it is compared with.
    """

    number: int
    merged: bool
    by_program: bool
    age: float
    first_review: Usual
    merge: Usual
    rounds: Usual


def pull_waits(tables: Tables, number: int, until: datetime) -> PullWaits | None:
    """Return what the pull request waited for up to `until`; None where it is not in the tables.

    Compared with are the pull requests merged in the 90 days before it was (before `until`, if it is not), of people or
    of programs as it is itself. A negative duration, which only odd data has, is none.
    """
    pulls = tables.pulls
    numbers = pulls["number"].to_numpy(dtype="int64", na_value=0)
    (found,) = np.flatnonzero(numbers == number)[:1].tolist() or (None,)
    created, merged = moments(pulls["created_at"]), moments(pulls["merged_at"])
    if found is None or created[found] >= instant(until):
        return None
    is_merged = bool(merged[found] < instant(until))
    end = merged[found] if is_merged else instant(until)
    authors = tables.roster.codes["pulls.author"]
    programs = tables.roster.is_bot[authors]
    others = (merged > end - np.timedelta64(USUAL_OVER)) & (merged <= end) & (programs == programs[found])
    others[found] = False
    to_merge = in_hours(created, merged)
    review = first_reviews(tables, numbers, until)
    rounds = rounds_of(tables, numbers, until)
    return PullWaits(
        number,
        is_merged,
        bool(programs[found]),
        float(in_hours(created[found : found + 1], np.array([end]))[0]),
        first_review=placed(review, found, others),
        merge=Usual.of(known(to_merge[found]) if is_merged else None, kept(to_merge[others])),
        rounds=placed(rounds, found, others),
    )


def placed(values: NDArray[np.float64], place: int, others: NDArray[np.bool_]) -> Usual:
    """Return one of the values against those of the others that are known."""
    return Usual.of(known(values[place]), kept(values[others]))


def known(value: np.float64) -> float | None:
    """Return a value, None for an unknown one."""
    return None if np.isnan(value) else float(value)


def kept(values: NDArray[np.float64]) -> list[float]:
    """Return the values that are known."""
    found: list[float] = values[~np.isnan(values)].tolist()
    return found


def in_hours(start: NDArray[np.datetime64], end: NDArray[np.datetime64]) -> NDArray[np.float64]:
    """Return the hours from one to the other, NaN where an end is unknown or before the start."""
    spans = (end - start).astype("timedelta64[us]")
    hours = np.where(np.isnat(spans), np.nan, spans.astype("int64") / MICROSECONDS_PER_HOUR)
    return np.where(hours < 0, np.nan, hours)


def first_reviews(tables: Tables, numbers: NDArray[np.int64], until: datetime) -> NDArray[np.float64]:
    """Return the hours from ready to the first review by a person while it was open, NaN where there was none."""
    waits = Waits.of(tables, Window(BEGINNING, until))
    answered = waits.answered()
    hours = np.where(answered, in_hours(waits.start, waits.answer), np.nan)
    of = dict(zip(waits.number.tolist(), hours.tolist(), strict=True))
    return np.array([of.get(number, np.nan) for number in numbers.tolist()], dtype="float64")


def rounds_of(tables: Tables, numbers: NDArray[np.int64], until: datetime) -> NDArray[np.float64]:
    """Return how many rounds of review each had, 0 without a review by a person.

    The first review begins the first round; whoever asked for changes and reviews again begins the next. Where several
    do, those of the one who came back most often count, since they are rounds side by side.
    """
    reviews = counted_reviews(tables, Window(BEGINNING, until))
    by_person = ~tables.roster.is_bot[reviews.reviewer] & (reviews.reviewer != GHOST_CODE)
    asked = changes_requested(tables, until)
    again: defaultdict[int, Counter[int]] = defaultdict(Counter)
    open_requests: set[tuple[int, int]] = set()
    order = np.lexsort((reviews.reviewer, reviews.at))
    for place in order[by_person[order]].tolist():
        number, reviewer = int(reviews.number[place]), int(reviews.reviewer[place])
        again[number][reviewer] += (number, reviewer) in open_requests
        open_requests.discard((number, reviewer))
        if (number, reviewer, int(reviews.at[place].astype("int64"))) in asked:
            open_requests.add((number, reviewer))
    rounds = {number: 1 + max(counts.values()) for number, counts in again.items()}
    return np.array([rounds.get(number, 0) for number in numbers.tolist()], dtype="float64")


def changes_requested(tables: Tables, until: datetime) -> set[tuple[int, int, int]]:
    """Return who asked for changes where and when: pull request, actor, microseconds."""
    reviews = tables.reviews
    at = moments(reviews["submitted_at"])
    wanted = (reviews["state"] == CHANGES).to_numpy(dtype=bool) & (at < instant(until))
    numbers = reviews["number"].to_numpy(dtype="int64", na_value=0)[wanted].tolist()
    who = tables.roster.codes["reviews.reviewer"][wanted].tolist()
    return set(zip(numbers, who, at[wanted].astype("int64").tolist(), strict=True))
