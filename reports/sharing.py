"""Equal questions are computed once: who asks the same within a minute, with the same rights, shares the answer.

Only what a worker computed is shared. Whether somebody may ask, and whether GitHub knows anything newer, is found out
for each question before; and what a task says, what its repositories' owners have set included, is all that its answer
depends on besides what is stored.
"""

from __future__ import annotations

import asyncio
import importlib

from reports.services import Runs
from storage.engine import Store

MOST_SECONDS = 60.0
MOST_ENTRIES = 16
MOST_BYTES = 4 * 1024 * 1024


class Sharing(Runs):
    """A pool whose equal answers are computed once, for a minute at most and while nothing is stored in between."""

    def __init__(self, pool: Runs, store: Store) -> None:
        self.pool = pool
        self.store = store
        self.answers: dict[str, asyncio.Task[object]] = {}
        self.sizes: dict[str, int] = {}
        """How many bytes each finished answer takes, the oldest first."""

    async def run(self, function: str, task: object) -> object:
        """Run `reports.compute.<function>(task)`, or wait for, or take, the answer to an equal task."""
        if function != "answer":
            return await self.pool.run(function, task)
        # imported when first needed: an idle server does not carry what tells equal questions
        equal = await asyncio.to_thread(importlib.import_module, "reports.sharing_key")
        key: str = await equal.key_of(self.store, task)
        known = self.answers.get(key)
        if known is None:
            # a task of its own: whoever asked first may stop waiting, and the others go on
            known = self.answers[key] = asyncio.create_task(self.compute(key, task))
        return await asyncio.shield(known)

    async def compute(self, key: str, task: object) -> object:
        """Compute an answer and keep it for as long as it may be shared; a failure is not kept."""
        from reports.sharing_key import size_of  # noqa: PLC0415 - `run` has imported it

        try:
            found = await self.pool.run("answer", task)
        except BaseException:
            self.forget(key)
            raise
        self.sizes[key] = size_of(found)
        asyncio.get_running_loop().call_later(MOST_SECONDS, self.forget, key)
        while self.sizes and (len(self.sizes) > MOST_ENTRIES or sum(self.sizes.values()) > MOST_BYTES):
            self.forget(next(iter(self.sizes)))
        return found

    def forget(self, key: str) -> None:
        """Let go of an answer; who waits for it has it all the same."""
        self.answers.pop(key, None)
        self.sizes.pop(key, None)
