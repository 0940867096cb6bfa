"""Start what is measured: our server, or another program that listens on a port, as a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.inbox import PATH
from sandbox.registration import AppKeys
from sandbox.server import Sandbox

ROOT = Path(__file__).parents[1]
POLL_SECONDS = 0.004
START_SECONDS = 60.0
END_SECONDS = 20.0
NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing answers there


@dataclass(frozen=True)
class Serving:
    """A running process that listens. `started_in`: seconds from spawning it until it said that it is ready."""

    process: asyncio.subprocess.Process
    port: int
    started_in: float

    @property
    def webhooks(self) -> str:
        return f"http://127.0.0.1:{self.port}{PATH}"


def environment(keys: AppKeys, folder: Path, port: int, sandbox: Sandbox | None = None) -> dict[str, str]:
    """Return what a real installation sets, for a server that keeps its data in `folder`; nothing else of ours."""
    url = sandbox.url if sandbox else NOWHERE
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ},
        "GITHUB_APP_ID": str(keys.app_id),
        "GITHUB_CLIENT_ID": keys.client_id,
        "GITHUB_PRIVATE_KEY": keys.private_key,
        "GITHUB_WEBHOOK_SECRET": keys.webhook_secret,
        "GITHUB_API_URL": url,
        "GITHUB_GRAPHQL_URL": f"{url}/graphql",
        "GITHUB_URL": url,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DATA_DIR": str(folder),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        **({"CLOCK_URL": sandbox.clock_url} if sandbox else {}),
    }


@asynccontextmanager
async def serving(
    command: Sequence[str],
    environ: Mapping[str, str],
    port: int,
    path: str,
    *,
    log: Path,
    cpus: Collection[int] | None = None,
) -> AsyncIterator[Serving]:
    """Run `command` until the context ends; it is ready once `path` on `port` answers 200. Its output goes to `log`."""
    with log.open("wb") as file:
        begun = time.perf_counter()
        with pinned(cpus):
            process = await asyncio.create_subprocess_exec(
                *command, env=dict(environ), cwd=ROOT, stdout=file, stderr=file, start_new_session=True
            )
        try:
            async with asyncio.timeout(START_SECONDS):
                while await status(port, path) != 200:
                    if process.returncode is not None:
                        raise RuntimeError(f"{command} ended before it was ready: {tail(log)}")
                    await asyncio.sleep(POLL_SECONDS)
            yield Serving(process, port, time.perf_counter() - begun)
        finally:
            await end(process)


@asynccontextmanager
async def server(
    environ: Mapping[str, str], *, log: Path, cpus: Collection[int] | None = None
) -> AsyncIterator[Serving]:
    """Run `python -m bot serve` until the context ends."""
    command = (sys.executable, "-m", "bot", "serve")
    async with serving(command, environ, int(environ["PORT"]), "/readyz", log=log, cpus=cpus) as running:
        yield running


def tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]


async def end(process: asyncio.subprocess.Process) -> None:
    """Ask the process to stop; where it does not, end it and its children."""
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(END_SECONDS):
            await process.wait()
    except TimeoutError:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


class pinned:  # noqa: N801 - reads as what it does: `with pinned({0}): start()`
    """Within it, processes are started on these CPUs only; None leaves them all."""

    def __init__(self, cpus: Collection[int] | None) -> None:
        self.cpus = cpus
        self.before = os.sched_getaffinity(0)

    def __enter__(self) -> None:
        if self.cpus:
            os.sched_setaffinity(0, self.cpus)

    def __exit__(self, *_: object) -> None:
        os.sched_setaffinity(0, self.before)


async def status(port: int, path: str) -> int | None:
    """Return the status of `GET path`, None where nothing listens yet."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return None
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        line = await reader.readline()
        return int(line.split()[1]) if line else None
    except OSError:
        return None
    finally:
        writer.close()


async def at_rest(process: asyncio.subprocess.Process, seconds: float = 1.0, busy: float = 0.05) -> None:
    """Return once the process and its children used less than `busy` of a CPU for `seconds`: its warm-up is over."""
    spent = cpu_seconds(process.pid)
    async with asyncio.timeout(START_SECONDS):
        while True:
            await asyncio.sleep(seconds)
            before, spent = spent, cpu_seconds(process.pid)
            if spent - before < busy * seconds:
                return


def cpu_seconds(session: int) -> float:
    """Return the CPU time of every process of a session so far."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        if int(fields[3]) == session:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def resident_megabytes(pid: int) -> float:
    """Return the resident memory of one process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise ValueError(f"process {pid} shows no resident memory")


def children(pid: int) -> list[int]:
    """Return the processes that one process, and those that it began, have begun."""
    direct = [
        int(one) for task in Path(f"/proc/{pid}/task").iterdir() for one in (task / "children").read_text().split()
    ]
    return [*direct, *(below for one in direct for below in children(one))]


def free_port() -> int:
    """Return a port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
