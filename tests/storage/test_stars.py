"""A star's latest beginning counts, and an end only if it came after, in whatever order they are told."""

from __future__ import annotations

from datetime import datetime
from itertools import permutations

import pytest
from sqlalchemy import select

from analytics.rows import StarRow
from storage.connection import Connection
from storage.engine import Store
from storage.schema_traffic import stars
from storage.stars import save_stars, unstar
from tests.storage.ask import write
from tests.storage.conftest import REPOSITORY
from tests.storage.showing import DAY, NOW

Stars = dict[int, tuple[datetime | None, datetime | None]]


async def stored(store: Store) -> Stars:
    async def work(conn: Connection) -> Stars:
        rows = await conn.execute(select(stars).where(stars.c.repository_id == REPOSITORY.id))
        return {row.user_id: (row.starred_at, row.unstarred_at) for row in rows}

    return await store.read(work)


async def test_stars_are_kept_by_person(store: Store) -> None:
    page = [StarRow(5, NOW), StarRow(6, NOW - DAY)]
    for rows in (page, page, []):
        await write(store, save_stars, REPOSITORY.id, rows)
    assert await stored(store) == {5: (NOW, None), 6: (NOW - DAY, None)}


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_any_order_of_star_unstar_and_star_again_ends_the_same(store: Store, order: tuple[int, ...]) -> None:
    """Given, taken away a day later, given again the day after: it stands since then."""
    for turn in order:
        if turn == 1:
            await write(store, unstar, REPOSITORY.id, 5, NOW + DAY)
        else:
            await write(store, save_stars, REPOSITORY.id, [StarRow(5, NOW + turn * DAY)])
    assert await stored(store) == {5: (NOW + 2 * DAY, None)}


async def test_a_star_that_was_taken_away_before_it_was_heard_of_does_not_stand(store: Store) -> None:
    await write(store, unstar, REPOSITORY.id, 5, NOW + DAY)
    assert await stored(store) == {5: (None, NOW + DAY)}
    await write(store, save_stars, REPOSITORY.id, [StarRow(5, NOW)])
    await write(store, unstar, REPOSITORY.id, 5, NOW + DAY / 2)
    assert await stored(store) == {5: (NOW, NOW + DAY)}


async def test_of_one_person_twice_on_a_page_the_later_counts(store: Store) -> None:
    await write(store, save_stars, REPOSITORY.id, [StarRow(5, NOW + DAY), StarRow(5, NOW)])
    assert await stored(store) == {5: (NOW + DAY, None)}
