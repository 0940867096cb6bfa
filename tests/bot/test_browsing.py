"""Pages are imported when first asked for; who asks while that is under way waits for the end of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.browsing import loaded

SLOW = """
import time

time.sleep(0.3)


def show():
    return "the page"
"""


async def test_who_comes_in_the_middle_of_an_import_gets_all_of_the_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a_page_that_loads_slowly.py").write_text(SLOW)
    monkeypatch.syspath_prepend(tmp_path)
    first = asyncio.create_task(loaded("a_page_that_loads_slowly"))
    await asyncio.sleep(0.1)
    assert not first.done()
    second = await loaded("a_page_that_loads_slowly")
    assert second.show() == "the page"
    assert second is await first
    assert await loaded("a_page_that_loads_slowly") is second
