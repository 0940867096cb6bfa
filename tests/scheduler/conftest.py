"""Fixtures of the tests about time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import bot.worker
from storage.engine import Store
from tests.scheduler.field import Field, open_field


@pytest.fixture
async def field(store: Store, database_file: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Field]:
    """One installation with six repositories."""
    monkeypatch.setattr(bot.worker, "IDLE", 0.02)
    async with open_field(store, database_file) as opened:
        yield opened
