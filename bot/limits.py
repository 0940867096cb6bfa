"""GitHub's limits kept together with all other processes on the same PostgreSQL; imported only there."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.clients import THE_APP, Clients
from github.budget import Allowance, Budget
from github.shared_line import shared_budget
from storage.engine import Store
from storage.github_limits import Board, hours


def shared_budgets(
    store: Store, now: Callable[[], datetime], clock: Callable[[], datetime] | None
) -> Callable[[int], Budget]:
    """Return what makes an installation's budget.

    now: this process's clock · clock: the one that all processes follow, where that is not the database's.
    """
    holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    return lambda installation_id: shared_budget(Board(store, installation_id, holder, clock), now)


class SharingClients(Clients):
    """Clients whose limits all processes on one database keep together."""

    def __init__(self, *given: Any, store: Store, clock: Callable[[], datetime] | None) -> None:
        super().__init__(*given)
        self.store = store
        self.shared = shared_budgets(store, self.now, clock)

    def new_budget(self, installation_id: int) -> Budget:
        """Return this process's side of an installation's limits."""
        return self.shared(installation_id)

    async def budgets(self) -> Mapping[int, Budget]:
        """Return what GitHub said last, to any process, of the limits of all installations."""
        said = await self.store.read(hours)
        return {
            installation_id: Budget({name: Allowance(*each) for name, each in kinds.items()})
            for installation_id, kinds in said.items()
            if installation_id != THE_APP
        }
