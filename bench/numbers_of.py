"""`python -m bench.numbers_of ours|loops|polars FILE`: compute the shared figures, print them, time and peak."""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from analytics.metric import Scene
from analytics.metrics import all_metrics
from analytics.tables import CAPTURED, COLUMNS, Tables
from analytics.window import BEGINNING, Window
from bench import numbers_by_loops, numbers_by_polars
from bench.bulk import REPOSITORY_ID
from bench.numbers import NOW
from storage.loading import load

HISTORY = Window(BEGINNING, NOW)
READ = ("pulls", "reviews", "timeline", "comments", "titles", "issues", "commits", "releases", "firsts")
SHARED = ("pulls", "time-to-merge", "first-review", "review-matrix", "issues", "commits")


def by_ours(tables: Tables) -> dict[str, Any]:
    """Return the shared figures as the metrics have them."""
    found = {name: all_metrics()[name].measure(tables, HISTORY, scene()) for name in SHARED}
    merged, pairs = found["time-to-merge"].facts, found["review-matrix"].tables["pairs_by_reviews"].records()
    weeks = found["pulls"].tables["per_week"].records()
    months = found["issues"].tables["per_month"].records()
    return {
        "merged_median_hours": merged["merged_median_hours"],
        "merged_p90_hours": merged["merged_p90_hours"],
        "merged_mean_hours": merged["merged_mean_hours"],
        "opened_per_week": [row["opened"] for row in weeks],
        "merged_per_week": [row["merged"] for row in weeks],
        "pairs": sorted([row["reviewer"], row["author"], row["reviews"], row["pulls"]] for row in pairs),
        "first_review_median_hours": found["first-review"].facts["reviewed_median_hours"],
        "issues_open_at_month_end": [row["open_at_end"] for row in months],
        "commits_per_week": [row["commits"] for row in found["commits"].tables["per_week"].records()],
    }


BY: Mapping[str, Callable[[Tables], dict[str, Any]]] = {
    "ours": by_ours,
    "loops": numbers_by_loops.figures,
    "polars": numbers_by_polars.figures,
}


def scene() -> Scene:
    """Return the question of the whole history."""
    return Scene("basalt-works/quarry", HISTORY, NOW, frozenset({"pulls", "issues", "commits"}))


def main() -> None:
    """Load, compute, print."""
    who, path = sys.argv[1:]
    loaded = load(f"sqlite:///{path}", REPOSITORY_ID, READ, None, NOW)
    tables = Tables.of({name: columns for name, columns in loaded.items() if name in COLUMNS})
    importlib.import_module("scipy.stats")
    BY[who](Tables.of({}))  # imports and first calls are not what is measured
    begun = time.perf_counter()
    figures = BY[who](tables)
    seconds = time.perf_counter() - begun
    every = every_metric(Tables.of(loaded)) if who == "ours" else {}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"figures": figures, "seconds": seconds, "every": every, "peak": peak}))


def every_metric(tables: Tables) -> dict[str, float]:
    """Return the seconds of each metric that asks GitHub's activity; the first also numbers everybody."""
    taken = {}
    for name, metric in all_metrics().items():
        if metric.needs & CAPTURED or "stars" in metric.needs:
            continue
        begun = time.perf_counter()
        metric.measure(tables, HISTORY, scene())
        taken[name] = time.perf_counter() - begun
    return taken


if __name__ == "__main__":
    main()
