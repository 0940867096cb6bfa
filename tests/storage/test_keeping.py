"""Installations, repositories, watermarks, pictures and answers come back as they were saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from storage import answers, askings, installations, pictures, reactions
from storage.answers import PublishedAnswer
from storage.connection import Connection
from storage.engine import Store
from storage.installations import Installation
from storage.pictures import Picture
from storage.watermarks import Watermark, save_watermark, watermarks
from tests.storage.ask import read, write
from tests.storage.conftest import REPOSITORY

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANSWER = PublishedAnswer("k1", REPOSITORY.id, 12, 555, None, "waiting", "overview 30d", NOW, NOW, "Opal", NOW)


async def test_a_renamed_repository_is_found_by_its_new_name_only(store: Store) -> None:
    renamed = replace(REPOSITORY, owner="Basalt", name="Pit", visibility="private", archived=True)
    await write(store, installations.save_repository, renamed)
    assert await read(store, installations.repository, REPOSITORY.id) == renamed
    assert await read(store, installations.repository_by_name, "basalt", "PIT") == renamed
    assert await read(store, installations.repository_by_name, "quartz", "mine") is None


async def test_a_name_taken_over_leads_to_the_repository_that_has_it_now(store: Store) -> None:
    gone, new = replace(REPOSITORY, id=99, removed_at=NOW), replace(REPOSITORY, id=8)
    for each in (gone, new):
        await write(store, installations.save_repository, each)
    assert await read(store, installations.repository_by_name, "quartz", "mine") == new


async def test_uninstalling_removes_what_was_seen_there_and_nothing_else(store: Store) -> None:
    here, there = Installation(1, "quartz", 42, "Organization"), Installation(2, "basalt", 43, "User")
    other = replace(REPOSITORY, id=8, installation_id=2, owner="basalt")
    for each in (here, there):
        await write(store, installations.save_installation, each)
    await write(store, installations.save_repository, other)
    await write(store, installations.mark_installation_removed, 1, NOW)
    assert await store.read(installations.all_installations) == [there]
    assert await read(store, installations.repositories_of, 1) == []
    assert await read(store, installations.repositories_of, 2) == [other]
    removed = await read(store, installations.repository, REPOSITORY.id)
    assert removed == replace(REPOSITORY, removed_at=NOW)


async def test_what_was_said_of_an_installation_is_not_forgotten_by_who_does_not_know(store: Store) -> None:
    """A comment's webhook names the account only; permissions and the time of listing stay as they were learnt."""
    told = Installation(1, "quartz", 42, "Organization", permissions={"issues": "write", "administration": "read"})
    await write(store, installations.save_installation, told)
    await write(store, installations.note_listed, 1, NOW)
    renamed = Installation(1, "basalt", 42, "Organization", suspended_at=NOW)
    await write(store, installations.save_installation, renamed)
    expected = replace(renamed, permissions=told.permissions, listed_at=NOW)
    assert await read(store, installations.installation, 1) == expected
    assert await store.read(installations.all_installations) == [expected]
    revoked = replace(renamed, suspended_at=None, permissions={})
    await write(store, installations.save_installation, revoked)
    assert await read(store, installations.installation, 1) == replace(revoked, listed_at=NOW)


async def test_many_repositories_are_saved_at_once(store: Store) -> None:
    listed = [replace(REPOSITORY, id=number, name=f"mine{number}", node_id=f"R_{number}") for number in (9, 8)]
    await write(store, installations.save_repositories, listed)
    await write(store, installations.save_repositories, [])
    await write(store, installations.save_repository, replace(listed[0], archived=True, node_id=None))
    found = await read(store, installations.repositories_of, 1)
    assert found == [REPOSITORY, listed[1], replace(listed[0], archived=True)]


async def test_the_first_time_of_removal_stays(store: Store) -> None:
    for at in (NOW, NOW + HOUR):
        await write(store, installations.mark_repositories_removed, [REPOSITORY.id], at)
    found = await read(store, installations.repository, REPOSITORY.id)
    assert found is not None
    assert found.removed_at == NOW


