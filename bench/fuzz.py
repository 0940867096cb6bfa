"""Inputs by the million into everything that strangers write to: webhooks, comments, configurations and names.

Each target is given inputs by hypothesis, which knows what such an input looks like, and by libFuzzer through atheris,
which keeps what reaches new branches. What breaks a promise is printed and kept in `out/fuzz`, to be tried again.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench.figures import Figure
from bench.size import Size
from tests.fuzz.target import NAMES

INPUTS, FEW = 100_000, 4_000
SEED = 8
SHARES = {"intake": 0.25, "grammar": 0.3, "configuration": 0.15, "markdown": 0.3}
BY_EXAMPLE, BY_COVERAGE = "tests.fuzz.by_example", "tests.fuzz.by_coverage"
TENTH = 0.1  # of all inputs hypothesis thinks of: it is slower, and repeats itself sooner
KEPT = Path("out") / "fuzz"
TRIED = re.compile(r"^(?:tried |stat::number_of_executed_units: +)([0-9]+)$", re.MULTILINE)
REACHED = re.compile(r"cov: ([0-9]+)")
AT_ONCE = 2
A_PROCESS = 30_000  # inputs: the renderer that judges leaks some kB with each


@dataclass(frozen=True)
class Found:
    """What one run came to. reached: branches of our code, which only the fuzzer steered by coverage counts."""

    tried: int
    reached: int
    seconds: float
    broken: bool


def run(size: Size) -> list[Figure]:
    """Fuzz all targets, two at once."""
    inputs = size.inputs or (FEW if size.quick else INPUTS)
    names = [name for name in NAMES if size.only.lower() in name]
    orders = [
        (by, name, int(inputs * SHARES[name] * share + 0.5))
        for by, share in ((BY_COVERAGE, 1 - TENTH), (BY_EXAMPLE, TENTH))
        for name in names
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = dict(
            zip(((by, name) for by, name, _ in orders), pool.map(lambda o: fuzzed(size, *o), orders), strict=True)
        )
    figures = [line for name in names for line in of_target(name, found[BY_COVERAGE, name], found[BY_EXAMPLE, name])]
    everything, due = sum(each.tried for each in found.values()), sum(count for _, _, count in orders)
    return [*figures, Figure("inputs in all", f"{everything:,}", f">= {due:,}", everything >= due)]


def of_target(name: str, by_coverage: Found, by_example: Found) -> Sequence[Figure]:
    """Return a target's lines of the table."""
    broken = by_coverage.broken + by_example.broken
    tried = f"{by_coverage.tried:,} / {by_example.tried:,}"
    took = f"{by_coverage.seconds:,.0f} / {by_example.seconds:,.0f} s"
    return (
        Figure(f"{name}: inputs by coverage / by example", tried),
        Figure(f"{name}: took", took),
        Figure(f"{name}: places in our code reached", f"{by_coverage.reached:,}"),
        Figure(f"{name}: runs that broke the promise", str(broken), "0", broken == 0),
    )


def fuzzed(size: Size, by: str, name: str, inputs: int) -> Found:
    """Fuzz one target in processes of their own, each with what the ones before it have found."""
    begun = time.perf_counter()
    tried, reached, status = 0, 0, 0
    with tempfile.TemporaryDirectory(prefix="almanac-fuzz-") as folder:
        while tried < inputs and not status:
            now = min(A_PROCESS, inputs - tried)
            command = [sys.executable, "-m", by, name, str(now), str(SEED + tried), folder]
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
            said, status = done.stdout + done.stderr, done.returncode
            if status:
                keep(name, Path(folder), said)
            counted = [int(count) for count in TRIED.findall(said)]
            if not counted and not status:
                raise RuntimeError(f"{by} {name} did not say how many inputs it tried")
            tried += sum(counted)
            reached = max([reached, *(int(count) for count in REACHED.findall(said))])
    size.tell(f"{by.rpartition('.')[2]} {name}: {tried:,} inputs, status {status}")
    return Found(tried, reached, time.perf_counter() - begun, status != 0)


def keep(name: str, folder: Path, said: str) -> None:
    """Keep what broke a promise, and say what happened."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for data in folder.glob("found/*"):
        (KEPT / f"{name}-{data.name}").write_bytes(data.read_bytes())
    tail = "\n".join(line for line in said.splitlines() if not line.startswith(("#", "INFO:", "stat::")))
    sys.stderr.write(tail[-4_000:] + f"\nInputs that broke a promise are kept in {KEPT}.\n")
