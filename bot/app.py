"""The server, put together: reads top to bottom, everything acquired here is released here."""

from __future__ import annotations

import asyncio
import importlib
import os
import random
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

import aiohttp
import structlog
from aiohttp import web

from bot import health, inbox, logs
from bot.arriving import MAX_DELIVERY
from bot.browsing import BROWSING, Browsing, add_routes
from bot.clients import Clients
from bot.jobs import kinds
from bot.measured import Measured, MeasuredPool
from bot.now import following, machine_is_right, machine_now
from bot.nowhere import ANYTHING, NAME, nowhere
from bot.settings import Settings
from bot.ticking import PATH as TICK_PATH
from bot.ticking import Ticking
from bot.worker import Worker
from dashboard.exports import PATH as EXPORTS_PATH
from dashboard.exports import Exports
from dashboard.pictures import PATH as PICTURES_PATH
from dashboard.pictures import Pictures
from github.auth import App
from github.endpoints import Endpoints
from github.reads.app import AppFacts
from github.reads.app import app as app_facts
from github.wire import Sleep
from reports.app_token import AppToken
from reports.pool import Pool
from reports.services import Services
from reports.sharing import Sharing
from scheduler.clock import Clock
from storage.engine import Store
from storage.intake import Intake, intake_of
from storage.opening import open_when_ready
from storage.queue import Wakeup
from storage.urls import sqlite_path
from storage.version import UNFINISHED, is_current, is_unfinished

ADDRESS_BYTES = 32  # 256 bits: as good as a password
WARM_AFTER = 0.3  # seconds: what the pool imports would take the CPU from the start of the server itself
DRAIN_SECONDS = 8.0  # container runtimes kill after ten

SETTINGS = web.AppKey("settings", Settings)
SESSION = web.AppKey("session", aiohttp.ClientSession)
NOW: web.AppKey[Callable[[], datetime]] = web.AppKey("now")
SET_CLOCK: web.AppKey[Callable[[], Awaitable[None]]] = web.AppKey("set_clock")
SLEEP: web.AppKey[Sleep] = web.AppKey("sleep")
STORE = web.AppKey("store", Store)
INTAKE = web.AppKey("intake", Intake)
POOL = web.AppKey("pool", Pool)
WARM = web.AppKey("warm", bool)
"""Set where the pool's workers are started in any case."""
SERVICES = web.AppKey("services", Services)
WAKEUP = web.AppKey("wakeup", Wakeup)
WORKING = web.AppKey("working", list[asyncio.Task[None]])
"""The worker's task while it is to run."""
MEASURED = web.AppKey("measured", Measured)
INBOX = web.AppKey("inbox", inbox.Inbox)
READINESS = web.AppKey("readiness", health.Readiness)
PICTURES = web.AppKey("pictures", Pictures)
EXPORTS = web.AppKey("exports", Exports)
CLOCK = web.AppKey("clock", Clock)
WORKER = web.AppKey("worker", Worker)
TICKING = web.AppKey("ticking", Ticking)

CLOSED = (
    "The database cannot be opened; the reason stands above. See that DATABASE_URL names a database that runs, or, as "
    "DATA_DIR does, a file on a local disk that the server's user may write to."
)

log = structlog.get_logger(__name__)


