"""For Procrastinate's own shell: `DATABASE_URL=postgresql://… procrastinate --app storage.queue_app.app shell`.

Its `list_jobs`, `list_queues`, `list_locks`, `retry` and `cancel` see Almanac's jobs. Its `worker` is not to be
started: it knows none of the tasks, and would mark every job as failed.
"""

from __future__ import annotations

import os

from procrastinate import App, PsycopgConnector

from storage.urls import libpq

# without an address nothing can be opened, and whoever merely imports this opens nothing
ADDRESS = os.environ.get("DATABASE_URL", "postgresql://")

app = App(connector=PsycopgConnector(conninfo=libpq(ADDRESS)))
