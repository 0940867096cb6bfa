"""Fixtures of the dashboard: a place where people sign in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.dashboard.people import Place, open_place


@pytest.fixture
async def place(database_file: Path, tmp_path: Path) -> AsyncIterator[Place]:
    """A small GitHub and the dashboard beside it."""
    async with open_place(f"sqlite:///{database_file}", tmp_path) as opened:
        yield opened
