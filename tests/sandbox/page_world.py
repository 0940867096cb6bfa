"""A small world with the page in front of it, for tests of the page alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from sandbox.clock import Clock
from sandbox.page import setup
from sandbox.things import Event, Pull, Review
from sandbox.world import World

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
ANSWER = """**31 pull requests merged, median 5 d 18 h (before: 19 merged, 24 h).** 62 % were not reviewed within a day.

| | last 365 days | before | |
|---|--:|--:|---|
| pull requests opened | 34 | 26 | no clear change |
| merged / closed unmerged | 13 / 25 | 19 / 5 | more closed |
| median time to merge (merged ones) | 5 d 18 h | 24 h | n = 13 and 19: no clear change |

<picture><source media="(prefers-color-scheme: dark)" srcset="/pictures/dark.png"><img alt="Half were in within 19 hours" src="/pictures/light.png" width="740"></picture>

<details><summary>Numbers, definitions, how to repeat this</summary>

- [x] bots left out
- [ ] business hours

`report quartz-labs/lantern --since 2026-01-01`

</details>

<sub>34 of 34 pull requests, 68 reviews, synced 3 min ago · 2025-11-22 to 2026-11-22 UTC · `/analytics help`</sub>
<!-- almanac:0f3a -->
"""  # noqa: E501


class Typing:
    """People's hands on a world without webhooks."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def comment(self, full_name: str, number: int, login: str, body: str) -> dict[str, Any]:
        thread = self.world.thread(full_name, number)
        comment = self.world.add_comment(thread, self.world.account(login), body)
        return {"id": comment.id, "body": body}

    async def edit_comment(self, comment_id: int, login: str, body: str) -> dict[str, Any]:
        self.world.edit_comment(self.world.comments[comment_id], body)
        return {"id": comment_id, "body": body}


def small_world() -> World:
    """A repository with an issue that got an answer (#1), and a merged pull request with a review (#2)."""
    clock = Clock(NOW)
    clock.freeze()
    world = World(clock)
    repository = world.add_repository("quartz-labs/lantern", description="A small, bright web framework")
    repository.permissions = {"quartz-otter": "admin"}
    issue = world.open_issue(
        repository, world.account("mica-lynx"), "How are we <b>doing</b>?", "See `a | b`", ["question"]
    )
    world.add_comment(issue, world.account("quartz-otter"), "/analytics 365d")
    world.react(issue.comments[0], world.account("almanac[bot]"), "rocket")
    world.add_comment(issue, world.account("almanac[bot]"), ANSWER, via_app=True)
    otter = world.account("quartz-otter")
    repository.threads[2] = pull = Pull(
        id=world.next_id("thread"), repository=repository, number=2, title="Add a wick", text="", author=otter,
        association="MEMBER", created_at="2026-11-20T08:00:00Z", updated_at="2026-11-21T08:00:00Z", state="closed",
        closed_at="2026-11-21T08:00:00Z", merged_at="2026-11-21T08:00:00Z", merged_by=otter,
    )  # fmt: skip
    pull.timeline = [
        Event(id=f"{kind}-1", thread=pull, type=kind, at="2026-11-21T08:00:00Z", actor=otter)
        for kind in ("MergedEvent", "ClosedEvent")
    ]
    pull.reviews = [
        Review(
            id="PRR_1", pull=pull, author=None, association="NONE", state="APPROVED",
            created_at="2026-11-20T20:00:00Z", submitted_at="2026-11-20T20:00:00Z",
        )
    ]  # fmt: skip
    return world


@asynccontextmanager
async def serving(world: World, app: web.Application | None = None) -> AsyncIterator[TestServer]:
    """Serve the page on loopback."""
    app = app or web.Application()
    setup(app, world, Typing(world))
    server = TestServer(app)
    async with server:
        yield server
