"""Requests to GitHub for the first answer about a repository, beside the pages of what that answer needs."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Any

from bench.asking import town
from bench.figures import Figure, at_most
from bench.size import Size
from sandbox.build import build
from sandbox.clock import parse_iso
from sandbox.dataset import Dataset
from sandbox.generate import generate

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
WINDOW = "/analytics 90d"
SINCE_PREVIOUS = timedelta(days=180)
PULLS_A_PAGE, ISSUES_A_PAGE, COMMITS_A_PAGE = 25, 50, 100
NESTED = ("MoreOfPull", "MoreOfIssue")


def pages(dataset: Dataset) -> dict[str, int]:
    """Count, from the rows alone, the pages of everything changed since the previous period's start or still open."""
    edge = NOW - SINCE_PREVIOUS
    found = {"Pulls": listed(dataset.pulls, edge, PULLS_A_PAGE), "Issues": listed(dataset.issues, edge, ISSUES_A_PAGE)}
    commits = sum(parse_iso(row["committer_date"]) >= edge for row in dataset.commits)
    return {**found, "Commits": ceil(commits / COMMITS_A_PAGE)}


def listed(rows: list[dict[str, Any]], edge: datetime, size: int) -> int:
    """Return the pages of what is open, and of what has ended and changed since `edge`."""
    still_open = [row for row in rows if row["state"] == "open"]
    ended = [row for row in rows if row["state"] != "open" and changed(row) >= edge]
    return ceil(len(still_open) / size) + ceil(len(ended) / size)


def changed(row: dict[str, Any]) -> datetime:
    moments = (row.get(name) for name in ("updated_at", "created_at", "closed_at", "merged_at"))
    return max(parse_iso(moment) for moment in moments if moment)


async def measured(size: Size) -> list[Figure]:
    dataset = generate(7, NOW, scale=1 if size.quick else 5)[0]
    needed = pages(dataset)
    world, keys = build([dataset], now=NOW)
    with tempfile.TemporaryDirectory(prefix="almanac-bench-") as name:
        async with town(world, keys, dataset.full_name, Path(name)) as place:
            size.tell(f"asking {WINDOW} of {len(dataset.pulls):,} pull requests never read before")
            seconds = await place.ask(WINDOW)
            made = Counter(one.operation for one in place.sandbox.requests if one.operation is not None)
    nested = sum(made[name] for name in NESTED)
    lists = sum(made.values()) - nested
    others = lists - sum(made[name] for name in needed)
    parts = ", ".join(f"{name.lower()} {made[name]} of {count}" for name, count in needed.items())
    return [
        Figure(
            f"first answer to `{WINDOW}`, {len(dataset.pulls):,} pull requests in the repository", f"{seconds:.1f} s"
        ),
        Figure("GraphQL requests that list, and the pages of the set", f"{lists} for {sum(needed.values())}"),
        Figure("of these, by dataset", parts),
        at_most("ratio of requests to pages", lists / sum(needed.values()), 1.1, "", 2),
        Figure("further requests, for nested pages only", str(nested)),
        Figure("requests with any other purpose", str(others), "0", others == 0),
    ]


def run(size: Size) -> list[Figure]:
    """Ask once."""
    return asyncio.run(measured(size))
