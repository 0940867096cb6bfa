"""Pictures for pages: drawn in the pool when a browser asks for one, all of an answer at once, and kept for a while.

An answer on the shelf holds no pictures, since most readers see them drawn by their browser; whoever has no scripts
gets PNGs, of the very moment that the page's numbers are as of.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import replace
from datetime import datetime
from typing import Literal

from dashboard.answers import About
from dashboard.front import Front
from dashboard.of_fronts import OfFronts
from reports.answer import Answer, PictureData

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

    async def pictures(self, front: Front, about: About, as_of: datetime, form: Form) -> Pictures:
        """Return the pictures of an answer as of a moment, drawn once however many ask."""
        key: Key = about.key, as_of, form
        known = self.kept.get(key)
        if known is not None:
            self.kept.move_to_end(key)
            return known
        task = self.drawing.get(key)
        if task is None:
            # a task of its own: whoever asked first may close the page, and the others go on
            task = self.drawing[key] = asyncio.create_task(self.draw(front, about, key))
            task.add_done_callback(lambda _: self.drawing.pop(key, None))
        return await asyncio.shield(task)

    async def draw(self, front: Front, about: About, key: Key) -> Pictures:
        _, as_of, form = key
        task = replace(await about.make(as_of), pictures=form == "png", svgs=form == "svg", specs=False)
        answered = await front.services.pool.run("answer", task)
        assert isinstance(answered, Answer), "what compute.answer returns"
        self.kept[key] = answered.pictures
        self.bytes += size(answered.pictures)
        while len(self.kept) > 1 and self.bytes > MOST_BYTES:
            _, oldest = self.kept.popitem(last=False)
            self.bytes -= size(oldest)
        return answered.pictures


def size(pictures: Pictures) -> int:
    """Return how many bytes pictures take."""
    return sum(len(one.light) + len(one.dark) + len(one.svg) for one in pictures)


DRAWN: OfFronts[Drawn] = OfFronts(lambda _: Drawn())
