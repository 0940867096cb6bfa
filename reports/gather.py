"""Bring the tables a question needs up to date, asking GitHub only for what is missing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

import structlog

from github.errors import Refused
from reports.datasets import WALKS
from reports.walk import Reading
from storage.watermarks import Watermark, watermarks

log = structlog.get_logger(__name__)


async def bring(reading: Reading, needs: Collection[str], edge: datetime) -> dict[str, Watermark]:
    """Make everything changed since `edge`, and everything still open, present and fresh.

    Returns the watermark of each needed dataset; one that GitHub refuses to show carries the reason as its `error`.
    Raises Later when the hourly limit is used up (what was read is kept, the next call goes on from there), and Gone.
    """
    known = await stored_marks(reading)
    marks = [known.get(name) or Watermark(reading.repository.id, name) for name in sorted(needs)]
    return {mark.dataset: await one(reading, mark, edge) for mark in marks}


async def one(reading: Reading, mark: Watermark, edge: datetime) -> Watermark:
    """Bring one dataset up to date, or note why GitHub refuses it; a fresh refusal is not asked again."""
    if mark.error and not reading.stale(mark):
        return mark
    try:
        return await WALKS[mark.dataset].bring(reading, replace(mark, error=None), edge)
    except Refused as refusal:
        return await refused(reading, mark, refusal)


async def further(reading: Reading, mark: Watermark, pages: int) -> Watermark:
    """Read on into one dataset's past, or note why GitHub refuses it by now."""
    try:
        return await WALKS[mark.dataset].read_back(reading, mark, None, pages)
    except Refused as refusal:
        return await refused(reading, mark, refusal)


async def refused(reading: Reading, mark: Watermark, refusal: Refused) -> Watermark:
    """Note why GitHub refuses a dataset."""
    log.info("a dataset is refused", dataset=mark.dataset, repository=reading.repository.id, status=refusal.status)
    needed = f" (it needs the permission {refusal.permission})" if refusal.permission else ""
    return await reading.note(replace(mark, synced_at=reading.now(), error=f"{refusal.reason}{needed}"))


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
        if mark.synced_at is None:
            mark = await one(reading, mark, reading.now())
        if not mark.whole_history and not mark.error:
            mark = await further(reading, mark, pages)
        whole = whole and (mark.whole_history or mark.error is not None)
    return whole


async def stored_marks(reading: Reading) -> dict[str, Watermark]:
    """Return the stored watermarks of the repository."""
    return await reading.store.read(lambda connection: watermarks(connection, reading.repository.id))
