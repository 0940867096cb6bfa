"""One chart of every kind, ordinary and extreme, for the tests that hold for all of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from analytics.charts.bars import Bars
from analytics.charts.chart import Chart
from analytics.charts.heatmap import Heatmap
from analytics.charts.histogram import Histogram
from analytics.charts.line import Line
from analytics.charts.panels import Panels
from analytics.charts.ranked import Ranked, RankedRow
from analytics.charts.series import Series
from tests.analytics.charts.number_samples import NUMBERS
from tests.analytics.charts.traffic_samples import TRAFFIC

SUBTITLE = "quartz-labs/otter · pull requests per week"
MONDAY = datetime(2025, 12, 29, tzinfo=UTC)
WEEKS = tuple(MONDAY + timedelta(weeks=week) for week in range(30))
LOGINS = tuple(
    f"{'abcdefghij-klmnopqrst-uvwxyz-0123456789'[: 39 - len(str(i))]}{i}" for i in range(40)
)  # 39 characters
NAMES = ("Юрий", "日本語", "עברית", "🦊 fox", "ไทย", "naïve", "a\tb\nc", "$x^2$", "")


def values(count: int, most: int) -> tuple[float, ...]:
    """Return counts from 0 to `most` without a visible order."""
    return tuple(float(index * 37 % (most + 1)) for index in range(count))


def grid(rows: int, columns: int, most: int) -> tuple[tuple[int | None, ...], ...]:
    """Return counts with an empty diagonal."""
    return tuple(
        tuple(None if row == column else (row * 7 + column * 13) % (most + 1) for column in range(columns))
        for row in range(rows)
    )


OPENED, MERGED = Series("opened", values(30, 12)), Series("merged", values(30, 9))
GAP = Series("views", (*values(10, 9), None, None, None, None, None, None, *values(14, 300)), accent=True)
ROWS = tuple(RankedRow(f"amber-lynx-{i}", 400 // (i + 1), "new") for i in range(12))

CHARTS: dict[str, Chart] = {
    "bars": Bars("183 opened, 135 merged", SUBTITLE, WEEKS, OPENED, MERGED, "pull requests per week", provisional=1),
    "bars with a gap": Bars("300 views at most", SUBTITLE, WEEKS, GAP),
    "bars by weekday": Bars("Tuesdays", SUBTITLE, ("Mon", "Tue", "Wed"), Series("commits", (3, 12, 1))),
    "one bucket": Bars("One", SUBTITLE, WEEKS[:1], Series("opened", (1_000_000,)), Series("merged", (1,))),
    "500 buckets": Bars(
        "500 days",
        SUBTITLE,
        tuple(MONDAY + timedelta(days=day) for day in range(500)),
        Series("opened", values(500, 1_000_000)),
        Series(LOGINS[0], values(500, 3)),
    ),
    "long categories": Bars("Names", SUBTITLE, LOGINS, Series("commits", values(40, 99))),
    "no bars": Bars("Nothing", SUBTITLE, WEEKS, Series("opened", (0.0,) * 30)),
    "ranked": Ranked("Two wrote half", SUBTITLE, ROWS, "commits", accent=2),
    "ranked long": Ranked("A finding " * 30, "A unit " * 60, tuple(RankedRow(x, 1e6, x) for x in LOGINS), "commits"),
    "ranked scripts": Ranked("Names", SUBTITLE, tuple(RankedRow(x, 3) for x in NAMES), "commits"),
    "nobody ranked": Ranked("Nothing", SUBTITLE, (), "commits"),
    "histogram": Histogram("Half in 19 hours", SUBTITLE, tuple(1.3**i / 20 for i in range(40)), 19.0),
    "one duration": Histogram("One", SUBTITLE, (5.0,), 5.0),
    "durations of many": Histogram("Many", SUBTITLE, (0.0, 0.01, 20.0, 1e6) * 30_000, 10.0),
    "no durations": Histogram("Nothing", SUBTITLE, (), None),
    "heatmap": Heatmap("Pairs", SUBTITLE, LOGINS[:8], NAMES, grid(8, 9, 70), tuple(range(8)), "reviewer", "author"),
    "heatmap 40 x 40": Heatmap("Pairs", SUBTITLE, LOGINS, LOGINS, grid(40, 40, 1500), None, "reviewer", "author"),
    "one pair": Heatmap("Pair", SUBTITLE, LOGINS[:1], LOGINS[:1], ((1_000_000,),)),
    "no pairs": Heatmap("Nothing", SUBTITLE, (), (), ()),
    "line": Line("29 open", SUBTITLE, WEEKS, (Series("issues", values(30, 29)),), "open"),
    "lines with a gap": Line("Views", SUBTITLE, WEEKS, (GAP, Series("clones", GAP.values))),
    "many lines": Line("Many", SUBTITLE, WEEKS, tuple(Series(x, values(30, 9)) for x in LOGINS), zero_based=False),
    "one moment": Line("One", SUBTITLE, WEEKS[:1], (Series("issues", (3.0,)),)),
    "no line": Line("Nothing", SUBTITLE, WEEKS, (Series("issues", (None,) * 30),)),
    "no panels": Panels("Nothing", SUBTITLE, ()),
}
CHARTS["panels"] = Panels("Overview", SUBTITLE, tuple(CHARTS[k] for k in ("bars", "histogram", "line", "ranked")))
EXTREMES = ("500 buckets", "heatmap 40 x 40", "ranked long", "durations of many", "no line")
NUMBERS_TOO = ("survival", "slope", "dots", "unusual pairs", "survival of one")
CHARTS["panels of numbers"] = Panels("Compared", SUBTITLE, tuple(NUMBERS[name] for name in NUMBERS_TOO))
CHARTS["panels of extremes"] = Panels("Overview", SUBTITLE, tuple(CHARTS[name] for name in EXTREMES))
CHARTS |= TRAFFIC | NUMBERS
