"""The tables of Almanac's own work: pictures, answers, what was asked; its jobs are in `storage.schema_jobs`."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
)

from storage.columns import Moment
from storage.schema_base import metadata

pictures = Table(
    "pictures",
    metadata,
    Column("address", Text, primary_key=True),
    Column("repository_id", BigInteger, ForeignKey("repositories.id", ondelete="CASCADE"), nullable=False),
    Column("answer_key", Text, nullable=False),
    Column("position", SmallInteger, nullable=False),
    Column("theme", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index(None, "answer_key"),
    Index(None, "repository_id"),
)

answers = Table(
    "answers",
    metadata,
    Column("key", Text, primary_key=True),
    Column("repository_id", BigInteger, ForeignKey("repositories.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("command_comment_id", BigInteger, nullable=False),
    Column("comment_id", BigInteger),
    Column("state", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("asked_by", Text, nullable=False),  # lower-case login
    Column("asked_at", Moment, nullable=False),  # when the command's comment was last changed
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Index(None, "command_comment_id"),
)

# What each command of a comment was answered with: an edit of another command leaves it as it was published.
answer_parts = Table(
    "answer_parts",
    metadata,
    Column("answer_key", Text, ForeignKey("answers.key", ondelete="CASCADE"), nullable=False),
    Column("position", SmallInteger, nullable=False),
    Column("meaning", Text, nullable=False),  # the command, as JSON: what makes two the same
    Column("markdown", Text, nullable=False),
    Column("pictures", Text, nullable=False),  # addresses, as a JSON array
    Column("files", Text, nullable=False),  # addresses of exports, likewise
    Column("mistaken", Boolean, nullable=False),
    PrimaryKeyConstraint("answer_key", "position"),
)

# Files that can be fetched for a while, each with the question it answers; they are made when they are fetched.
exports = Table(
    "exports",
    metadata,
    Column("address", Text, primary_key=True),
    Column("repository_id", BigInteger, ForeignKey("repositories.id", ondelete="CASCADE"), nullable=False),
    Column("answer_key", Text, nullable=False),
    Column("wanted", Text, nullable=False),  # JSON
    Column("created_at", Moment, nullable=False),
    Index(None, "answer_key"),
    Index(None, "repository_id"),
    Index(None, "created_at"),
)

# Every time somebody asked: a new comment with commands, and each edit of one.
askings = Table(
    "askings",
    metadata,
    Column("repository_id", BigInteger, ForeignKey("repositories.id", ondelete="CASCADE"), nullable=False),
    Column("login", Text, nullable=False),  # lower-case
    Column("comment_id", BigInteger, nullable=False),
    Column("asked_at", Moment, nullable=False),
    # how many commands were answered; 0 = too many had been asked, and this comment was told so; -1 = who may not ask
    Column("commands", SmallInteger, nullable=False, server_default="1"),
    PrimaryKeyConstraint("repository_id", "login", "asked_at", "comment_id"),
)

# The App's own reactions to comments, so that the next one can take the place of the last.
reactions = Table(
    "reactions",
    metadata,
    Column("repository_id", BigInteger, ForeignKey("repositories.id", ondelete="CASCADE"), nullable=False),
    Column("comment_id", BigInteger, nullable=False),
    Column("content", Text, nullable=False),
    Column("reaction_id", BigInteger),  # unknown while it is being given
    PrimaryKeyConstraint("repository_id", "comment_id", "content"),
)

# `.github/analytics.yml` of every repository that was asked for one, so that what held before a mistake stays in force.
# No foreign key: a public repository's file can be read without the App being installed on it.
configurations = Table(
    "configurations",
    metadata,
    Column("installation_id", BigInteger, nullable=False),
    Column("key", Text, nullable=False),  # lower-case owner/name
    Column("text", Text),  # as it was read last; NULL = there was no such file
    Column("good", Text),  # the last version without a fault
    Column("good_at", Moment),  # when that was read first
    Column("read_at", Moment, nullable=False),
    Column("said", Text),  # stands for the faults that somebody has been told
    PrimaryKeyConstraint("installation_id", "key"),
)
