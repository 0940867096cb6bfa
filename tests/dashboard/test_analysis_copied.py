"""A replica's copy of an analysis that another one read: where it cannot be made, the next finds the folder empty."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy.exc import OperationalError

from dashboard.analysis_folder import Folder
from dashboard.analysis_run import Run, World
from dashboard.analysis_shared import SharedAnalyses
from dashboard.analysis_wanted import Wanted
from github.endpoints import Endpoints
from storage.engine import Store
from tests.dashboard.people import NOW
from tests.services import services_on

KEY = "a-key"


class Impatient(SharedAnalyses):
    """Whoever asks again while a copy that failed is deleted."""

    second: asyncio.Task[Run] | None = None

    async def of(self, person_id: int, key: str) -> Run:
        return Run(key, person_id, Wanted("quartz", "mine"), NOW, NOW, self.folder.path / key, None, state="done")

    async def emptied(self, run: Run) -> None:
        if self.second is None:
            self.second = asyncio.create_task(self.opened(run.person_id, run.key))
            await asyncio.sleep(0.01)
        await super().emptied(run)


async def test_another_copy_is_begun_only_when_the_one_that_failed_is_gone(database_file: Path, tmp_path: Path) -> None:
    store = await Store.open(f"sqlite:///{database_file}")  # which has no rows of analyses, and not their table either
    async with aiohttp.ClientSession() as session:
        world = World(services_on(store, now=lambda: NOW), session, Endpoints.of())
        analyses = Impatient(Folder(tmp_path), world)
        for _ in range(2):
            with pytest.raises(OperationalError, match="no such table"):
                await analyses.opened(7, KEY)
            assert analyses.second is not None
            with pytest.raises(OperationalError, match="no such table"):
                await analyses.second
            assert not (analyses.folder.path / KEY).exists()
        assert analyses.copies == {}
        await analyses.close()
    await store.close()
