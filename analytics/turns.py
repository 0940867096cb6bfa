"""Whose turn it is: who has to act next on what is open, and since when.

The last to act was either the author or somebody else, bots aside; the turn is the other side's, and has been since
that side was first left with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analytics.lazy import lazy
from analytics.moments import before, moments
from analytics.reviews import COUNTED_STATES
from analytics.tables import Tables

if TYPE_CHECKING:
    from datetime import datetime

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from analytics.moments import Moments
else:
    np = lazy("numpy")

AUTHOR, OTHERS = 0, 1  # who acted
# Asking for a review is the author's side's act, whoever clicks; so is taking a draft out or opening anew.
ASKING = ("ready", "review_requested", "reopened")


@dataclass(frozen=True, eq=False)
class Turns:
    """What is open, one entry each: its number, whether the author is to act (else somebody else is), since when.

    The order is by number. drafts: how many open pull requests are left out because they are drafts.
    """

    number: NDArray[np.int64]
    author_s: NDArray[np.bool_]
    since: Moments
    drafts: int = 0

    def __len__(self) -> int:
        return len(self.number)


def turns_of_pulls(tables: Tables, now: datetime) -> Turns:
    """Return the turns of the pull requests that are open at `now` and no drafts; later events are unknown."""
    opened = still_open(tables.pulls, now)
    drafts = tables.pulls["is_draft"].to_numpy(dtype=bool) & opened
    subjects = Subjects.of(tables, "pulls", opened & ~drafts)
    ready = moments(tables.pulls["ready_at"])[opened & ~drafts]
    reviews, timeline = tables.reviews, tables.timeline
    counted = reviews["state"].isin(COUNTED_STATES).to_numpy()
    asking = timeline["kind"].isin(ASKING).to_numpy()
    acts = (
        subjects.acts(tables, "reviews", "reviewer", moments(reviews["submitted_at"]), counted),
        subjects.acts_in_comments(tables, on_pull=True),
        subjects.acts_of_author(numbers(timeline)[asking], moments(timeline["at"])[asking]),
        subjects.acts_of_author(subjects.number, np.fmax(subjects.begun, ready)),
    )
    return subjects.turns(acts, now, int(drafts.sum()))


def turns_of_issues(tables: Tables, now: datetime) -> Turns:
    """Return the turns of the issues that are open at `now`; later comments are unknown."""
    subjects = Subjects.of(tables, "issues", still_open(tables.issues, now))
    acts = (
        subjects.acts_in_comments(tables, on_pull=False),
        subjects.acts_of_author(subjects.number, subjects.begun),
    )
    return subjects.turns(acts, now, 0)


def still_open(frame: pd.DataFrame, now: datetime) -> NDArray[np.bool_]:
    """Return per row whether it was opened before `now` and had not ended by then."""
    return before(moments(frame["created_at"]), now) & ~before(moments(frame["closed_at"]), now)


def numbers(frame: pd.DataFrame) -> NDArray[np.int64]:
    """Return the numbers of a frame's rows."""
    found: NDArray[np.int64] = frame["number"].to_numpy(dtype="int64", na_value=0)
    return found


@dataclass(frozen=True, eq=False)
class Acts:
    """What was done: on which number, when, by which side."""

    number: NDArray[np.int64]
    at: Moments
    side: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Subjects:
    """What is asked about, in the order of numbers: its author's number in the roster, when it was opened."""

    number: NDArray[np.int64]
    author: NDArray[np.int64]
    begun: Moments

    @classmethod
    def of(cls, tables: Tables, table: str, chosen: NDArray[np.bool_]) -> Subjects:
        """Take the chosen rows of pulls or of issues."""
        frame: pd.DataFrame = getattr(tables, table)
        order = np.argsort(numbers(frame)[chosen], kind="stable")
        authors = tables.roster.codes[f"{table}.author"][chosen]
        begun = moments(frame["created_at"])[chosen]
        return cls(numbers(frame)[chosen][order], authors[order], begun[order])

    def acts_in_comments(self, tables: Tables, *, on_pull: bool) -> Acts:
        """Return the comments on pull requests, or those on issues, as acts."""
        comments = tables.comments
        here = comments["on_pull"].to_numpy(dtype=bool) == on_pull
        return self.acts(tables, "comments", "author", moments(comments["created_at"]), here)

    def acts(self, tables: Tables, table: str, role: str, at: Moments, chosen: NDArray[np.bool_]) -> Acts:
        """Return the chosen rows of a table as acts of whoever did them; what bots did is none."""
        who = tables.roster.codes[f"{table}.{role}"]
        frame: Any = getattr(tables, table)
        here = chosen & ~tables.roster.is_bot[who] & np.isin(numbers(frame), self.number)
        number = numbers(frame)[here]
        own = self.author[np.searchsorted(self.number, number)] == who[here]
        return Acts(number, at[here], np.where(own, AUTHOR, OTHERS))

    def acts_of_author(self, number: NDArray[np.int64], at: Moments) -> Acts:
        """Return acts of the authors' side."""
        here = np.isin(number, self.number)
        return Acts(number[here], at[here], np.full(int(here.sum()), AUTHOR))

    def turns(self, acts: tuple[Acts, ...], now: datetime, drafts: int) -> Turns:
        """Return whose turn follows from the acts before `now`: of each number, the side of the last run of acts."""
        number = np.concatenate([part.number for part in acts])
        at = np.concatenate([part.at for part in acts])
        side = np.concatenate([part.side for part in acts])
        known = before(at, now)
        number, at, side = number[known], at[known], side[known]
        # what was done by the author and by others in one moment was answered in it
        order = np.lexsort((side, at, number))
        number, at, side = number[order], at[order], side[order]
        starts = np.ones(len(number), dtype=bool)
        starts[1:] = (number[1:] != number[:-1]) | (side[1:] != side[:-1])
        runs = np.flatnonzero(starts)
        last = np.ones(len(runs), dtype=bool)
        last[:-1] = number[runs][1:] != number[runs][:-1]
        ends = runs[last]
        return Turns(number[ends], side[ends] == OTHERS, at[ends], drafts)
