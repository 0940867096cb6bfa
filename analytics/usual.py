"""One figure against a repository's usual ones: their median, and between which of them it lies.

No pandas, no numpy: these few values travel between processes and are put into words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FEWEST = 5
"""Of fewer than this nothing is said: a median of four is an anecdote."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual: the median of `n` values, how many of them are larger than one's own, and how many smaller.

    own: in the same unit as the others, hours or a count; None where there is none to compare.
    """

    own: float | None
    median: float | None
    n: int
    larger: int = 0
    smaller: int = 0

    @classmethod
    def of(cls, own: float | None, others: Sequence[float]) -> Usual:
        """Place `own` among the others, which are not it; below FEWEST of them there is no median."""
        if len(others) < FEWEST:
            return cls(own, None, len(others))
        ordered = sorted(others)
        half = len(ordered) // 2
        middle = ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
        if own is None:
            return cls(None, middle, len(ordered))
        return cls(
            own,
            middle,
            len(ordered),
            larger=sum(value > own for value in ordered),
            smaller=sum(value < own for value in ordered),
        )

    @property
    def tenths(self) -> int:
        """Of ten others, how many are larger, less those that are smaller: from -10 to 10; 0 without a comparison."""
        if self.median is None or self.own is None:
            return 0
        if self.larger >= self.smaller:
            return round(10 * self.larger / self.n)
        return -round(10 * self.smaller / self.n)
