"""What must be so before anything is moved; whatever is not is said in a sentence."""

from __future__ import annotations

from storage.moving_jobs import plan
from storage.moving_progress import header_of
from storage.moving_sides import MoveError, Side
from storage.version import HEAD, MOVING


def revision_of(side: Side) -> str | None:
    """Return the version of a database's schema, None where it has none."""
    if not side.has_table("alembic_version"):
        return None
    found = side.ask("SELECT version_num FROM alembic_version")
    return str(found[0][0]) if found else None


def check_source(source: Side, *, finished: bool = True) -> None:
    """See that the source has this version's schema and, if `finished`, is not itself the target of a broken move."""
    revision = revision_of(source)
    if revision is None:
        raise MoveError(f"{source.name} has no schema of Almanac's; there is nothing to move")
    if revision != HEAD:
        raise MoveError(
            f"{source.name} has the schema {revision}, this is the version of {HEAD}; bring it up to date first, by "
            "`python -m bot migrate` or by starting the server of this version"
        )
    if finished and source.has_table(MOVING):
        raise MoveError(f"{source.name} is itself being filled by a move that has not finished")


def check_target(source: Side, target: Side) -> bool:
    """Return whether the target has begun to take in this source, False for an empty one; MoveError for all others."""
    if source.is_same(target):
        raise MoveError(f"both addresses lead to the same database, {source.name}")
    header = header_of(target)
    if header is None:
        check_empty(target)
        return False
    if header.source != source.name:
        raise MoveError(
            f"{target.name} is being filled from {header.source}, which has not finished; make a new, empty database "
            f"for {source.name}"
        )
    if header.revision != HEAD or revision_of(target) != HEAD:
        raise MoveError(
            f"the move to {target.name} was begun by another version of Almanac, with the schema {header.revision}; "
            "begin again with a new, empty database"
        )
    return True


def check_empty(target: Side) -> None:
    """See that no table of the schema has rows; one without a schema has none."""
    for moved in plan(target.dialect):
        for table in moved.tables:
            if target.has_table(table) and target.ask(f'SELECT 1 FROM "{table}" LIMIT 1'):  # noqa: S608 - our own names
                raise MoveError(f"{target.name} is not empty: {table} has rows; move into a new, empty database")
    revision = revision_of(target)
    if revision is not None and revision > HEAD:
        raise MoveError(f"{target.name} has the schema {revision}, which is newer than this version's, {HEAD}")
