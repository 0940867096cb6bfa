"""Make room for the years to come on PostgreSQL."""

from __future__ import annotations

import structlog

from reports.services import Services
from storage import partitions

log = structlog.get_logger(__name__)


async def make_room(services: Services) -> None:
    """Make the partitions of this year and the next where they are missing, whoever else may be at it."""
    made = await partitions.make_ahead(services.store, services.now())
    if made:
        log.info("partitions of years were made", partitions=list(made))
