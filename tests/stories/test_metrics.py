"""GET /metrics: how the server fares, for whoever shows the token; and what is made of it in docs/operate."""

from __future__ import annotations

import asyncio
import re

import pytest

import bot.inbox
import bot.metrics
import storage.intake
from bot.arriving import MAX_DELIVERY
from bot.worker import Worker
from tests.stories.conftest import OpenTown
from tests.stories.town import Town

TOKEN = "a-long-random-text-for-prometheus"


async def read(town: Town, token: str | None = TOKEN) -> tuple[int, str]:
    """Ask for the metrics."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    async with town.session.get(f"{town.url}/metrics", headers=headers) as response:
        return response.status, await response.text()


def value(text: str, sample: str) -> float:
    """Return the value of one sample."""
    found = re.search(rf"^{re.escape(sample)} (\S+)$", text, re.MULTILINE)
    assert found is not None, f"{sample} is not there"
    return float(found[1])


async def test_nobody_reads_metrics_where_no_token_is_set(town: Town) -> None:
    assert (await read(town))[0] == 403


async def test_metrics_tell_what_was_done_and_how_things_stand(
    town_of: OpenTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command is counted where it comes in, as a job, and where it is drawn; nobody's name is in it."""
    async with town_of(METRICS_TOKEN=TOKEN) as town:
        assert (await read(town, None))[0] == 401
        assert (await read(town, "another"))[0] == 401
        await town.say("/analytics pulls")
        assert await town.deliver(b"{}", signature="sha256=" + "0" * 64) == 401
        assert await town.deliver(b"x" * (MAX_DELIVERY + 1)) == 413
        status, text = await read(town)
        # a database that takes too long: what is counted here is told all the same
        monkeypatch.setattr(bot.metrics, "PATIENCE", 0.0)
        _, in_need = await read(town)

    assert status == 200
    assert value(text, 'almanac_deliveries_total{outcome="new"}') >= 1
    assert value(text, 'almanac_deliveries_total{outcome="unsigned"}') == 1
    assert value(text, 'almanac_deliveries_total{outcome="refused"}') == 1
    assert value(text, 'almanac_jobs_ended_total{kind="delivery",ending="done"}') >= 1
    assert value(text, 'almanac_pool_seconds_count{function="answer"}') == 1
    assert value(text, 'almanac_jobs{kind="delivery",state="waiting"}') == 0
    assert value(text, "almanac_installations") == 1
    assert value(text, "almanac_database_up") == 1
    assert value(text, "almanac_database_bytes") > 100_000
    assert 0 < value(text, 'almanac_github_limit_left_ratio{resource="graphql"}') < 1
    assert value(in_need, "almanac_database_up") == 0
    assert value(in_need, 'almanac_deliveries_total{outcome="unsigned"}') == 1
    assert "almanac_jobs{" not in in_need
    assert "quartz" not in text
    assert "lantern" not in text


async def ready(town: Town) -> tuple[int, list[str]]:
    """Ask whether the server can do its work; return the status and the reasons why not."""
    async with town.session.get(f"{town.url}/readyz") as response:
        return response.status, (await response.json()).get("reasons", [])


async def test_a_server_that_cannot_store_deliveries_is_not_ready(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until one is stored again, or half a minute later: who is told "not ready" sends none to find out."""
    assert await ready(town) == (200, [])

    def failing(event: str, body: bytes) -> bytes:
        raise OSError("no room")

    with monkeypatch.context() as broken:
        broken.setattr(storage.intake, "pack", failing)
        assert await town.deliver(b"{}", "ping", "one") == 503
    assert await ready(town) == (503, ["deliveries cannot be stored"])
    monkeypatch.setattr(bot.inbox, "STILL_REFUSED", 0.0)
    assert await ready(town) == (200, [])
    monkeypatch.setattr(bot.inbox, "STILL_REFUSED", 30.0)
    assert await town.deliver(b"{}", "ping", "one") == 202
    assert await ready(town) == (200, [])


async def test_a_server_whose_worker_has_died_is_not_ready(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    async def dying(_worker: Worker) -> None:
        raise RuntimeError("as a fault of ours would")

    monkeypatch.setattr(Worker, "claim_some", dying)

    async def told() -> bool:
        return await ready(town) == (503, ["the worker is not running"])

    for _ in range(100):
        if await told():
            break
        await asyncio.sleep(0.02)
    assert await told()
