"""The worker processes: what they raise comes through, and one that is killed costs a retry."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
import structlog

from reports import pool as module
from reports.pool import Pool
from tests.reports import light_workers


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    """A pool of one worker with light work to do."""
    monkeypatch.setattr(module, "run_here", light_workers.run_here)
    made = Pool(workers=1)
    yield made
    processes = processes_of(made)
    made.close()
    for process in processes:
        process.join()


def processes_of(pool: Pool) -> list[BaseProcess]:
    return [] if pool.executor is None else list((pool.executor._processes or {}).values())


async def test_it_runs_elsewhere(pool: Pool) -> None:
    assert await pool.run("process", None) != os.getpid()


async def test_what_a_worker_raises_comes_through(pool: Pool) -> None:
    with pytest.raises(LookupError, match="not here"):
        await pool.run("fail", "not here")
    assert await pool.run("process", None) == await pool.run("process", None), "and it lives on"


async def test_what_a_killed_worker_was_doing_is_done_once_more(pool: Pool, tmp_path: Path) -> None:
    with structlog.testing.capture_logs() as logged:
        first, second = await asyncio.wait_for(run_pair(pool, str(tmp_path)), 60)

    assert first != second
    assert [(line["event"], line["again"]) for line in logged] == [("a worker process died", True)]


async def run_pair(pool: Pool, folder: str) -> tuple[int, int]:
    found = await pool.run("die_once", folder)
    assert isinstance(found, tuple)
    return found


async def test_what_kills_every_worker_is_not_tried_for_ever(pool: Pool) -> None:
    with structlog.testing.capture_logs() as logged, pytest.raises(BrokenProcessPool):
        await pool.run("die", None)

    assert [line["again"] for line in logged] == [True, False]
    assert isinstance(await pool.run("process", None), int), "the next question finds a new worker"


async def test_everything_that_waited_on_a_killed_worker_is_done_once_more(pool: Pool, tmp_path: Path) -> None:
    """A kill from outside breaks the pool for all who use it; one new pool serves those who waited."""
    pipe = tmp_path / "begun"
    os.mkfifo(pipe)
    with structlog.testing.capture_logs():
        stuck = asyncio.create_task(pool.run("wait_to_be_killed", str(pipe)))
        first = int(await asyncio.to_thread(pipe.read_text))
        others = [asyncio.create_task(pool.run("process", None)) for _ in range(3)]
        os.kill(first, signal.SIGKILL)
        second = int(await asyncio.to_thread(pipe.read_text))
        os.kill(second, signal.SIGKILL)  # its one retry is killed too
        results = await asyncio.gather(stuck, *others, return_exceptions=True)

    assert isinstance(results[0], BrokenProcessPool)
    assert first != second
    assert isinstance(await pool.run("process", None), int), "the next question finds a new worker"


async def test_closing_ends_the_workers(pool: Pool) -> None:
    await pool.run("process", None)
    (process,) = processes_of(pool)
    assert process.is_alive()
    pool.close()
    process.join()

    assert not process.is_alive()
    assert pool.executor is None


async def test_closing_twice_or_unused_is_nothing() -> None:
    made = Pool()
    made.close()
    made.close()
    assert made.executor is None


async def test_warming_touches_every_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, object]] = []
    made = Pool(workers=3)

    async def run(function: str, task: object) -> object:
        asked.append((function, task))
        return None

    monkeypatch.setattr(made, "run", run)
    await made.warm()
    assert asked == [("warm", None)] * 3


SERVER = """
import asyncio, os
from reports import pool
from tests.reports import light_workers

pool.run_here = light_workers.run_here

async def main():
    kept = pool.Pool(1)  # one that nobody holds any more ends its workers by itself
    print(await kept.run("process", None), flush=True)
    await asyncio.sleep(600)

if __name__ == "__main__":
    asyncio.run(main())
"""


async def test_workers_end_with_a_server_that_was_killed(tmp_path: Path) -> None:
    """Nobody is left to tell them; without it each kill would leave them in memory for good."""
    script = tmp_path / "server.py"
    script.write_text(SERVER)
    root = Path(__file__).parents[2]
    server = await asyncio.create_subprocess_exec(
        sys.executable, script, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout is not None
    worker = int(await asyncio.wait_for(server.stdout.readline(), 60))
    assert is_alive(worker)
    server.kill()
    await server.wait()
    async with asyncio.timeout(20):
        while is_alive(worker):  # noqa: ASYNC110 - nobody can tell
            await asyncio.sleep(0.05)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
