"""All metrics over 130,000 pull requests and 400,000 reviews, beside pandas row by row and beside polars.

Each computes the same figures in a process of its own, from the same frames; a figure on which they differ is an error.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.bulk import Scale, build
from bench.figures import Figure
from bench.size import Size

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
SMALL = Scale(pulls=5_000, reviews=15_000, issues=2_000, commits=8_000)
PEERS = {"loops": "pandas, row by row", "polars": "polars"}
CLOSE = 1e-6


def run(size: Size) -> list[Figure]:
    """Build a database, then let each compute."""
    scale = SMALL if size.quick else Scale()
    with tempfile.TemporaryDirectory(prefix="almanac-bench-") as name:
        path = Path(name) / "almanac.db"
        size.tell(f"making {scale.pulls:,} pull requests and {scale.reviews:,} reviews")
        build(path, scale, now=NOW)
        said: dict[str, Any] = {}
        for who in ("ours", *PEERS):
            size.tell(f"computing: {who}")
            said[who] = computed(who, path)
    ours = said["ours"]
    for who in PEERS:
        disagree(ours["figures"], said[who]["figures"], who)
    every = ours["every"]
    lines = [
        Figure(f"all {len(every)} metrics, whole history, one process", f"{sum(every.values()):.2f} s"),
        *(
            Figure(f"  {name}", f"{seconds * 1000:.0f} ms")
            for name, seconds in sorted(every.items(), key=lambda item: -item[1])[:4]
        ),
        Figure(f"the {len(ours['figures'])} shared figures, ours", f"{ours['seconds']:.2f} s"),
    ]
    for who, words in PEERS.items():
        ratio = said[who]["seconds"] / ours["seconds"]
        lines.append(Figure(f"the same, {words}", f"{said[who]['seconds']:.2f} s ({ratio:.1f} x ours)"))
    lines += [
        Figure(f"memory peak, frames included: {words}", f"{said[who]['peak']:.0f} MB")
        for who, words in {"ours": "ours, all metrics", **PEERS}.items()
    ]
    return lines


def computed(who: str, path: Path) -> Any:
    """Return what one of them says, from a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.numbers_of", who, str(path)], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


def disagree(ours: dict[str, Any], theirs: dict[str, Any], who: str) -> None:
    """Raise where a figure differs: then at least one of the two is fast at something else."""
    for name, value in ours.items():
        other = theirs[name]
        same = abs(value - other) <= CLOSE * max(1.0, abs(value)) if isinstance(value, float) else value == other
        if not same:
            raise AssertionError(f"{name}: ours {str(value)[:200]}, {who} {str(other)[:200]}")
