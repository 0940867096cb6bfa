"""The tables. `storage/migrations` builds them; a test holds the two together on both databases.

Those of traffic are in `storage.schema_traffic` and not imported here: a server that captures once a day need not carry
their definitions all day.
"""

from __future__ import annotations

from sqlalchemy import Column, Table, Text, UniqueConstraint

from storage.schema_activity import comments, commits, firsts, issues, pulls, releases, reviews, timeline, watermarks
from storage.schema_base import RowId, metadata
from storage.schema_installed import installations, repositories
from storage.schema_jobs import jobs, payloads
from storage.schema_work import answers, askings, pictures, reactions

__all__ = [
    "actors",
    "answers",
    "askings",
    "comments",
    "commits",
    "firsts",
    "installations",
    "issues",
    "jobs",
    "metadata",
    "payloads",
    "pictures",
    "pulls",
    "reactions",
    "releases",
    "repositories",
    "reviews",
    "timeline",
    "watermarks",
]

actors = Table(
    "actors",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("login", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    UniqueConstraint("key"),
)
