"""The server that has no credentials yet: it serves the set-up and nothing else, until it has become a GitHub App."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Mapping

import aiohttp
import structlog
from aiohttp import web

from bot.inbox import PATH as WEBHOOKS
from bot.now import following, machine_now
from bot.serving import runner_of
from bot.setting_up import SettingUp, not_yet
from bot.settings import Settings
from dashboard.setup import SetupPages
from dashboard.setup_guard import Guard
from dashboard.setup_shown import PATH
from github.wire import Sleep

NO_KEY = "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----"

log = structlog.get_logger(__name__)


def without_app(environ: Mapping[str, str]) -> Settings:
    """Read everything but the App's credentials, so that no other fault is left for later; raises `Incomplete`."""
    placeholders = {"GITHUB_APP_ID": "1", "GITHUB_PRIVATE_KEY": NO_KEY, "GITHUB_WEBHOOK_SECRET": "none"}
    return Settings.from_environ({**environ, **placeholders})


def create_setup_app(
    settings: Settings, over: asyncio.Event, announce: Callable[[str], None], sleep: Sleep = asyncio.sleep
) -> web.Application:
    """Return the server that sets itself up; announce(code) puts each one-time code where its owner reads it."""
    setup = SettingUp(settings, over, sleep)
    app = web.Application()

    async def outside(_app: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession() as setup.session:
            if settings.clock_url is None:
                yield
                return
            async with following(settings.clock_url, setup.http) as clock:
                setup.now = clock.now
                yield

    async def anything_else(_request: web.Request) -> web.Response:
        return not_yet()

    app.cleanup_ctx.append(outside)
    app.router.add_get("/healthz", setup.healthz)
    app.router.add_post(WEBHOOKS, setup.receive)
    SetupPages(setup, Guard(announce, machine_now), sleep).add_to(app)
    app.router.add_route("*", "/{path:.*}", anything_else)
    return app


async def serve_setup(settings: Settings) -> bool:
    """Serve the set-up until it is over (True), or until told to stop (False)."""
    stop, over = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    place = settings.public_url or f"http://127.0.0.1:{settings.port}"

    def announce(code: str) -> None:
        log.warning("set-up: this server has no GitHub App yet", open=f"{place}{PATH}", code=code)

    runner = runner_of(create_setup_app(settings, over, announce), settings.public_url)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
        log.info("waiting to be set up", addresses=[f"http://{host}:{port}" for host, port, *_ in runner.addresses])
        waits = [asyncio.create_task(event.wait()) for event in (stop, over)]
        _, waiting = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waiting:
            wait.cancel()
        return not stop.is_set()
    finally:
        await runner.cleanup()
