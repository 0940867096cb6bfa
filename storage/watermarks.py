"""How much of each repository's datasets is stored."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select

from storage.connection import Connection
from storage.schema import watermarks as table
from storage.upsert import upsert

OPEN_SHAPED = 1
SHAPED = 2


@dataclass(frozen=True, slots=True)
class Watermark:
    """Everything of the dataset that was updated in [covered_since, synced_at] is stored.

    newest_at: the latest `updated_at` seen · open_complete_at: when everything open was last stored · cursor: where the
    history of the time before continues · whole_history: the history's beginning has been reached · error: why the last
    try ended early, None if it did not · rows: how many rows the source says there are.

    What follows `shape` is noted by `storage.currency`, and saving a watermark leaves it as it is. heard_at: when a
    webhook of the dataset's own last came · changed_at: when one told of a change whose rows must be read · told_since:
    the earliest change that webhooks told of since GitHub was last compared · told: how many of them were kept ·
    reconciled_at: when it was last compared.
    """

    repository_id: int
    dataset: str
    synced_at: datetime | None = None
    newest_at: datetime | None = None
    covered_since: datetime | None = None
    open_complete_at: datetime | None = None
    cursor: str | None = None
    whole_history: bool = False
    error: str | None = None
    rows: int = 0
    shape: int = SHAPED
    heard_at: datetime | None = None
    changed_at: datetime | None = None
    told_since: datetime | None = None
    told: int = 0
    reconciled_at: datetime | None = None


TOLD = ("heard_at", "changed_at", "told_since", "told", "reconciled_at")


async def watermarks(conn: Connection, repository_id: int) -> dict[str, Watermark]:
    """Return a repository's watermarks by dataset; a dataset never synced is missing."""
    rows = await conn.execute(select(table).where(table.c.repository_id == repository_id))
    return {row["dataset"]: Watermark(**row) for row in rows.mappings()}


async def save_watermark(conn: Connection, watermark: Watermark) -> None:
    """Insert or overwrite a watermark; do so in the transaction that saves the rows it speaks of."""
    values = {name: value for name, value in asdict(watermark).items() if name not in TOLD}
    await upsert(conn, table, ["repository_id", "dataset"], [values])
