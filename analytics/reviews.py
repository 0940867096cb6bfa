"""Which reviews count: submitted in the window, in a counted state, by someone other than the pull request's author."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.lazy import lazy
from analytics.moments import moments, within
from analytics.tables import Tables
from analytics.window import Window

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from analytics.moments import Moments
else:
    np = lazy("numpy")

COUNTED_STATES = ("APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED")


@dataclass(frozen=True, eq=False)
class CountedReviews:
    """The counted reviews, one entry each: actor numbers of the roster, the pull request's number, when submitted.

    self_reviews: how many were left out because reviewer and author are one account, ignoring case.
    """

    reviewer: NDArray[np.int64]
    author: NDArray[np.int64]
    number: NDArray[np.int64]
    at: Moments
    self_reviews: int

    def __len__(self) -> int:
        return len(self.number)


def counted_reviews(tables: Tables, window: Window) -> CountedReviews:
    """Return the reviews of the window that count; a pending one has no `submitted_at` and is never in a window."""
    reviews = tables.reviews
    at = moments(reviews["submitted_at"])
    inside = within(at, window)
    inside[inside] = reviews["state"][inside].isin(COUNTED_STATES).to_numpy()
    reviewer = tables.roster.codes["reviews.reviewer"][inside]
    author = tables.roster.codes["reviews.author"][inside]
    number = reviews["number"][inside].to_numpy(dtype="int64", na_value=0)
    others = reviewer != author
    return CountedReviews(
        reviewer[others], author[others], number[others], at[inside][others], len(others) - int(others.sum())
    )
