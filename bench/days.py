"""Days of traffic as a repository has them: a weekday's rhythm, some great days, and spans that nobody knows."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

GREAT = 331  # days from one great day to the next


def counts(first: date, length: int, gaps: Sequence[tuple[int, int]], middle: float = 4) -> dict[date, int | None]:
    """Return views per day from `first` on, around e to the power of `middle`; always the same ones.

    gaps: days from the beginning, and how many are unknown from there on; these are None.
    """
    chance = random.Random(7)
    unknown = {begin + day for begin, size in gaps for day in range(size)}
    found: dict[date, int | None] = {}
    for number in range(length):
        day = first + timedelta(days=number)
        weight = (0.5 if day.weekday() > 4 else 1) * (9 if number % GREAT == 0 else 1)
        count = round(chance.lognormvariate(middle, 0.4) * weight)
        found[day] = None if number in unknown else count
    return found
