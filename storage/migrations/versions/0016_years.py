"""On PostgreSQL raw answers and lists lie in partitions, one a year; on both it is noted what is no longer kept.

What is stored becomes the first partition as it is: no row is written anew but those of years to come, and the tables
are read once. Names and columns stay, so the version before works on.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0016_0015"
down_revision = "0015_0013"
branch_labels = None
depends_on = None

DAY_MICROS = 86_400_000_000
# the table, its key, the column that a row's year is told from, and how many of its units a day has
PARTED = (
    ("traffic_lists", "repository_id, kind, day, position", "day", 1),
    ("raw_answers", "repository_id, captured_at", "captured_at", DAY_MICROS),
)


def upgrade() -> None:
    """Add the table of what was dropped, and part the two others."""
    op.create_table(
        "traffic_dropped",
        Column("what", sa.Text(), nullable=False),
        Column("before", sa.Integer(), nullable=False),
        Column("dropped_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("what", name="pk_traffic_dropped"),
        sqlite_with_rowid=False,
    )
    if op.get_context().dialect.name != "postgresql":
        return
    year = datetime.now(UTC).year
    for table, key, column, units in PARTED:
        part(table, key, column, [units * begin(year + ahead) for ahead in (1, 2)], year)


def part(table: str, key: str, column: str, ends: list[int], year: int) -> None:
    """Make a partitioned table in the place of a table, which becomes its first partition: all up to this year's end.

    There is one for the next year, and one for what has no other, so that nothing is ever refused.
    """
    stored, following, other = f"{table}_to_{year}", f"{table}_{year + 1}", f"{table}_other"
    end, after = ends
    op.execute(f"ALTER TABLE {table} RENAME TO {stored}")
    op.execute(f"ALTER INDEX pk_{table} RENAME TO pk_{stored}")
    op.execute(
        f"CREATE TABLE {table} (LIKE {stored}, CONSTRAINT pk_{table} PRIMARY KEY ({key}), "
        f"CONSTRAINT fk_{table}_repository_id FOREIGN KEY (repository_id) REFERENCES repositories (id) "
        f"ON DELETE CASCADE) PARTITION BY RANGE ({column})"
    )
    op.execute(f"CREATE TABLE {other} PARTITION OF {table} DEFAULT")
    op.execute(f"CREATE TABLE {following} PARTITION OF {table} FOR VALUES FROM ({end}) TO ({after})")
    # a clock may have stood wrong
    late = f"WITH late AS (DELETE FROM {stored} WHERE {column} >= {end} RETURNING *) "  # noqa: S608 - our own names
    op.execute(f"{late} INSERT INTO {table} SELECT * FROM late")  # noqa: S608 - likewise
    op.execute(f"ALTER TABLE {table} ATTACH PARTITION {stored} FOR VALUES FROM (MINVALUE) TO ({end})")


def begin(year: int) -> int:
    """Return the days from 1970 to the first of a year."""
    return (date(year, 1, 1) - date(1970, 1, 1)).days


def downgrade() -> None:
    """Put the rows back into tables of one piece each; what was dropped stays dropped."""
    op.drop_table("traffic_dropped")
    if op.get_context().dialect.name != "postgresql":
        return
    for table, key, _, _ in PARTED:
        op.execute(f"CREATE TABLE {table}_whole (LIKE {table})")
        op.execute(f"INSERT INTO {table}_whole SELECT * FROM {table}")  # noqa: S608 - our own names
        op.execute(f"DROP TABLE {table}")
        op.execute(f"ALTER TABLE {table}_whole RENAME TO {table}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT pk_{table} PRIMARY KEY ({key})")
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT fk_{table}_repository_id FOREIGN KEY (repository_id) "
            "REFERENCES repositories (id) ON DELETE CASCADE"
        )
