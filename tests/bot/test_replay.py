"""`python -m bot replay` as it is typed: what was given up, what a file holds, and sentences for what is wrong."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner, Result

from bot.cli import main
from storage.intake import unpack

PAYLOAD = {"action": "created", "repository": {"id": 7}}


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """What a command does to logging is undone."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def database(database_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database that the command finds."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{database_file}")
    monkeypatch.delenv("CLOCK_URL", raising=False)
    return database_file


def replay(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["replay", *arguments])


def jobs(database: Path) -> list[tuple[str, str, str, int, bytes]]:
    """Return key, state, lock, attempts and payload of every delivery."""
    query = "SELECT key, state, lock, attempts, body FROM jobs LEFT JOIN payloads ON job_id = id ORDER BY id"
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


def leave(database: Path, state: str) -> None:
    """Leave a delivery behind as a worker would."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(
            "INSERT INTO jobs (kind, key, state, lock, priority, run_at, created_at, attempts, lease, finished_at)"
            " VALUES ('delivery', 'one', ?, 'repository:7', 5, 0, 0, 6, 6, 1)",
            [state],
        )
        connection.execute("INSERT INTO payloads SELECT id, x'00' FROM jobs")
        connection.commit()


def test_a_delivery_that_was_given_up_waits_anew(database: Path) -> None:
    leave(database, "dead")
    said = replay("one")
    assert (said.exit_code, said.output) == (0, "Delivery one waits for its turn again.\n")
    key, state, _, attempts, body = jobs(database)[0]
    assert (key, attempts, body) == ("one", 0, b"\0")
    assert state in {"waiting", "ready"}


@pytest.mark.parametrize(("state", "status"), [("running", 0), ("done", 1)])
def test_one_that_was_not_given_up_is_left_alone(database: Path, state: str, status: int) -> None:
    leave(database, state)
    before = jobs(database)
    said = replay("one")
    assert said.exit_code == status
    assert ("is running as it is" if state == "running" else "was worked on") in said.output
    assert jobs(database) == before


def test_an_unknown_id_is_a_sentence(database: Path) -> None:
    said = replay("two")
    assert said.exit_code == 1
    assert "no delivery two has come here" in said.output
    assert jobs(database) == []


@pytest.mark.parametrize("form", ["payload", "as GitHub shows it"])
def test_a_file_is_a_delivery_of_its_own(database: Path, tmp_path: Path, form: str) -> None:
    """Each time it is replayed; with the lock of its repository, so that nothing of it runs at the same time."""
    shown = {"id": 1, "guid": "one", "event": "issue_comment", "request": {"headers": {}, "payload": PAYLOAD}}
    file = tmp_path / "one.json"
    file.write_text(json.dumps(PAYLOAD if form == "payload" else shown))
    options = ["--event", "issue_comment"] if form == "payload" else []
    for _ in range(2):
        said = replay(str(file), *options)
        assert said.exit_code == 0, said.output
        assert "The issue_comment of one.json waits for its turn" in said.output
    rows = jobs(database)
    assert len({key for key, *_ in rows}) == 2
    for key, _, lock, _, body in rows:
        assert key.startswith("replay:one:")
        assert lock == "repository:7"
        event, plain = unpack(body)
        assert (event, json.loads(plain)) == ("issue_comment", PAYLOAD)


@pytest.mark.parametrize(
    ("content", "options", "sentence"),
    [
        ("{", [], "is not JSON"),
        ("[1]", [], "it must be a JSON object"),
        (json.dumps(PAYLOAD), [], "say its event"),
        (json.dumps(PAYLOAD), ["--event", "ping"], "nothing is done for the event ping"),
    ],
)
def test_what_is_no_delivery_is_a_sentence(
    database: Path, tmp_path: Path, content: str, options: list[str], sentence: str
) -> None:
    file = tmp_path / "one.json"
    file.write_text(content)
    said = replay(str(file), *options)
    assert said.exit_code in {1, 2}
    assert sentence in said.output
    assert jobs(database) == []


def test_a_file_that_is_not_there_is_no_id(database: Path) -> None:
    assert "there is no file missing.json" in replay("missing.json").output
    assert jobs(database) == []
