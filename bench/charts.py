"""How long one picture of each kind takes in a warm worker, and how heavy it is: `python -m bench.charts`."""

from __future__ import annotations

import random
import statistics
import time
from datetime import UTC, datetime, timedelta

from analytics.charts.bars import Bars
from analytics.charts.canvas import render
from analytics.charts.chart import Chart
from analytics.charts.heatmap import Heatmap
from analytics.charts.histogram import Histogram
from analytics.charts.line import Line
from analytics.charts.panels import Panels
from analytics.charts.ranked import Ranked, RankedRow
from analytics.charts.series import Series
from analytics.charts.theme import THEMES
from bench.number_charts import number_examples
from bench.traffic_charts import traffic_examples

RUNS = 15
SUBTITLE = "quartz-labs/otter · 1,204 pull requests · 2025-11-22 to 2026-11-22 UTC"
ANIMALS = ("otter", "heron", "lynx", "marten", "ibex", "crane", "vole", "stoat", "finch", "tern")
FEW = 20  # people of the pictures that hold fewer than forty
STONES = ("quartz", "basalt", "amber", "slate")


def examples() -> dict[str, Chart]:
    """Return one chart of every kind, of the size that a busy repository gives."""
    chance = random.Random(7)
    everybody = tuple(f"{stone}-{animal}" for stone in STONES for animal in ANIMALS)
    people = everybody[:FEW]
    weeks = tuple(datetime(2025, 11, 24, tzinfo=UTC) + timedelta(weeks=week) for week in range(52))
    hours = tuple(chance.lognormvariate(3, 2) for _ in range(5000))
    opened = tuple(float(chance.randrange(60)) for _ in weeks)
    merged = tuple(float(chance.randrange(50)) for _ in weeks)
    pairs = tuple(
        tuple(None if row == column else int(chance.paretovariate(0.8)) - 1 for column in range(FEW))
        for row in range(FEW)
    )
    totals = tuple(sum(value or 0 for value in row) for row in pairs)
    charts: dict[str, Chart] = {
        "bars": Bars("1,204 opened, 1,017 merged", SUBTITLE, weeks, Series("opened", opened), Series("merged", merged)),
        "ranked": Ranked(
            "Four people wrote half of the commits",
            SUBTITLE,
            tuple(RankedRow(person, 400 // (place + 1), "new") for place, person in enumerate(people)),
            "commits",
        ),
        "histogram": Histogram("Half were merged within 20 hours", SUBTITLE, hours, statistics.median(hours)),
        "line": Line(
            "412 issues are open",
            SUBTITLE,
            weeks,
            (Series("issues", opened, accent=True), Series("pull requests", merged)),
        ),
        "heatmap 20 x 20": Heatmap(
            "Two people wrote a third of all reviews", SUBTITLE, people, people, pairs, totals, "reviewer", "author"
        ),
    }
    overview = tuple(charts[kind] for kind in ("bars", "histogram", "line", "ranked"))
    charts["panels"] = Panels("1,204 opened, 1,017 merged", SUBTITLE, overview)
    return charts | number_examples(everybody) | traffic_examples()


def measure(runs: int = RUNS) -> list[dict[str, object]]:
    """Return a row per kind and theme: median milliseconds of `runs` after one to warm up, and kB of the PNG."""
    rows: list[dict[str, object]] = []
    for kind, chart in examples().items():
        for theme in THEMES:
            size = len(render(chart, theme))
            times = []
            for _ in range(runs):
                begin = time.perf_counter()
                render(chart, theme)
                times.append((time.perf_counter() - begin) * 1000)
            median = round(statistics.median(times), 1)
            rows.append({"kind": kind, "theme": theme, "median_ms": median, "kB": round(size / 1000, 1)})
    return rows


def main() -> None:
    """Print the table."""
    print(f"{'kind':<18}{'theme':<8}{'median ms':>10}{'kB':>8}")
    for row in measure():
        print(f"{row['kind']:<18}{row['theme']:<8}{row['median_ms']:>10}{row['kB']:>8}")


if __name__ == "__main__":
    main()