def create_app(settings: Settings, sleep: Sleep = asyncio.sleep) -> web.Application:
    """Return the server for these settings; it opens what it needs when it starts and closes it when it stops.

    sleep(seconds) is how it waits where GitHub asks it to.
    """
    app = prepared(settings, sleep)
    roles = settings.roles
    serves, works = "serve" in roles, "work" in roles
    app.cleanup_ctx.extend([session, clock, database])
    app.cleanup_ctx.extend([deliveries] if serves else [])
    app.cleanup_ctx.extend([pool if serves or works else cold_pool, services, probes])
    app.cleanup_ctx.extend([routes] if serves else [])
    app.cleanup_ctx.extend([worker] if works else [])
    app.cleanup_ctx.extend([ticks] if "clock" in roles else [])
    app.cleanup_ctx.extend([watch] if settings.metrics_token else [])
    app.router.add_get("/healthz", health.healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", get_metrics)
    if serves:
        add_doors(app)
    return app


def add_doors(app: web.Application) -> None:
    """Add the addresses that GitHub, schedulers and people come to."""
    app.router.add_get(PICTURES_PATH, get_picture)
    # without HEAD: a file is not made for whoever does not fetch it
    app.router.add_get(EXPORTS_PATH, get_export, allow_head=False)
    app.router.add_post(inbox.PATH, receive)
    app.router.add_post(TICK_PATH, post_tick)
    add_routes(app)
    app.router.add_route("*", ANYTHING, nowhere, name=NAME)  # the last: the first address that fits counts


def create_ticker(settings: Settings, sleep: Sleep = asyncio.sleep) -> web.Application:
    """Return what works the queue without a server: no address, no clock of its own, its pool started when needed."""
    app = prepared(settings, sleep)
    app.cleanup_ctx.extend([session, clock, database, cold_pool, services, worker])
    return app


def prepared(settings: Settings, sleep: Sleep) -> web.Application:
    """Return an application that knows its settings and holds nothing yet."""
    logs.conceal(settings.secrets)
    app = web.Application(client_max_size=MAX_DELIVERY)
    app[SETTINGS] = settings
    app[SLEEP] = sleep
    app[WAKEUP] = Wakeup()
    app[WORKING] = []
    app[MEASURED] = Measured()
    return app


async def receive(request: web.Request) -> web.StreamResponse:
    """Take a webhook delivery."""
    return await request.app[INBOX].receive(request)


async def readyz(request: web.Request) -> web.StreamResponse:
    """Tell whether the server can do its work."""
    return await request.app[READINESS].readyz(request)


async def get_metrics(request: web.Request) -> web.StreamResponse:
    """Tell how the server fares; 403 where no token is configured, 401 for a wrong one."""
    app = request.app
    token = app[SETTINGS].metrics_token
    if token is None:
        return web.Response(status=403, text="nobody may read this here: METRICS_TOKEN is not set\n")
    # nothing of it is loaded where nobody reads it
    metrics = await asyncio.to_thread(importlib.import_module, "bot.metrics")
    if not metrics.is_let_in(request, token):
        said = "the header Authorization must be `Bearer` and the METRICS_TOKEN of this server\n"
        return web.Response(status=401, text=said, headers={"WWW-Authenticate": "Bearer"})
    answer: web.Response = await metrics.answer(app[SERVICES], app[MEASURED])
    return answer


async def post_tick(request: web.Request) -> web.StreamResponse:
    """Do what is due, for a scheduler outside."""
    return await request.app[TICKING].post(request)


async def get_picture(request: web.Request) -> web.StreamResponse:
    """Serve a picture of an answer."""
    return await request.app[PICTURES].get(request)


async def get_export(request: web.Request) -> web.StreamResponse:
    """Serve the numbers of an answer as a file."""
    return await request.app[EXPORTS].get(request)


async def session(app: web.Application) -> AsyncIterator[None]:
    """Hold the one HTTP session."""
    async with aiohttp.ClientSession() as opened:
        app[SESSION] = opened
        yield


async def clock(app: web.Application) -> AsyncIterator[None]:
    """Hold the clock that the server goes by."""
    url = app[SETTINGS].clock_url
    if url is None:
        app[NOW], app[SET_CLOCK] = machine_now, machine_is_right
        yield
        return
    async with following(url, app[SESSION]) as followed:
        app[NOW], app[SET_CLOCK] = followed.now, followed.read
        yield


async def database(app: web.Application) -> AsyncIterator[None]:
    """Hold the database, its schema brought up to date."""
    settings = app[SETTINGS]
    file = sqlite_path(settings.database_url)
    if file is not None and not file.exists():
        await migrate(settings.database_url)
    try:
        store = await open_when_ready(settings.database_url)
    except Exception as error:
        # whatever the database says no with; its own words go through the log, which blacks out what is secret
        log.exception("the database cannot be opened", error=repr(error))
        raise SystemExit(CLOSED) from None
    try:
        if await store.read(is_unfinished):
            raise SystemExit(UNFINISHED)
        if not await store.read(is_current):
            await migrate(settings.database_url)
        app[STORE] = store
        yield
    finally:
        await store.close()


async def migrate(database_url: str) -> None:
    """Bring the schema up to date in a process of its own, so that Alembic never weighs on this one."""
    # in the environment, not as an argument: it may hold a password
    environment = {**os.environ, "DATABASE_URL": database_url}
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "migrate", env=environment)
    if await child.wait():
        raise SystemExit(f"the database could not be migrated (status {child.returncode}); the reason stands above")


async def deliveries(app: web.Application) -> AsyncIterator[None]:
    """Hold the intake that writes deliveries down."""
    async with intake_of(app[STORE]) as intake:
        app[INTAKE] = intake
        yield


async def pool(app: web.Application) -> AsyncIterator[None]:
    """Hold the worker processes; they warm up while the server is answering already."""
    workers = app[POOL] = Pool()
    app[WARM] = True

    async def warm() -> None:
        await asyncio.sleep(WARM_AFTER)
        await workers.warm()

    warming = asyncio.create_task(warm())
    try:
        yield
    finally:
        warming.cancel()
        with suppress(asyncio.CancelledError):
            await warming
        workers.close()


async def cold_pool(app: web.Application) -> AsyncIterator[None]:
    """Hold worker processes that start when the first of them is needed."""
    app[POOL] = Pool()
    yield
    app[POOL].close()


