"""`python -m bot doctor`: look at everything that must be right, and say what helps where it is not."""

from __future__ import annotations

import asyncio
import os
import sys
import textwrap
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import click

from bot import checks, checks_app, checks_here, checks_oidc, checks_people, logs
from bot.credentials import are_missing, stored
from bot.manifest import read_app_yml
from bot.now import following, machine_now
from bot.settings import Incomplete, Settings
from dashboard.step import Step, fail, ok
from github.auth import App, check_key
from github.client import GitHub
from github.credentials import Now
from github.endpoints import Endpoints
from github.wire import Wire

PATIENCE = timedelta(seconds=15)
SETTINGS = "Settings"
KEY = "The private key"
WIDTH = 100


@click.command()
def command() -> None:
    """Look at settings, key, GitHub, permissions, webhooks, address, clock, database and disk, one line each.

    Reads the same environment as `serve`, beside which it may run, and changes nothing. Exits 1 if anything fails.
    """
    logs.configure("critical")
    sys.exit(asyncio.run(examine()))


async def examine() -> int:
    """Print each step as it is known; return the exit status."""
    worst = 0
    async for step in steps():
        worst = max(worst, int(step.state == "fail"))
        click.echo(line(step))
    return worst


def line(step: Step) -> str:
    """Return what is printed of a step: its state, what was found, and below it what helps."""
    found = f"{step.state:<6}{step.title}: {step.said}"
    shown = textwrap.fill(found, WIDTH, subsequent_indent=" " * 6, break_long_words=False, break_on_hyphens=False)
    if not step.remedy:
        return shown
    remedy = textwrap.fill(
        step.remedy, WIDTH, initial_indent=" " * 6 + "→ ", subsequent_indent=" " * 8, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
    return f"{shown}\n{remedy}"


async def steps() -> AsyncIterator[Step]:
    """Yield everything that is looked at; without complete settings there is nothing else to look at."""
    if are_missing(os.environ, Path(os.environ.get("DATA_DIR", "").strip() or "data")):
        yield fail(
            SETTINGS,
            "There are no credentials of a GitHub App, neither in the environment nor under DATA_DIR.",
            "Start the server and open /setup; its log has the code. docs/install.md has the way without a browser.",
        )
        return
    try:
        settings = Settings.from_environ(os.environ)
    except Incomplete as incomplete:
        for fault in incomplete.faults:
            yield fail(SETTINGS, f"{fault}.", "docs/configuration.md describes every variable.")
        return
    logs.conceal(settings.secrets)
    file = settings.credentials_file
    yield ok(SETTINGS, f"Complete; the App's credentials come from {file or 'the environment'}.")
    if file is not None:
        yield checks_here.keys(file)
    async with aiohttp.ClientSession() as session:
        if settings.clock_url is None:
            async for step in outside(settings, session, machine_now):
                yield step
        else:
            async with following(settings.clock_url, session) as clock:
                async for step in outside(settings, session, clock.now):
                    yield step
    yield await checks_here.database(settings.database_url)
    for step in checks_here.files(settings.database_url):
        yield step
    yield await asyncio.to_thread(checks_here.disk, settings.data_dir)


async def outside(settings: Settings, session: aiohttp.ClientSession, now: Now) -> AsyncIterator[Step]:
    """Yield what GitHub and the public address answer."""
    called = settings.called
    endpoints = Endpoints.of(settings.api_url, settings.graphql_url, settings.web_url)
    try:
        check_key(settings.private_key)
    except ValueError as error:
        yield fail(KEY, f"{error}.", f"Put a key from the App's page into {called('GITHUB_PRIVATE_KEY')}.")
    else:
        yield ok(KEY, "It signs.")
        app = App(settings.issuer, settings.private_key)
        gh = GitHub.for_app(session, app, endpoints, now, asyncio.sleep, patience=PATIENCE)
        async for step in as_app(settings, gh, now):
            yield step
    yield await checks.reached(session, settings.public_url)
    if settings.clock_url is None:
        yield await checks_here.clock(Wire(session, endpoints, asyncio.sleep), settings.api_url, now())
    else:
        yield ok(checks_here.CLOCK, "The server goes by CLOCK_URL.")
    for step in (checks_people.door(settings), checks_people.operators(settings), checks_people.tokens(settings)):
        yield step
    for step in await checks_oidc.provider(settings, now):
        yield step


async def as_app(settings: Settings, gh: GitHub, now: Now) -> AsyncIterator[Step]:
    """Yield what GitHub says of the App."""
    answered, said = await checks.known(gh, settings.called)
    yield answered
    if said is None:
        return
    kept = stored(settings.data_dir) if settings.credentials_file else None
    app_yml = read_app_yml()
    chosen = None if kept is None else kept.groups
    for step in checks_app.may(said, app_yml, chosen):
        yield step
    yield checks_app.hears(said, app_yml)
    yield await checks.hooked(gh, settings.public_url, settings.called)
    for step in await checks_app.installed(gh, said, settings.called, chosen):
        yield step
    yield await checks_app.delivered(gh, now(), settings.called)
