"""`python -m bench [NAME …]`: measure, then print every figure with its target; exits 0 whenever it could measure.

With --strict it exits 1 if a target was missed.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
import time

from bench.figures import Figure, table
from bench.size import Size

BENCHES = {
    "intake": "webhooks a second, beside Probot",
    "warm": "an answer from a large repository that is stored already",
    "numbers": "all metrics of that repository, beside pandas row by row and beside polars",
    "cold": "requests to GitHub for the first answer",
    "pictures": "one picture of each kind, in a warm worker",
    "start": "start and idle memory of the server",
    "capture": "captures of traffic, many installations for a day and a month of fewer",
    "series": "five years of daily traffic, in a warm worker",
    "pages": "the dashboard's pages, 50 readers at once, while captures and reading go on",
    "moving": "millions of rows from SQLite to PostgreSQL and back",
    "replicas": "one, two and three servers over one PostgreSQL",
    "many": "one repository among 20,000 on PostgreSQL, beside the same alone",
    "stall": "how long the event loop stands still while a repository is read",
    "soak": "minutes of webhooks by the hundred a second, while people ask, read and are captured",
    "crash": "a server killed again and again under load, on both databases: lost, twice, half",
    "fuzz": "inputs by the hundred thousand to webhooks, comments, configurations and names",
    "isolation": "every address before every kind of person, there and not there",
    "weather": "each kind of bad weather at GitHub for a simulated hour",
}


def main() -> None:
    """Run the benchmarks named, or all."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Measure intake, answers, pictures, start and stalls."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--strict", action="store_true", help="exit 1 if a target was missed")
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that everything runs")
    parser.add_argument("--minutes", type=float, help="how long `soak` takes (5)")
    parser.add_argument(
        "--only", default="", help="of `weather`, `crash` and `fuzz`, those whose names have this in them"
    )
    parser.add_argument("--kills", type=int, help="how often `crash` kills on each database (20)")
    parser.add_argument("--inputs", type=int, help="how many `fuzz` makes up (100,000)")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in BENCHES]
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    size = Size(given.quick, given.minutes, given.only, given.kills, given.inputs)
    found: dict[str, list[Figure]] = {}
    for name in given.names or BENCHES:
        print(f"{name}: {BENCHES[name]}", file=sys.stderr, flush=True)
        begun = time.perf_counter()
        found[name] = importlib.import_module(f"bench.{name}").run(size)
        print(f"    took {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
    print(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, {cpus()} CPUs")
    if given.quick:
        print("Small sizes (--quick): these figures say that the benchmarks run, no more.")
    for name, figures in found.items():
        print(f"\n{name}: {BENCHES[name]}\n{table(figures)}")
    if given.strict and any(figure.met is False for figures in found.values() for figure in figures):
        sys.exit(1)


def cpus() -> int:
    """Return how many CPUs this process may use."""
    return len(os.sched_getaffinity(0))


if __name__ == "__main__":
    main()
