"""The tables of who signs in, with what, and what they may see.

Not imported with the other tables: a server whose dashboard nobody opens need not carry their definitions.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from storage.columns import Moment
from storage.schema_base import RowId, metadata


def person_key(*, primary_key: bool = False) -> Column[int]:
    """Return the column that ties a row to a person and makes it go when the person goes."""
    return Column(
        "person_id", RowId, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=primary_key, nullable=False
    )


# Whoever has signed in. `issuer` and `subject` are who they are; login, name and email are labels that may change.
persons = Table(
    "persons",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("issuer", Text, nullable=False),  # `github`, or an OpenID provider's address
    Column("subject", Text, nullable=False),  # GitHub's number of the account, or the provider's `sub`
    Column("login", Text, nullable=False),
    Column("name", Text),
    Column("email", Text),  # lower-case, and only where the provider has verified it
    Column("is_operator", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("arrived_at", Moment),  # when they signed in last; NULL = not since that is written
    UniqueConstraint("issuer", "subject"),
)

# Only a hash of what the browser holds: whoever reads the database cannot sign in with it.
sessions = Table(
    "sessions",
    metadata,
    Column("hash", LargeBinary, primary_key=True),  # SHA-256 of the cookie's value
    person_key(),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Index(None, "person_id"),
    Index(None, "seen_at"),
)

# What GitHub gave a person who signed in, encrypted: with it Almanac asks what they may see, and nothing else.
user_tokens = Table(
    "user_tokens",
    metadata,
    person_key(primary_key=True),
    Column("access", LargeBinary, nullable=False),
    Column("access_ends_at", Moment),  # NULL = the App is registered with tokens that do not end
    Column("refresh", LargeBinary),
    Column("refresh_ends_at", Moment),
)

# With a token a person's programs read what the person may see. Only a hash of it is kept, as of a session's secret.
api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", RowId, primary_key=True),
    person_key(),
    Column("name", Text, nullable=False),  # what its owner calls it
    Column("hash", LargeBinary, nullable=False, unique=True),  # SHA-256 of the token
    Column("scopes", Text, nullable=False),  # with a space between two
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("last_used_at", Moment),  # to some minutes; NULL = never
    Index(None, "person_id"),
)

# A state is used once, on whichever server it comes back to.
spent_states = Table(
    "spent_states",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("at", Moment, nullable=False),
    Index(None, "at"),
)

# No foreign key to installations: a number that ended is never given again, so a role there gives nothing.
installation_roles = Table(
    "installation_roles",
    metadata,
    person_key(),
    Column("installation_id", BigInteger, nullable=False),
    Column("role", Text, nullable=False),  # admin or member
    Column("granted_by", Text, nullable=False),  # who gave it, as they were called
    Column("granted_at", Moment, nullable=False),
    PrimaryKeyConstraint("person_id", "installation_id"),
    Index(None, "installation_id"),
)

viewers = Table(
    "viewers",
    metadata,
    person_key(),
    Column("repository_id", BigInteger, ForeignKey("repositories.id", ondelete="CASCADE"), nullable=False),
    Column("sees_traffic", Boolean, nullable=False),
    Column("granted_by", Text, nullable=False),
    Column("granted_at", Moment, nullable=False),
    PrimaryKeyConstraint("person_id", "repository_id"),
    Index(None, "repository_id"),
)
