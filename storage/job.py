"""What a job is, to whoever puts one and to whoever runs it, whatever engine keeps it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from storage.connection import Connection

# GitHub redelivers under the same id for 3 days, Enterprise Server for 7: a key forgotten sooner would run a job twice.
KEYS_KEPT = timedelta(days=8)
FARTHEST = timedelta(hours=2)
"""No job is put back, nor leased, for so long: what lies further ahead was written by a clock that was ahead itself."""
LEAST = -(2**15)  # the lowest priority that a column of small integers holds
SOMEBODY_WAITS = 3  # the lowest priority of jobs that somebody waits for


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to be put. The larger `priority` goes first; `run_at` None is at once; `lock` None runs beside anything."""

    kind: str
    key: str
    payload: bytes
    lock: str | None
    priority: int = 5
    run_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job. `attempts` counts from 1; `lease` numbers this claim, so that a later one can be told from it."""

    id: int
    kind: str
    key: str
    payload: bytes
    lock: str | None
    attempts: int
    created_at: datetime
    lease: int


Attempt = Callable[[Connection, Job], Awaitable[None]]
"""Does one job within a transaction."""


@dataclass
class Worked:
    """What became of several jobs. done: with what followed them · alone: still claimed, to be run each on its own."""

    done: list[Job] = field(default_factory=list)
    alone: list[Job] = field(default_factory=list)
