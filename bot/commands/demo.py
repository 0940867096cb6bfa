"""`python -m bot demo`: the whole product at work on a small GitHub of its own, nothing to configure."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import click

from bot.inbox import PATH
from bot.ticking import PATH as TICK
from sandbox.build import VISITOR, build
from sandbox.dataset import read_all
from sandbox.generate import generate
from sandbox.registration import AppKeys
from sandbox.server import Sandbox
from sandbox.world import World

SEED = 7
CAPTURES = 8  # before the present one; each shows the 14 days before it, so that no day between them is unknown
BETWEEN_CAPTURES = timedelta(days=12)
REPOSITORY = "quartz-labs/lantern"
FIRST = "/analytics 90d"
READY_SECONDS = 60.0
ANSWER_SECONDS = 120.0
PICTURE = re.compile(r'(?:src|srcset)="(https?://[^"]+/pictures/[^"]+\.png)"')
STILL_READING = "This comment becomes the answer"


@click.command()
@click.option("--once", metavar="COMMENT", help="Post this comment, print the answer and where its pictures lie.")
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A repository's folder instead of the generated organisation.",
)
@click.option("--port", default=0, show_default="any free one", help="The port of the small GitHub.")
@click.option("--now", help="The demo's present, 2026-11-22T08:00:00Z; by default the machine's, or the data's.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("demo-out"),
    show_default=True,
    help="Where --once puts pictures.",
)
def command(once: str | None, data: Path | None, port: int, now: str | None, out: Path) -> None:
    """Start a small GitHub with an organisation in it, and the server beside it, with keys made for the occasion.

    Without --once it asks a first question and prints the address of the issue page: write there and watch.
    With --once it exits 0 only if the answer came.
    """
    try:
        sys.exit(asyncio.run(demo(once, data, port, now, out)))
    except KeyboardInterrupt:
        click.echo("stopped")


async def demo(once: str | None, data: Path | None, port: int, now: str | None, out: Path) -> int:
    """Run the demo; return the exit status."""
    click.echo("Making up an organisation …" if data is None else f"Reading {data} …")
    moment = datetime.fromisoformat(now) if now else None
    world, keys = made(data, moment)
    with tempfile.TemporaryDirectory(prefix="almanac-demo-") as folder:
        server_port = free_port()
        assert world.app is not None, "`build` has registered it"
        world.app.webhook_url = f"http://127.0.0.1:{server_port}{PATH}"
        async with Sandbox(world, port) as sandbox:
            count = len(world.repositories)
            click.echo(f"A small GitHub is at {sandbox.url}, with {count} repositories; starting the server …")
            environment = configuration(sandbox, keys, server_port, Path(folder))
            if data is None:
                sandbox.clock.advance(-CAPTURES * BETWEEN_CAPTURES)
            async with server(environment, server_port, quiet=once is not None):
                await capture(sandbox, environment, CAPTURES if data is None else 0)
                name, number = thread_of(world)
                if once is not None:
                    return await ask(sandbox, name, number, once, out)
                await greet(sandbox, name, number, environment["PUBLIC_URL"])
                await asyncio.Event().wait()
    return 0


def made(data: Path | None, now: datetime | None) -> tuple[World, AppKeys]:
    """Return a world with a thread to ask in, and the App's keys."""
    if data is not None:
        return build(read_all(data), now=now)
    moment = (now or datetime.now(UTC)).replace(microsecond=0)
    return build(generate(SEED, moment), now=moment)


async def capture(sandbox: Sandbox, environment: dict[str, str], earlier: int) -> None:
    """Let the server capture traffic as time goes by: `earlier` times in the past, and once at the present."""
    address = f"http://127.0.0.1:{environment['PORT']}{TICK}?wait=60"
    headers = {"Authorization": f"Bearer {environment['TICK_TOKEN']}"}
    click.echo(f"Capturing traffic, as if installed {span(earlier)} ago …" if earlier else "Capturing traffic …")
    async with aiohttp.ClientSession() as session:
        for place in range(earlier + 1):
            if place:
                sandbox.clock.advance(BETWEEN_CAPTURES)
            async with session.post(address, headers=headers) as response:
                response.raise_for_status()


def span(captures: int) -> str:
    """Return how long ago the first of so many captures is."""
    return f"{captures * BETWEEN_CAPTURES.days} days"


def thread_of(world: World) -> tuple[str, int]:
    """Open a fresh issue to ask in; return its repository and number."""
    repository = world.repository(REPOSITORY) or next(iter(world.repositories.values()))
    issue = world.open_issue(repository, world.account(VISITOR), "How are we doing?", "Ask with `/analytics`.")
    return repository.full_name, issue.number


