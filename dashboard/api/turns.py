"""How many answers are computed at once for one person: whoever asks for hundreds does not take the whole pool."""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary

from dashboard.of_fronts import OfFronts

AT_ONCE = 2


class Turns:
    """The turns of the people who ask just now."""

    def __init__(self) -> None:
        self.held: WeakValueDictionary[int, asyncio.Semaphore] = WeakValueDictionary()

    def of(self, person_id: int) -> asyncio.Semaphore:
        """Return what a person's answers are computed within, by whatever token they are asked for."""
        return self.held.setdefault(person_id, asyncio.Semaphore(AT_ONCE))


TURNS: OfFronts[Turns] = OfFronts(lambda _: Turns())
