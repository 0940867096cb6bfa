"""Bad weather at GitHub, a quarter of an hour of it: each question has one end, and nothing storms once it clears."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from bench.weather_hour import fate_of, hour_of
from bench.weather_kinds import KINDS
from bot.worker import LOOKS_AGAIN
from reports.pool import Pool
from sandbox.faults import Fault, Match
from tests.stories.town import Town

BY_NAME = {one.name: one for one in KINDS}
SUSPENDED = '{"message": "This installation has been suspended"}'
MOST_REQUESTS = 30  # of one command, and what goes on beside it
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


@pytest.mark.parametrize("wrong", ['404 {"message": "Not Found"}', f"403 {SUSPENDED}"])
async def test_one_wrong_word_that_we_are_out_leaves_nobody_without_an_answer(town: Town, wrong: str) -> None:
    """GitHub says it to one request of a command, whichever of them that is."""
    status, _, body = wrong.partition(" ")
    await town.say("/analytics pulls 20d")
    fates = Counter[str]()
    for skipped in range(MOST_REQUESTS):
        fault = town.sandbox.faults.add(Fault(Match(), "status", 1, skipped, status=int(status), body=body))
        said = await town.post(f"/analytics pulls {30 + skipped}d")
        await town.settled()
        town.sandbox.faults.clear()
        for _ in range(LOOKS_AGAIN):
            await town.wait(minutes=5)
        fates[fate_of([one["body"] for one in town.answers_to(said)])] += 1
        if not fault.hit:
            break
    assert fates.keys() <= {"answered", "sentence"}
    assert fates["answered"] > 1
    assert 2 < fates.total() < MOST_REQUESTS, "the last one met nothing wrong any more"
