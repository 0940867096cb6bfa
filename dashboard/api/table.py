"""Every operation of the data API, in the order in which its description has them; the first whose path fits counts."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.api import data, installations, me, metrics, metrics_tables, repositories, traffic
from dashboard.api.operations import Operation

OPERATIONS: tuple[Operation, ...] = (
    *me.OPERATIONS,
    *repositories.OPERATIONS,
    *metrics.OPERATIONS,
    *metrics_tables.OPERATIONS,
    *data.OPERATIONS,
    *traffic.OPERATIONS,
    *installations.OPERATIONS,
)


def found(path: str) -> tuple[Operation, Mapping[str, str]] | None:
    """Return the operation of a path below the API's address, and what stands in it; None for a path that is none."""
    for operation in OPERATIONS:
        fits = operation.pattern.fullmatch(path)
        if fits is not None:
            return operation, fits.groupdict()
    return None
