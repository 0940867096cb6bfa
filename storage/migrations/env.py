"""Alembic's entry: run the migrations on the connection that `storage.migrate` has opened, locked and will commit."""

from __future__ import annotations

from alembic import context

from storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
)
context.run_migrations()
