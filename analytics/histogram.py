"""Durations counted between the marks of the axis that pictures of them have."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from analytics.charts.axis import HOUR_MARKS
from analytics.metric import Grid


def histogram(ordered: Sequence[float]) -> Grid:
    """Count sorted hours between the marks of the picture's axis; a bar has its lower mark; the last has no end."""
    marks = [mark for mark, _ in HOUR_MARKS]
    below = [0, *(bisect_left(ordered, mark) for mark in marks), len(ordered)]
    counts = [right - left for left, right in pairwise(below)]
    return Grid(("from_hours", "to_hours", "n"), tuple(zip([0.0, *marks], [*marks, None], counts, strict=True)))
