"""A warm process pool for the work that needs pandas and matplotlib, which the server process never imports."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import TypeVar

import structlog

Task = TypeVar("Task")
Result = TypeVar("Result")

WORKERS = 2
COMPUTE = "reports.compute"

log = structlog.get_logger(__name__)


def run_here(function: str, task: object) -> object:
    """Run `reports.compute.<function>(task)` in the process this is called in, importing it there."""
    import importlib  # noqa: PLC0415 - stated here because the import of `compute` belongs to the worker

    return getattr(importlib.import_module(COMPUTE), function)(task)


def end_with_the_server() -> None:
    """End this process when the one that started it is gone: killed, it could not tell its workers."""
    server = multiprocessing.parent_process()
    if server is None:
        return

    def watch(sentinel: int) -> None:
        wait([sentinel])
        os._exit(1)

    threading.Thread(target=watch, args=[server.sentinel], name="server", daemon=True).start()


class Pool:
    """Runs functions of `reports.compute` in worker processes; a killed worker costs one retry, not the server."""

    def __init__(self, workers: int = WORKERS) -> None:
        self.workers = workers
        self.executor: ProcessPoolExecutor | None = None

    def start(self) -> ProcessPoolExecutor:
        # a fork server imports the heavy libraries once and forks each worker from there, before it has any thread
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([COMPUTE])
        return ProcessPoolExecutor(self.workers, mp_context=context, initializer=end_with_the_server)

    async def warm(self) -> None:
        """Start every worker and let it draw once, so that the first answer does not wait for imports."""
        await asyncio.gather(*(self.run("warm", None) for _ in range(self.workers)))

    async def run(self, function: str, task: object) -> object:
        """Run `reports.compute.<function>(task)`; its exceptions come through. Tried once more if its process died."""
        for last in (False, True):
            executor = self.executor = self.executor or self.start()
            try:
                # from a thread: the first ones start processes, and wait until these have imported everything
                running = await asyncio.to_thread(executor.submit, run_here, function, task)
                return await asyncio.wrap_future(running)
            except BrokenProcessPool:
                log.warning("a worker process died", function=function, again=not last)
                if self.executor is executor:
                    self.executor = None
                executor.shutdown(wait=False, cancel_futures=True)
                if last:
                    raise
        raise AssertionError("unreachable")

    def close(self) -> None:
        """End the workers; what they are doing is dropped."""
        if self.executor is not None:
            self.executor.shutdown(wait=False, cancel_futures=True)
            self.executor = None
