"""GitHub's limits kept together with all other processes on the same PostgreSQL; imported only there."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from datetime import datetime

from github.budget import Budget
from github.shared_line import shared_budget
from storage.engine import Store
from storage.github_limits import Board


def shared_budgets(
    store: Store, now: Callable[[], datetime], clock: Callable[[], datetime] | None
) -> Callable[[int], Budget]:
    """Return what makes an installation's budget.

    now: this process's clock · clock: the one that all processes follow, where that is not the database's.
    """
    holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    return lambda installation_id: shared_budget(Board(store, installation_id, holder, clock), now)
