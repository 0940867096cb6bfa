"""What people decide about an installation on the dashboard, and when people signed in last."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, ForeignKey

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def repository(*, nullable: bool = False) -> Column[Any]:
    """Return the column that ties a row to a repository."""
    return Column(
        "repository_id", sa.BigInteger(), ForeignKey("repositories.id", ondelete="CASCADE"), nullable=nullable
    )


def upgrade() -> None:
    """Create the tables; when people signed in last was not written before."""
    op.add_column("persons", Column("arrived_at", sa.BigInteger()))
    op.create_table(
        "capture_choices",
        repository(),
        Column("frequency", sa.Text(), nullable=False),
        Column("chosen_by", sa.Text(), nullable=False),
        Column("chosen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("repository_id", name="pk_capture_choices"),
    )
    op.create_table(
        "capture_orders",
        Column("installation_id", sa.BigInteger(), nullable=False),
        Column("run", sa.Text(), nullable=False),
        Column("repository_id", sa.BigInteger()),
        Column("ordered_by", sa.Text(), nullable=False),
        Column("ordered_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("installation_id", "run", name="pk_capture_orders"),
    )
    op.create_table(
        "organisation_grants",
        repository(),
        Column("installation_id", sa.BigInteger(), nullable=False),
        Column("granted_by", sa.Text(), nullable=False),
        Column("granted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("repository_id", name="pk_organisation_grants"),
    )
    op.create_table(
        "invitations",
        Column("id", ROW_ID, nullable=False),
        Column("installation_id", sa.BigInteger(), nullable=False),
        Column("kind", sa.Text(), nullable=False),
        Column("name", sa.Text(), nullable=False),
        Column("role", sa.Text(), nullable=False),
        repository(nullable=True),
        Column("sees_traffic", sa.Boolean(), nullable=False),
        Column("invited_by", sa.Text(), nullable=False),
        Column("invited_at", sa.BigInteger(), nullable=False),
        Column("ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
    )
    op.create_index("ix_invitations_kind_name", "invitations", ["kind", "name"])
    op.create_index("ix_invitations_installation_id", "invitations", ["installation_id"])
    op.create_table(
        "decisions",
        Column("id", ROW_ID, nullable=False),
        Column("installation_id", sa.BigInteger()),
        Column("at", sa.BigInteger(), nullable=False),
        Column("who", sa.Text(), nullable=False),
        Column("what", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
    )
    op.create_index("ix_decisions_installation_id_id", "decisions", ["installation_id", "id"])


def downgrade() -> None:
    """Drop them."""
    for table in ("decisions", "invitations", "organisation_grants", "capture_orders", "capture_choices"):
        op.drop_table(table)
    op.drop_column("persons", "arrived_at")
