"""What is due now, from what is stored; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

PRUNE_EVERY = timedelta(hours=6)


@dataclass(frozen=True)
class Due:
    """A background job that should be in the queue: its kind, and the key that makes it exist once."""

    kind: str
    key: str


def due(now: datetime) -> tuple[Due, ...]:
    """Return the jobs of this moment; asking again, or from a second process, names the same keys."""
    turn = int(now.timestamp() // PRUNE_EVERY.total_seconds())
    return (Due("prune", str(turn)),)
