"""Answers that pages have shown: the same page again costs nothing, and readers never wait twice for one answer.

An answer is good while nothing new is stored and it is young. An old one is shown once more, as of its moment, while a
new one is computed behind it: what a page says of its age is always true.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from reports.answer import Answer
from reports.compute_task import Task
from reports.services import Services
from reports.sharing_key import size_of
from storage.captured_marks import captured_marks
from storage.connection import Connection
from storage.marks import read_marks

FRESH = timedelta(minutes=2)
"""So long nothing is even looked up."""
GOOD = timedelta(minutes=15)
"""So long an answer holds where nothing new is stored: windows that count back from now move on."""
SHOWN = timedelta(hours=2)
"""So long an older one is shown while its successor is computed."""
MOST_BYTES = 48 * 1024 * 1024
PLENTY = 8 * 1024  # what an answer's own sentences and specifications take beside its rows

Make = Callable[[datetime], Awaitable[Task]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Shelved:
    """An answer with the moment it is as of, what was stored then, and about how many bytes it takes.

    looked: it was begun for a page that asks by itself whether there is a newer one · pending: something of it was
    about to be read from GitHub, so that more is known soon.
    """

    answer: Answer
    at: datetime
    marks: str
    size: int
    looked: bool = False
    pending: bool = False


class Shelf:
    """Keeps answers by what was asked and by whom it may be seen; bounded by bytes, the longest unused go first.

    The answer before the newest is kept as well: pages that show it ask for their charts a little later.
    """

    def __init__(self, services: Services) -> None:
        self.services = services
        self.kept: OrderedDict[str, Shelved] = OrderedDict()
        self.before: dict[str, Shelved] = {}
        self.computing: dict[str, asyncio.Task[Shelved]] = {}
        self.bytes = 0

    async def answer(self, key: str, repository_ids: tuple[int, ...], make: Make, *, pending: bool = False) -> Answer:
        """Return the answer of a key, computed by `make(now)` where none is good enough.

        key: all that the answer depends on besides what is stored and the moment: what is asked, on which terms, and
        what whoever asks may see · repository_ids: those it rests on · make(now) returns the task of a pool's worker ·
        pending: something of it is about to be read from GitHub.
        """
        now = self.services.now()
        known = self.kept.get(key)
        age = now - known.at if known is not None else SHOWN
        if known is not None and timedelta(0) <= age < SHOWN:
            self.kept.move_to_end(key)
            is_doubtful = age >= FRESH or known.pending
            if is_doubtful and (age >= GOOD or known.marks != await self.marks(repository_ids)):
                self.begin(key, repository_ids, make, now, pending=pending)
            return known.answer
        return (await asyncio.shield(self.begin(key, repository_ids, make, now, pending=pending))).answer

    def is_computing(self, key: str) -> bool:
        """Tell whether a newer answer is under way."""
        return key in self.computing

    def as_of(self, key: str, moment: datetime) -> Answer | None:
        """Return the answer of a key as of exactly that moment, None where it is not kept any more."""
        both = (self.kept.get(key), self.before.get(key))
        return next((one.answer for one in both if one is not None and one.answer.as_of == moment), None)

    async def marks(self, repository_ids: tuple[int, ...]) -> str:
        async def read(conn: Connection) -> str:
            return await read_marks(conn, repository_ids) + await captured_marks(conn, repository_ids)

        return await self.services.store.read(read)

    def begin(
        self,
        key: str,
        ids: tuple[int, ...],
        make: Make,
        now: datetime,
        *,
        looked: bool = False,
        pending: bool = False,
    ) -> asyncio.Task[Shelved]:
        """Begin to compute an answer, once at a time."""
        task = self.computing.get(key)
        if task is None:
            # a task of its own: whoever asked first may close the page, and the others go on
            made = self.compute(key, ids, make, now, looked=looked, pending=pending)
            task = self.computing[key] = asyncio.create_task(made)
            task.add_done_callback(lambda done: self.done(key, done))
        return task

    async def compute(
        self, key: str, ids: tuple[int, ...], make: Make, now: datetime, *, looked: bool, pending: bool
    ) -> Shelved:
        marks = await self.marks(ids)
        answered = await self.services.pool.run("answer", await make(now))
        assert isinstance(answered, Answer), "what compute.answer returns"
        found = Shelved(answered, now, marks, size_of(answered) + PLENTY, looked, pending)
        self.put(key, found)
        return found

    def done(self, key: str, task: asyncio.Task[Shelved]) -> None:
        self.computing.pop(key, None)
        if not task.cancelled() and task.exception() is not None:
            log.warning("an answer for a page could not be computed", error=type(task.exception()).__name__)

    def put(self, key: str, found: Shelved) -> None:
        old, oldest = self.kept.pop(key, None), self.before.pop(key, None)
        self.bytes += found.size - (oldest.size if oldest is not None else 0)
        self.kept[key] = found
        if old is not None:
            self.before[key] = old
        while len(self.kept) > 1 and self.bytes > MOST_BYTES:
            dropped, unused = self.kept.popitem(last=False)
            earlier = self.before.pop(dropped, None)
            self.bytes -= unused.size + (earlier.size if earlier is not None else 0)

    async def close(self) -> None:
        """Stop what is being computed."""
        tasks = list(self.computing.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
