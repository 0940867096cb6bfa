"""One picture of traffic of every kind, ordinary and extreme, for the tests that hold for all charts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from analytics.charts.chart import Chart
from analytics.charts.daily import Daily
from analytics.charts.multiples import Multiples, Panel
from analytics.charts.panels import Panels
from analytics.charts.ranks import RankLine, Ranks
from analytics.charts.rhythm import Rhythm
from analytics.charts.weekly import Weekly

SUBTITLE = "quartz-labs/otter · views per day, UTC"
FIRST = date(2026, 3, 2)  # a Monday
LONGEST = "heron-of-the-northern-lakes-and-rivers-x"  # 40 characters

Counts = tuple[int | None, ...]


def counts(length: int, most: int, unknown: range | tuple[int, ...] = ()) -> Counts:
    """Return counts from 0 to `most` without a visible order, None at the indexes in `unknown`."""
    return tuple(None if index in unknown else index * 7919 % (most + 1) for index in range(length))


def daily(values: Counts, provisional: int = 2) -> Daily:
    """Return the picture of days from FIRST on, a third of each count unique."""
    days = tuple(FIRST + timedelta(days=index) for index in range(len(values)))
    uniques = tuple(None if value is None else -(-value // 3) for value in values)
    growing = tuple(index >= len(values) - provisional for index in range(len(values)))
    return Daily("A median day brings 29 views", SUBTITLE, days, values, uniques, growing, "views per day")


def weekly(values: Counts, before: Counts | None) -> Weekly:
    """Return the picture of weeks from FIRST on."""
    weeks = tuple(FIRST + timedelta(weeks=index) for index in range(len(values)))
    uniques = tuple(None if value is None or index % 9 == 0 else value // 4 for index, value in enumerate(values))
    growing = tuple(index == len(values) - 1 for index in range(len(values)))
    return Weekly("A week brings 120", SUBTITLE, weeks, values, uniques, before, "views per week", growing)


def ranks(names: int, dates: int, step: int = 1) -> Ranks:
    """Return names that change places; every third one has left the list."""
    days = tuple(FIRST + timedelta(days=index * step) for index in range(dates))
    lines = tuple(
        RankLine(
            f"{LONGEST}{index}.example.org" if index % 2 else f"/quartz-labs/otter/blob/main/docs/{LONGEST}{index}.md",
            tuple(
                None if index % 3 == 2 and day > dates // 2 else (index + day // 7) % names + 1 for day in range(dates)
            ),
            None if index % 3 == 2 else 900 // (index + 1),
        )
        for index in range(names)
    )
    return Ranks("Google leads", SUBTITLE, days, lines)


def panels(number: int, days: int) -> tuple[Panel, ...]:
    """Return panels of very different size; the sixth knows nothing, the seventh only zeros."""
    dates = tuple(FIRST + timedelta(days=index) for index in range(days))
    sizes = (900, 300, 60, 12, 3)
    every = [
        Panel(
            f"{LONGEST}{index}" if index % 3 else f"otter-{index}", dates, counts(days, sizes[index % 5], range(20, 25))
        )
        for index in range(number)
    ]
    every[5:7] = [replace(panel, counts=(None, 0)[at : at + 1] * days) for at, panel in enumerate(every[5:7])]
    return tuple(every)


MARKS = tuple((FIRST + timedelta(days=day), f"v1.{day}.0") for day in (0, 3, 4, 20, 50, 51, 89, 500))
NOTES = (
    (FIRST + timedelta(days=7), "31 on 9 Mar"),
    (FIRST + timedelta(days=40), f"40 on 11 Apr: {LONGEST}.example.org"),
)
MONTHS = tuple(date(2021 + index // 12, index % 12 + 1, 1) for index in range(60))

TRAFFIC: dict[str, Chart] = {
    "days": replace(daily(counts(90, 40, (10, *range(30, 39)))), marks=MARKS, notes=NOTES),
    "400 days": daily(counts(400, 1_000_000, (0, 9, 18, *range(100, 140), 399))),
    "14 days": daily(counts(14, 12_345)),
    "one day": daily((7,), 1),
    "one unknown day": daily((None,)),
    "days of zeros": daily((0,) * 30),
    "days of zeros with a gap": daily((0, None, 0)),
    "a huge day": daily((*counts(60, 40), 48_212, *counts(60, 40))),
    "gaps everywhere": daily(counts(300, 40, range(0, 300, 3))),
    "days without a line": replace(daily(counts(90, 40)), median=False),
    "no days": daily(()),
    "weeks": weekly(counts(52, 900, range(12, 15)), counts(52, 1200, range(8))),
    "three years": replace(
        weekly(counts(156, 900, range(40, 46)), counts(156, 900)),
        marks=tuple((FIRST + timedelta(days=24 * place), f"v1.{place}.0") for place in range(40)),
        notes=tuple((FIRST + timedelta(weeks=week), f"487 on {week} · {LONGEST}") for week in (9, 90, 155)),
    ),
    "260 weeks": weekly(counts(260, 90_000, (*range(40, 60), 99)), counts(260, 90_000)),
    "one week": weekly((3,), None),
    "unknown weeks": weekly((None, None), (3, 4)),
    "months": Weekly("Months", SUBTITLE, MONTHS, counts(60, 90_000, (3, 4)), (), counts(60, 9), "clones per month"),
    "rhythm": Rhythm("Tuesdays", SUBTITLE, (30, 41.5, 39, 33, 28, 0, None), "median views"),
    "no rhythm": Rhythm("Nothing", SUBTITLE, (None,) * 7, "median views"),
    "ranks": ranks(10, 365),
    "ranks of a month": ranks(5, 30),
    "ranks with a hole": replace(
        ranks(4, 40, 7), dates=tuple(FIRST + timedelta(days=7 * d + 60 * (d > 20)) for d in range(40))
    ),
    "ranks of a day": ranks(10, 1),
    "no ranks": Ranks("Nothing", SUBTITLE, (), ()),
    "multiples": Multiples("24 repositories", SUBTITLE, panels(24, 90), "views per day"),
    "multiples of a year": Multiples("30 repositories", SUBTITLE, panels(30, 365), "clones per day"),
    "multiples of a day": Multiples("Two", SUBTITLE, panels(2, 1), "views per day"),
    "multiples on their own scales": Multiples("Ten", SUBTITLE, panels(10, 90), "views per day", shared=False),
    "no multiples": Multiples("Nothing", SUBTITLE, (), "views per day"),
}
SMALL = ("days", "14 days", "multiples", "ranks of a month", "days of zeros")
TRAFFIC["panels of traffic"] = Panels("Overview", SUBTITLE, tuple(TRAFFIC[name] for name in SMALL))
