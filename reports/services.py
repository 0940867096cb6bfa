"""What every door needs to answer: the store, GitHub, the pool, the clock, and where pictures are reached."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from github.budget import Budget
from github.client import GitHub
from github.reads.app import AppFacts
from reports.absent import Absent
from storage.engine import Store
from storage.queue import Wakeup


class Runs(Protocol):
    """Runs functions of `reports.compute` elsewhere than in this process."""

    async def run(self, function: str, task: object) -> object:
        """Run `reports.compute.<function>(task)`; its exceptions come through."""


async def no_budgets() -> Mapping[int, Budget]:
    """Return that nothing is known of any installation's limits."""
    return {}


@dataclass(frozen=True)
class Services:
    """The outside world as arguments; put together once, in `bot.app`.

    github(installation_id, repository_id=None) speaks for that installation, its token narrowed to one repository where
    one is given; limits and cache are the installation's · as_app() speaks for the App itself · identity() is who the
    App is, asked of GitHub · new_address() is a fresh unguessable address of 256 bits · picture_base is None where no
    picture may be hosted · sleep(seconds) waits · grace is how long the data of what is uninstalled or removed is kept
    · absent remembers which settings files were not there just now · budgets() is what GitHub said last of the limits
    of the installations that were spoken for of late, by number: to this process, or on PostgreSQL to any · kept_years
    is how many whole years before the present one are kept of `raw_answers` and `traffic_lists`; one that is not named
    is kept for ever.
    """

    store: Store
    github: Callable[..., GitHub]
    as_app: Callable[[], GitHub]
    identity: Callable[[], Awaitable[AppFacts]]
    pool: Runs
    wakeup: Wakeup
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    new_address: Callable[[], str]
    picture_base: str | None
    grace: timedelta = timedelta(days=30)
    absent: Absent = field(default_factory=Absent)
    budgets: Callable[[], Awaitable[Mapping[int, Budget]]] = no_budgets
    kept_years: Mapping[str, int] = field(default_factory=dict)
