"""The tables of GitHub's activity and of how far each dataset is known.

They are WITHOUT ROWID on SQLite: rows of one repository then lie side by side, and each index carries the key it needs.
Indexes end in the columns that `storage.loading` reads, so that a window is read from the index alone.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, SmallInteger, Table, Text

from storage.columns import Day, Moment
from storage.schema_base import actor, metadata, partial, repository_key

pulls = Table(
    "pulls",
    metadata,
    repository_key(),
    Column("number", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    actor("author_id"),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("merged_at", Moment),
    actor("merged_by_id", nullable=True),
    Column("is_draft", Boolean, nullable=False),
    Column("ready_at", Moment),
    Column("base_ref", Text, nullable=False),
    Column("additions", Integer),
    Column("deletions", Integer),
    Column("changed_files", Integer),
    Column("labels", Text, nullable=False),  # JSON array of names
    Column("last_at", Moment, nullable=False),  # the latest of created, updated, closed, merged
    Index("ix_pulls_last_at", "repository_id", "last_at"),
    partial("ix_pulls_open", "closed_at IS NULL", "repository_id", "last_at"),
    sqlite_with_rowid=False,
)

reviews = Table(
    "reviews",
    metadata,
    repository_key(),
    Column("id", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    actor("reviewer_id"),
    actor("author_id"),  # the pull request's author, so that no join is needed
    Column("state", Text, nullable=False),
    Column("submitted_at", Moment),
    Index("ix_reviews_submitted_at", "repository_id", "submitted_at", "number", "reviewer_id", "author_id", "state"),
    sqlite_with_rowid=False,
)

timeline = Table(
    "timeline",
    metadata,
    repository_key(),
    Column("id", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", Moment, nullable=False),
    actor("actor_id", nullable=True),
    Column("subject", Text),
    Index("ix_timeline_number", "repository_id", "number", "at", "kind", "actor_id", "subject"),
    sqlite_with_rowid=False,
)

issues = Table(
    "issues",
    metadata,
    repository_key(),
    Column("number", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    actor("author_id"),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("state_reason", Text),
    Column("comments", Integer, nullable=False),
    Column("first_response_at", Moment),
    actor("first_response_by_id", nullable=True),
    Column("labels", Text, nullable=False),  # JSON array of names
    Column("last_at", Moment, nullable=False),  # the latest of created, updated, closed
    Index("ix_issues_last_at", "repository_id", "last_at"),
    partial("ix_issues_open", "closed_at IS NULL", "repository_id", "last_at"),
    sqlite_with_rowid=False,
)

comments = Table(
    "comments",
    metadata,
    repository_key(),
    Column("id", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("on_pull", Boolean, nullable=False),
    actor("author_id"),
    Column("created_at", Moment, nullable=False),
    Column("body_length", Integer, nullable=False),
    Index("ix_comments_number", "repository_id", "number", "created_at", "author_id", "on_pull"),
    sqlite_with_rowid=False,
)

commits = Table(
    "commits",
    metadata,
    repository_key(),
    Column("sha", Text, primary_key=True),
    actor("author_id"),
    Column("authored_at", Moment, nullable=False),
    Column("committed_at", Moment, nullable=False),
    Column("additions", Integer),
    Column("deletions", Integer),
    Column("parents", SmallInteger, nullable=False),
    Index(
        "ix_commits_committed_at",
        *("repository_id", "committed_at", "author_id", "authored_at", "additions", "deletions", "parents"),
    ),
    sqlite_with_rowid=False,
)

releases = Table(
    "releases",
    metadata,
    repository_key(),
    Column("id", Text, primary_key=True),
    Column("tag", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("published_at", Moment),
    Column("is_prerelease", Boolean, nullable=False),
    Column("is_draft", Boolean, nullable=False),
    Column("commit_sha", Text),
    sqlite_with_rowid=False,
)

# Each actor's first contribution, kept while rows are saved: asking 800,000 rows takes longer than an answer may.
firsts = Table(
    "firsts",
    metadata,
    repository_key(),
    Column("actor_id", BigInteger, ForeignKey("actors.id"), primary_key=True),
    Column("first_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

watermarks = Table(
    "watermarks",
    metadata,
    repository_key(),
    Column("dataset", Text, primary_key=True),
    Column("synced_at", Moment),
    Column("newest_at", Moment),
    Column("covered_since", Moment),
    Column("open_complete_at", Moment),
    Column("cursor", Text),
    Column("whole_history", Boolean, nullable=False),
    Column("error", Text),
    Column("rows", Integer, nullable=False),
    Column("shape", SmallInteger, nullable=False, server_default="0"),
    # what webhooks and the nightly comparison note, see storage.currency; a sync leaves these alone
    Column("heard_at", Moment),
    Column("changed_at", Moment),
    Column("told_since", Moment),
    Column("told", Integer, nullable=False, server_default="0"),
    Column("reconciled_at", Moment),
)

# What webhooks had missed by each night's comparison with GitHub.
reconciliations = Table(
    "reconciliations",
    metadata,
    repository_key(),
    Column("dataset", Text, primary_key=True),
    Column("night", Day, primary_key=True),
    Column("compared", Integer, nullable=False),
    Column("missed", Integer, nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("edge", Moment, nullable=False),  # what changed since then is compared
    Column("cursor", Text),  # where it goes on after a rest
    Column("finished_at", Moment),
)

# What was deleted or moved away lately, so that a delivery which comes late does not bring it back.
vanished = Table(
    "vanished",
    metadata,
    repository_key(),
    Column("thing", Text, primary_key=True),  # `issues`, `pulls`, `comments` or `releases`
    Column("key", Text, primary_key=True),
    Column("at", Moment, nullable=False),
)
