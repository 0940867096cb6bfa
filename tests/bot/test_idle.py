"""What a server that nobody has installed carries in memory after its first jobs: what these need, and no more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from sandbox.registration import register
from sandbox.world import World

ROOT = Path(__file__).parents[2]
LATER = (
    "analytics.charts",
    "analytics.metrics",
    "bot.limits",
    "github.shared_line",
    "github.shared_turns",
    "reports.answering",
    "reports.capture_order",
    "scheduler.digest",
    "scheduler.planning",
    "storage.activity_events",
    "storage.forget",
    "storage.github_limits",
    "storage.reconciling",
    "storage.schema",
    "storage.schema_activity",
    "storage.schema_traffic",
    "storage.schema_work",
    "yaml",
)
"""What installations, commands, captures and reports need, and what several processes do."""

# The first tick of a server and the jobs that it puts, in a process of their own: here everything is loaded already.
FIRST_JOBS = """
import asyncio, json, os, sys
from bot.app import CLOCK, STORE, create_ticker
from bot.serving import runner_of
from bot.settings import Settings
from storage.queue import counts

async def shortly(seconds):
    await asyncio.sleep(seconds / 50)

async def first_jobs():
    app = create_ticker(Settings.from_environ(os.environ), shortly)
    runner = runner_of(app)
    await runner.setup()
    try:
        await app[CLOCK].begin()
        async with asyncio.timeout(30):
            while True:
                now = await app[STORE].read(counts)
                # pruning and settings are done; GitHub cannot be reached to ask for installations and deliveries
                if now.get("done") == 2 and now.get("scheduled") == 2:
                    break
                await asyncio.sleep(0.02)
    finally:
        await runner.cleanup()
    print(json.dumps(sorted(sys.modules)))

asyncio.run(first_jobs())
"""


def test_after_its_first_jobs_an_idle_server_carries_nothing_that_it_has_no_use_for(tmp_path: Path) -> None:
    keys = register(World())
    environ = {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(tmp_path),
        "GITHUB_API_URL": "http://127.0.0.1:9",  # the discard port: nothing answers there
        "GITHUB_APP_ID": str(keys.app_id),
        "GITHUB_PRIVATE_KEY": keys.private_key,
        "GITHUB_WEBHOOK_SECRET": keys.webhook_secret,
    }
    done = subprocess.run(
        [sys.executable, "-c", FIRST_JOBS], cwd=ROOT, env=environ, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert {"scheduler.settings", "scheduler.discover", "scheduler.redeliver", "storage.forget_due"} <= loaded
    assert sorted(loaded.intersection(LATER)) == []
