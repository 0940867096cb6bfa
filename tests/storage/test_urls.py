"""DATABASE_URL as people write it."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.urls import libpq, normalise, sqlite_path


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("sqlite:////data/almanac.db", "sqlite+aiosqlite:////data/almanac.db"),
        ("sqlite+aiosqlite:////data/almanac.db", "sqlite+aiosqlite:////data/almanac.db"),
        ("postgres://opal:s3cret@db/almanac", "postgresql+psycopg://opal:s3cret@db/almanac"),
        ("postgresql://opal@db:5433/almanac", "postgresql+psycopg://opal@db:5433/almanac"),
    ],
)
def test_the_driver_is_added(written: str, read: str) -> None:
    assert normalise(written) == read
    assert normalise(read) == read


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("almanac.db", "is not an address"),
        ("mysql://db/almanac", "knows sqlite:// and postgresql://"),
        ("sqlite://", "must name a SQLite file"),
        ("sqlite:///:memory:", "must name a SQLite file"),
    ],
)
def test_what_cannot_work_is_refused_with_a_sentence(written: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        normalise(written)


def test_a_refused_address_does_not_show_its_password() -> None:
    with pytest.raises(ValueError, match="DATABASE_URL") as refusal:
        normalise("mysql://opal:s3cret@db/almanac")
    assert "s3cret" not in str(refusal.value)


def test_parts_for_the_drivers() -> None:
    assert sqlite_path("sqlite:////data/almanac.db") == Path("/data/almanac.db")
    assert sqlite_path("postgresql://db/almanac") is None
    assert libpq("postgresql+psycopg://opal@db/almanac") == "postgresql://opal@db/almanac"
