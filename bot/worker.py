"""Claims jobs and runs them: several at once, never two of one repository; the program's broad `except` is here.

Work that nobody waits for takes half of the places at most, and captures have places of their own: a thousand of either
never keep a command waiting. What waits for GitHub's leave to write or to ask takes no place meanwhile, so that an
installation in which much is asked at once keeps no other one waiting.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from github.errors import Gone, Later, Refused
from github.resting import resting
from storage import queue
from storage.connection import Connection
from storage.engine import Store
from storage.job import Attempt
from storage.queue import LEAST, SOMEBODY_WAITS, Job, Wakeup

LEASE = timedelta(minutes=2)
SPREAD = timedelta(minutes=1)
LOOK_AGAIN = timedelta(seconds=10)  # then 40, then 160: so long a wrong 404, or "suspended", does not last
LOOKS_AGAIN = 3
UNAUTHORIZED = 401
AFTER_401 = timedelta(minutes=1)
FREE_EVERY = timedelta(seconds=10)  # how often the leases of dead processes are looked for
EXTEND_EVERY = 40.0  # seconds: two extensions may fail before a lease runs out
IDLE = 1.0  # seconds between looks for what other processes put and for what has become due
GIVE_WAY_LOOKS = 10
GIVE_WAY = 0.25  # seconds that a new job waits at most while deliveries come in by the dozen
TOGETHER = 16  # jobs that are claimed in one transaction, of a kind that is mostly done at once
CONCURRENT = 4  # answers mostly wait for GitHub or for the pool of two
HELD = 32  # jobs at most, beside captures, of which most wait for their turn to write
BACKGROUND = 2  # of these, how many may do what nobody waits for
# beside them: captures compute little and rest as long as GitHub took, and each installation has limits of its own
CAPTURES = 8
MOST_ATTEMPTS = 6
# a process dies with dozens of jobs, of which most have not killed it: that says less of one than its own failure does
MOST_DEATHS = 2 * MOST_ATTEMPTS
BACK_OFF = timedelta(seconds=5)
LONGEST_BACK_OFF = timedelta(minutes=30)
UNKNOWN_AGAIN = timedelta(seconds=30)  # until a job of an unknown kind may be claimed again, by whoever knows it
UNKNOWN_FOR = timedelta(days=1)  # how long an upgrade may take in which two versions work side by side

log = structlog.get_logger(__name__)

Run = Callable[[Job], Awaitable[None]]


@dataclass(frozen=True)
class Kind:
    """How jobs of one kind are run, and what is said where one is given up.

    patience: how long GitHub may put such a job off before it is given up; None where waiting is its nature ·
    background: nobody waits for it; its jobs have a priority below `SOMEBODY_WAITS` ·
    waits: background that mostly waits for GitHub, and takes one of `CAPTURES` places rather than of `CONCURRENT` ·
    looks_again: GitHub has to say more than once that something is gone before the job ends without a word ·
    at_once: does within a transaction what awaits nothing else, and raises for whatever does.
    """

    run: Run
    given_up: Run | None = None
    patience: timedelta | None = None
    background: bool = False
    waits: bool = False
    looks_again: bool = False
    at_once: Attempt | None = None


@dataclass
class Worker:
    """Runs the queue's jobs until it is told to stop."""

    store: Store
    kinds: Mapping[str, Kind]
    wakeup: Wakeup
    now: Callable[[], datetime]
    jitter: Callable[[], float]
    """A random factor between 0.5 and 1.5, so that what failed together does not come back together."""
    crowded: Callable[[], bool] = lambda: False
    """Whether deliveries are coming in by the dozen; GitHub gives up on one after ten seconds, so they go first."""
    running: set[asyncio.Task[None]] = field(default_factory=set)
    held: dict[tuple[int, int], Job] = field(default_factory=dict)
    """The jobs this process runs just now, by id and lease."""
    resting: Counter[tuple[int, int]] = field(default_factory=Counter)
    """Of these, those that wait for GitHub's leave to go on, in so many of their tasks."""
    round: asyncio.Task[bool] | None = None
    """The claim that is under way, with what is done at once of it."""
    alone: deque[Job] = field(default_factory=deque)
    """Claimed together and to be run each alone, those for which there is no room yet."""
    is_ending: bool = False
    free_again_at: datetime | None = None
    ended: Callable[[str, str, float], None] = lambda _kind, _ending, _seconds: None
    """Is told of each attempt: the job's kind, how it ended, and how many seconds it took."""
    is_refused: bool = False
    """Set while the database gives no job out."""

    async def work(self) -> None:
        """Claim and run jobs for ever."""
        async with queue.attending(self.store, self.wakeup):
            await self.work_on()

    async def work_on(self) -> None:
        while True:
            if not self.has_room():
                await self.wakeup.wait(IDLE)
                continue
            await self.give_way()
            # what is claimed must be run, also where the worker is told to stop meanwhile: `drain` waits for it
            self.round = asyncio.create_task(self.go_round())
            if not await asyncio.shield(self.round):
                await self.wakeup.wait(IDLE)

    async def go_round(self) -> bool:
        """Claim what is next, do at once what can be, and start the rest that has room; False if there was nothing."""
        if self.alone:
            return await self.start_kept()
        jobs = await self.claim_some()
        self.alone.extend(await self.do_at_once(jobs))
        while self.alone and self.has_room() and not self.is_ending:
            self.start(self.alone.popleft())
        return bool(jobs)

    async def start_kept(self) -> bool:
        """Start one that was claimed with others for which there was room only together, if it is still ours."""
        job = self.alone[0]
        try:
            is_ours = await queue.extend(self.store, job, self.now(), LEASE)
        except Exception as error:  # it is kept until the database answers
            log.exception("a claimed job's lease could not be extended", error=repr(error))
            return False
        self.alone.popleft()
        if is_ours and not self.is_ending:
            self.start(job)
        else:
            self.held.pop((job.id, job.lease), None)
        return True

    def start(self, job: Job) -> None:
        task = asyncio.create_task(self.run(job), name=f"{job.kind} {job.key}")
        self.running.add(task)
        task.add_done_callback(self.done)

    async def do_at_once(self, jobs: Sequence[Job]) -> Sequence[Job]:
        """Do what awaits nothing, in one transaction; return the jobs that are to be run each on its own."""
        kind = self.kinds.get(jobs[0].kind) if jobs else None
        if kind is None or kind.at_once is None or jobs[0].attempts > 1:
            return jobs
        at_once, took = kind.at_once, dict[int, float]()

        async def attempt(conn: Connection, job: Job) -> None:
            began = time.monotonic()
            with structlog.contextvars.bound_contextvars(job=job.id, kind=job.kind, key=job.key, attempt=job.attempts):
                await at_once(conn, job)
            took[job.id] = time.monotonic() - began

        try:
            worked = await queue.work_off(self.store, jobs, attempt, self.now(), self.room())
        except Exception as error:  # the database refused all of it: each is tried alone, and fails alone
            log.exception("jobs could not be ended together", error=repr(error))
            return jobs
        if worked.done:
            log.info("deliveries are handled at once", deliveries=[job.key for job in worked.done])
        for job in worked.done:
            self.ended(job.kind, "done", took[job.id])
        for job in jobs:
            self.held.pop((job.id, job.lease), None)
        self.held |= by_lease(worked.alone)
        return worked.alone

    def has_room(self) -> bool:
        """Tell whether one more job may be claimed: fewer than `CONCURRENT` are at work, and there is an end to all."""
        return self.room() > 0

    def room(self) -> int:
        """Return how many more jobs may be run beside captures."""
        beside = len(self.running) - self.captures()
        at_work = beside - sum(not self.waits(self.held[one]) for one in self.resting if one in self.held)
        return min(CONCURRENT - at_work, HELD - beside)

    async def give_way(self) -> None:
        """Let a crowd of deliveries go first, but not for ever."""
        for _ in range(GIVE_WAY_LOOKS):
            if not self.crowded():
                return
            await asyncio.sleep(GIVE_WAY / GIVE_WAY_LOOKS)

    def done(self, task: asyncio.Task[None]) -> None:
        self.running.discard(task)
        # what waited for this job's lock may go now
        self.wakeup.set()

    async def claim_some(self, most: int = TOGETHER) -> list[Job]:
        """Take the next job, and with one that may be done at once others; what a dead process left is freed first.

        A database that cannot answer is asked again.
        """
        try:
            now = self.now()
            # a clock that was set back must not put this off until it is there again
            if self.free_again_at is None or not self.free_again_at - FREE_EVERY <= now < self.free_again_at:
                self.free_again_at = now + FREE_EVERY
                # a clock that jumped must not free what this very process is running
                for held in tuple(self.held.values()):
                    await queue.extend(self.store, held, now, LEASE)
                await queue.release_expired(self.store, now)
            of = [name for name, kind in self.kinds.items() if kind.at_once is not None]
            jobs = await queue.claim_some(self.store, now, LEASE, self.least(), most=most, of=of)
        except Exception as error:  # the worker outlives a database that is busy or full
            log.exception("no job could be claimed", error=repr(error))
            self.is_refused = True
            return []
        self.is_refused = False
        self.held |= by_lease(jobs)
        return jobs

    def least(self) -> int:
        """Return the lowest priority that may be claimed now."""
        kinds = (self.kinds.get(job.kind) for job in self.held.values())
        background = sum(kind is not None and kind.background and not kind.waits for kind in kinds)
        # what is claimed next may be either, so there must be room for both
        return SOMEBODY_WAITS if background >= BACKGROUND or self.captures() >= CAPTURES else LEAST

    def captures(self) -> int:
        """Return how many jobs run here that mostly wait for GitHub."""
        return sum(self.waits(job) for job in self.held.values())

    def waits(self, job: Job) -> bool:
        kind = self.kinds.get(job.kind)
        return kind is not None and kind.waits

    @contextmanager
    def rest(self, job: Job) -> Iterator[None]:
        """Let another job be claimed while this one waits for GitHub's leave to go on."""
        number = (job.id, job.lease)
        self.resting[number] += 1
        self.wakeup.set()
        try:
            yield
        finally:
            self.resting[number] -= 1
            self.resting += Counter()  # forgets whoever does not rest

    async def run(self, job: Job) -> None:
        """Run one job to one of its ends: finished, put back, or given up."""
        with structlog.contextvars.bound_contextvars(job=job.id, kind=job.kind, key=job.key, attempt=job.attempts):
            holding = asyncio.create_task(self.hold(job))
            resting.set(partial(self.rest, job))
            self.held[job.id, job.lease] = job
            began, ending = time.monotonic(), "unknown"
            try:
                ending = await self.attempt(job)
            except Exception:
                # the database refused to note how it ended: the lease runs out and the job comes again
                log.exception("a job's end could not be stored")
            finally:
                self.ended(job.kind, ending, time.monotonic() - began)
                self.held.pop((job.id, job.lease), None)
                holding.cancel()
                with suppress(asyncio.CancelledError):
                    await holding

    async def attempt(self, job: Job) -> str:
        """Run one job; return how this attempt ended: done, put off, gone, failed, given up or left."""
        kind = self.kinds.get(job.kind)
        if kind is None:
            await self.leave(job)
            return "left"
        if job.attempts > MOST_DEATHS:
            # its attempts did not get as far as failing: it may be what killed the process each time
            await self.give_up(job, kind, "every attempt ended with its process")
            return "given up"
        try:
            await kind.run(job)
        except Later as later:
            return await self.put_off(job, kind, later)
        except Gone as gone:
            return await self.lose(job, kind, gone)
        except Exception as error:
            log.exception("a job failed", error=repr(error))
            return await self.put_back(job, kind, error)
        await queue.finish(self.store, job, self.now())
        return "done"

    async def lose(self, job: Job, kind: Kind, gone: Gone) -> str:
        """End a job whose subject is gone; where its kind does not take a first word for it, look again some times."""
        if kind.looks_again and job.attempts <= LOOKS_AGAIN:
            log.info("a job's subject seems to be gone; it is looked for again", reason=gone.reason)
            wait = LOOK_AGAIN * 4 ** (job.attempts - 1) * self.jitter()
            await queue.retry(self.store, job, self.now() + wait, gone.reason)
            return "put off"
        log.info("a job's subject is gone", reason=gone.reason)
        await queue.finish(self.store, job, self.now())
        return "gone"

    async def leave(self, job: Job) -> None:
        """Leave a job of an unknown kind to a newer version, which may work beside this one; in vain, bury it."""
        reason, now = f"nothing runs jobs of kind {job.kind}", self.now()
        if now - job.created_at > UNKNOWN_FOR:
            await queue.bury(self.store, job, now, reason)
        else:
            await queue.retry(self.store, job, now + UNKNOWN_AGAIN, reason, counted=False)

    async def put_off(self, job: Job, kind: Kind, later: Later) -> str:
        """Wait as long as GitHub says, and longer the older the job is; past its kind's patience give it up."""
        now = self.now()
        age = now - job.created_at
        if kind.patience is not None and age > kind.patience:
            await self.give_up(job, kind, f"it had to wait for too long: {later.reason}")
            return "given up"
        until = later.until
        if kind.patience is not None:
            until = max(until, now + min(age / 4, LONGEST_BACK_OFF))
        # what waited for the same moment does not come back all at once
        until += min((until - now) / 10, SPREAD) * abs(self.jitter() - 1)
        log.info("a job is put back", until=until.isoformat(), reason=later.reason)
        await queue.retry(self.store, job, until, later.reason, counted=False)
        return "put off"

    async def put_back(self, job: Job, kind: Kind, error: Exception) -> str:
        """Try again later, each time after twice as long; after the last time say so and keep the job for a look."""
        if isinstance(error, Refused) and error.status == UNAUTHORIZED:
            # the machine's clock or the App's key is wrong, and what was asked for is not: that can wait to be mended
            wait = max(AFTER_401, min((self.now() - job.created_at) / 4, LONGEST_BACK_OFF))
            return await self.put_off(job, kind, Later(self.now() + wait, repr(error)))
        if job.attempts < MOST_ATTEMPTS:
            wait = min(BACK_OFF * 2 ** (job.attempts - 1), LONGEST_BACK_OFF) * self.jitter()
            await queue.retry(self.store, job, self.now() + wait, repr(error))
            return "failed"
        await self.give_up(job, kind, repr(error))
        return "given up"

    async def give_up(self, job: Job, kind: Kind, reason: str) -> None:
        """Let the job's kind say so, and keep the job for a look.

        It is said first, so that a process which dies in between says it again; whoever says it does so once. What
        kills each process that says it is kept without a word.
        """
        silent = kind.given_up is None or job.attempts > MOST_DEATHS + MOST_ATTEMPTS
        held = silent or await queue.extend(self.store, job, self.now(), LEASE)
        if kind.given_up is not None and not silent and held:
            try:
                await kind.given_up(job)
            except Exception as unsaid:  # the job is at its end all the same
                log.exception("that a job was given up could not be said", error=repr(unsaid))
        await queue.bury(self.store, job, self.now(), reason)

    async def hold(self, job: Job) -> None:
        """Keep the job's lease while it runs."""
        while True:
            await asyncio.sleep(EXTEND_EVERY)
            try:
                held = await queue.extend(self.store, job, self.now(), LEASE)
            except Exception as error:  # the next try may still come in time
                log.exception("a running job's lease could not be extended", error=repr(error))
                continue
            if not held:
                log.warning("a running job's lease was lost")
                return

    async def drain(self, seconds: float) -> None:
        """Let running jobs end for `seconds`, then cancel them; their leases run out and they come again."""
        until = time.monotonic() + seconds
        if self.round is not None:
            await asyncio.wait([self.round], timeout=seconds)
        self.is_ending = True  # what a later end of it would start, nobody would wait for
        if self.running:
            await asyncio.wait(self.running, timeout=max(0.0, until - time.monotonic()))
        for task in self.running:
            task.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)


def by_lease(jobs: Iterable[Job]) -> dict[tuple[int, int], Job]:
    """Return jobs by id and lease."""
    return {(job.id, job.lease): job for job in jobs}
