"""Who speaks to GitHub: the App, and its installations, the most recently used of them kept with what they know."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import aiohttp

from github.auth import App
from github.budget import Budget
from github.cache import EtagCache
from github.client import GitHub
from github.endpoints import Endpoints
from github.turns import OwnTurns
from github.wire import Sleep

MOST = 128
"""Installations whose limits, tokens and caches are kept; of thousands, one that is not asked now is asked tomorrow."""

THE_APP = 0
"""Where limits are kept by installation: the App's own, since no installation has this number."""


@dataclass
class Installed:
    """What is shared by all that speak for one installation, and the clients by repository; None is all of them."""

    budget: Budget
    cache: EtagCache = field(default_factory=EtagCache)
    clients: dict[int | None, GitHub] = field(default_factory=dict)


class Clients:
    """Makes clients and keeps them: their caches, tokens and limits are their worth."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        registration: App,
        endpoints: Endpoints,
        now: Callable[[], datetime],
        sleep: Sleep,
    ) -> None:
        self.session = session
        self.registration = registration
        self.endpoints = endpoints
        self.now = now
        self.sleep = sleep
        self.installed: OrderedDict[int, Installed] = OrderedDict()

    def new_budget(self, _installation_id: int) -> Budget:
        """Return what is known of the limits of an installation, or of the App, that has not been spoken for yet."""
        return Budget(turns=OwnTurns(clock=lambda: self.now().timestamp()))

    @cached_property
    def app(self) -> GitHub:
        """The client that speaks for the App itself, also where it asks for the tokens of its installations."""
        budget = self.new_budget(THE_APP)
        return GitHub.for_app(self.session, self.registration, self.endpoints, self.now, self.sleep, budget=budget)

    def as_app(self) -> GitHub:
        """Return the client that speaks for the App itself."""
        return self.app

    async def budgets(self) -> Mapping[int, Budget]:
        """Return what this process knows of the limits of the installations that it keeps."""
        return {number: one.budget for number, one in self.installed.items()}

    def installation(self, installation_id: int, repository_id: int | None = None) -> GitHub:
        """Return the client that speaks for an installation, or with a token narrowed to one of its repositories."""
        known = self.installed.get(installation_id)
        if known is None:
            known = self.installed[installation_id] = Installed(self.new_budget(installation_id))
        self.installed.move_to_end(installation_id)
        while len(self.installed) > MOST:
            self.installed.popitem(last=False)
        if repository_id not in known.clients:
            known.clients[repository_id] = GitHub.for_installation(
                self.session,
                self.registration,
                installation_id,
                self.endpoints,
                self.now,
                self.sleep,
                as_app=self.app,
                repository_ids=None if repository_id is None else [repository_id],
                budget=known.budget,
                cache=known.cache,
            )
        return known.clients[repository_id]
