"""`python -m bot delete` as it is typed: what it asks, what it refuses, and what is left."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main

REPOSITORY = (
    "INSERT INTO repositories (id, installation_id, owner, name, key, visibility, default_branch, archived, "
    "removed_at) VALUES ({id}, 1, 'Quartz', '{name}', 'quartz/{name}', 'public', 'main', 0, {removed})"
)
ACTOR = "INSERT INTO actors (id, login, key, kind) VALUES (5, 'Opal', 'opal', 'person')"


@pytest.fixture
def database(database_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with an installation that is there, a repository of it and one that was taken away."""
    with closing(sqlite3.connect(database_file)) as connection, connection:
        row = "(id, account_login, account_id, account_type) VALUES (1, 'Quartz', 4, 'User')"
        connection.execute(f"INSERT INTO installations {row}")
        connection.execute(REPOSITORY.format(id=7, name="mine", removed="NULL"))
        connection.execute(REPOSITORY.format(id=8, name="yours", removed=5))
        connection.execute("INSERT INTO snapshots (repository_id, day, taken_at) VALUES (8, 1, 1)")
        connection.execute(ACTOR)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{database_file}")
    return database_file


def run(*words: str, code: int = 0, typed: str | None = None) -> str:
    result = CliRunner().invoke(main, ["delete", *words], input=typed)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return " ".join(result.output.split())


def ask(database: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


def test_a_repository_that_was_taken_away_goes_at_once(database: Path) -> None:
    assert "Deleted quartz/YOURS (8)." in run("repository", "quartz/YOURS", "--yes")
    assert ask(database, "SELECT id FROM repositories") == [(7,)]
    assert ask(database, "SELECT * FROM snapshots") == []
    assert "there is no repository quartz/yours" in run("repository", "quartz/yours", "--yes", code=1)
    assert "it must look like OWNER/REPO" in run("repository", "yours", "--yes", code=2)


def test_what_is_still_installed_goes_only_if_that_is_said(database: Path) -> None:
    assert "--anyway" in run("repository", "quartz/mine", "--yes", code=1)
    assert "uninstall it at GitHub first" in run("installation", "quartz", "--yes", code=1)
    assert len(ask(database, "SELECT id FROM repositories")) == 2
    said = run("installation", "QUARTZ", "--yes", "--anyway")
    assert "Deleted the installation 1 on Quartz with 2 repositories." in said
    assert ask(database, "SELECT id FROM repositories") == ask(database, "SELECT id FROM installations") == []
    assert "there is no installation on quartz" in run("installation", "quartz", "--yes", code=1)


def test_a_person_is_replaced_and_who_says_no_keeps_everything(database: Path) -> None:
    run("person", "opal", typed="n\n", code=1)
    assert ask(database, "SELECT login FROM actors") == [("Opal",)]
    assert "The person is forgotten: 1 of actors changed." in run("person", "OPAL", typed="y\n")
    ((login, key, number),) = ask(database, "SELECT login, key, id FROM actors")
    assert (str(login)[:8], key, number) == ("deleted:", login, 5)
    assert "names nobody" in run("person", "Ghost", "--yes", code=1)
