"""Fixtures of the dashboard: a place where people sign in, and a town with data in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dashboard.chart_script import ChartScript
from tests.dashboard.answering import Watched, watched_town
from tests.dashboard.managing import Managed, open_managed
from tests.dashboard.people import Place, open_place
from tests.stories.conftest import OpenTown, folder, migrated, pool, town_of

__all__ = ["folder", "migrated", "pool", "town_of"]


@pytest.fixture
async def place(database_file: Path, tmp_path: Path) -> AsyncIterator[Place]:
    """A small GitHub and the dashboard beside it."""
    async with open_place(f"sqlite:///{database_file}", tmp_path) as opened:
        yield opened


async def no_library(_: ChartScript) -> None:
    """Putting the library for interactive charts together takes seconds, which only tests of it need."""


@pytest.fixture
def quiet(town_of: OpenTown, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let servers share one pool, and show charts as pictures."""
    del town_of  # it puts the pool in place
    monkeypatch.setattr(ChartScript, "make", no_library)


@pytest.fixture
async def watched(folder: Path, quiet: None) -> AsyncIterator[Watched]:
    """A town with captured traffic, the whole server, and a member who is signed in; charts are pictures."""
    del quiet
    async with watched_town(folder) as opened:
        yield opened


@pytest.fixture
async def managed(database_file: Path, tmp_path: Path) -> AsyncIterator[Managed]:
    """A small GitHub, the dashboard beside it, and a worker that asks GitHub."""
    async with open_managed(f"sqlite:///{database_file}", tmp_path) as opened:
        yield opened
