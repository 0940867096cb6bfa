"""What the pool's workers are asked in tests of the pool: functions that are light, and some that end badly."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import NoReturn


def run_here(function: str, task: object) -> object:
    """Stand in for `reports.pool.run_here`, in the worker."""
    return globals()[function](task)


def process(_: object) -> int:
    return os.getpid()


def die_once(folder: str) -> tuple[int, int]:
    """Die in the middle the first time; the second time tell both processes."""
    first = Path(folder) / "first"
    if not first.exists():
        first.write_text(str(os.getpid()))
        os.kill(os.getpid(), signal.SIGKILL)
    return int(first.read_text()), os.getpid()


def die(_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail(text: str) -> NoReturn:
    raise LookupError(text)


def wait_to_be_killed(pipe: str) -> None:
    """Say through a named pipe that it has begun, and wait."""
    with Path(pipe).open("w") as begun:
        begun.write(str(os.getpid()))
    signal.pause()
