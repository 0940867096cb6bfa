"""The first tables: installations, repositories, activity, watermarks, jobs, pictures and answers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

URGENT_FIRST: sa.ColumnElement[int] = sa.literal_column("priority DESC")
# SQLite numbers rows by itself only in a column declared exactly INTEGER PRIMARY KEY
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def where(condition: str) -> dict[str, Any]:
    """Return the options of an index over some rows only, for both databases."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def of_repository(table: str) -> tuple[Column[int], sa.ForeignKeyConstraint]:
    """Return the column that ties a table's rows to their repository."""
    name = f"fk_{table}_repository_id"
    return (
        Column("repository_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["repository_id"], ["repositories.id"], name=name, ondelete="CASCADE"),
    )


def upgrade() -> None:
    """Create every table and index; `storage.schema` says what each is for."""
    op.create_table(
        "actors",
        Column("id", ROW_ID, nullable=False),
        Column("login", sa.Text(), nullable=False),
        Column("key", sa.Text(), nullable=False),
        Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_actors"),
        sa.UniqueConstraint("key", name="uq_actors_key"),
    )
    op.create_table(
        "installations",
        Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        Column("account_login", sa.Text(), nullable=False),
        Column("account_id", sa.BigInteger(), nullable=False),
        Column("account_type", sa.Text(), nullable=False),
        Column("suspended_at", sa.BigInteger()),
        Column("removed_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_installations"),
    )
    op.create_table(
        "jobs",
        Column("id", ROW_ID, nullable=False),
        Column("kind", sa.Text(), nullable=False),
        Column("key", sa.Text(), nullable=False),
        Column("state", sa.Text(), nullable=False),
        Column("lock", sa.Text()),
        Column("priority", sa.SmallInteger(), nullable=False),
        Column("run_at", sa.BigInteger(), nullable=False),
        Column("created_at", sa.BigInteger(), nullable=False),
        Column("attempts", sa.Integer(), nullable=False),
        Column("lease", sa.Integer(), nullable=False),
        Column("leased_until", sa.BigInteger()),
        Column("finished_at", sa.BigInteger()),
        Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.UniqueConstraint("kind", "key", name="uq_jobs_kind_key"),
    )
    op.create_index("ix_jobs_dead", "jobs", ["finished_at"], **where("state = 'dead'"))
    op.create_index("ix_jobs_done", "jobs", ["finished_at"], **where("state = 'done'"))
    op.create_index("ix_jobs_ready", "jobs", [URGENT_FIRST, "id"], **where("state = 'ready'"))
    op.create_index("ix_jobs_running", "jobs", ["leased_until"], **where("state = 'running'"))
    op.create_index("ix_jobs_scheduled", "jobs", ["run_at"], **where("state = 'scheduled'"))
    op.create_index("ix_jobs_waiting", "jobs", ["lock", URGENT_FIRST, "id"], **where("state = 'waiting'"))
    op.create_index("ux_jobs_lock", "jobs", ["lock"], unique=True, **where("state IN ('ready', 'running')"))
    op.create_table(
        "repositories",
        Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        Column("installation_id", sa.BigInteger(), nullable=False),
        Column("owner", sa.Text(), nullable=False),
        Column("name", sa.Text(), nullable=False),
        Column("key", sa.Text(), nullable=False),
        Column("visibility", sa.Text(), nullable=False),
        Column("default_branch", sa.Text(), nullable=False),
        Column("archived", sa.Boolean(), nullable=False),
        Column("removed_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_repositories"),
    )
    op.create_index("ix_repositories_installation_id", "repositories", ["installation_id"])
    op.create_index("ix_repositories_key", "repositories", ["key"])
    op.create_table(
        "answers",
        Column("key", sa.Text(), nullable=False),
        *of_repository("answers"),
        Column("number", sa.Integer(), nullable=False),
        Column("command_comment_id", sa.BigInteger(), nullable=False),
        Column("comment_id", sa.BigInteger()),
        Column("state", sa.Text(), nullable=False),
        Column("question", sa.Text(), nullable=False),
        Column("asked_by", sa.Text(), nullable=False),
        Column("asked_at", sa.BigInteger(), nullable=False),
        Column("created_at", sa.BigInteger(), nullable=False),
        Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_answers"),
    )
    op.create_index("ix_answers_command_comment_id", "answers", ["command_comment_id"])
    op.create_table(
        "askings",
        *of_repository("askings"),
        Column("login", sa.Text(), nullable=False),
        Column("comment_id", sa.BigInteger(), nullable=False),
        Column("asked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("repository_id", "login", "asked_at", "comment_id", name="pk_askings"),
    )
    op.create_table(
        "reactions",
        *of_repository("reactions"),
        Column("comment_id", sa.BigInteger(), nullable=False),
        Column("content", sa.Text(), nullable=False),
        Column("reaction_id", sa.BigInteger()),
        sa.PrimaryKeyConstraint("repository_id", "comment_id", "content", name="pk_reactions"),
    )
    op.create_table(
        "comments",
        *of_repository("comments"),
        Column("id", sa.Text(), nullable=False),
        Column("number", sa.Integer(), nullable=False),
        Column("on_pull", sa.Boolean(), nullable=False),
        Column("author_id", sa.BigInteger(), nullable=False),
        Column("created_at", sa.BigInteger(), nullable=False),
        Column("body_length", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["actors.id"], name="fk_comments_author_id"),
        sa.PrimaryKeyConstraint("repository_id", "id", name="pk_comments"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_comments_number", "comments", ["repository_id", "number", "created_at"])
    op.create_table(
        "commits",
        *of_repository("commits"),
        Column("sha", sa.Text(), nullable=False),
        Column("author_id", sa.BigInteger(), nullable=False),
        Column("authored_at", sa.BigInteger(), nullable=False),
        Column("committed_at", sa.BigInteger(), nullable=False),
        Column("additions", sa.Integer()),
        Column("deletions", sa.Integer()),
        Column("parents", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["actors.id"], name="fk_commits_author_id"),
        sa.PrimaryKeyConstraint("repository_id", "sha", name="pk_commits"),
        sqlite_with_rowid=False,
    )
    read = ["repository_id", "committed_at", "author_id", "authored_at", "additions", "deletions", "parents"]
    op.create_index("ix_commits_committed_at", "commits", read)
    op.create_table(
        "firsts",
        *of_repository("firsts"),
        Column("actor_id", sa.BigInteger(), nullable=False),
        Column("first_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["actors.id"], name="fk_firsts_actor_id"),
        sa.PrimaryKeyConstraint("repository_id", "actor_id", name="pk_firsts"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "issues",
        *of_repository("issues"),
        Column("number", sa.Integer(), nullable=False),
        Column("title", sa.Text(), nullable=False),
        Column("author_id", sa.BigInteger(), nullable=False),
        Column("created_at", sa.BigInteger(), nullable=False),
        Column("updated_at", sa.BigInteger(), nullable=False),
        Column("closed_at", sa.BigInteger()),
        Column("state_reason", sa.Text()),
        Column("comments", sa.Integer(), nullable=False),
        Column("first_response_at", sa.BigInteger()),
        Column("first_response_by_id", sa.BigInteger()),
        Column("labels", sa.Text(), nullable=False),
        Column("last_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["actors.id"], name="fk_issues_author_id"),
        sa.ForeignKeyConstraint(["first_response_by_id"], ["actors.id"], name="fk_issues_first_response_by_id"),
        sa.PrimaryKeyConstraint("repository_id", "number", name="pk_issues"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_issues_last_at", "issues", ["repository_id", "last_at"])
    op.create_index("ix_issues_open", "issues", ["repository_id", "last_at"], **where("closed_at IS NULL"))
    op.create_table(
        "payloads",
        Column("job_id", ROW_ID, autoincrement=False, nullable=False),
        Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_payloads_job_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", name="pk_payloads"),
    )
    op.create_table(
        "pictures",
        Column("address", sa.Text(), nullable=False),
        *of_repository("pictures"),
        Column("answer_key", sa.Text(), nullable=False),
        Column("position", sa.SmallInteger(), nullable=False),
        Column("theme", sa.Text(), nullable=False),
        Column("media_type", sa.Text(), nullable=False),
        Column("data", sa.LargeBinary(), nullable=False),
        Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_pictures"),
    )
    op.create_index("ix_pictures_answer_key", "pictures", ["answer_key"])
    op.create_index("ix_pictures_repository_id", "pictures", ["repository_id"])
    op.create_table(
        "pulls",
        *of_repository("pulls"),
        Column("number", sa.Integer(), nullable=False),
        Column("title", sa.Text(), nullable=False),
        Column("author_id", sa.BigInteger(), nullable=False),
        Column("created_at", sa.BigInteger(), nullable=False),
        Column("updated_at", sa.BigInteger(), nullable=False),
        Column("closed_at", sa.BigInteger()),
        Column("merged_at", sa.BigInteger()),
        Column("merged_by_id", sa.BigInteger()),
        Column("is_draft", sa.Boolean(), nullable=False),
        Column("ready_at", sa.BigInteger()),
        Column("base_ref", sa.Text(), nullable=False),
        Column("additions", sa.Integer()),
        Column("deletions", sa.Integer()),
        Column("changed_files", sa.Integer()),
        Column("labels", sa.Text(), nullable=False),
        Column("last_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["actors.id"], name="fk_pulls_author_id"),
        sa.ForeignKeyConstraint(["merged_by_id"], ["actors.id"], name="fk_pulls_merged_by_id"),
        sa.PrimaryKeyConstraint("repository_id", "number", name="pk_pulls"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_pulls_last_at", "pulls", ["repository_id", "last_at"])
    op.create_index("ix_pulls_open", "pulls", ["repository_id", "last_at"], **where("closed_at IS NULL"))
    op.create_table(
        "releases",
        *of_repository("releases"),
        Column("id", sa.Text(), nullable=False),
        Column("tag", sa.Text(), nullable=False),
        Column("name", sa.Text(), nullable=False),
        Column("created_at", sa.BigInteger(), nullable=False),
        Column("published_at", sa.BigInteger()),
        Column("is_prerelease", sa.Boolean(), nullable=False),
        Column("is_draft", sa.Boolean(), nullable=False),
        Column("commit_sha", sa.Text()),
        sa.PrimaryKeyConstraint("repository_id", "id", name="pk_releases"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reviews",
        *of_repository("reviews"),
        Column("id", sa.Text(), nullable=False),
        Column("number", sa.Integer(), nullable=False),
        Column("reviewer_id", sa.BigInteger(), nullable=False),
        Column("author_id", sa.BigInteger(), nullable=False),
        Column("state", sa.Text(), nullable=False),
        Column("submitted_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["author_id"], ["actors.id"], name="fk_reviews_author_id"),
        sa.ForeignKeyConstraint(["reviewer_id"], ["actors.id"], name="fk_reviews_reviewer_id"),
        sa.PrimaryKeyConstraint("repository_id", "id", name="pk_reviews"),
        sqlite_with_rowid=False,
    )
    read = ["repository_id", "submitted_at", "number", "reviewer_id", "author_id", "state"]
    op.create_index("ix_reviews_submitted_at", "reviews", read)
    op.create_table(
        "timeline",
        *of_repository("timeline"),
        Column("id", sa.Text(), nullable=False),
        Column("number", sa.Integer(), nullable=False),
        Column("kind", sa.Text(), nullable=False),
        Column("at", sa.BigInteger(), nullable=False),
        Column("actor_id", sa.BigInteger()),
        Column("subject", sa.Text()),
        sa.ForeignKeyConstraint(["actor_id"], ["actors.id"], name="fk_timeline_actor_id"),
        sa.PrimaryKeyConstraint("repository_id", "id", name="pk_timeline"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_timeline_number", "timeline", ["repository_id", "number", "at", "kind", "actor_id", "subject"])
    op.create_table(
        "watermarks",
        *of_repository("watermarks"),
        Column("dataset", sa.Text(), nullable=False),
        Column("synced_at", sa.BigInteger()),
        Column("newest_at", sa.BigInteger()),
        Column("covered_since", sa.BigInteger()),
        Column("open_complete_at", sa.BigInteger()),
        Column("cursor", sa.Text()),
        Column("whole_history", sa.Boolean(), nullable=False),
        Column("error", sa.Text()),
        Column("rows", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("repository_id", "dataset", name="pk_watermarks"),
    )
