"""What pages keep in memory, one of each for every dashboard of this process: it goes with the dashboard's shelf."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from dashboard.front import Front
from dashboard.shelf import Shelf

K = TypeVar("K")


class OfFronts(Generic[K]):
    """One of something for each dashboard, made when it is first asked for.

    `OfFronts(make)` calls make(front); `.of(front)` returns what it made.
    """

    def __init__(self, make: Callable[[Front], K]) -> None:
        self.make = make
        self.of_shelves: WeakKeyDictionary[Shelf, K] = WeakKeyDictionary()

    def of(self, front: Front) -> K:
        """Return what belongs to a dashboard."""
        found = self.of_shelves.get(front.shelf)
        if found is None:
            found = self.of_shelves[front.shelf] = self.make(front)
        return found
