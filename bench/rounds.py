"""Rounds of readers: many people before one server for some seconds, and what they saw."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.browsing import Browser
from bench.serving import ROOT, Serving

READERS = 50


@dataclass(frozen=True)
class Round:
    """What readers saw for some seconds: milliseconds of each answer by path, what else than 200 came, bytes."""

    taken: Mapping[str, Sequence[float]]
    refused: Mapping[str, int]
    sizes: Mapping[str, int]
    seconds: float

    @property
    def everything(self) -> list[float]:
        return [one for some in self.taken.values() for one in some]

    @property
    def a_second(self) -> float:
        return len(self.everything) / self.seconds

    def percentile(self, percent: int, path: str | None = None) -> float:
        """Return a percentile of the milliseconds, of one path or of all."""
        known = self.everything if path is None else self.taken[path]
        return statistics.quantiles(known, n=100)[percent - 1] if len(known) > 1 else max(known, default=float("nan"))


async def readers(serving: Serving, browsers: Sequence[Browser], paths: Sequence[str], seconds: float) -> Round:
    """Let all readers go round some paths."""
    told = {
        "port": serving.port, "cookies": [one.cookie for one in browsers], "paths": list(paths), "readers": READERS,
        "seconds": seconds,
    }  # fmt: skip
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.reading"), cwd=ROOT, stdin=pipe, stdout=pipe
    )
    said, _ = await process.communicate(json.dumps(told).encode())
    if process.returncode:
        raise RuntimeError("the readers ended before their time")
    read: dict[str, Any] = json.loads(said)
    return Round(**read)
