"""`python -m bot tick`: do what time has made due, then end; for cron and its kind, where no server runs all day."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from datetime import datetime, timedelta

import aiohttp
import click
from aiohttp import web

from bot import logs
from bot.app import CLOCK, SERVICES, WORKER, create_ticker
from bot.jobs import TIMED, kinds
from bot.settings import Incomplete, Settings
from bot.worker import LEASE, Worker
from github.errors import Gone, Later, Refused
from reports.capture_order import order_now
from reports.capture_times import today
from reports.services import Services
from reports.settings_looks import KIND as SETTINGS
from scheduler.discover import Discovered, learn
from storage.backlog import left_over, to_do
from storage.captures import CaptureRun, unplanned
from storage.connection import Connection
from storage.installations import all_installations
from storage.run_progress import runs_ended

LOOK_EVERY = 0.1
A_MOMENT = timedelta(seconds=1)
PATIENCE = LEASE.total_seconds() + 30.0
"""Seconds without any change until nobody is waited for any more: the lease of a dead process is over by then."""


@click.command()
@click.option("--capture", is_flag=True, help="Capture everything now, also what was captured today.")
def command(capture: bool) -> None:  # noqa: FBT001 - click gives it by name
    """Do what is due by now and end: find installations, capture the day's traffic, clear up.

    Reads the same environment as `serve` and may run beside it, or beside another tick: nothing is done twice. Exits 0
    if all that was due is done, 1 if something was put off or failed; the next tick goes on with it.
    """
    logs.configure("warning")
    try:
        settings = Settings.from_environ(os.environ)
    except Incomplete as incomplete:
        raise click.ClickException("the configuration is not complete:\n" + "\n".join(incomplete.faults)) from None
    logs.conceal(settings.secrets)
    sys.exit(asyncio.run(run(settings, capture=capture)))


async def run(settings: Settings, *, capture: bool) -> int:
    """Work until nothing is due; return the exit status."""
    runner = web.AppRunner(create_ticker(settings), access_log=None, handle_signals=False)
    try:
        await runner.setup()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise click.ClickException(f"CLOCK_URL does not answer: {settings.clock_url}") from error
    app = runner.app
    try:
        return await tick(app, capture=capture)
    finally:
        await runner.cleanup()


async def tick(app: web.Application, *, capture: bool) -> int:
    """Put what is due, let the worker do it, and say what came of it."""
    services = app[SERVICES]
    began = services.now()
    again = await planned_today(services, began) if capture else []
    whole = await look(services)
    put = await app[CLOCK].tick(woken=True, reachable=False)
    put += await services.store.write(lambda conn: order_all(conn, again, began))
    services.wakeup.set()
    click.echo(f"New in the queue: {put} jobs.")
    await work(services, app[WORKER])
    return await say(services, began, whole=whole)


async def look(services: Services) -> bool:
    """Look where the App is installed and say so; False if GitHub does not tell."""
    try:
        found: Discovered = await learn(services)
    except (Later, Gone, Refused, KeyError, TypeError, ValueError) as error:
        click.echo(f"Where the App is installed could not be read from GitHub: {error}", err=True)
        return False
    click.echo(f"Installations: {found.found}, of which new: {len(found.new)}; ended: {len(found.removed)}.")
    return True


async def planned_today(services: Services, now: datetime) -> list[int]:
    """Return the installations whose capture of this day was ordered before."""

    async def read(conn: Connection) -> list[int]:
        waiting = set(await unplanned(conn, today(now)))
        there = [one for one in await all_installations(conn) if one.suspended_at is None]
        return [one.id for one in there if one.id not in waiting]

    return await services.store.read(read)


async def order_all(conn: Connection, installation_ids: list[int], now: datetime) -> int:
    """Order another capture of each installation; return how many were new."""
    return sum([await order_now(conn, one, now) for one in installation_ids])


async def work(services: Services, worker: Worker) -> None:
    """Wait until nothing is due any more; what other processes hold is waited for as long as they may be alive."""
    every = tuple(kinds(services))
    before, changed = -1, time.monotonic()
    while True:
        left = await services.store.read(lambda conn: to_do(conn, every, services.now()))
        if not left:
            return
        if left != before or worker.held:
            before, changed = left, time.monotonic()
        if time.monotonic() - changed > PATIENCE:
            return
        await asyncio.sleep(LOOK_EVERY)


async def say(services: Services, began: datetime, *, whole: bool) -> int:
    """Say what was done and what is left; return the exit status."""
    now = services.now()
    # a clock that is read from elsewhere may step back a little
    for ended in await services.store.read(lambda conn: runs_ended(conn, began - A_MOMENT)):
        click.echo(line(ended))
    told = [kind for kind in TIMED if kind != SETTINGS]  # looked at again by themselves, once there is what to look at
    left = await services.store.read(lambda conn: left_over(conn, told, now, began - A_MOMENT))
    for job in left:
        what = "was given up" if job.state == "dead" else f"goes on after {job.run_at:%Y-%m-%d %H:%M} UTC"
        click.echo(f"{job.kind} {job.key} {what}: {job.error or 'no reason is known'}", err=True)
    held = await services.store.read(lambda conn: to_do(conn, TIMED, now))
    if held:
        click.echo(f"{held} jobs are held by another process.", err=True)
    return 0 if whole and not left and not held else 1


def line(ended: CaptureRun) -> str:
    """Return what came of one run."""
    did = f"{ended.repositories} repositories, {ended.requests} requests"
    reason = f". {ended.reason}" if ended.reason else ""
    return f"Installation {ended.installation_id}, run {ended.run}: {ended.state}, {did}{reason}"
