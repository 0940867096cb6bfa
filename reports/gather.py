"""Bring the tables a question needs up to date, asking GitHub only for what is missing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog

from github.errors import Gone, Later, Overloaded, QueryFailed, Refused
from github.permissions import FIELDS
from reports.datasets import WALKS
from reports.updated_walk import UpdatedWalk
from reports.walk import Progress, Reading
from storage.watermarks import OPEN_SHAPED, SHAPED, Watermark, watermarks

FIELD_OF = {
    "pulls": "pullRequests", "issues": "issues", "commits": "defaultBranchRef", "releases": "releases",
    "stars": "stargazers",
}  # fmt: skip
"""The field of GraphQL's `repository` that each dataset is read through."""

FORBIDDEN = 403
ANY_SHAPE = 0

log = structlog.get_logger(__name__)


async def bring(
    reading: Reading, needs: Collection[str], edge: datetime, shape: int = ANY_SHAPE
) -> dict[str, Watermark]:
    """Make everything changed since `edge`, and everything still open, present and fresh.

    shape: what must have been read of each row, where older versions may have read less (`storage.watermarks`).
    Returns the watermark of each needed dataset; one that GitHub refuses to show carries the reason as its `error`.
    Raises Later when the hourly limit is used up (what was read is kept, the next call goes on from there), and Gone.
    """
    known = await stored_marks(reading)
    marks = [known.get(name) or Watermark(reading.repository.id, name) for name in sorted(needs)]
    return {mark.dataset: await one(reading, mark, edge, shape) for mark in marks}


async def one(reading: Reading, mark: Watermark, edge: datetime, shape: int) -> Watermark:
    """Bring one dataset up to date, or note why GitHub refuses it; a fresh refusal is not asked again."""
    if mark.error and not reading.stale(mark):
        return mark
    walk = WALKS[mark.dataset]
    if reading.stale(mark):
        await reading.report(Progress(walk.noun, 0, None, None))
    if not isinstance(walk, UpdatedWalk) or not walk.has_open:
        return await attempt(reading, replace(mark, error=None), lambda known: walk.bring(reading, known, edge))

    async def read(known: Watermark) -> Watermark:
        return await walk.bring(reading, await shaped(reading, walk, known, shape), edge)

    return await attempt(reading, replace(mark, error=None), read)


async def shaped(reading: Reading, walk: UpdatedWalk, mark: Watermark, shape: int) -> Watermark:
    """Have read again what an older version read, if the question needs more of its rows than that knew.

    Last comments matter of what is open: that is read once more. Labels matter of everything: nothing counts as read
    then, and the question reads as far as it would of a repository nobody has asked about; the background reads on.
    """
    if mark.shape >= shape:
        return mark
    if shape > OPEN_SHAPED or mark.open_complete_at is None:
        log.info("a dataset is read again", dataset=mark.dataset, repository=reading.repository.id)
        unread = replace(mark, open_complete_at=None, covered_since=None, whole_history=False, cursor=None)
        return await reading.note(replace(unread, shape=SHAPED))
    return await walk.read_open_again(reading, mark)


async def further(reading: Reading, mark: Watermark, pages: int) -> Watermark:
    """Read on in one dataset, or note why GitHub refuses it by now."""
    return await attempt(reading, mark, lambda known: WALKS[mark.dataset].step(reading, known, pages))


async def attempt(reading: Reading, mark: Watermark, read: Callable[[Watermark], Awaitable[Watermark]]) -> Watermark:
    """Read; note it if GitHub refuses the dataset. A stored cursor that GitHub no longer takes is dropped, once."""
    try:
        return await read(mark)
    except Refused as refusal:
        if refusal.status != FORBIDDEN:
            raise  # not a matter of permission
        return await refused(reading, mark, refusal)
    except QueryFailed as failure:
        stored = (await stored_marks(reading)).get(mark.dataset)
        if stored is None or stored.cursor is None:
            raise
        log.warning("a stored cursor is dropped", dataset=mark.dataset, reason=failure.reason)
        return await read(await reading.note(replace(stored, cursor=None)))


async def refused(reading: Reading, mark: Watermark, refusal: Refused) -> Watermark:
    """Note why GitHub refuses a dataset."""
    log.info("a dataset is refused", dataset=mark.dataset, repository=reading.repository.id, status=refusal.status)
    needed = refusal.permission or permission_for(mark.dataset)  # GraphQL does not say which
    error = f"{refusal.reason} (it needs the permission {needed})"
    return await reading.note(replace(mark, synced_at=reading.now(), error=error))


def permission_for(dataset: str) -> str:
    """Return the permission that reading a dataset takes, as GitHub's headers write it: `contents=read`."""
    first, *_ = FIELDS[FIELD_OF[dataset]]
    return ", ".join(f"{name}={level}" for name, level in sorted(first))


async def glance(reading: Reading, name: str) -> None:
    """Have the newest page of a dataset that only adds to an answer; where that cannot be had, go without it."""
    mark = (await stored_marks(reading)).get(name) or Watermark(reading.repository.id, name)
    if not reading.stale(mark):
        return
    read = WALKS[name].read_news if mark.newest_at is not None else partial(WALKS[name].step, pages=1)
    try:
        await attempt(reading, replace(mark, error=None), lambda known: read(reading, known))
    except (Gone, Later, Overloaded, QueryFailed, Refused) as error:
        log.info("an answer goes without what would add to it", dataset=name, reason=str(error))


async def extend(reading: Reading, names: Collection[str], pages: int) -> bool:
    """Read at most `pages` further pages into the past of each dataset; return whether all are whole now.

    A dataset that was never asked for is begun from its newest end. Raises Later, Gone.
    """
    whole = True
    known = await stored_marks(reading)
    for name in sorted(names):
        mark = known.get(name) or Watermark(reading.repository.id, name)
        if mark.whole_history or mark.error:
            continue
        if reading.may_go_on():
            mark = await further(reading, mark, pages)
        whole = whole and (mark.whole_history or mark.error is not None)
    return whole


async def stored_marks(reading: Reading) -> dict[str, Watermark]:
    """Return the stored watermarks of the repository."""
    return await reading.store.read(lambda connection: watermarks(connection, reading.repository.id))
