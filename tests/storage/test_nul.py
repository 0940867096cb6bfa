"""A NUL in what GitHub or a person says loses nothing: SQLite keeps it, PostgreSQL another character in its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Column, select

from storage import activity
from storage.engine import Store
from storage.installations import save_repository
from storage.schema import issues, pulls
from storage.schema_access import persons
from storage.sessions import NewPerson, Person, save_person
from tests.storage.ask import write
from tests.storage.conftest import REPOSITORY
from tests.storage.test_activity import ISSUE, PULL

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SAID = "cut\0here"


@pytest.fixture
def kept(store: Store) -> str:
    """What is read again of what was said."""
    return SAID if store.dialect == "sqlite" else "cut\ufffdhere"


async def every(store: Store, column: Column[str]) -> list[str]:
    return [value for (value,) in await store.read(lambda conn: conn.execute(select(column)))]


async def test_titles_labels_and_branches(store: Store, kept: str) -> None:
    await write(store, save_repository, REPOSITORY)
    pull = replace(PULL, title=SAID, base_ref=SAID, labels=(SAID,))
    await write(store, activity.save_pulls, REPOSITORY.id, [pull])
    await write(store, activity.save_issues, REPOSITORY.id, [replace(ISSUE, title=SAID)])
    assert await every(store, pulls.c.title) == [kept]
    assert await every(store, pulls.c.base_ref) == [kept]
    assert await every(store, issues.c.title) == [kept]


async def test_what_a_provider_calls_a_person(store: Store, kept: str) -> None:
    said = NewPerson("https://id.example", f"sub-{SAID}", SAID, SAID)
    first: Person = await write(store, save_person, said, NOON)
    again: Person = await write(store, save_person, said, NOON)
    assert first.id == again.id
    assert await every(store, persons.c.login) == [kept]
