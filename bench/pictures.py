"""One picture of each kind, drawn again and again in a warm process of its own."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from bench import charts
from bench.figures import Figure
from bench.size import Size

LIMIT, MOST_KB = 80.0, 60.0  # ms, kB
# The largest heatmap has no target of its own: one of 20 x 20 has, and it has four times as many cells.
LIMITS = {"heatmap 40 x 40": 600.0, "heatmap": 150.0}


def run(size: Size) -> list[Figure]:
    """Return the median time and the size of each kind in each theme."""
    runs = 3 if size.quick else charts.RUNS
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        rows = pool.submit(charts.measure, runs).result()
    figures = []
    for row in rows:
        median, kilobytes = float(str(row["median_ms"])), float(str(row["kB"]))
        limit = next((limit for kind, limit in LIMITS.items() if str(row["kind"]).startswith(kind)), LIMIT)
        met = median <= limit and kilobytes <= MOST_KB
        target = f"<= {limit:.0f} ms, <= {MOST_KB:.0f} kB"
        figures.append(Figure(f"{row['kind']}, {row['theme']}", f"{median:.1f} ms, {kilobytes:.1f} kB", target, met))
    return figures
