"""/healthz says that the process answers, /readyz whether it can do its work, and why not."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.health import Readiness, healthz
from storage import queue
from storage.engine import Store
from storage.queue import NewJob

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def test_health(store: Store, database_file: Path) -> None:
    """Alive as long as it answers; ready once the worker runs on a database of this version; else the reasons."""
    reasons = ["the worker is not running"]
    readiness = Readiness(store, lambda: list(reasons))
    application = web.Application()
    application.router.add_get("/healthz", healthz)
    application.router.add_get("/readyz", readiness.readyz)
    await store.write(lambda conn: queue.put(conn, [NewJob("work", "a", b"", None)], NOON))
    async with TestServer(application) as server, aiohttp.ClientSession() as session:

        async def ask(path: str) -> tuple[int, Any]:
            async with session.get(server.make_url(path)) as response:
                return response.status, json.loads(await response.read())

        assert await ask("/healthz") == (200, {"status": "alive"})
        assert await ask("/readyz") == (503, {"status": "not ready", "reasons": ["the worker is not running"]})
        reasons.clear()
        status, body = await ask("/readyz")
        assert (status, body["status"]) == (200, "ready")
        assert body["jobs"] == {"scheduled": 0, "waiting": 1, "running": 0, "done": 0, "dead": 0}

        with sqlite3.connect(database_file) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '0000'")
        connection.close()
        status, body = await ask("/readyz")
        assert (status, body["reasons"]) == (503, ["the database's schema is not this version's"])

        with sqlite3.connect(database_file) as connection:
            connection.execute("DROP TABLE alembic_version")
            connection.execute("ALTER TABLE jobs RENAME TO lost")
        connection.close()
        status, body = await ask("/readyz")
        assert (status, body["status"]) == (503, "not ready")
        assert body["reasons"][0].startswith("the database")
        assert (await ask("/healthz"))[0] == 200
