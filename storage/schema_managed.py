"""The tables of what people decide about an installation on the dashboard, and who decided it when.

Not imported with the other tables: a server on which nobody decided anything need not carry their definitions.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, PrimaryKeyConstraint, Table, Text

from storage.columns import Moment
from storage.schema_base import RowId, metadata


def of_repository(*, primary_key: bool = False) -> Column[int]:
    """Return the column that ties a row to a repository and makes it go when the repository goes."""
    return Column(
        "repository_id",
        BigInteger,
        ForeignKey("repositories.id", ondelete="CASCADE"),
        primary_key=primary_key,
        autoincrement=False,
        nullable=not primary_key,
    )


# How often a repository is captured, as an admin chose here; a file of its owner that names it counts before that.
capture_choices = Table(
    "capture_choices",
    metadata,
    of_repository(primary_key=True),
    Column("frequency", Text, nullable=False),  # daily, weekly or off
    Column("chosen_by", Text, nullable=False),
    Column("chosen_at", Moment, nullable=False),
)

# The runs of captures that somebody asked for on the dashboard: whose they are, and of which repository.
capture_orders = Table(
    "capture_orders",
    metadata,
    Column("installation_id", BigInteger, nullable=False),
    Column("run", Text, nullable=False),
    # NULL = all of the installation's. No foreign key: an order of one must never become one of all
    Column("repository_id", BigInteger),
    Column("ordered_by", Text, nullable=False),
    Column("ordered_at", Moment, nullable=False),
    PrimaryKeyConstraint("installation_id", "run"),
)

# The private repositories whose threads may show all of the installation, by the word of an owner of the account.
organisation_grants = Table(
    "organisation_grants",
    metadata,
    of_repository(primary_key=True),
    Column("installation_id", BigInteger, nullable=False),  # in another one, the grant counts for nothing
    Column("granted_by", Text, nullable=False),
    Column("granted_at", Moment, nullable=False),
)

# A role for somebody who has not signed in yet; it is given when they do.
invitations = Table(
    "invitations",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("installation_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),  # what `name` is: login, at GitHub, or email, that a provider has verified
    Column("name", Text, nullable=False),  # lower-case
    Column("role", Text, nullable=False),  # admin, member or viewer
    of_repository(),  # that a viewer sees
    Column("sees_traffic", Boolean, nullable=False),
    Column("invited_by", Text, nullable=False),
    Column("invited_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Index(None, "kind", "name"),
    Index(None, "installation_id"),
)

# Every change that somebody made on the dashboard, in a sentence: who, what, when.
decisions = Table(
    "decisions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("installation_id", BigInteger),  # NULL = of the whole server
    Column("at", Moment, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Index(None, "installation_id", "id"),
)
