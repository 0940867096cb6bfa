"""The server process: configured by its environment, from its start to its end."""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import signal
import sys
from pathlib import Path

import structlog
import uvloop
from aiohttp import HttpVersion11, web

from bot import logs
from bot.app import create_app
from bot.credentials import are_missing
from bot.settings import Incomplete, Settings
from bot.slow_clients import Runner

STRICT = "max-age=31536000"  # seconds: a year in which browsers ask for this host by https only
STUCK_SECONDS = 1.0  # how long requests under way may take once the server stops; what comes after has its own time
GC_OBJECTS = 20_000  # new objects between two looks for cycles

log = structlog.get_logger(__name__)


def run() -> int:
    """Serve until told to stop; return the exit status: 2 for a configuration that is not complete.

    Without any credentials of an App it serves the set-up first, and then goes on as the App.
    """
    without_core()
    logs.configure()
    try:
        if are_missing(os.environ, Path(os.environ.get("DATA_DIR", "").strip() or "data")):
            # what the set-up needs is never loaded by a server that is set up
            from bot.setup_server import serve_setup, without_app  # noqa: PLC0415

            if uvloop.run(serve_setup(without_app(os.environ))):
                go_on()
            return 0
        settings = Settings.from_environ(os.environ)
        uvloop.run(serve(settings))
    except Incomplete as incomplete:
        lines = ["The configuration is not complete:", *(f"  - {fault}" for fault in incomplete.faults)]
        sys.stderr.write("\n".join([*lines, "docs/configuration.md describes every variable.", ""]))
        return 2
    return 0


def without_core() -> None:
    """Have no core written of this process, nor of those that it starts: what lies in memory are keys.

    A limit of 1 byte allows no file either, and is the only one at which Linux hands no core to a program such as
    systemd-coredump, which gets it whole at 0 (seen on Linux 6.18).
    """
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    least = 0 if most == 0 else 1
    resource.setrlimit(resource.RLIMIT_CORE, (least, least))


def go_on() -> None:
    """Begin anew in the same process: same number, same log, same environment, and nothing in memory of the set-up."""
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - this very program, no shell


async def serve(settings: Settings) -> None:
    """Run the server until SIGTERM or SIGINT, then let running answers end. A key that is none raises `Incomplete`."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    checking = asyncio.create_task(check_key(settings.private_key, settings.called("GITHUB_PRIVATE_KEY")))
    runner = runner_of(create_app(settings), settings.public_url)
    await runner.setup()
    try:
        await checking
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


def runner_of(app: web.Application, public_url: str | None = None) -> web.AppRunner:
    """Return what serves `app` at an address.

    No answer says what the server is made of; below https, each says that browsers need not try anything else.
    Bodies are not decompressed: a signature is over the bytes as they came, and nothing that a stranger sends is
    inflated. A connection that sends nothing is closed, and one that sends nothing more does not hold up the end.
    """
    is_https = public_url is not None and public_url.startswith("https://")

    async def prepare(_request: web.Request, response: web.StreamResponse) -> None:
        response.headers.popall("Server", None)
        if is_https:
            response.headers["Strict-Transport-Security"] = STRICT

    app.on_response_prepare.append(prepare)
    for route in app.router.routes():
        # aiohttp's own answer repeats the header, and where that is not UTF-8 it fails to be written: a 500
        route._expect_handler = to_expect  # noqa: SLF001 - it can be given to each route only where that is added
    return Runner(app, access_log=None, handle_signals=False, auto_decompress=False, shutdown_timeout=STUCK_SECONDS)


async def to_expect(request: web.Request) -> None:
    """Say that a body is welcome to whoever asks before sending it (RFC 9110, 10.1.1); 417 for anything else."""
    if request.version != HttpVersion11:
        return
    if request.headers.get("Expect", "").lower() != "100-continue":
        raise web.HTTPExpectationFailed(text="a request can only expect 100-continue\n")
    await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    request.writer.output_size = 0  # what is counted as sent is the answer


async def check_key(pem: str, called: str) -> None:
    """Raise `Incomplete` if `pem`, which has this name, cannot sign.

    It is found out in a process of its own, beside the start of this one.
    """
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "github.check_key", stdin=pipe, stdout=pipe)
    said, _ = await child.communicate(pem.encode())
    if child.returncode:
        raise Incomplete([f"{called}: {said.decode().strip()}"])
