"""One analysis of each person for all processes, noticed when its reader falls silent, gone with all its rows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from storage import analyses, sessions
from storage.connection import Connection
from storage.engine import Store

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
async def store(shared: str) -> AsyncIterator[Store]:
    opened = await Store.open(shared)
    yield opened
    await opened.close()


async def begun(store: Store, key: str, person: int, at: datetime = NOW) -> bool:
    return await store.write(
        lambda conn: analyses.begin(conn, key, person, "one", "{}", "reading", "{}", at)
    )  # fmt: skip


async def said(store: Store, key: str, state: str, server: str = "one") -> bool:
    return await store.write(lambda conn: analyses.say(conn, key, server, state, "{}"))


async def state(store: Store, key: str) -> str | None:
    found = await store.read(lambda conn: analyses.of_key(conn, key))
    return None if found is None else found.state


async def test_a_person_has_one_whoever_asks_at_the_same_time(store: Store) -> None:
    both = await asyncio.gather(begun(store, "a", 1), begun(store, "b", 1))
    assert sorted(both) == [False, True]
    assert await begun(store, "c", 2)
    assert await said(store, "a" if both[0] else "b", "done")
    assert await begun(store, "d", 1)
    assert [await state(store, key) for key in "abcd"] == [None, None, "reading", "reading"]


async def test_only_the_reader_says_how_far_it_is_and_only_until_its_end(store: Store) -> None:
    await begun(store, "a", 1)
    assert not await said(store, "a", "measuring", server="another")
    assert await said(store, "a", "measuring")
    assert await said(store, "a", "done")
    assert not await said(store, "a", "reading")
    assert await state(store, "a") == "done"


async def test_one_that_is_silent_for_long_has_failed(store: Store) -> None:
    await begun(store, "a", 1)
    await store.write(lambda conn: analyses.give_up(conn, "a", 30.0, "{}"))
    assert await state(store, "a") == "reading"
    await asyncio.sleep(0.06)
    await store.write(lambda conn: analyses.give_up(conn, "a", 0.05, "{}"))
    assert await state(store, "a") == "failed"
    assert not await said(store, "a", "reading"), "a reader that wakes up again learns that it is over"


async def test_rows_go_with_their_analysis(store: Store) -> None:
    await begun(store, "a", 1)

    async def put(conn: Connection) -> list[bool]:
        return [await analyses.put_part(conn, key, 0, b"rows") for key in ("a", "gone")]

    assert await store.write(put) == [True, False]
    assert await store.read(lambda conn: analyses.part(conn, "a", 0)) == b"rows"
    await store.write(lambda conn: analyses.forget(conn, "a"))
    assert await store.read(lambda conn: analyses.part(conn, "a", 0)) is None


async def test_what_nobody_looks_at_goes_and_of_what_is_over_the_last_are_kept(store: Store) -> None:
    for person in range(5):
        await begun(store, str(person), person, NOW + timedelta(minutes=person))
        if person != 1:
            await said(store, str(person), "done")
    await store.write(lambda conn: analyses.note_used(conn, "0", NOW + timedelta(hours=1)))
    await store.write(lambda conn: analyses.keep_last(conn, 2))
    keys = await store.read(lambda conn: analyses.among(conn, ["0", "1", "2", "3", "4"]))
    assert keys == {"0", "1", "4"}
    await store.write(lambda conn: analyses.prune(conn, NOW + timedelta(minutes=4)))
    assert await store.read(lambda conn: analyses.among(conn, ["0", "1", "2", "3", "4"])) == {"0"}


async def test_of_whoever_is_signed_in_nowhere_nothing_is_kept(store: Store) -> None:
    async def sign_in(conn: Connection) -> int:
        person = await sessions.save_person(conn, sessions.NewPerson("github", "71", "slate"), NOW)
        await sessions.begin_session(conn, b"browser", person.id, NOW)
        return person.id

    person = await store.write(sign_in)
    await begun(store, "theirs", person)
    await begun(store, "absent", person + 1)
    await store.write(analyses.forget_of_absent)
    assert await store.read(lambda conn: analyses.among(conn, ["theirs", "absent"])) == {"theirs"}
    await store.write(lambda conn: sessions.end_session(conn, b"browser", NOW))
    await store.write(analyses.forget_of_absent)
    assert await store.read(lambda conn: analyses.among(conn, ["theirs"])) == set()
