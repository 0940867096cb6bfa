"""What a table of pairs would hold if rows and columns did not care about each other, no one pairing with himself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.lazy import lazy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
else:
    np = lazy("numpy")

ROUNDS = 200
CLOSE_ENOUGH = 1e-9
# About one in 370 cells lies further out by chance alone.
UNUSUAL = 3.0


def quasi_independence(rows: Floats, columns: Floats) -> tuple[Floats, Floats]:
    """Return factors a and b so that the expected count of cell (i, j), i != j, is a[i] * b[j].

    `rows[k]` and `columns[k]` are the totals of actor k as a row and as a column. The diagonal is impossible, which
    plain row * column / total ignores: whoever opens most pull requests cannot review them. Iterative proportional
    fitting with structural zeros: Bishop, Fienberg and Holland (1975), Discrete Multivariate Analysis, section 5.2;
    with zeros on the diagonal alone each round needs only the sums of a and b.
    """
    a, b = np.zeros(len(rows)), columns.astype("float64") / max(float(columns.sum()), 1.0)
    for _ in range(ROUNDS):
        a = scaled(rows, b.sum() - b)
        following = scaled(columns, a.sum() - a)
        moved = np.abs(following - b).max(initial=0.0)
        b = following
        if moved <= CLOSE_ENOUGH * b.max(initial=0.0):
            break
    return a, b


def scaled(totals: Floats, weights: Floats) -> Floats:
    """Return totals / weights, 0 where nothing can be placed."""
    # Rounding may leave a tiny weight, even a negative one, where a single actor has all of it.
    possible = (totals > 0) & (weights > 1e-12)
    return np.divide(totals, weights, out=np.zeros(len(totals)), where=possible)


def deviates(counts: Floats, expected: Floats) -> Floats:
    """Return how far each count lies from its expectation, in standard deviations of a Poisson count, nearly normal.

    sqrt(x) + sqrt(x + 1) - sqrt(4 e + 1): Freeman and Tukey (1950), Annals of Mathematical Statistics 21.
    """
    far: Floats = np.sqrt(counts) + np.sqrt(counts + 1) - np.sqrt(4 * expected + 1)
    return far
