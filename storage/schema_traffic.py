"""The tables of traffic: what GitHub showed, day by day, and the log of asking for it.

Days are UTC dates. Uniques stand beside counts and are never added up. NULL is unknown, 0 is none. Tables of many small
rows are WITHOUT ROWID on SQLite, so that one repository's days lie side by side and the key is not stored twice.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

from storage.columns import Day, Moment, Word
from storage.schema_base import RowId, metadata, repository_key

__all__ = [
    "COUNTS",
    "LISTS",
    "capture_runs",
    "captures",
    "dropped",
    "imports",
    "raw_answers",
    "snapshots",
    "stars",
    "traffic_days",
    "traffic_lists",
    "traffic_names",
    "traffic_weeks",
]

LISTS = ("referrers", "paths")
COUNTS = ("views", "view_uniques", "clones", "clone_uniques")


def shown_counts() -> tuple[Column[int], ...]:
    """Return the columns of what GitHub shows of a day, a week or 14 days; NULL is unknown."""
    return tuple(Column(name, Integer) for name in COUNTS)


# A row exists for known days only. A day of one kind is provisional while its `seen` is before day + 2; `seen` is the
# latest UTC date of an answer that covered the day, as far as it matters: at day + 2 it stays.
traffic_days = Table(
    "traffic_days",
    metadata,
    repository_key(),
    Column("day", Day, primary_key=True),
    *shown_counts(),
    Column("views_seen", Day),
    Column("clones_seen", Day),
    # the import that last gave the row a value. No foreign key: to delete an import would read every row of all days
    Column("import_id", BigInteger),
    sqlite_with_rowid=False,
)

# Whole weeks only, by their Monday: the true weekly uniques.
traffic_weeks = Table(
    "traffic_weeks",
    metadata,
    repository_key(),
    Column("week", Day, primary_key=True),
    *shown_counts(),
    sqlite_with_rowid=False,
)

# Names of referrers and paths, once per repository: paths are a repository's own, and go with it.
traffic_names = Table(
    "traffic_names",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("repository_id", BigInteger, ForeignKey("repositories.id", ondelete="CASCADE"), nullable=False),
    Column("text", Text, nullable=False),
    UniqueConstraint("repository_id", "text"),
)

# On PostgreSQL lists and raw answers lie in partitions, one a year: `storage.partitions`.
# The top 10 as GitHub listed them on a date, over the 14 days before; position 1 is the top.
traffic_lists = Table(
    "traffic_lists",
    metadata,
    repository_key(),
    Column("kind", Word(*LISTS), primary_key=True, autoincrement=False),
    Column("day", Day, primary_key=True),
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    # no foreign key: to delete a name would read every row of all lists
    Column("name_id", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
    Column("uniques", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# Each try to capture a repository. views … clone_uniques are the answer's own totals of 14 days: the true uniques.
captures = Table(
    "captures",
    metadata,
    repository_key(),
    Column("captured_at", Moment, primary_key=True),
    Column("day", Day, nullable=False),
    Column("installation_id", BigInteger, nullable=False),
    Column("run", Text, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text),
    *shown_counts(),
    Index(None, "installation_id", "run"),
    sqlite_with_rowid=False,
)

# The bodies as they came, see `storage.raw`. With row ids: bodies of a kilobyte fill the pages of an index badly.
raw_answers = Table(
    "raw_answers",
    metadata,
    repository_key(),
    Column("captured_at", Moment, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

# What is no longer kept of a table's rows, for all repositories: those before a date, see `storage.retention`.
dropped = Table(
    "traffic_dropped",
    metadata,
    Column("what", Text, primary_key=True),
    Column("before", Day, nullable=False),
    Column("dropped_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

snapshots = Table(
    "snapshots",
    metadata,
    repository_key(),
    Column("day", Day, primary_key=True),
    Column("taken_at", Moment, nullable=False),
    Column("stars", Integer),
    Column("forks", Integer),
    Column("watchers", Integer),
    Column("open_issues", Integer),
    Column("open_pulls", Integer),
    sqlite_with_rowid=False,
)

# starred_at is NULL where all that is known of a star is that it was taken away.
stars = Table(
    "stars",
    metadata,
    repository_key(),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("starred_at", Moment),
    Column("unstarred_at", Moment),
    sqlite_with_rowid=False,
)

# state: planned -> running -> done or stopped. `run` is the UTC date, or for a run that was asked for its moment.
capture_runs = Table(
    "capture_runs",
    metadata,
    Column("installation_id", BigInteger, nullable=False),
    Column("run", Text, nullable=False),
    Column("day", Day, nullable=False),
    Column("state", Text, nullable=False),
    Column("planned_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    Column("repositories", Integer, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("reason", Text),
    PrimaryKeyConstraint("installation_id", "run"),
    sqlite_with_rowid=False,
)

imports = Table(
    "imports",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("repository_id", BigInteger, ForeignKey("repositories.id", ondelete="CASCADE"), nullable=False),
    Column("format", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("imported_at", Moment, nullable=False),
    Column("first_day", Day),
    Column("last_day", Day),
    Column("rows", Integer, nullable=False),
    UniqueConstraint("repository_id", "format", "sha256"),
)
