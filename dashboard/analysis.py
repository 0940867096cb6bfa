"""The analyses that people have begun here: few at once, each seen by nobody but who began it, forgotten when unused.

On SQLite nothing of them is in the database: a server that starts anew knows none. On PostgreSQL all replicas know them
(`dashboard.analysis_shared`).
"""

from __future__ import annotations

import asyncio
import secrets
from datetime import datetime, timedelta

from aiohttp import web

from dashboard.analysis_folder import Folder
from dashboard.analysis_run import Run, World, work
from dashboard.analysis_wanted import Wanted
from dashboard.front import Front
from dashboard.of_fronts import OfFronts
from storage.sessions import signed_in

UNUSED = timedelta(hours=2)
AT_ONCE = 4
KEPT = 20
EVERY = 60.0  # seconds between looks for what is not used any more
KEY_BYTES = 32
NOT_THERE = (
    "There is no such analysis, or it is not yours. An analysis is forgotten when nobody has looked at it for two "
    "hours or you are signed in nowhere any more, and may be sooner, when the server starts anew or many people begin "
    "one."
)
ONE_EACH = "You have an analysis that is still being read. Let it end, or cancel it, before you begin another."
ALL_TAKEN = "As many analyses as may run at once are being read for others. Please try again in some minutes."


class Analyses:
    """All of one server."""

    def __init__(self, folder: Folder, world: World) -> None:
        self.folder = folder
        self.world = world
        self.runs: dict[str, Run] = {}
        self.beginning: list[int] = []
        """Whose analyses are about to begin."""
        self.sweeper: asyncio.Task[None] | None = None

    async def begin(self, person_id: int, wanted: Wanted, token: str) -> Run:
        """Begin an analysis; an older one of this person is forgotten. Raises 429 where too many are being read."""
        await self.sweep()
        busy = [run.person_id for run in self.runs.values() if not run.is_over] + self.beginning
        if person_id in busy:
            raise web.HTTPTooManyRequests(text=ONE_EACH, headers={"Retry-After": "60"})
        if len(busy) >= AT_ONCE:
            raise web.HTTPTooManyRequests(text=ALL_TAKEN, headers={"Retry-After": "60"})
        # what follows waits, and whoever asks meanwhile finds the place taken
        self.beginning.append(person_id)
        try:
            return await self.begun(person_id, wanted, token)
        finally:
            self.beginning.remove(person_id)

    async def begun(self, person_id: int, wanted: Wanted, token: str) -> Run:
        """Forget what is older, and begin an analysis for whose place is taken."""
        for run in [one for one in self.runs.values() if one.person_id == person_id]:
            await self.forget(run)
        over = sorted((one for one in self.runs.values() if one.is_over), key=lambda one: one.used)
        for run in over[: max(0, len(self.runs) - KEPT + 1)]:
            await self.forget(run)
        key, now = secrets.token_urlsafe(KEY_BYTES), self.world.services.now()
        await self.announce(key, person_id, wanted, now)
        run = Run(key, person_id, wanted, now, now, self.folder.database(key), token)
        self.runs[key] = run
        run.working = asyncio.create_task(self.whole(run), name="an analysis")
        self.go_on_sweeping()
        return run

    async def announce(self, key: str, person_id: int, wanted: Wanted, at: datetime) -> None:
        """Say that an analysis begins; raises 429 where this person has one elsewhere."""

    async def keep(self, run: Run) -> None:
        """Keep what was read beyond this process before it is said to be done."""

    async def whole(self, run: Run) -> None:
        """Do an analysis; of one that could not be done nothing is kept."""
        await work(run, self.world, self.keep)
        if run.state == "failed":
            await self.emptied(run)

    async def emptied(self, run: Run) -> None:
        """Delete all that was read."""
        store, run.store, run.answer, run.task = run.store, None, None, None
        if store is not None:
            await store.close()
        await asyncio.to_thread(self.folder.forget, run.key)

    async def of(self, person_id: int, key: str) -> Run:
        """Return a person's own analysis; raises 404 for another's as for none."""
        await self.sweep()
        run = self.runs.get(key)
        if run is None or run.person_id != person_id:
            raise web.HTTPNotFound(text=NOT_THERE)
        run.used = self.world.services.now()
        return run

    async def opened(self, person_id: int, key: str) -> Run:
        """Return a person's own analysis as `of` does, its answer and its rows at hand if it is done."""
        return await self.of(person_id, key)

    async def latest(self, person_id: int) -> Run | None:
        """Return the analysis that a person has, if there is one."""
        return next((run for run in self.runs.values() if run.person_id == person_id), None)

    async def forget(self, run: Run) -> None:
        """End an analysis at once and delete all that was read for it."""
        self.runs.pop(run.key, None)
        run.token = None
        if run.working is not None and not run.working.done():
            run.working.cancel()
            await asyncio.wait([run.working])
        run.say("failed", "Cancelled")
        await self.emptied(run)

    async def sweep(self) -> None:
        """Forget what nobody has looked at for long, and what belongs to somebody who is signed in nowhere."""
        now, people = self.world.services.now(), {run.person_id for run in self.runs.values()}
        present = await self.world.services.store.read(lambda conn: signed_in(conn, people)) if people else set()
        for run in [one for one in self.runs.values() if now - one.used >= UNUSED or one.person_id not in present]:
            await self.forget(run)

    def go_on_sweeping(self) -> None:
        """Look from time to time for what is not used any more."""
        if self.sweeper is None:
            self.sweeper = asyncio.create_task(self.sweeping(), name="analyses")

    async def sweeping(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            await self.sweep()

    async def close(self) -> None:
        """Forget all of them: the server ends."""
        if self.sweeper is not None:
            self.sweeper.cancel()
        for run in list(self.runs.values()):
            await self.forget(run)
        await asyncio.to_thread(self.folder.close)


def begun(front: Front) -> Analyses:
    """Return the analyses of a new dashboard, which end with it."""
    outside = front.outside
    world = World(outside.services, outside.session, outside.endpoints)
    folder = Folder(outside.folder)
    if outside.services.store.dialect == "sqlite":
        made = Analyses(folder, world)
    else:
        from dashboard.analysis_shared import SharedAnalyses  # noqa: PLC0415 - nothing of it is needed on SQLite

        made = SharedAnalyses(folder, world)
    front.closing.append(made.close)
    return made


ANALYSES: OfFronts[Analyses] = OfFronts(begun)
