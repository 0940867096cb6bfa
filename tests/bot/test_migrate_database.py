"""`python -m bot migrate-database` as it is typed: what it says, what it refuses, and what no server starts on."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.checks_here import database
from bot.cli import main
from sandbox.registration import register
from sandbox.world import World
from storage.migrate import upgrade
from storage.version import UNFINISHED

ROOT = Path(__file__).parents[2]


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["migrate-database", *words])


def refused(*words: str) -> str:
    """Return the sentence with which it refuses, on one line."""
    result = run(*words)
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    return " ".join(result.output.splitlines()[-1].split())


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


INSTALLED = "INSERT INTO installations (id, account_login, account_id, account_type) VALUES (1, 'quartz', 4, 'User')"


@pytest.fixture
def old(database_file: Path) -> str:
    """The address of a database with a row in it."""
    change(database_file, INSTALLED)
    return f"sqlite:///{database_file}"


@pytest.fixture
def new(tmp_path: Path) -> str:
    """The address of a database that is not there."""
    return f"sqlite:///{tmp_path / 'folder' / 'new.db'}"


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def test_it_says_what_comes_next_and_what_was_done(old: str, new: str) -> None:
    first = run(old, new)
    assert first.exit_code == 0, first.output
    assert "installations: 1 rows in 0.0 s\nCopied 1 rows." in first.output
    assert "Now stop every server that uses FROM, and run this again with --final." in first.output
    second = run(old, new, "--final")
    assert second.exit_code == 0, second.output
    assert "Holding FROM" in second.output
    assert "Equal: 1 rows in 1 tables" in second.output
    assert "Start the server with TO as its DATABASE_URL, and never again with FROM" in second.output
    third = run(old, new, "--verify")
    assert third.exit_code == 0, third.output
    assert third.output.splitlines()[0].split()[:2] == ["installations", "1"]


def test_it_may_be_done_at_once(old: str, new: str) -> None:
    result = run(old, new, "--final")
    assert result.exit_code == 0, result.output
    assert "Equal: 1 rows in 1 tables" in result.output


def test_a_difference_ends_with_status_1_and_names_table_and_key(old: str, new: str) -> None:
    assert run(old, new, "--final").exit_code == 0
    change(path_of(new), "UPDATE installations SET account_login = 'other'")
    assert "installations: the first difference is at the key 1; the source has 1 rows" in refused(old, new, "--verify")


def test_a_target_with_rows_is_refused(old: str, new: str) -> None:
    upgrade(new)
    change(path_of(new), INSTALLED)
    said = refused(old, new)
    assert "is not empty: installations has rows; move into a new, empty database" in said


def test_one_that_was_finished_is_not_filled_again(old: str, new: str) -> None:
    assert run(old, new, "--final").exit_code == 0
    assert "is not empty" in refused(old, new)


def test_a_target_of_another_move_is_refused(old: str, new: str, tmp_path: Path) -> None:
    assert run(old, new).exit_code == 0
    other = shutil.copyfile(path_of(old), tmp_path / "other.db")
    assert f"is being filled from the SQLite file {path_of(old)}" in refused(f"sqlite:///{other}", new)
    assert "is itself being filled by a move that has not finished" in refused(new, f"sqlite:///{tmp_path / 'x.db'}")


def test_another_version_is_refused_on_each_side(old: str, new: str, tmp_path: Path) -> None:
    early = f"sqlite:///{tmp_path / 'early.db'}"
    upgrade(early, "0010")
    assert "has the schema 0010, this is the version of" in refused(early, new)
    assert not path_of(new).exists()
    assert run(old, early, "--final").exit_code == 0  # an empty one is brought up to date
    late = tmp_path / "late.db"
    upgrade(f"sqlite:///{late}")
    change(late, "UPDATE alembic_version SET version_num = '9999'")
    assert "has the schema 9999, which is newer than this version's" in refused(old, f"sqlite:///{late}")


def test_a_move_that_another_version_began_is_refused(old: str, new: str) -> None:
    assert run(old, new).exit_code == 0
    change(path_of(new), "UPDATE alembic_version SET version_num = '0010'")
    assert "was begun by another version of Almanac" in refused(old, new, "--final")


def test_a_source_without_a_schema_and_one_that_is_not_there_are_refused(new: str, tmp_path: Path) -> None:
    bare = tmp_path / "bare.db"
    bare.touch()
    assert "has no schema of Almanac's; there is nothing to move" in refused(f"sqlite:///{bare}", new)
    missing = tmp_path / "missing.db"
    assert "there is no SQLite file at" in refused(f"sqlite:///{missing}", new)
    assert not missing.exists()
    text = tmp_path / "text.db"
    text.write_text("no database" * 100)
    assert "cannot be read as a SQLite database" in refused(f"sqlite:///{text}", new)
    assert not path_of(new).exists()


def test_one_database_under_two_names_is_refused(old: str, tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(path_of(old))
    assert "both addresses lead to the same database" in refused(old, f"sqlite:///{tmp_path / 'link.db'}")


def test_addresses_that_are_none_are_refused_and_no_password_is_shown(old: str) -> None:
    assert "DATABASE_URL begins with mysql://" in refused(old, "mysql://db/almanac")
    result = run(old, "postgresql://almanac:hunter2@127.0.0.1:9/almanac?connect_timeout=2")
    assert result.exit_code == 1
    assert "Error: the PostgreSQL database almanac at 127.0.0.1 does not answer" in result.output
    assert "hunter2" not in result.output


def environment(url: str, folder: Path) -> dict[str, str]:
    keys = register(World())
    return {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(folder),
        "DATABASE_URL": url,
        "GITHUB_API_URL": "http://127.0.0.1:9",
        "GITHUB_APP_ID": str(keys.app_id),
        "GITHUB_PRIVATE_KEY": keys.private_key,
        "GITHUB_WEBHOOK_SECRET": keys.webhook_secret,
        "PORT": "0",
    }


def test_no_server_starts_on_a_database_that_is_still_being_filled(old: str, new: str, tmp_path: Path) -> None:
    assert run(old, new).exit_code == 0
    surroundings = environment(new, tmp_path)
    for words in (["serve"], ["export", "traffic", "--all"]):
        done = started(words, surroundings)
        assert done.returncode == 1
        assert UNFINISHED in done.stderr
        assert "Traceback" not in done.stderr
    assert run(old, new, "--final").exit_code == 0
    done = started(["export", "traffic", "--all"], surroundings)
    assert done.returncode == 0, done.stderr


async def test_the_doctor_says_that_a_database_is_still_being_filled(old: str, new: str) -> None:
    assert (await asyncio.to_thread(run, old, new)).exit_code == 0
    found = await database(new)
    assert (found.state, found.remedy) == ("fail", UNFINISHED)
    assert (await asyncio.to_thread(run, old, new, "--final")).exit_code == 0
    assert (await database(new)).state == "ok"


def started(words: list[str], surroundings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the program as a process of its own."""
    command = [sys.executable, "-m", "bot", *words]
    return subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, check=False, text=True, timeout=60)
