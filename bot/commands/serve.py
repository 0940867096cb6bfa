"""`python -m bot serve`: the server, configured by its environment."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys

import click
import structlog
import uvloop
from aiohttp import web

from bot import logs
from bot.app import create_app
from bot.settings import Incomplete, Settings

GC_OBJECTS = 20_000  # new objects between two looks for cycles

log = structlog.get_logger(__name__)


@click.command()
def command() -> None:
    """Answer webhooks until told to stop (SIGTERM, Ctrl-C).

    Refuses to start without a complete configuration and names every fault; docs/configuration.md has the variables.
    """
    logs.configure()
    try:
        settings = Settings.from_environ(os.environ)
    except Incomplete as incomplete:
        click.echo("The configuration is not complete:", err=True)
        for fault in incomplete.faults:
            click.echo(f"  - {fault}", err=True)
        click.echo("docs/configuration.md describes every variable.", err=True)
        sys.exit(2)
    uvloop.run(serve(settings))


async def serve(settings: Settings) -> None:
    """Run the server until SIGTERM or SIGINT, then let running answers end."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    runner = web.AppRunner(create_app(settings), access_log=None, handle_signals=False)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.host, settings.port, backlog=1024)
        await site.start()
        # what was imported stays for ever: the collector need not look at it again
        gc.collect()
        gc.freeze()
        # what a request leaves behind is freed by counting; looking for cycles after every 700 objects is wasted
        gc.set_threshold(GC_OBJECTS)
        log.info("ready", addresses=[f"http://{host}:{port}" for host, port, *_ in runner.addresses])
        await stop.wait()
        log.info("stopping")
    finally:
        await runner.cleanup()
