"""`Services` for tests that need only a part of the outside world: whatever else they touch is an error."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from github.client import GitHub
from github.reads.app import AppFacts
from reports.pool import Pool
from reports.services import Services
from storage.engine import Store
from storage.queue import Wakeup


class Missing:
    """Stands where a test said nothing; using it in any way fails."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"nothing was said about this: .{name} is used")


def services_on(
    store: Store,
    *,
    now: Callable[[], datetime],
    github: GitHub | None = None,
    as_app: GitHub | None = None,
    pool: Pool | None = None,
    picture_base: str | None = None,
    sleep: Callable[[float], Awaitable[None]] | None = None,
    grace: timedelta = timedelta(days=30),
) -> Services:
    """Return services on a real store; addresses count up, the installation does not matter."""
    addresses = count(1)

    async def identity() -> AppFacts:
        return AppFacts(1, "almanac", "Almanac")

    async def no_sleep(_: float) -> None:
        raise AssertionError("nothing here should have to wait")

    def client(_installation_id: int, _repository_id: int | None = None) -> GitHub:
        assert github is not None, "GitHub is asked"
        return github

    def the_app() -> GitHub:
        assert as_app is not None, "GitHub is asked as the App"
        return as_app

    return Services(
        store=store,
        github=client,
        as_app=the_app,
        identity=identity,
        pool=pool if pool is not None else Missing(),
        wakeup=Wakeup(),
        now=now,
        sleep=sleep or no_sleep,
        new_address=lambda: f"{next(addresses):043d}",
        picture_base=picture_base,
        grace=grace,
    )
