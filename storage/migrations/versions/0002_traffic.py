"""Traffic: days, weeks, lists, captures with their raw answers, snapshots, stars, and where history came from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only in a column declared exactly INTEGER PRIMARY KEY
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def of_repository(table: str) -> tuple[Column[int], sa.ForeignKeyConstraint]:
    """Return the column that ties a table's rows to their repository."""
    name = f"fk_{table}_repository_id"
    return (
        Column("repository_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["repository_id"], ["repositories.id"], name=name, ondelete="CASCADE"),
    )


def counts() -> list[Column[int]]:
    """Return the four columns of counts and uniques, each unknown until an answer says it."""
    return [Column(name, sa.Integer()) for name in ("views", "view_uniques", "clones", "clone_uniques")]


def upgrade() -> None:
    """Add the tables and columns; `storage.schema_traffic` says what each is for."""
    op.add_column("installations", Column("permissions", sa.Text()))
    op.add_column("installations", Column("listed_at", sa.BigInteger()))
    op.add_column("repositories", Column("node_id", sa.Text()))
    create_numbers()
    create_lists()
    create_log()


def create_numbers() -> None:
    """Create the tables of what was counted."""
    op.create_table(
        "traffic_days",
        *of_repository("traffic_days"),
        Column("day", sa.Integer(), nullable=False),
        *counts(),
        Column("views_seen", sa.Integer()),
        Column("clones_seen", sa.Integer()),
        Column("import_id", sa.BigInteger()),
        sa.PrimaryKeyConstraint("repository_id", "day", name="pk_traffic_days"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "traffic_weeks",
        *of_repository("traffic_weeks"),
        Column("week", sa.Integer(), nullable=False),
        *counts(),
        sa.PrimaryKeyConstraint("repository_id", "week", name="pk_traffic_weeks"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "snapshots",
        *of_repository("snapshots"),
        Column("day", sa.Integer(), nullable=False),
        Column("taken_at", sa.BigInteger(), nullable=False),
        *(Column(name, sa.Integer()) for name in ("stars", "forks", "watchers", "open_issues", "open_pulls")),
        sa.PrimaryKeyConstraint("repository_id", "day", name="pk_snapshots"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stars",
        *of_repository("stars"),
        Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        Column("starred_at", sa.BigInteger()),
        Column("unstarred_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("repository_id", "user_id", name="pk_stars"),
        sqlite_with_rowid=False,
    )


def create_lists() -> None:
    """Create the tables of referrers and paths."""
    op.create_table(
        "traffic_names",
        Column("id", ROW_ID, nullable=False),
        *of_repository("traffic_names"),
        Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_traffic_names"),
        sa.UniqueConstraint("repository_id", "text", name="uq_traffic_names_repository_id_text"),
    )
    op.create_table(
        "traffic_lists",
        *of_repository("traffic_lists"),
        Column("kind", sa.SmallInteger(), autoincrement=False, nullable=False),
        Column("day", sa.Integer(), nullable=False),
        Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        Column("name_id", sa.BigInteger(), nullable=False),
        Column("count", sa.Integer(), nullable=False),
        Column("uniques", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("repository_id", "kind", "day", "position", name="pk_traffic_lists"),
        sqlite_with_rowid=False,
    )


def create_log() -> None:
    """Create the tables of asking: captures, their raw answers, runs and imports."""
    op.create_table(
        "captures",
        *of_repository("captures"),
        Column("captured_at", sa.BigInteger(), nullable=False),
        Column("day", sa.Integer(), nullable=False),
        Column("installation_id", sa.BigInteger(), nullable=False),
        Column("run", sa.Text(), nullable=False),
        Column("requests", sa.Integer(), nullable=False),
        Column("outcome", sa.Text(), nullable=False),
        Column("reason", sa.Text()),
        *counts(),
        sa.PrimaryKeyConstraint("repository_id", "captured_at", name="pk_captures"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_captures_installation_id_run", "captures", ["installation_id", "run"])
    op.create_table(
        "raw_answers",
        *of_repository("raw_answers"),
        Column("captured_at", sa.BigInteger(), nullable=False),
        Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("repository_id", "captured_at", name="pk_raw_answers"),
    )
    op.create_table(
        "capture_runs",
        Column("installation_id", sa.BigInteger(), nullable=False),
        Column("run", sa.Text(), nullable=False),
        Column("day", sa.Integer(), nullable=False),
        Column("state", sa.Text(), nullable=False),
        Column("planned_at", sa.BigInteger(), nullable=False),
        Column("started_at", sa.BigInteger()),
        Column("finished_at", sa.BigInteger()),
        Column("repositories", sa.Integer(), nullable=False),
        Column("requests", sa.Integer(), nullable=False),
        Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("installation_id", "run", name="pk_capture_runs"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "imports",
        Column("id", ROW_ID, nullable=False),
        *of_repository("imports"),
        Column("format", sa.Text(), nullable=False),
        Column("source", sa.Text(), nullable=False),
        Column("sha256", sa.Text(), nullable=False),
        Column("imported_at", sa.BigInteger(), nullable=False),
        Column("first_day", sa.Integer()),
        Column("last_day", sa.Integer()),
        Column("rows", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
        sa.UniqueConstraint("repository_id", "format", "sha256", name="uq_imports_repository_id_format_sha256"),
    )
