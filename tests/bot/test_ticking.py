"""A tick puts what is due whatever GitHub says when it is asked where the App is installed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.ticking import within
from github.errors import Later
from reports.services import Services
from scheduler.clock import DISCOVER
from storage import queue
from storage.engine import Store
from tests.services import services_on

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize("said", ["a page of names", {"account": "a name"}, {}, None, Later(NOON, "503")])
async def test_a_list_that_makes_no_sense_is_asked_for_again(store: Store, said: object) -> None:
    """Names where objects belong, no list at all, or no answer: a job looks again, and the tick goes on."""

    async def learn(_: Services) -> object:
        if isinstance(said, Later):
            raise said
        return said["account"].get("login")  # type: ignore[index]

    assert await within(services_on(store, now=lambda: NOON), learn) == 0

    job = await queue.claim(store, NOON, timedelta(minutes=1))
    assert job is not None
    assert job.kind == DISCOVER
