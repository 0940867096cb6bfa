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

    Factors = tuple[NDArray[np.float64], NDArray[np.float64]]
else:
    np = lazy("numpy")

SHOWN = 40  # reviewers, and authors, of the matrix
ALWAYS_SHOWN, FEWEST = 20, 5  # beyond the first twenty, whoever has fewer reviews would only make the rest smaller
MATRIX_COLUMNS = ("reviewer", "author", "reviews", "unusual", "reviewer_is_bot", "author_is_bot")
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
    factors = independent(pairs, len(load))
    rows = pair_rows(pairs, factors[0][pairs.reviewer] * factors[1][pairs.author], roster)
    return {
        "pairs_by_reviews": ranked(rows, pairs.reviews, pairs, roster),
        "pairs_by_pulls": ranked(rows, pairs.pulls, pairs, roster),
        "reviewers": reviewer_grid(pairs, load, roster),
        "matrix": matrix(pairs, load, factors, roster),
    }


def independent(pairs: Pairs, actors: int) -> Factors:
    """Return factors of every actor as reviewer and as author: their product is what a pair would have by chance."""
    rows = np.bincount(pairs.reviewer, pairs.reviews, minlength=actors).astype("float64")
    columns = np.bincount(pairs.author, pairs.reviews, minlength=actors).astype("float64")
    return quasi_independence(rows, columns)


def pair_rows(pairs: Pairs, expected: NDArray[np.float64], roster: Roster) -> list[tuple[Cell, ...]]:
    """Return one row per pair, in the order of `pairs`; both rankings hold these same rows."""
    rows = zip(
        [roster.names[code] for code in pairs.reviewer.tolist()],
        [roster.names[code] for code in pairs.author.tolist()],
        pairs.reviews.tolist(),
        pairs.pulls.tolist(),
        np.round(expected, 3).tolist(),
        unusual(pairs.reviews, expected),
        roster.is_bot[pairs.reviewer].tolist(),
        roster.is_bot[pairs.author].tolist(),
        strict=True,
    )
    return list(rows)


def unusual(reviews: NDArray[np.int64], expected: NDArray[np.float64]) -> list[str]:
    """Return `high` or `low` for each count that lies far from its expectation, else nothing."""
    far = deviates(reviews.astype("float64"), expected)
    said: list[str] = np.where(far > UNUSUAL, "high", np.where(far < -UNUSUAL, "low", "")).tolist()
    return said


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


def matrix(pairs: Pairs, load: NDArray[np.int64], factors: Factors, roster: Roster) -> Grid:
    """Return the cells of the busiest reviewers and most reviewed authors, one row each, 0 included.

    A pair without a review can be unusual, too; nobody with himself is a pair.
    """
    reviewed = np.bincount(pairs.author, pairs.reviews, minlength=len(load)).astype("int64")
    reviewers, authors = shown(load, roster), shown(reviewed, roster)
    place = np.full((2, len(load)), -1)
    place[0, reviewers], place[1, authors] = np.arange(len(reviewers)), np.arange(len(authors))
    at = place[0, pairs.reviewer], place[1, pairs.author]
    found = (at[0] >= 0) & (at[1] >= 0)
    counts = np.zeros((len(reviewers), len(authors)), dtype="int64")
    counts[at[0][found], at[1][found]] = pairs.reviews[found]
    expected = np.outer(factors[0][reviewers], factors[1][authors])
    expected[reviewers[:, None] == authors] = 0.0
    who, whose = np.repeat(reviewers, len(authors)).tolist(), np.tile(authors, len(reviewers)).tolist()
    rows = zip(
        [roster.names[code] for code in who],
        [roster.names[code] for code in whose],
        counts.ravel().tolist(),
        unusual(counts.ravel(), expected.ravel()),
        roster.is_bot[who].tolist(),
        roster.is_bot[whose].tolist(),
        strict=True,
    )
    return Grid(MATRIX_COLUMNS, tuple(rows))


def shown(load: NDArray[np.int64], roster: Roster) -> NDArray[np.int64]:
    """Return the actors with most, at most 40; of those beyond the first 20 only the ones with at least five."""
    first = busiest(load, roster)[:SHOWN]
    kept: NDArray[np.int64] = first[(np.arange(len(first)) < ALWAYS_SHOWN) | (load[first] >= FEWEST)]
    return kept


def busiest(load: NDArray[np.int64], roster: Roster) -> NDArray[np.int64]:
    """Return the actors with any load, most first, ties by lower-cased login."""
    busy = np.flatnonzero(load)
    first: NDArray[np.int64] = busy[np.lexsort((roster.rank[busy], -load[busy]))]
    return first
