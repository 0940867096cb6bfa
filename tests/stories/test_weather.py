"""Bad weather at GitHub, a quarter of an hour of it: each question has one end, and nothing storms once it clears."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bench.weather_hour import hour_of
from bench.weather_kinds import KINDS
from reports.pool import Pool

BY_NAME = {one.name: one for one in KINDS}
QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize("name", ["502", "JSON of another shape"])
async def test_every_question_has_one_end(folder: Path, pool: Pool, name: str) -> None:
    """GitHub answers nobody: what may be asked again is answered after it, what made no sense is excused."""
    found = await hour_of(BY_NAME[name], 1.0, folder, pool, 3, QUARTER)

    assert found.hit == len(found.during)
    assert found.fate["answered"] + found.fate["sentence"] == 3
    assert not found.broken
    assert len(found.during) < 600
    assert found.most_in_a_minute(found.after) < 200
