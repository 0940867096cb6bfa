"""The data of a whole organisation: each repository brought up to date, and how complete they are together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog

from analytics.tables import DATASET_NOUNS
from analytics.words import number, plural
from github.client import GitHub
from github.errors import Gone, QueryFailed
from github.reads.active import Shown, shown
from reports import gather
from reports.answer import DatasetState
from reports.together import narrowest, whole_organisation
from reports.walk import Reading
from storage.connection import Connection
from storage.engine import Store
from storage.installations import Repository, repositories_of, save_repositories
from storage.watermarks import Watermark

MOST = 100
"""Repositories in one answer: each costs GitHub some requests before whoever asked hears anything."""
AT_ONCE = 6
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Counted:
    """The repositories that a whole organisation's figures are over, and how many less active ones are not counted.

    asked_only: whether those are left out, too, that whoever asked may not ask about; how many is not said.
    """

    repositories: tuple[Repository, ...]
    left_out: int = 0
    asked_only: bool = False

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(one.id for one in self.repositories)

    @property
    def notes(self) -> tuple[str, ...]:
        """The sentence for what is left out, if anything is."""
        if self.asked_only:
            return ("only repositories that whoever asked may ask about are counted",)
        if not self.left_out:
            return ()
        others = plural(self.left_out, "other is", "others are")
        return (f"only the {number(len(self.repositories))} most recently active are counted, {others} left out",)


@dataclass(frozen=True)
class Brought:
    """The watermarks of each repository that could be read, by its id, in the order they are counted in."""

    marks: Mapping[int, Mapping[str, Watermark]]
    sentences: tuple[str, ...]


async def counted_now(store: Store, github: GitHub, about: Repository, asked_in: Repository) -> Counted:
    """List the installation's repositories, and choose those that a thread's readers may see and that are counted.

    github: speaks for the installation of `about`. What GitHub shows to fewer people than is stored is stored so: a
    repository may have gone private without a webhook.
    """
    return await choose(store, about, asked_in, await shown_now(store, github, about.installation_id))


async def shown_now(store: Store, github: GitHub, installation_id: int) -> Mapping[int, Shown]:
    """Return the installation's repositories as GitHub lists them now; what is narrower than stored is stored."""
    listed = await shown(github)

    async def work(conn: Connection) -> None:
        known = [one for one in await repositories_of(conn, installation_id) if one.id in listed]
        narrower = [replace(one, visibility=narrowest(one.visibility, listed[one.id].visibility)) for one in known]
        await save_repositories(conn, [one for one, old in zip(narrower, known, strict=True) if one != old])

    await store.write(work)
    return listed


async def choose(store: Store, about: Repository, asked_in: Repository, listed: Mapping[int, Shown]) -> Counted:
    """Choose at most `MOST` of the repositories that are still listed, the most active ones."""
    readable = await whole_organisation(store, about, asked_in)
    there = [one for one in readable if one.id in listed or one.id == asked_in.id]
    chosen = bounded(there, asked_in, listed)
    return Counted(tuple(chosen), len(there) - len(chosen))


def bounded(repositories: Sequence[Repository], asked_in: Repository, listed: Mapping[int, Shown]) -> list[Repository]:
    """Return at most `MOST` of the repositories, the most active ones."""
    if len(repositories) <= MOST:
        return list(repositories)
    pushed = {number: one.pushed_at for number, one in listed.items() if one.pushed_at is not None}
    return most_active(repositories, asked_in, pushed)[:MOST]


def most_active(
    repositories: Sequence[Repository], asked_in: Repository, pushed: Mapping[int, datetime]
) -> list[Repository]:
    """Return the repositories in order: the thread's own first, then those that were pushed to last."""
    return sorted(
        repositories, key=lambda one: (one.id != asked_in.id, LONG_AGO - pushed.get(one.id, LONG_AGO), one.id)
    )


async def bring_all(
    readings: Sequence[Reading], needs: Collection[str], edge: datetime, shape: int = gather.ANY_SHAPE
) -> Brought:
    """Bring the datasets of every repository up to date, some at once. Raises Later, and what nobody expected.

    A repository that is gone, or that GitHub fails on, is left out, and a sentence says so.
    """
    found: dict[int, Mapping[str, Watermark]] = {}
    waiting = iter(readings)

    async def work() -> None:
        for reading in waiting:
            try:
                found[reading.repository.id] = await gather.bring(reading, needs, edge, shape)
            except (Gone, QueryFailed) as error:
                log.info("a repository is left out", repository=reading.repository.id, reason=str(error))

    await all_of([work for _ in range(min(AT_ONCE, len(readings)))])
    marks = {one.repository.id: found[one.repository.id] for one in readings if one.repository.id in found}
    missing = len(readings) - len(marks)
    sentences = (
        [f"{plural(missing, 'repository', 'repositories')} could not be read and is left out"] if missing else []
    )
    return Brought(marks, (*sentences, *refusals(list(marks.values()))))


async def all_of(works: Sequence[Callable[[], Awaitable[None]]]) -> None:
    """Do the works at once; where one fails the others are ended, and its own error is raised."""
    tasks = [asyncio.ensure_future(work()) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def refusals(marks: Sequence[Mapping[str, Watermark]]) -> Iterator[str]:
    """Yield a sentence for each dataset that some of the repositories, not all, do not show."""
    for name in sorted({name for one in marks for name in one}):
        count = sum(one[name].error is not None for one in marks)
        if 0 < count < len(marks):
            noun = DATASET_NOUNS[name]
            yield f"{noun}s of {number(count)} of {plural(len(marks), 'repository', 'repositories')} are not readable"


def combined(states: Sequence[DatasetState]) -> DatasetState:
    """Return how complete one dataset is over several repositories: as complete as the least complete of them.

    Rows are added up where GitHub said how many there are in each; those that GitHub refuses are left out, unless it
    refuses all.
    """
    shown = [state for state in states if state.error is None]
    if not shown:
        return states[0]
    totals = [state.total for state in shown]
    times = [state.synced_at for state in shown]
    known = [state.covered_since for state in shown if state.covered_since is not None]
    return replace(
        shown[0],
        total=sum(total for total in totals if total is not None) if None not in totals else None,
        synced_at=min(time for time in times if time is not None) if None not in times else None,
        covered_since=max(known, default=None),
        whole_history=all(state.whole_history for state in states),
    )
