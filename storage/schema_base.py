"""What every table's definition shares: the metadata, and the columns that tie rows to repositories and actors."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only in a column declared exactly INTEGER PRIMARY KEY
RowId = BigInteger().with_variant(Integer(), "sqlite")


def repository_key() -> Column[int]:
    """Return the column that ties a row to its repository and makes it go when the repository goes."""
    return Column("repository_id", BigInteger, ForeignKey("repositories.id", ondelete="CASCADE"), primary_key=True)


def actor(name: str, *, nullable: bool = False) -> Column[Any]:
    """Return a column that refers to an actor."""
    return Column(name, BigInteger, ForeignKey("actors.id"), nullable=nullable)


def partial(name: str, condition: str, *columns: Any, unique: bool = False) -> Index:
    """Return an index over the rows that meet `condition` only, so that it stays as small as their number.

    The condition is a note; migrations write it and a test holds the two together. Said as PostgreSQL's option here it
    would import that database's dialect, 3 MB, into servers that run on SQLite.
    """
    return Index(name, *columns, unique=unique, info={"where": condition})
