"""Which reviews count: submitted in the window, in a counted state, by somebody known and for somebody else known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.lazy import lazy
from analytics.moments import moments, within
from analytics.roster import GHOST_CODE
from analytics.tables import Tables
from analytics.window import Window
from analytics.words import plural

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

    self_reviews: how many were left out because reviewer and author are one account, ignoring case · of_deleted: the
    pull request of each that was left out because either account is deleted, so that nobody can say who reviewed whom.
    """

    reviewer: NDArray[np.int64]
    author: NDArray[np.int64]
    number: NDArray[np.int64]
    at: Moments
    self_reviews: int
    of_deleted: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.number)

    @property
    def deleted(self) -> int:
        """How many were left out because either account is deleted."""
        return len(self.of_deleted)

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about what does not count for the sake of a deleted account."""
        return deleted_note(self.deleted)


def deleted_note(deleted: int) -> tuple[str, ...]:
    """Return the sentence about reviews by or for deleted accounts, none where there are none."""
    return (f"{plural(deleted, 'review')} by or for deleted accounts left out",) if deleted else ()


def counted_reviews(tables: Tables, window: Window) -> CountedReviews:
    """Return the reviews of the window that count; a pending one has no `submitted_at` and is never in a window."""
    reviews = tables.reviews
    at = moments(reviews["submitted_at"])
    inside = within(at, window)
    inside[inside] = reviews["state"][inside].isin(COUNTED_STATES).to_numpy()
    reviewer = tables.roster.codes["reviews.reviewer"][inside]
    author = tables.roster.codes["reviews.author"][inside]
    number = reviews["number"][inside].to_numpy(dtype="int64", na_value=0)
    known = (reviewer != GHOST_CODE) & (author != GHOST_CODE)
    counted = known & (reviewer != author)
    return CountedReviews(
        reviewer[counted],
        author[counted],
        number[counted],
        at[inside][counted],
        self_reviews=int(known.sum()) - int(counted.sum()),
        of_deleted=number[~known],
    )
