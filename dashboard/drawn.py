"""Pictures for pages: drawn in the pool when a browser asks for one, all of an answer at once, and kept for a while.

An answer on the shelf holds no pictures, since most readers see them drawn by their browser; whoever has no scripts
gets PNGs. Each is drawn from the answer's own values, so that no picture knows more than the numbers beside it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from datetime import datetime
from typing import Literal

from dashboard.answers import About
from dashboard.front import Front
from dashboard.of_fronts import OfFronts
from reports.answer import Answer, PictureData
from reports.compute_task import Drawing

MOST_BYTES = 16 * 1024 * 1024
Form = Literal["png", "svg"]
Key = tuple[str, datetime, Form]
Pictures = tuple[PictureData, ...]


class Drawn:
    """The pictures of answers by what was asked and as of when; bounded by bytes, the longest unused go first."""

    def __init__(self) -> None:
        self.kept: OrderedDict[Key, Pictures] = OrderedDict()
        self.drawing: dict[Key, asyncio.Task[Pictures]] = {}
        self.bytes = 0

    async def pictures(self, front: Front, about: About, answer: Answer, form: Form) -> Pictures:
        """Return the pictures of an answer to what `about` asks, drawn once however many ask."""
        key: Key = about.key, answer.as_of, form
        known = self.kept.get(key)
        if known is not None:
            self.kept.move_to_end(key)
            return known
        task = self.drawing.get(key)
        if task is None:
            # a task of its own: whoever asked first may close the page, and the others go on
            task = self.drawing[key] = asyncio.create_task(self.draw(front, about, answer, key))
            task.add_done_callback(lambda _: self.drawing.pop(key, None))
        return await asyncio.shield(task)

    async def draw(self, front: Front, about: About, answer: Answer, key: Key) -> Pictures:
        drawing = Drawing(tuple(one.values for one in answer.pictures), key[2], about.terms.language)
        drawn = await front.services.pool.run("draw", drawing)
        assert isinstance(drawn, tuple), "what compute.draw returns"
        found = self.kept[key] = drawn
        self.bytes += size(found)
        while len(self.kept) > 1 and self.bytes > MOST_BYTES:
            _, oldest = self.kept.popitem(last=False)
            self.bytes -= size(oldest)
        return found


def size(pictures: Pictures) -> int:
    """Return how many bytes pictures take."""
    return sum(len(one.light) + len(one.dark) + len(one.svg) for one in pictures)


DRAWN: OfFronts[Drawn] = OfFronts(lambda _: Drawn())
