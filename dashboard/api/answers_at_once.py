"""How many answers are computed at once for one person: whoever asks for hundreds does not take the whole pool."""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary

from dashboard.of_fronts import OfFronts

AT_ONCE = 2


class AnswersAtOnce:
    """What the answers of each person who asks just now are computed within."""

    def __init__(self) -> None:
        self.held: WeakValueDictionary[int, asyncio.Semaphore] = WeakValueDictionary()

    def of(self, person_id: int) -> asyncio.Semaphore:
        """Return what a person's answers are computed within, by whatever token they are asked for."""
        return self.held.setdefault(person_id, asyncio.Semaphore(AT_ONCE))


ANSWERS_AT_ONCE: OfFronts[AnswersAtOnce] = OfFronts(lambda _: AnswersAtOnce())
