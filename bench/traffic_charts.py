"""One picture of traffic of every kind, over the longest span that an answer draws with it."""

from __future__ import annotations

import random
from datetime import date, timedelta
from statistics import median

from analytics.charts.chart import Chart
from analytics.charts.daily import Daily
from analytics.charts.multiples import MOST, Multiples, Panel
from analytics.charts.ranks import MOST_LINES, RankLine, Ranks
from analytics.charts.rhythm import WEEKDAYS, Rhythm
from analytics.charts.weekly import Weekly
from bench.days import counts

LAST = date(2026, 11, 22)  # a Sunday
DAYS, YEAR, WEEKS, MONTHS = 120, 365, 208, 60
LEFT = 6  # repositories that the small multiples leave out
REPOSITORY = "quartz-labs/otter"
SITES = (
    *("Google", "github.com", "news.ycombinator.com", "reddit.com", "DuckDuckGo", "Bing", "t.co"),
    *("quartz.example", "forum.basalt.example", "wiki.amber.example", "slate.example", "blog.lynx.example"),
)
GAPS = ((37, 9), (80, 1))  # days from the beginning, and how many are unknown


def traffic_examples() -> dict[str, Chart]:
    """Return one chart of every kind of traffic."""
    return {
        "daily": daily(),
        "weekly": weekly(),
        "monthly": monthly(),
        "rhythm": rhythm(),
        "ranks": ranks(),
        "multiples": multiples(),
    }


def days(length: int) -> tuple[date, ...]:
    """Return as many days, the last of them LAST."""
    return tuple(LAST - timedelta(days=back) for back in reversed(range(length)))


def daily() -> Daily:
    """Return days with two gaps, a release every two weeks, a great day with its word, and two days that may grow."""
    dates = days(DAYS)
    views = tuple(counts(dates[0], DAYS, GAPS).values())
    return Daily(
        "5,547 views; a median day brings 42",
        f"{REPOSITORY} · views per day, UTC",
        dates,
        views,
        tuple(None if count is None else -(-count // 3) for count in views),
        tuple(index >= DAYS - 2 for index in range(DAYS)),
        "views per day",
        marks=tuple((day, f"v1.{place}.0") for place, day in enumerate(dates[5::14])),
        notes=((dates[0], f"{views[0]}: news.ycombinator.com"),),
    )


def weekly() -> Weekly:
    """Return weeks with the same ones of the year before, true uniques, a gap, releases and unusual days."""
    first = LAST - timedelta(days=6, weeks=WEEKS - 1)
    starts = tuple(first + timedelta(weeks=week) for week in range(WEEKS))
    views = [None if week in range(60, 64) else count for week, count in enumerate(figures(WEEKS, 6))]
    before: tuple[int | None, ...] = (*[None] * 52, *views[:-52])
    uniques = tuple(None if count is None else count // 4 for count in views)
    growing = tuple(week == WEEKS - 1 for week in range(WEEKS))
    return Weekly(
        "A median week brings 390 views",
        f"{REPOSITORY} · views per week, UTC",
        starts,
        tuple(views),
        uniques,
        before,
        "views per week",
        growing,
        tuple((starts[week] + timedelta(days=2), f"v1.{place}.0") for place, week in enumerate(range(3, WEEKS, 5))),
        tuple((starts[week], f"{views[week]} on {starts[week]:%d %b %Y} · v1.20.0") for week in (30, 103, 180)),
    )


def monthly() -> Weekly:
    """Return calendar months with the same ones of the year before; nobody knows the uniques of a month."""
    starts = tuple(date(2021 + (month + 11) // 12, (month + 11) % 12 + 1, 1) for month in range(MONTHS))
    views = figures(MONTHS, 7)
    before: tuple[int | None, ...] = (*[None] * 12, *views[:-12])
    return Weekly(
        "A median month brings 993 views",
        f"{REPOSITORY} · views per month, UTC",
        starts,
        views,
        (None,) * MONTHS,
        before,
        "views per month",
    )


def rhythm() -> Rhythm:
    """Return the median view count of each weekday of a year."""
    known = counts(days(YEAR)[0], YEAR, GAPS).items()
    medians = tuple(
        median(count for day, count in known if day.weekday() == place and count is not None)
        for place in range(len(WEEKDAYS))
    )
    return Rhythm("Monday is the day with most views", f"{REPOSITORY} · median views per weekday", medians, "views")


def ranks() -> Ranks:
    """Return a year of daily lists, whose counts change with every fortnight; who is not among the first ten is out."""
    chance = random.Random(7)
    dates = days(YEAR)
    places: dict[str, list[int | None]] = {site: [] for site in SITES}
    latest: dict[str, int] = {}
    for place in range(YEAR):
        if place % 14 == 0:
            latest = {
                site: round(400 / (index + 1) * chance.lognormvariate(0, 0.3)) for index, site in enumerate(SITES)
            }
        listed = sorted(SITES, key=lambda site: -latest[site])[:MOST_LINES]
        for site, each in places.items():
            each.append(listed.index(site) + 1 if site in listed else None)
    lines = tuple(RankLine(site, tuple(each), latest[site] if each[-1] else None) for site, each in places.items())
    return Ranks("Google leads the referrers", f"{REPOSITORY} · referrers, 14 days each", dates, lines)


def multiples() -> Multiples:
    """Return as many repositories as are drawn, from a busy one down to almost none."""
    dates = days(DAYS)
    panels = tuple(
        Panel(f"otter-{place}", dates, tuple(counts(dates[0], DAYS, GAPS, 5 - place / 5).values()))
        for place in range(MOST)
    )
    return Multiples(
        "18% of 82,563 views are of quartz-labs/otter-0",
        f"quartz-labs · views per day, UTC · {MOST + LEFT} repositories with any · uniques cannot be added",
        panels,
        "views per day",
        more=LEFT,
    )


def figures(length: int, middle: float) -> tuple[int, ...]:
    """Return counts around e to the power of `middle`, always the same ones."""
    chance = random.Random(7)
    return tuple(round(chance.lognormvariate(middle, 0.3)) for _ in range(length))
