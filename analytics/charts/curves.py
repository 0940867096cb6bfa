"""The ground of a picture of places, and lines on it that bend instead of breaking."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from analytics.charts.layout import Box

EDGE = 8  # pixels of a dot on the first or last date
MOST_STEPS = 26  # moments that are drawn: a fortnight's list every fortnight of a year; every day would be a tangle
TANGLE = 250  # places that all lines together may go up and down
BEND = 8  # points of a curve from one place to the next


@dataclass(frozen=True, slots=True)
class Ground:
    """Where dates and places of a list stand."""

    box: Box
    dates: Sequence[date]
    places: int

    @property
    def row(self) -> float:
        return self.box.height / max(1, self.places)

    def across(self, day: date) -> float:
        """Return the x of a date; a single one stands at the right, where the names are."""
        length = (self.dates[-1] - self.dates[0]).days
        share = (day - self.dates[0]).days / length if length else 1.0
        return self.box.left + EDGE + (self.box.width - 2 * EDGE) * share

    def height(self, place: int) -> float:
        """Return the y of a place's row."""
        return self.box.top + (place - 0.5) * self.row


def thinned(dates: int, lines: Sequence[Sequence[int | None]]) -> tuple[int, ...]:
    """Return the indexes of the dates to draw: all of a few, else the last of equal stretches, longer in a tangle.

    lines: each name's place on every date.
    """
    steps = tuple(range(dates))
    for most in (MOST_STEPS, MOST_STEPS // 2, MOST_STEPS // 4):
        if dates > most:
            steps = tuple(round((step + 1) * dates / most) - 1 for step in range(most))
        if sum(_moves([line[step] for step in steps]) for line in lines) <= TANGLE:
            break
    return steps


def _moves(places: Sequence[int | None]) -> int:
    pairs = itertools.pairwise(places)
    return sum(abs(one - other) for one, other in pairs if one is not None and other is not None)


def bent(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return `points` joined by curves that are level at each of them."""
    curve = [points[0]]
    for (x, y), (u, v) in itertools.pairwise(points):
        if y == v:
            curve.append((u, v))
            continue
        for step in range(1, BEND + 1):
            share = step / BEND
            curve.append((x + (u - x) * share, y + (v - y) * share * share * (3 - 2 * share)))
    return curve
