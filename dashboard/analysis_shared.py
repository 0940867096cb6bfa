"""Analyses on PostgreSQL: any replica shows, ends and forgets what another one reads; none needs a sticky session.

The token stays in the process that reads. What all may know is in the database: how far it is, and when it is done, its
rows, of which a replica that is asked makes itself a copy in its own folder.
"""

from __future__ import annotations

import asyncio
import secrets
from datetime import datetime, timedelta

import structlog
from aiohttp import web

from dashboard.analysis import KEPT, NOT_THERE, ONE_EACH, UNUSED, Analyses
from dashboard.analysis_folder import Folder
from dashboard.analysis_packed import packed, parts, unpacked
from dashboard.analysis_run import Failed, Run, World, task_of, with_sentences
from dashboard.analysis_told import STOPPED, Found, found_of, progress_of, run_of, stopped, told_found, told_wanted
from dashboard.analysis_wanted import Wanted
from reports.answer import Answer
from reports.bringing import Known
from storage import analyses
from storage.analyses import Shared
from storage.engine import Store

BEAT = 1.0  # seconds between two looks at whether it was ended elsewhere
SILENT = 30.0  # seconds after which the process that read is taken for dead
NOTED = timedelta(minutes=1)  # how exactly it is known when somebody looked last
LARGEST = 64 * 2**20  # bytes of compressed rows
TOO_LARGE = "What was read of it is too much to be kept here. Please choose fewer days, or fewer metrics."

log = structlog.get_logger(__name__)


