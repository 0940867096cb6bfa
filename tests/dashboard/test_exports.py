"""GET /exports/<address>: few at once, and nothing is looked up for what cannot be an address."""

from __future__ import annotations

import asyncio
import importlib
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from dashboard.exports import AT_ONCE, MOST_WAITING, Exports
from reports.export_served import Served
from reports.services import Services
from tests.services import Missing

ADDRESS = "a" * 43


def request(address: str = ADDRESS) -> web.Request:
    return make_mocked_request("GET", f"/exports/{address}", match_info={"address": address})


def exports() -> Exports:
    services: Any = Missing()
    assert not isinstance(services, Services)
    return Exports(services)


@pytest.mark.parametrize("address", ["", "short", "a" * 44, "../" + "a" * 40, "ä" * 43])
async def test_what_cannot_be_an_address_is_not_looked_up(address: str) -> None:
    with pytest.raises(web.HTTPNotFound) as caught:
        await exports().get(request(address))
    assert caught.value.headers["Cache-Control"] == "private, no-store"


async def test_who_comes_when_too_many_wait_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """One file is made at a time, some wait, and the next gets 503; afterwards there is room again."""
    may, making = asyncio.Event(), 0

    async def served(_services: Services, _address: str) -> Served | None:
        nonlocal making
        making += 1
        assert making <= AT_ONCE
        await may.wait()
        making -= 1
        return Served("a.csv", "text/csv; charset=utf-8", b"fact,value\r\n")

    monkeypatch.setattr(importlib.import_module("reports.export_served"), "served", served)
    door = exports()
    waiting = [asyncio.create_task(door.get(request())) for _ in range(AT_ONCE + MOST_WAITING)]
    await asyncio.sleep(0.05)
    with pytest.raises(web.HTTPServiceUnavailable) as caught:
        await door.get(request())
    assert caught.value.headers["Retry-After"] == "10"
    may.set()
    answers = await asyncio.gather(*waiting)
    assert [answer.status for answer in answers] == [200] * len(waiting)
    assert answers[0].headers["Content-Type"] == "text/csv; charset=utf-8"
    assert (await door.get(request())).status == 200
