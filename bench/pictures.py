"""One picture of each kind, drawn again and again in a warm process of its own."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from bench import charts
from bench.figures import Figure
from bench.size import Size

LIMIT, HEATMAP_LIMIT, MOST_KB = 80.0, 150.0, 60.0  # ms, ms, kB


def run(size: Size) -> list[Figure]:
    """Return the median time and the size of each kind in each theme."""
    runs = 3 if size.quick else charts.RUNS
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        rows = pool.submit(charts.measure, runs).result()
    figures = []
    for row in rows:
        median, kilobytes = float(str(row["median_ms"])), float(str(row["kB"]))
        limit = HEATMAP_LIMIT if "heatmap" in str(row["kind"]) else LIMIT
        met = median <= limit and kilobytes <= MOST_KB
        target = f"<= {limit:.0f} ms, <= {MOST_KB:.0f} kB"
        figures.append(Figure(f"{row['kind']}, {row['theme']}", f"{median:.1f} ms, {kilobytes:.1f} kB", target, met))
    return figures
