"""How jobs move: those that wait, are scheduled or were given up, and the keys of what was done.

The one file of a move that knows the engines' tables. A moved job does not depend on its engine: it is alive, done or
dead. One that runs while its server is stopped waits again, its attempt counted, as after a lease that ran out. Jobs
keep their numbers, since of two with the same priority the older one goes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from storage.columns import from_micros
from storage.job import SOMEBODY_WAITS
from storage.moving_plan import Moved, Writing, tables_without
from storage.moving_values import Key, Kind, Row, Value

EMBEDDED = ("jobs", "payloads")
PROCRASTINATE = ("job_keys", "procrastinate_jobs")
COLUMNS = (
    ("id", Kind.BIG),
    ("kind", Kind.TEXT),
    ("key", Kind.TEXT),
    ("state", Kind.TEXT),
    ("lock", Kind.TEXT),
    ("priority", Kind.SMALL),
    ("run_at", Kind.BIG),
    ("created_at", Kind.BIG),
    ("attempts", Kind.INTEGER),
    ("finished_at", Kind.BIG),
    ("error", Kind.TEXT),
    ("body", Kind.BYTES),
)
BODY = len(COLUMNS) - 1
OWN = tuple(name for name, _ in COLUMNS[:BODY])
STATE = "CASE WHEN state IN ('done', 'dead') THEN state ELSE 'scheduled' END AS state"

# Whoever claims the next job gives each that is due its place, on both databases: so all that are alive are scheduled.
FROM_JOBS = f"""
(SELECT id, kind, key, {STATE}, lock, priority, run_at, created_at, attempts, finished_at, error, body
 FROM jobs LEFT JOIN payloads ON payloads.job_id = jobs.id) AS moved_jobs
""".strip()  # noqa: S608 - names of our own
FROM_VIEW = f"""
(SELECT id, kind, key, {STATE}, lock, priority::smallint AS priority, run_at, created_at, attempts, finished_at, error,
 body FROM job_states) AS moved_jobs
""".strip()  # noqa: S608 - likewise

KEYS = (
    *("job_id", "kind", "key", "later", "done", "lock", "priority", "run_at", "created_at", "attempts", "finished_at"),
    *("error", "body"),
)
LIVING = ("id", "queue_name", "task_name", "priority", "lock", "args", "status", "scheduled_at", "attempts")


@dataclass(frozen=True)
class EmbeddedJobs(Moved):
    """Jobs of the embedded engine, with their payloads, as one sequence of rows."""

    def insert(self, target: Writing, rows: Sequence[Row], *, lenient: bool) -> None:
        """Write jobs, then the payloads of those that have one; no claim of another database's worker counts here."""
        target.insert("jobs", (*OWN, "lease"), [(*row[:BODY], 0) for row in rows], lenient=lenient)
        bodies = [(row[0], row[BODY]) for row in rows if row[BODY] is not None]
        target.insert("payloads", ("job_id", "body"), bodies, lenient=lenient)

    def delete(self, target: Writing, keys: Sequence[Key]) -> None:
        """Take jobs and their payloads out."""
        target.delete("payloads", ("job_id",), keys)
        target.delete("jobs", ("id",), keys)

    def tidy(self, target: Writing) -> None:
        """Take out payloads whose job was left out."""
        target.ask("DELETE FROM payloads WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.id = payloads.job_id)")


@dataclass(frozen=True)
class ProcrastinateJobs(Moved):
    """Jobs that Procrastinate runs, with the keys of all, as one sequence of rows."""

    def insert(self, target: Writing, rows: Sequence[Row], *, lenient: bool) -> None:
        """Write keys, and for what is alive or dead the row that Procrastinate has.

        It is written as it is and not deferred, since a job keeps its number.
        """
        target.insert("job_keys", KEYS, [key_row(row) for row in rows], lenient=lenient)
        living = [living_row(row) for row in rows if row[3] != "done"]
        target.insert("procrastinate_jobs", LIVING, living, lenient=lenient)

    def delete(self, target: Writing, keys: Sequence[Key]) -> None:
        """Take jobs and their keys out."""
        target.delete("procrastinate_jobs", ("id",), keys)
        target.delete("job_keys", ("job_id",), keys)

    def tidy(self, target: Writing) -> None:
        """Take out jobs whose key was left out, and keys whose job was."""
        target.ask("DELETE FROM procrastinate_jobs p WHERE NOT EXISTS (SELECT 1 FROM job_keys WHERE job_id = p.id)")
        target.ask(
            "DELETE FROM job_keys WHERE NOT done AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE id = job_id)"
        )

    def settle(self, target: Writing) -> None:
        """Number new jobs after all keys, too: those of what is done have no job any more."""
        target.ask(
            "SELECT setval(pg_get_serial_sequence('procrastinate_jobs', 'id'), max(job_id)) FROM job_keys "
            "HAVING max(job_id) > 0"
        )


def key_row(row: Row) -> Row:
    """Return a job's row in `job_keys`."""
    number, kind, key, state, lock, priority, run_at, created_at, attempts, finished_at, error, body = row
    later, done = int(state == "scheduled"), int(state == "done")
    return (number, kind, key, later, done, lock, priority, run_at, created_at, attempts, finished_at, error, body)


def living_row(row: Row) -> Row:
    """Return a job's row in Procrastinate's table, as `storage.queue_putting` has it deferred."""
    number, kind, key, state, lock, priority, run_at = row[:7]
    assert isinstance(run_at, int), "the column's type"
    assert isinstance(priority, int), "likewise"
    args = msgspec.json.encode({"key": key}).decode()
    if state == "dead":
        queue = "people" if priority >= SOMEBODY_WAITS else "background"
        return (number, queue, kind, priority, lock, args, "failed", None, 0)
    assert lock is None or isinstance(lock, str), "likewise"
    until_due: Value = None if lock is None else f"later:{lock}"
    return (number, "later", kind, priority, until_due, args, "todo", from_micros(run_at).isoformat(), 0)


def moved_jobs(dialect: str) -> Moved:
    """Return how jobs are read from and written to a database of this dialect."""
    names, kinds = zip(*COLUMNS, strict=True)
    if dialect == "sqlite":
        return EmbeddedJobs("jobs", names, kinds, (0,), FROM_JOBS, EMBEDDED)
    # the embedded engine's tables are there as well, and empty
    return ProcrastinateJobs("jobs", names, kinds, (0,), FROM_VIEW, (*EMBEDDED, *PROCRASTINATE))


def plan(dialect: str) -> tuple[Moved, ...]:
    """Return everything that is moved to or from a database of this dialect: as many, in the same order, for each."""
    return (*tables_without(EMBEDDED), moved_jobs(dialect))
