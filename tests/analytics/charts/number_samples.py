"""Curves, slopes and ranked dots, ordinary and extreme; durations here follow formulas, so that n can be anything."""

from __future__ import annotations

import math

from analytics.charts.chart import Chart
from analytics.charts.dots import Dot, Dots
from analytics.charts.heatmap import Heatmap
from analytics.charts.slope import Slope, SlopeLine
from analytics.charts.survival import Survival, SurvivalCurve
from analytics.words import duration

LONG = "abcdefghij-klmnopqrst-uvwxyz-0123456789"
SCRIPTS = ("Юрий", "日本語", "עברית", "🦊 fox", "ไทย", "naïve", "a\tb\nc", "$x^2$", "")


def curve(name: str, count: int, median: float, *, accent: bool = False, rising: bool = False) -> SurvivalCurve:
    """Return a curve of `count` steps whose share halves at each doubling of the time past the median."""
    hours = tuple(median * 2 ** (12 * step / count - 6) for step in range(1, count + 1))
    left = [1.0, *(1 / (1 + time / median) for time in hours)]
    shares = tuple(1 - share for share in left) if rising else tuple(left)
    spread = [0.98 * math.sqrt(share * (1 - share) / max(count, 4)) for share in left]
    low = tuple(None if not wide else max(0.0, share - 2 * wide) for share, wide in zip(shares, spread, strict=True))
    high = tuple(None if not wide else min(1.0, share + 2 * wide) for share, wide in zip(shares, spread, strict=True))
    return SurvivalCurve(name, (0.0, *hours), shares, low, high, accent)


NOW, BEFORE = curve("last 90 days", 180, 37.0, accent=True), curve("before", 150, 9.0)
RISK = ((0.0, (180, 150)), (1.0, (173, 126)), (24.0, (104, 44)), (96.0, (51, 21)), (168.0, (38, 14)), (730.5, (12, 3)))
RISING = curve("last 90 days", 180, 37.0, accent=True, rising=True)
LINES = (
    SlopeLine("pull requests opened", 26, 34, "26", "34", "no clear change"),
    SlopeLine("closed without a merge", 5, 25, "5", "25", "more", clear=True),
    SlopeLine("first review within 24 h", 0.58, 0.38, "58 %", "38 %", "lower", clear=True),
    SlopeLine("median time to first review", None, 3.0, "", "3 h", "too few to compare"),
    SlopeLine("stars", 0, 12, "0", "12", "more", clear=True),
)
TIMES = tuple(0.3 * 1.7**place for place in range(12))
PEOPLE = tuple(f"{stone}-{animal}" for stone in ("quartz", "basalt", "amber", "slate") for animal in
               ("otter", "heron", "lynx", "marten", "ibex", "crane", "vole", "stoat", "finch", "tern"))  # fmt: skip


def few_each(size: int) -> tuple[tuple[int | None, ...], ...]:
    """Return counts as reviews are spread: most pairs none, some a few, one or two many."""
    return tuple(
        tuple(
            None if row == column else 96 // (1 + (row * 7 + column * 3) % 97) * ((row + 2 * column) % 3 != 0)
            for column in range(size)
        )
        for row in range(size)
    )


NUMBERS: dict[str, Chart] = {
    "survival": Survival(
        "Half are open for 37 h", LONG, (NOW, BEFORE), RISK, "still open", ((37.0, "median 37 h"),), 2000.0
    ),
    "survival rising": Survival("Half are merged in 37 h", LONG, (RISING,), (), "merged", ((37.0, "median 37 h"),)),
    "survival of one": Survival("One", LONG, (SurvivalCurve("a day", (0.0, 5.0), (1.0, 0.0)),), ((0.0, (1,)),)),
    "survival of thousands": Survival(
        "Many", LONG, tuple(curve(f"{place} {LONG}", 6000, 3.0**place) for place in range(9)), RISK, "still open"
    ),
    "no survival": Survival("Nothing", LONG, (), ()),
    "slope": Slope("Fewer are reviewed in a day", LONG, ("90 days before", "last 90 days"), LINES),
    "slope of many": Slope(
        "Many",
        LONG,
        ("1 January 2025 to 31 December 2025 UTC", "1 January 2026 to 31 December 2026 UTC"),
        tuple(SlopeLine(LONG * 2, place, 30 - place, LONG, LONG, LONG, clear=place % 2 == 0) for place in range(30)),
    ),
    "slope scripts": Slope(
        "Names", LONG, ("a", "b"), tuple(SlopeLine(name, 1, 2, "1", "2", name) for name in SCRIPTS)
    ),
    "no slope": Slope("Nothing", LONG, ("a", "b"), ()),
    "dots": Dots(
        "Otter waits longest",
        LONG,
        tuple(
            Dot(
                f"quartz-labs/lynx-{place}",
                hours,
                duration(hours),
                None if place == 3 else hours / 2,
                None if place > 9 else hours * 3,
                place == 11,
            )
            for place, hours in enumerate(TIMES)
        ),
        "median time to first review",
        24.0,
        durations=True,
    ),
    "dots of many": Dots(
        "Many", LONG, tuple(Dot(f"{LONG}{place}", 1e6 - place, LONG) for place in range(37)), LONG, 5.0
    ),
    "dots scripts": Dots("Names", LONG, tuple(Dot(name, 0.0, "0") for name in SCRIPTS), "hours", durations=True),
    "one dot": Dots("One", LONG, (Dot("a", 3.0, "3"),), "commits"),
    "no dots": Dots("Nothing", LONG, (), "commits"),
    "unusual pairs": Heatmap(
        "Pairs", LONG, PEOPLE[:9], PEOPLE[:9], few_each(9), None, "reviewer", "author",
        ((0, 1, "high"), (2, 3, "low"), (3, 3, "low")),
    ),
    "heatmap of people": Heatmap(
        "Pairs", LONG, PEOPLE, PEOPLE, few_each(40), None, "reviewer", "author", ((0, 1, "high"), (39, 3, "low"))
    ),
}  # fmt: skip