async def services(app: web.Application) -> AsyncIterator[None]:
    """Put together what handlers and jobs need of the outside world."""
    settings, now, sleep = app[SETTINGS], app[NOW], app[SLEEP]
    endpoints = Endpoints.of(settings.api_url, settings.graphql_url, settings.web_url)

    async def sign(moment: datetime) -> str:
        token = await app[POOL].run("app_token", AppToken(settings.issuer, settings.private_key, moment))
        assert isinstance(token, str), "what compute.app_token returns"
        return token

    # a tick ends soon and starts no workers for it
    registration = App(settings.issuer, settings.private_key, sign if WARM in app else None)
    clients = speaking(app, registration, endpoints)

    async def identity() -> AppFacts:
        return await app_facts(clients.as_app())

    app[SERVICES] = Services(
        store=app[STORE],
        github=clients.installation,
        as_app=clients.as_app,
        identity=identity,
        pool=Sharing(MeasuredPool(app[POOL], app[MEASURED]), app[STORE]),
        wakeup=app[WAKEUP],
        now=now,
        sleep=sleep,
        new_address=lambda: secrets.token_urlsafe(ADDRESS_BYTES),
        picture_base=settings.picture_base,
        grace=timedelta(days=settings.grace_days),
        budgets=clients.budgets,
        kept_years=settings.kept_years,
    )
    app[CLOCK] = Clock(app[STORE], app[WAKEUP], now)
    yield


def speaking(app: web.Application, registration: App, endpoints: Endpoints) -> Clients:
    """Return who speaks to GitHub: with limits known to this process alone, or on PostgreSQL to all of them."""
    given = app[SESSION], registration, endpoints, app[NOW], app[SLEEP]
    if app[STORE].dialect == "sqlite":
        return Clients(*given)
    from bot.limits import SharingClients  # noqa: PLC0415 - nothing of it is needed on SQLite

    # in demo and tests all follow one clock, which is not the database's
    followed = None if app[SETTINGS].clock_url is None else app[NOW]
    return SharingClients(*given, store=app[STORE], clock=followed)


async def probes(app: web.Application) -> AsyncIterator[None]:
    """Tell whoever asks whether this process can do its work."""
    app[READINESS] = health.Readiness(app[STORE], lambda: reasons(app))
    yield


def reasons(app: web.Application) -> list[str]:
    """Return why this process cannot do its work, as far as it knows."""
    found: list[str] = []
    if "work" in app[SETTINGS].roles:
        if all(task.done() for task in app[WORKING]):
            found.append("the worker is not running")
        elif app[WORKER].is_refused:
            found.append("the database gives no job out")
    if INBOX in app and app[INBOX].was_refused():
        found.append("deliveries cannot be stored")
    return found


async def routes(app: web.Application) -> AsyncIterator[None]:
    """Put together what answers GitHub, schedulers and people."""
    settings = app[SETTINGS]
    app[INBOX] = inbox.Inbox(settings.webhook_secrets, app[INTAKE], app[WAKEUP], app[NOW], app[MEASURED])
    app[PICTURES] = Pictures(app[STORE])
    app[EXPORTS] = Exports(app[SERVICES])
    app[TICKING] = Ticking(settings.tick_token, app[SERVICES], app[CLOCK], app[SET_CLOCK])
    app[BROWSING] = Browsing(settings, app[SERVICES], app[SESSION])
    yield
    await app[BROWSING].close()
    app[INBOX].tell()


async def worker(app: web.Application) -> AsyncIterator[None]:
    """Run jobs."""
    made = app[WORKER] = Worker(
        app[STORE],
        kinds(app[SERVICES]),
        app[WAKEUP],
        app[NOW],
        jitter=lambda: random.uniform(0.5, 1.5),  # noqa: S311
        ended=app[MEASURED].job,
        crowded=app[INTAKE].is_crowded if INTAKE in app else lambda: False,
    )
    working = asyncio.create_task(made.work())
    working.add_done_callback(tell_of_its_end)
    app[WORKING].append(working)
    try:
        yield
    finally:
        app[WORKING].clear()
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await made.drain(DRAIN_SECONDS)


def tell_of_its_end(working: asyncio.Task[None]) -> None:
    """Log why the worker ended if nobody told it to; /readyz says that it did."""
    if not working.cancelled() and (error := working.exception()) is not None:
        log.error("the worker has died", error=repr(error), exc_info=error)


async def watch(app: web.Application) -> AsyncIterator[None]:
    """Look whether the event loop turns, where somebody reads what is found."""
    watching = asyncio.create_task(app[MEASURED].watch())
    try:
        yield
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


async def ticks(app: web.Application) -> AsyncIterator[None]:
    """Let time put jobs into the queue."""
    app[CLOCK].start()
    try:
        yield
    finally:
        app[CLOCK].stop()
