"""Who waited for a first review since when, and when it came: one entry per pull request opened in a window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.cohort import Cohort
from analytics.lazy import lazy
from analytics.moments import before as known_before
from analytics.moments import instant, moments, within
from analytics.reviews import counted_reviews
from analytics.roster import GHOST_CODE
from analytics.tables import Tables
from analytics.window import BEGINNING, Window

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from analytics.moments import Moments
else:
    np = lazy("numpy")

NEVER = 2**63 - 1  # later than any moment


@dataclass(frozen=True, eq=False)
class Waits:
    """The pull requests opened in a window; reviews are counted ones by people, before the window's end.

    start: when it first was not a draft, NaT while it is one, and of deleted accounts', since nobody can say whether a
    review was somebody else's · end: when it was merged or closed, NaT while open · first: its first review of any
    time · answer: its first review at or after `start` · of_drafts: how many reviews came before `start` · by_bots:
    how many by bots were left out · by_deleted: how many by deleted accounts · deleted: how many pull requests are
    deleted accounts'.
    """

    number: NDArray[np.int64]
    created: Moments
    start: Moments
    end: Moments
    first: Moments
    answer: Moments
    of_drafts: int
    by_bots: int
    by_deleted: int
    deleted: int
    until: np.datetime64
    """The window's end, UTC in microseconds."""

    @classmethod
    def of(cls, tables: Tables, window: Window) -> Waits:
        """Find the reviews of each pull request opened in `window` that are known by its end."""
        pulls = tables.pulls
        created = moments(pulls["created_at"])
        opened = within(created, window)
        ready, merged, closed = (moments(pulls[name])[opened] for name in ("ready_at", "merged_at", "closed_at"))
        created = created[opened]
        # what is not known to have been a draft was none; what is one, and never was ready, has not begun to wait
        begun = np.where(np.isnat(ready) & ~pulls["is_draft"].to_numpy()[opened], created, ready)
        known = tables.roster.codes["pulls.author"][opened] != GHOST_CODE
        start = np.where(known & known_before(begun, window.until), begun, np.datetime64("NaT"))
        end = np.where(known_before(merged, window.until), merged, closed)
        end = np.where(known_before(end, window.until), end, np.datetime64("NaT"))
        number = pulls["number"][opened].to_numpy(dtype="int64", na_value=0)
        reviews = counted_reviews(tables, Window(BEGINNING, window.until))
        row = places(reviews.number, number)
        bots = tables.roster.is_bot[reviews.reviewer]
        by_bots = int(((row >= 0) & bots).sum())
        by_deleted = int(np.isin(reviews.of_deleted, number[known]).sum())
        row, at = row[(row >= 0) & ~bots], reviews.at[(row >= 0) & ~bots]
        after = at >= start[row]
        of_drafts = int((~after & ~(begun[row] <= created[row])).sum())
        first, answer = earliest(row, at, len(number)), earliest(row[after], at[after], len(number))
        deleted = int((~known).sum())
        left_out = (of_drafts, by_bots, by_deleted, deleted)
        return cls(number, created, start, end, first, answer, *left_out, instant(window.until))

    def __len__(self) -> int:
        return len(self.number)

    @property
    def drafts(self) -> int:
        """How many were still drafts at the end: nobody was waited for."""
        return int(np.isnat(self.start).sum()) - self.deleted

    def cohort(self) -> Cohort:
        """Follow each from `start` to its first review; being merged or closed unreviewed ends it otherwise."""
        return Cohort.until(self.start, self.answer, self.end, self.until)

    def answered(self) -> NDArray[np.bool_]:
        """Return which were reviewed while they waited: not as drafts, and not after they had ended."""
        known = ~np.isnat(self.answer)
        answered: NDArray[np.bool_] = known & ~(self.end < self.answer)
        return answered

    def waiting(self) -> NDArray[np.bool_]:
        """Return which wait at the window's end: ready, open, and not reviewed since."""
        waiting: NDArray[np.bool_] = ~np.isnat(self.start) & np.isnat(self.end) & np.isnat(self.answer)
        return waiting

    def waited(self) -> Moments:
        """Return until when each waited: its first review, its end, or the window's end."""
        last = np.where(self.answered(), self.answer, self.end)
        waited: Moments = np.where(np.isnat(last), self.until, last)
        return waited


def places(wanted: NDArray[np.int64], among: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each wanted number stands in `among`, -1 where it does not."""
    if not len(among):
        return np.full(len(wanted), -1, dtype="int64")
    order = np.argsort(among, kind="stable")
    spot = np.minimum(np.searchsorted(among[order], wanted), len(among) - 1)
    found = order[spot]
    return np.where(among[found] == wanted, found, -1)


def earliest(row: NDArray[np.int64], at: Moments, size: int) -> Moments:
    """Return the first moment of each of `size` rows, NaT where there is none."""
    ticks = np.full(size, NEVER, dtype="int64")
    np.minimum.at(ticks, row, at.astype("datetime64[us]").astype("int64"))
    first: Moments = np.where(ticks == NEVER, np.iinfo("int64").min, ticks).view("datetime64[us]")
    return first
