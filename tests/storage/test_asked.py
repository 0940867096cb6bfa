"""What was asked and answered comes back as it was saved: parts of answers, files, and who asked how much."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage import askings
from storage.answer_parts import AnswerPart, parts_of, save_parts
from storage.answers import PublishedAnswer, save_answer
from storage.askings import Asking
from storage.connection import Connection
from storage.engine import Store
from storage.exports import Export, delete_exports, delete_exports_before, export, save_export
from storage.installations import Repository, save_repository

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROCKET = Repository(7, 1, "acme", "rocket", "public", "main")
ANSWER = PublishedAnswer("k1", 7, 3, 555, None, "asked", "/analytics", NOW, NOW, "opal", NOW)


async def prepared(store: Store) -> None:
    await store.write(lambda conn: save_repository(conn, ROCKET))
    await store.write(lambda conn: save_answer(conn, ANSWER))


async def test_parts_come_back_in_order_and_take_the_place_of_older_ones(store: Store) -> None:
    await prepared(store)
    parts = [AnswerPart("b", "**2**", ("x", "y"), ("f",), mistaken=True), AnswerPart("a", "one\n\n---\n\ntwo")]
    await store.write(lambda conn: save_parts(conn, "k1", [AnswerPart("old", "")]))
    await store.write(lambda conn: save_parts(conn, "k1", parts))
    assert await store.read(lambda conn: parts_of(conn, "k1")) == parts
    assert await store.read(lambda conn: parts_of(conn, "k2")) == []
    await store.write(lambda conn: save_parts(conn, "k1", []))
    assert await store.read(lambda conn: parts_of(conn, "k1")) == []


async def test_a_file_is_there_until_its_time_is_over(store: Store) -> None:
    await prepared(store)
    kept = Export("a" * 43, 7, "k1", '{"form":"csv"}', NOW)
    for one in (kept, Export("b" * 43, 7, "k1", "{}", NOW), Export("c" * 43, 7, "k2", "{}", NOW - HOUR)):
        await store.write(lambda conn, one=one: save_export(conn, one))  # type: ignore[misc]

    async def found(address: str, since: datetime) -> Export | None:
        return await store.read(lambda conn: export(conn, address * 43, since))

    assert await found("a", NOW - HOUR) == kept
    assert await found("a", NOW) is None
    assert await found("d", NOW - HOUR) is None
    assert await store.write(lambda conn: delete_exports(conn, "k1", ["a" * 43])) == 1
    assert await found("b", NOW - HOUR) is None
    assert await store.write(lambda conn: delete_exports_before(conn, NOW - HOUR)) == 1
    assert await found("a", NOW - HOUR) == kept


async def test_what_was_asked_around_a_moment(store: Store) -> None:
    """Noted once however often; what the person asked a week before is forgotten, others' is not."""
    await prepared(store)

    async def note(login: str, comment: int, at: datetime, commands: int = 1) -> None:
        async def work(conn: Connection) -> None:
            await askings.note_asking(conn, 7, login, comment, at, commands=commands)

        await store.write(work)

    await note("Opal", 1, NOW - 200 * HOUR)
    await note("jade", 2, NOW - 200 * HOUR)
    await note("opal", 3, NOW, 5)
    await note("opal", 3, NOW, 2)
    await note("topaz", 4, NOW + HOUR, 0)

    async def around(at: datetime, hours: int) -> list[Asking]:
        return await store.read(lambda conn: askings.askings_around(conn, 7, at, hours * HOUR))

    assert await around(NOW, 1) == [Asking("opal", 3, NOW, 5)]
    assert [one.comment_id for one in await around(NOW, 500)] == [2, 3, 4]
    told = await store.read(lambda conn: askings.askings_since(conn, 7, "topaz", NOW, apart_from=(9, NOW)))
    assert told == 0
