"""Who reviewed whose pull requests how often: the pairs, and the tables that name them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.independence import UNUSUAL, deviates, quasi_independence
from analytics.lazy import lazy
from analytics.metric import Cell, Grid
from analytics.reviews import CountedReviews
from analytics.roster import Roster

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = lazy("numpy")

SHOWN = 20  # reviewers, and authors, of the matrix
PAIR_COLUMNS = ("reviewer", "author", "reviews", "pulls", "expected", "unusual", "reviewer_is_bot", "author_is_bot")


@dataclass(frozen=True, eq=False)
class Pairs:
    """Every pair that occurs, one entry each: actor numbers, counted reviews, distinct pull requests."""

    reviewer: NDArray[np.int64]
    author: NDArray[np.int64]
    reviews: NDArray[np.int64]
    pulls: NDArray[np.int64]

    @classmethod
    def of(cls, reviews: CountedReviews, actors: int) -> Pairs:
        """Count the pairs by sorting (pair, pull request) keys, no loop over reviews."""
        pair = reviews.reviewer * actors + reviews.author
        order = np.lexsort((reviews.number, pair))
        pair, pull = pair[order], reviews.number[order]
        new_pair = np.ones(len(pair), dtype=bool)
        new_pair[1:] = pair[1:] != pair[:-1]
        new_pull = new_pair.copy()
        new_pull[1:] |= pull[1:] != pull[:-1]
        starts = np.flatnonzero(new_pair)
        keys = pair[starts]
        per_pair = np.diff(np.append(starts, len(pair)))
        pulls = np.add.reduceat(new_pull.astype("int64"), starts) if len(starts) else starts
        return cls(keys // max(actors, 1), keys % max(actors, 1), per_pair, pulls)


def by_name(pairs: Pairs, load: NDArray[np.int64], roster: Roster) -> dict[str, Grid]:
    """Return the tables that name people, all of their rows; `load` is the reviews that each actor wrote."""
    rows = pair_rows(pairs, expectations(pairs, len(load)), roster)
    return {
        "pairs_by_reviews": ranked(rows, pairs.reviews, pairs, roster),
        "pairs_by_pulls": ranked(rows, pairs.pulls, pairs, roster),
        "reviewers": reviewer_grid(pairs, load, roster),
        "matrix": matrix(pairs, load, roster),
    }


def expectations(pairs: Pairs, actors: int) -> NDArray[np.float64]:
    """Return each pair's expected count of reviews if reviewers did not choose authors."""
    rows = np.bincount(pairs.reviewer, pairs.reviews, minlength=actors).astype("float64")
    columns = np.bincount(pairs.author, pairs.reviews, minlength=actors).astype("float64")
    a, b = quasi_independence(rows, columns)
    expected: NDArray[np.float64] = a[pairs.reviewer] * b[pairs.author]
    return expected


def pair_rows(pairs: Pairs, expected: NDArray[np.float64], roster: Roster) -> list[tuple[Cell, ...]]:
    """Return one row per pair, in the order of `pairs`; both rankings hold these same rows."""
    far = deviates(pairs.reviews.astype("float64"), expected)
    rows = zip(
        [roster.names[code] for code in pairs.reviewer.tolist()],
        [roster.names[code] for code in pairs.author.tolist()],
        pairs.reviews.tolist(),
        pairs.pulls.tolist(),
        np.round(expected, 3).tolist(),
        np.where(far > UNUSUAL, "high", np.where(far < -UNUSUAL, "low", "")).tolist(),
        roster.is_bot[pairs.reviewer].tolist(),
        roster.is_bot[pairs.author].tolist(),
        strict=True,
    )
    return list(rows)


def ranked(rows: Sequence[tuple[Cell, ...]], by: NDArray[np.int64], pairs: Pairs, roster: Roster) -> Grid:
    """Rank the pairs by count, ties by lower-cased reviewer, then author."""
    order = np.lexsort((roster.rank[pairs.author], roster.rank[pairs.reviewer], -by))
    return Grid(PAIR_COLUMNS, tuple(rows[place] for place in order.tolist()))


def reviewer_grid(pairs: Pairs, load: NDArray[np.int64], roster: Roster) -> Grid:
    """Rank the reviewers by counted reviews, with the distinct pull requests of each and the share of all reviews."""
    pulls = np.bincount(pairs.reviewer, pairs.pulls, minlength=len(load)).astype("int64")
    total = int(load.sum())
    rows = (
        (roster.names[code], int(load[code]), int(pulls[code]), float(load[code]) / total, bool(roster.is_bot[code]))
        for code in busiest(load, roster)
    )
    return Grid(("reviewer", "reviews", "pulls", "share", "is_bot"), tuple(rows))


def matrix(pairs: Pairs, load: NDArray[np.int64], roster: Roster) -> Grid:
    """Return the cells of the busiest reviewers and most reviewed authors, one row each, 0 included."""
    reviewed = np.bincount(pairs.author, pairs.reviews, minlength=len(load)).astype("int64")
    reviewers, authors = busiest(load, roster)[:SHOWN], busiest(reviewed, roster)[:SHOWN]
    found = np.isin(pairs.reviewer, reviewers) & np.isin(pairs.author, authors)
    cells = {
        (int(who), int(whose)): int(total)
        for who, whose, total in zip(pairs.reviewer[found], pairs.author[found], pairs.reviews[found], strict=True)
    }
    bot = roster.is_bot.tolist()
    rows = (
        (roster.names[who], roster.names[whose], cells.get((int(who), int(whose)), 0), bot[who], bot[whose])
        for who in reviewers
        for whose in authors
    )
    return Grid(("reviewer", "author", "reviews", "reviewer_is_bot", "author_is_bot"), tuple(rows))


def busiest(load: NDArray[np.int64], roster: Roster) -> NDArray[np.int64]:
    """Return the actors with any load, most first, ties by lower-cased login."""
    busy = np.flatnonzero(load)
    first: NDArray[np.int64] = busy[np.lexsort((roster.rank[busy], -load[busy]))]
    return first