class SharedAnalyses(Analyses):
    """All of one replica, and through the database those of the others. Its `runs` are those that it reads itself."""

    def __init__(self, folder: Folder, world: World) -> None:
        super().__init__(folder, world)
        self.server = secrets.token_hex(8)
        self.copies: dict[str, asyncio.Task[Run]] = {}
        self.told: set[str] = set()
        """Those of `runs` whose end is in the database."""
        self.ending: set[asyncio.Task[None]] = set()

    @property
    def store(self) -> Store:
        return self.world.services.store

    async def announce(self, key: str, person_id: int, wanted: Wanted, at: datetime) -> None:
        """Take this person's place in the database; raises 429 where one of theirs is being read elsewhere."""
        await self.shared_of(person_id)
        asked, progress = told_wanted(wanted), progress_of(None)
        taken = await self.store.write(
            lambda conn: analyses.begin(conn, key, person_id, self.server, asked, "reading", progress, at)
        )
        if not taken:
            raise web.HTTPTooManyRequests(text=ONE_EACH, headers={"Retry-After": "60"})

    async def whole(self, run: Run) -> None:
        """Do an analysis, and tell the others how far it is until its end."""
        telling = asyncio.create_task(self.telling(run), name="an analysis is told")
        try:
            await super().whole(run)
            if run.state == "failed":
                await self.tell(run)
        finally:
            telling.cancel()

    async def telling(self, run: Run) -> None:
        """Tell how far it is, again and again; end it here where it was ended elsewhere, or nobody can be told."""
        clock = asyncio.get_running_loop().time
        heard = clock()
        while run.key not in self.told:
            await asyncio.sleep(BEAT)
            try:
                there, heard = await self.tell(run), clock()
            except Exception as error:  # noqa: BLE001 - the database may come back
                log.warning("nobody could be told of an analysis", error=type(error).__name__)
                there = clock() - heard < SILENT
            if not there and run.key not in self.told:
                # in a task of its own: it ends this one, too
                ending = asyncio.create_task(Analyses.forget(self, run), name="an analysis ends")
                self.ending.add(ending)
                ending.add_done_callback(self.ending.discard)
                return

    async def tell(self, run: Run) -> bool:
        """Tell how far it is; return False where it is over or forgotten."""
        state, progress = run.state, progress_of(run)
        there = await self.store.write(lambda conn: analyses.say(conn, run.key, self.server, state, progress))
        if state == "failed":
            self.told.add(run.key)
        return there

    async def keep(self, run: Run) -> None:
        """Store the rows, and say with the last of them that it is done; raises Failed where they are too many."""
        path = await asyncio.to_thread(packed, run.database)
        size = 0
        try:
            # compressed beside the event loop, and no more than one part at a time
            making = parts(path)
            number = 0
            while (part := await asyncio.to_thread(next, making, None)) is not None:
                size += len(part)
                if size > LARGEST:
                    await self.store.write(lambda conn: analyses.drop_parts(conn, run.key))
                    raise Failed(TOO_LARGE)
                await self.put(run.key, number, part)
                number += 1
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        progress, found = progress_of(run, done=self.world.services.now()), told_found(run)
        self.told.add(run.key)
        await self.store.write(lambda conn: analyses.say(conn, run.key, self.server, "done", progress, found))

    async def put(self, key: str, number: int, part: bytes) -> None:
        if not await self.store.write(lambda conn: analyses.put_part(conn, key, number, part)):
            raise asyncio.CancelledError("it was forgotten elsewhere")

    async def shared(self, key: str) -> Shared | None:
        """Return what the database says of an analysis; one whose reader is silent has failed."""
        row = await self.store.read(lambda conn: analyses.of_key(conn, key))
        if row is not None and not row.is_over and row.silent > SILENT:
            progress = stopped(self.world.services.now())
            await self.store.write(lambda conn: analyses.give_up(conn, key, SILENT, progress))
            row = await self.store.read(lambda conn: analyses.of_key(conn, key))
        return row

    async def shared_of(self, person_id: int) -> Shared | None:
        """Return what the database says of the analysis that a person has."""
        row = await self.store.read(lambda conn: analyses.of_person(conn, person_id))
        return None if row is None else await self.shared(row.key)

    async def of(self, person_id: int, key: str) -> Run:
        """Return a person's own analysis, whoever reads it; raises 404 for another's as for none."""
        row, now = await self.shared(key), self.world.services.now()
        if row is not None and now - row.used_at >= UNUSED:
            await self.store.write(lambda conn: analyses.forget(conn, key))
            row = None
        if row is None:
            await self.dropped(key)
        if row is None or row.person_id != person_id:
            raise web.HTTPNotFound(text=NOT_THERE)
        if now - row.used_at >= NOTED:
            await self.store.write(lambda conn: analyses.note_used(conn, key, now))
        return self.known(row)

    def known(self, row: Shared) -> Run:
        """Return an analysis as this replica has it, or as the database says it is."""
        mine = self.runs.get(row.key)
        if mine is not None and (mine.is_over or row.state != "failed"):
            return mine
        copy = self.copies.get(row.key)
        if copy is not None and copy.done() and not copy.cancelled() and copy.exception() is None:
            return copy.result()
        return run_of(row, self.folder.path / row.key)

    async def opened(self, person_id: int, key: str) -> Run:
        """Return a person's own analysis, its answer and rows copied to this replica if it is done elsewhere."""
        run = await self.of(person_id, key)
        if run.state != "done" or run.answer is not None:
            return run
        copy = self.copies.get(key)
        if copy is None:
            self.go_on_sweeping()
            copy = self.copies[key] = asyncio.create_task(self.copied(run), name="an analysis is copied")
        try:
            return await asyncio.shield(copy)
        except asyncio.CancelledError:
            if copy.cancelled():
                raise web.HTTPNotFound(text=NOT_THERE) from None
            raise

    async def copied(self, run: Run) -> Run:
        """Copy the rows of a done analysis, and answer from them what was answered; raises 404 if it is forgotten."""
        try:
            found = await self.fetched(run)
            question = run.wanted.question(found.moment, found.repository.id, found.repository.full_name)
            run.repository = found.repository
            run.store = await Store.open(run.url)
            run.task = task_of(run, Known(question, found.states, ()), found.moment)
            answered = await self.world.services.pool.run("answer", run.task)
            assert isinstance(answered, Answer), "what compute.answer returns"
            run.answer = with_sentences(answered, found.sentences)
        except BaseException:
            # another copy lies in the same folder: it is begun only when this one is gone
            try:
                await self.emptied(run)
            finally:
                self.copies.pop(run.key, None)
            raise
        return run

    async def fetched(self, run: Run) -> Found:
        """Write the rows of a done analysis into a file here; return what they are of. Raises 404."""
        run.database = await asyncio.to_thread(self.folder.database, run.key)
        number = 0
        while (part := await self.part(run.key, number)) is not None:
            await asyncio.to_thread(unpacked, part, run.database)
            number += 1
        # asked last: nothing of it was deleted before
        row = await self.shared(run.key)
        if row is None or row.found is None:
            raise web.HTTPNotFound(text=NOT_THERE)
        return found_of(row.found)

    async def part(self, key: str, number: int) -> bytes | None:
        return await self.store.read(lambda conn: analyses.part(conn, key, number))

    async def latest(self, person_id: int) -> Run | None:
        """Return the analysis that a person has, wherever it is read."""
        row = await self.shared_of(person_id)
        return None if row is None else self.known(row)

    async def forget(self, run: Run) -> None:
        """End an analysis for all replicas: whoever reads it notices within a second or two."""
        await self.store.write(lambda conn: analyses.forget(conn, run.key))
        await self.dropped(run.key)

    async def dropped(self, key: str) -> None:
        """Delete what this replica has of an analysis."""
        mine, copy = self.runs.get(key), self.copies.pop(key, None)
        if mine is not None:
            await Analyses.forget(self, mine)
            self.told.discard(key)
        if copy is not None:
            copy.cancel()
            await asyncio.wait([copy])
            if not copy.cancelled() and copy.exception() is None:
                await self.emptied(copy.result())

    async def sweep(self) -> None:
        """Forget what nobody has looked at for long or is there to look at, and here what is forgotten elsewhere."""
        since = self.world.services.now() - UNUSED
        await self.store.write(lambda conn: analyses.prune(conn, since))
        await self.store.write(analyses.forget_of_absent)
        await self.store.write(lambda conn: analyses.keep_last(conn, KEPT))
        here = {*self.runs, *self.copies}
        if here:
            there = await self.store.read(lambda conn: analyses.among(conn, here))
            for key in here - there:
                await self.dropped(key)

    async def close(self) -> None:
        """Drop what this replica has; what it was reading has failed, what is done stays for the others."""
        if self.sweeper is not None:
            self.sweeper.cancel()
        for key in self.copies.keys() | self.runs.keys():
            mine = self.runs.get(key)
            if mine is not None and not mine.is_over:
                mine.say("failed", "It could not be done", sentence=STOPPED, ended=self.world.services.now())
                try:
                    await self.tell(mine)
                except Exception as error:  # noqa: BLE001 - the others notice its silence
                    log.warning("nobody could be told of an analysis", error=type(error).__name__)
            await self.dropped(key)
        await super().close()
