"""The tables of where the App is installed: asked for once a minute, so they stand apart from what an answer needs."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Table, Text

from storage.columns import Moment
from storage.schema_base import metadata

installations = Table(
    "installations",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("account_login", Text, nullable=False),
    Column("account_id", BigInteger, nullable=False),
    Column("account_type", Text, nullable=False),
    Column("suspended_at", Moment),
    Column("removed_at", Moment),
    Column("permissions", Text),  # JSON object of name -> level, as its owner granted them; NULL = never said
    Column("listed_at", Moment),  # when its repositories were last listed in full
    Column("removed_by", Text),  # who told of its end: webhook or listing; NULL = it has not ended, or before 0003
)

# GitHub's numeric id is the key: names change. `key` is the lower-case owner/name to find it by.
# No foreign key to installations: events arrive in any order, a repository's may come before its installation's.
repositories = Table(
    "repositories",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("installation_id", BigInteger, nullable=False),
    Column("owner", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("default_branch", Text, nullable=False),
    Column("archived", Boolean, nullable=False),
    Column("removed_at", Moment),
    Column("node_id", Text),  # GraphQL's name for it
    Index(None, "installation_id"),
    Index(None, "key"),
)
