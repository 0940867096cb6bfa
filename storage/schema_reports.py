"""The tables of periodic reports: which are wanted, and which issues and comments they became.

Not imported with the other tables: a server whose repositories want no reports need not carry their definitions.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table, Text

from storage.columns import Moment
from storage.schema_base import metadata

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("repository_id", BigInteger, ForeignKey("repositories.id", ondelete="CASCADE"), nullable=False),
    Column("source", Text, nullable=False),  # who wants it: command or file
    Column("slot", Text, nullable=False),  # which of the repository's reports it is, such as weekly or monthly-org
    Column("schedule", Text, nullable=False),  # JSON
    Column("number", Integer),  # the thread that the reports go to; NULL = they are issues of their own
    Column("since", Moment, nullable=False),  # set up, or changed, then: what was due before is nobody's
    Column("next_at", Moment),  # NULL = it rests, or has ended
    Column("ended_at", Moment),
    Column("reason", Text),  # why it ended, where nobody ended it
    Column("rests", Boolean, nullable=False),  # the settings file says something else meanwhile
    PrimaryKeyConstraint("repository_id", "source", "slot"),
    Index(None, "next_at"),
)

# Every report that was begun, by the hidden key that it carries, so that none is written twice.
written_reports = Table(
    "written_reports",
    metadata,
    Column("key", Text, primary_key=True),
    Column("repository_id", BigInteger, ForeignKey("repositories.id", ondelete="CASCADE"), nullable=False),
    Column("slot", Text, nullable=False),
    Column("period", Text, nullable=False),  # what it is about, or, of one that is edited each time, what it was last
    Column("state", Text, nullable=False),
    Column("number", Integer),  # of the issue or the thread; unknown while an issue is being created
    Column("comment_id", BigInteger),  # of a report in a thread
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("closed_at", Moment),  # by the report after it
    Index(None, "repository_id", "slot"),
)
