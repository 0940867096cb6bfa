"""Pages take turns, so that whatever else comes in is never behind all of them."""

from __future__ import annotations

import asyncio

from dashboard.turns import Turns


async def test_between_two_pages_the_loop_looks_at_everything_else() -> None:
    turns, done = Turns(), list[str]()

    async def page(name: str) -> None:
        await turns.mine()
        done.append(name)

    async def webhook() -> None:
        done.append("webhook")

    pages = [asyncio.create_task(page(str(number))) for number in range(5)]
    await pages[1]
    await asyncio.create_task(webhook())
    await asyncio.gather(*pages)
    assert [one for one in done if one != "webhook"] == ["0", "1", "2", "3", "4"], "in the order in which they came"
    assert done.index("webhook") < 5, "it did not wait for the crowd"


async def test_whoever_leaves_keeps_nobody_waiting() -> None:
    turns = Turns()
    waiting = [asyncio.create_task(turns.mine()) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 1)
    assert waiting[2].done()
    assert not waiting[2].cancelled()
    await asyncio.wait_for(turns.mine(), 1)
