"""Where jobs are looked at, whichever engine keeps them: the same columns and the same words for their states."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, literal_column

from storage.connection import Connection
from storage.schema_jobs import jobs


def jobs_in(conn: Connection) -> Table:
    """Return the table of jobs to read from: on PostgreSQL a view, which nothing can be written to."""
    if conn.dialect.name == "sqlite":
        return jobs
    from storage.schema_queue import job_states  # noqa: PLC0415 - the engine not in use is not imported

    return job_states


def being(table: Table, state: str) -> ColumnElement[bool]:
    """Return the condition with the state written out: an index over one state's jobs fits no bound parameter."""
    return table.c.state == literal_column(f"'{state}'")
