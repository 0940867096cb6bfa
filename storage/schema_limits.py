"""What all processes on one PostgreSQL know together of GitHub's limits; on SQLite there is nothing of it.

Moments are microseconds by the database's clock, in which `storage.github_limits` alone reads and writes them.
"""

from __future__ import annotations

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Integer, Table, Text

from storage.schema_queue import metadata

# due: when the next write would go if no burst were allowed · sent: the latest turns, oldest first, at most an hour's ·
# turn_at and given are what the last statement said: an upsert can only return what it stored.
github_paces = Table(
    "github_paces",
    metadata,
    Column("installation_id", BigInteger, primary_key=True, autoincrement=False),
    Column("due", BigInteger, nullable=False),
    Column("sent", ARRAY(BigInteger), nullable=False),
    Column("turn_at", BigInteger, nullable=False),
    Column("given", Boolean, nullable=False),
)

# kind: core, graphql, everything or whatever GitHub calls a limit · hourly, remaining, reset_at: as it said them last,
# the reset by its own clock · points_due: as `due` above, of the points a minute · points_given: as `given` above.
github_limits = Table(
    "github_limits",
    metadata,
    Column("installation_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("rests_until", BigInteger),
    Column("hourly", Integer),
    Column("remaining", Integer),
    Column("reset_at", BigInteger),
    Column("points_due", BigInteger, nullable=False),
    Column("points_given", Integer, nullable=False),
)

# A place is the right of one process to ask a few things at once, until it runs out or is given back.
github_places = Table(
    "github_places",
    metadata,
    Column("installation_id", BigInteger, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("holder", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
)
