"""Installations, repositories, watermarks, pictures and answers come back as they were saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from storage import answers, installations, pictures
from storage.answers import PublishedAnswer
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
    for number, hours in enumerate((3, 2, 1, 1)):
        asked = replace(
            ANSWER, key=f"k{number}", created_at=NOW - hours * HOUR, asked_by="Topaz" if number == 3 else "Opal"
        )
        await write(store, answers.save_answer, asked)
    assert await read(store, answers.asked_since, REPOSITORY.id, "OPAL", NOW - 2 * HOUR) == 2
    assert await read(store, answers.asked_since, REPOSITORY.id, "topaz", NOW - 2 * HOUR) == 1
    assert await read(store, answers.asked_since, 8, "opal", NOW - 9 * HOUR) == 0