def configuration(sandbox: Sandbox, keys: AppKeys, port: int, folder: Path) -> dict[str, str]:
    """Return the server's environment: exactly what a real installation sets, and the sandbox's clock."""
    # a surrounding configuration must not reach the demo
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    return {
        **kept,
        "GITHUB_APP_ID": str(keys.app_id),
        "GITHUB_CLIENT_ID": keys.client_id,
        "GITHUB_CLIENT_SECRET": keys.client_secret,
        "GITHUB_PRIVATE_KEY": keys.private_key,
        "GITHUB_WEBHOOK_SECRET": keys.webhook_secret,
        "GITHUB_API_URL": sandbox.url,
        "GITHUB_GRAPHQL_URL": f"{sandbox.url}/graphql",
        "GITHUB_URL": sandbox.url,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DATA_DIR": str(folder),
        "DATABASE_URL": "",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "CLOCK_URL": sandbox.clock_url,
        "TICK_TOKEN": secrets.token_hex(16),
        "OPERATORS": VISITOR,
    }


@asynccontextmanager
async def server(environment: dict[str, str], port: int, *, quiet: bool) -> AsyncIterator[None]:
    """Run `python -m bot serve` beside this process until the context ends."""
    log = Path(environment["DATA_DIR"]) / "server.log"
    with log.open("wb") as file:
        root = Path(__file__).parents[2]
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", env=environment, cwd=root, stderr=file if quiet else None
        )
        try:
            try:
                await ready(port, child)
            except BaseException:
                click.echo(log.read_text(errors="replace"), err=True)
                raise
            click.echo("The server is ready.")
            yield
        finally:
            if child.returncode is None:
                child.send_signal(signal.SIGTERM)
            await child.wait()


async def ready(port: int, child: asyncio.subprocess.Process) -> None:
    """Return once the server says that it is ready; raise if it ends or takes too long."""
    async with asyncio.timeout(READY_SECONDS), aiohttp.ClientSession() as session:
        while child.returncode is None:
            try:
                async with session.get(f"http://127.0.0.1:{port}/readyz") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.05)
    raise click.ClickException("the server ended before it was ready")


async def greet(sandbox: Sandbox, name: str, number: int, dashboard: str) -> None:
    """Ask a first question in the thread, say what came back, and where to look and go on."""
    click.echo(f"Commenting on {name}#{number}: {FIRST}")
    await sandbox.comment(name, number, VISITOR, FIRST)
    answer = await wait_for_answer(sandbox, name, number)
    click.echo(answer["body"].partition("\n")[0] if answer else "No answer came; the lines above say why.")
    click.echo(f"\nThe answer and its pictures: {sandbox.url}/{name}/issues/{number}")
    click.echo(f"The dashboard, to sign in to as {VISITOR}: {dashboard}/")
    click.echo("Write a comment there, such as /analytics time-to-merge 12w. Ctrl-C ends the demo.")


async def ask(sandbox: Sandbox, name: str, number: int, comment: str, out: Path) -> int:
    """Post the comment, wait for the answer, print it, save its pictures; return 0 if it came, 1 if not."""
    click.echo(f"Commenting on {name}#{number}: {comment}")
    await sandbox.comment(name, number, VISITOR, comment)
    answer = await wait_for_answer(sandbox, name, number)
    if answer is None:
        click.echo("No answer came.", err=True)
        return 1
    click.echo(f"\n{answer['body']}\n")
    for path in await save_pictures(answer["body"], out):
        click.echo(f"picture: {path}")
    return 0


async def wait_for_answer(sandbox: Sandbox, name: str, number: int) -> dict[str, Any] | None:
    """Return the App's finished comment, or None if none comes in time."""
    told = False
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            while True:
                for comment in sandbox.comments(name, number):
                    if comment["user"]["type"] == "Bot":
                        if STILL_READING not in comment["body"]:
                            return comment
                        if not told:
                            click.echo("The thread says that the answer is coming …")
                            told = True
                await asyncio.sleep(0.05)
    except TimeoutError:
        return None


async def save_pictures(body: str, out: Path) -> list[Path]:
    """Fetch every picture that the answer shows, as GitHub's proxy would; return where they were put."""
    paths: list[Path] = []
    async with aiohttp.ClientSession() as session:
        for place, url in enumerate(PICTURE.findall(body)):
            async with session.get(url) as response:
                response.raise_for_status()
                # a <picture> names its dark version first
                path = out / f"picture-{place // 2 + 1}-{'dark' if place % 2 == 0 else 'light'}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(await response.read())
                paths.append(path)
    return paths


def free_port() -> int:
    """Return a port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
