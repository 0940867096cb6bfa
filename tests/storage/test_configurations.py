"""What repositories have set is remembered as it was read, and forgotten with the repository."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from storage import installations
from storage.configurations import (
    KnownFile,
    forget_files,
    known_file,
    note_faults_said,
    save_file,
    storable,
)
from storage.engine import Store
from storage.forget import forget_repositories
from storage.installations import Installation
from tests.storage.ask import read, write
from tests.storage.conftest import REPOSITORY
from tests.storage.showing import NOW

FILE = KnownFile(1, "quartz/mine", "traffic: off", "traffic: off", NOW, NOW)
DAY = timedelta(days=1)


async def test_a_file_is_remembered_by_installation_and_name(store: Store) -> None:
    await write(store, save_file, FILE)
    assert await read(store, known_file, 1, "quartz/mine") == FILE
    assert await read(store, known_file, 2, "quartz/mine") is None
    assert await read(store, known_file, 1, "quartz/other") is None


async def test_saving_again_keeps_what_was_said(store: Store) -> None:
    await write(store, save_file, FILE)
    await write(store, note_faults_said, 1, FILE.key, "mark")
    newer = replace(FILE, text="traffic: of", read_at=NOW + DAY)
    await write(store, save_file, newer)
    assert await read(store, known_file, 1, FILE.key) == replace(newer, said="mark")


async def test_no_file_is_remembered_too(store: Store) -> None:
    nothing = replace(FILE, text=None, good=None, good_at=None)
    await write(store, save_file, nothing)
    assert await read(store, known_file, 1, FILE.key) == nothing


async def test_any_text_can_be_kept(store: Store) -> None:
    strange = replace(FILE, text=storable("a\0b \N{PILE OF POO} '"), good=None)
    await write(store, save_file, strange)
    assert await read(store, known_file, 1, FILE.key) == strange


async def test_what_the_app_does_not_see_any_more_is_forgotten_after_its_grace(store: Store) -> None:
    for one in (1, 2):
        await write(store, installations.save_installation, Installation(one, "quartz", one, "User"))
    gone = replace(REPOSITORY, id=8, name="gone", removed_at=NOW)
    elsewhere = replace(REPOSITORY, id=9, installation_id=2, name="elsewhere")
    for repository in (gone, elsewhere):
        await write(store, installations.save_repository, repository)
    keys = {"quartz/mine": 1, "quartz/gone": 1, "quartz/elsewhere": 2, "quartz/.github": 1}
    for key, of in keys.items():
        await write(store, save_file, replace(FILE, installation_id=of, key=key))
    await write(store, installations.mark_installation_removed, 2, NOW)
    assert await write(store, forget_files, NOW) == 0
    later = NOW + DAY
    # the owner's public file may be read without the App being installed there: it counts while it is asked for
    await write(store, save_file, replace(FILE, key="quartz/.github", read_at=later))
    await write(store, forget_repositories, later, 10)
    assert {key for key, of in keys.items() if await read(store, known_file, of, key)} == {
        "quartz/mine",
        "quartz/.github",
    }
