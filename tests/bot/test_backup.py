"""`python -m bot backup` and `restore` as they are typed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, words)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return " ".join(result.output.split())


def test_a_backup_is_checked_and_restored(database_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(database_file)) as connection, connection:
        row = "(id, account_login, account_id, account_type) VALUES (1, 'quartz', 4, 'User')"
        connection.execute(f"INSERT INTO installations {row}")
    made, there = str(tmp_path / "made.db"), tmp_path / "there.db"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{database_file}")
    assert "made.db: 1 rows of the SQLite file" in run("backup", made)
    assert "a backup replaces none" in run("backup", made, code=1)
    assert "is not empty" in run("restore", made, code=1)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{there}")
    assert "is whole" in run("restore", "--check", made)
    assert not there.exists()
    assert "Restored and compared" in run("restore", made)
    with closing(sqlite3.connect(there)) as connection:
        assert connection.execute("SELECT account_login FROM installations").fetchall() == [("quartz",)]
    assert "there is no file" in run("restore", str(tmp_path / "nowhere.db"), code=1)
