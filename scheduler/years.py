"""Make room for the years to come on PostgreSQL, and let go of the years that need not be kept any more."""

from __future__ import annotations

import structlog

from reports.services import Services
from storage import retention

log = structlog.get_logger(__name__)


async def make_room(services: Services) -> None:
    """Make the partitions of this year and the next where they are missing, whoever else may be at it."""
    from storage import partitions  # noqa: PLC0415 - nothing of it is needed on SQLite

    made = await partitions.make_ahead(services.store, services.now())
    if made:
        log.info("partitions of years were made", partitions=list(made))


async def let_go(services: Services) -> None:
    """Drop raw answers and lists of the years before those that are kept, and say so."""
    now = services.now()
    for table, years in services.kept_years.items():
        before = retention.first_kept(years, now)
        gone = await retention.drop_before(services.store, table, before, now)
        if gone.partitions or gone.rows:
            log.info(
                "what is older than is kept was dropped", table=table, before=before.isoformat(),
                partitions=list(gone.partitions), rows=gone.rows,
            )  # fmt: skip
