"""A process that takes a job, says which, and runs it until it is killed; its argument is the database."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta

from storage import queue, queue_attending
from storage.engine import Store
from storage.queue import Wakeup


async def main(url: str) -> None:
    queue_attending.BEAT = 0.2
    store = await Store.open(url)
    async with queue.attending(store, Wakeup()):
        job = await queue.claim(store, datetime.now(UTC), timedelta(hours=1))
        assert job is not None
        sys.stdout.write(f"{job.key}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
