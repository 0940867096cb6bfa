"""A comment that is edited by the hundred: one answer, and no more writing than one person may cause in an hour."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import timedelta

import pytest

import handlers.limits
from tests.stories.town import MEMBER, Town

EDITS, MAY_ASK = 1_000, 10
PATIENCE = 60.0  # seconds


async def test_edits_without_end_are_one_answer(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers.limits, "PERSON_MAY_ASK", MAY_ASK)
    said = await town.say("/analytics help", MEMBER)
    before = town.asked
    for number in range(EDITS):
        words = "issues" if number % 2 else "pulls"
        await town.sandbox.hands.edit_comment(said.id, MEMBER, f"/analytics help {words}")
    end = time.monotonic() + PATIENCE
    while [job for job in town.jobs("delivery") if job["state"] not in {"done", "dead"}]:
        assert time.monotonic() < end, "edits are still being worked on"
        town.sandbox.clock.advance(timedelta(seconds=10))
        await asyncio.sleep(0.1)
    assert [job for job in town.jobs("delivery") if job["state"] == "dead"] == []
    assert len(town.answers_to(said)) == 1
    written = [one for one in town.requests(before) if one.method != "GET"]
    assert len(written) <= 2 * MAY_ASK
    assert town.sandbox.limits.broken == Counter()