async def test_watermarks_are_kept_by_dataset(store: Store) -> None:
    first = Watermark(REPOSITORY.id, "pulls", NOW, NOW, NOW - HOUR, NOW, "cursor==", rows=12)
    later = replace(first, cursor=None, whole_history=True, error=None, synced_at=NOW + HOUR)
    commits = Watermark(REPOSITORY.id, "commits", error="GitHub was away")
    for each in (first, later, commits):
        await write(store, save_watermark, each)
    found = await read(store, watermarks, REPOSITORY.id)
    assert found == {"pulls": later, "commits": commits}


async def test_a_picture_never_changes_at_its_address(store: Store) -> None:
    light = Picture("r4nd0m", REPOSITORY.id, "k1", 0, "light", "image/png", b"\x89PNG\x00", NOW)
    dark = replace(light, address="0th3r", theme="dark")
    await write(store, pictures.save_pictures, [light, dark])
    await write(store, pictures.save_pictures, [replace(light, data=b"other")])
    assert await read(store, pictures.picture, "r4nd0m") == light
    assert await read(store, pictures.picture, "guessed") is None
    assert await write(store, pictures.delete_pictures, "k1") == 2
    assert await read(store, pictures.picture, "0th3r") is None


async def test_an_answers_comment_once_known_is_not_forgotten(store: Store) -> None:
    posted = replace(ANSWER, comment_id=777, state="done", updated_at=NOW + HOUR)
    again = replace(ANSWER, state="asked again", created_at=NOW + HOUR)
    for each in (ANSWER, posted, again):
        await write(store, answers.save_answer, each)
    found = await read(store, answers.answer, "k1")
    assert found == replace(again, comment_id=777, created_at=NOW, asked_by="opal")
    assert await read(store, answers.answer_to, REPOSITORY.id, 555) == found
    assert await read(store, answers.answer_to, REPOSITORY.id, 556) is None


async def test_how_often_a_person_has_asked_lately(store: Store) -> None:
    """Each comment counts as often as it was changed; the one that is just being looked at does not."""
    for comment, hours in ((1, 3), (1, 2), (2, 1), (2, 1)):
        await write(store, askings.note_asking, REPOSITORY.id, "Opal", comment, NOW - hours * HOUR)
    await write(store, askings.note_asking, REPOSITORY.id, "Topaz", 3, NOW - HOUR)

    async def asked(repository_id: int, login: str, hours: int, apart_from: int = 9) -> int:
        since, this_one = NOW - hours * HOUR, (apart_from, NOW - HOUR)

        async def count(conn: Connection) -> int:
            return await askings.askings_since(conn, repository_id, login, since, apart_from=this_one)

        return await store.read(count)

    assert await asked(REPOSITORY.id, "OPAL", 2) == 2
    assert await asked(REPOSITORY.id, "OPAL", 3) == 3
    assert await asked(REPOSITORY.id, "opal", 3, apart_from=2) == 2
    assert await asked(REPOSITORY.id, "topaz", 2) == 1
    assert await asked(8, "opal", 9) == 0


async def test_the_apps_own_reactions_are_known_by_what_they_are(store: Store) -> None:
    await write(store, reactions.note_reaction, REPOSITORY.id, 5, "eyes", None)
    await write(store, reactions.note_reaction, REPOSITORY.id, 5, "eyes", 71)
    await write(store, reactions.note_reaction, REPOSITORY.id, 5, "rocket", None)
    assert await read(store, reactions.own_reactions, REPOSITORY.id, 5) == {"eyes": 71, "rocket": None}
    await write(store, reactions.forget_reaction, REPOSITORY.id, 5, "eyes")
    assert await read(store, reactions.own_reactions, REPOSITORY.id, 5) == {"rocket": None}
    assert await read(store, reactions.own_reactions, REPOSITORY.id, 6) == {}


async def test_an_answers_older_pictures_go_when_newer_ones_take_their_place(store: Store) -> None:
    older = Picture("0lder", REPOSITORY.id, "k1", 0, "light", "image/png", b"1", NOW)
    newer = replace(older, address="n3wer", data=b"2")
    others = replace(older, address="0thers", answer_key="k2")
    await write(store, pictures.save_pictures, [older, newer, others])
    assert await write(store, pictures.delete_pictures, "k1", ["n3wer"]) == 1
    assert await read(store, pictures.picture, "0lder") is None
    assert await read(store, pictures.picture, "n3wer") == newer
    assert await read(store, pictures.picture, "0thers") == others
