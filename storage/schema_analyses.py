"""What all processes on one PostgreSQL know of analyses with tokens of people's own; on SQLite there is nothing of it.

Never a token: that is in the memory of the process that reads, and nowhere else.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, Table, Text

from storage.columns import Moment
from storage.schema_queue import metadata

# wanted: what is asked, progress: how far it is, found: what the rows are of; JSON of the dashboard's own ·
# server: the process that reads · beat_at: microseconds by the database's clock, when that last said that it lives.
analyses = Table(
    "analyses",
    metadata,
    Column("key", Text, primary_key=True),
    Column("person_id", BigInteger, nullable=False, unique=True),
    Column("server", Text, nullable=False),
    Column("wanted", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("progress", Text, nullable=False),
    Column("found", Text),
    Column("begun_at", Moment, nullable=False),
    Column("used_at", Moment, nullable=False),
    Column("beat_at", BigInteger, nullable=False),
)

# The rows that were read: a SQLite file in compressed parts, each small enough to be held in memory.
analysis_parts = Table(
    "analysis_parts",
    metadata,
    Column("analysis", Text, ForeignKey("analyses.key", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
)
