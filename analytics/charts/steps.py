"""Step functions as lines and as bands between two of them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from analytics.charts.layout import Box
from analytics.charts.theme import mix

if TYPE_CHECKING:
    from analytics.charts.pen import Pen

TINT, EDGE = 0.16, 0.48  # share of its colour that a band, and its edge, keeps
EDGE_POINTS = 0.7

Points = list[tuple[float, float]]
Between = tuple[float, float | None, float | None]  # an x, and the two y of a band from there on


def corners(points: Sequence[tuple[float, float]]) -> Points:
    """Return the corners of a line that keeps each y until the next x; of all steps in one pixel the last is drawn."""
    found: Points = [points[0]]
    for x, y in points[1:]:
        if round(x) == round(found[-1][0]):
            found[-1] = (found[-1][0], y)
            continue
        if y != found[-1][1]:
            found.append((x, found[-1][1]))
        found.append((x, y))
    return found


def band(canvas: Pen, between: Sequence[Between], ink: str) -> None:
    """Fill the room between two step functions, with edges that show through other bands; broken where unknown."""
    run: list[tuple[float, float, float]] = []
    for x, low, high in [*between, (0.0, None, None)]:
        if low is not None and high is not None and not math.isnan(low + high):
            run.append((x, low, high))
            continue
        if len(run) > 1:
            lower, upper = corners([(x, y) for x, y, _ in run]), corners([(x, y) for x, _, y in run])
            if len(lower) > 1:
                canvas.polygon([*lower, *reversed(upper)], mix(canvas.theme.background, ink, TINT))
            for edge in (lower, upper):
                canvas.polyline(edge, mix(canvas.theme.background, ink, EDGE), EDGE_POINTS)
        run = []


def crossings(line: Points, box: Box) -> int:
    """Return how many stretches of a line run through a box."""
    return sum(
        min(x, u) < box.right and max(x, u) > box.left and min(y, v) < box.bottom and max(y, v) > box.top
        for (x, y), (u, v) in itertools.pairwise(line)
    )
