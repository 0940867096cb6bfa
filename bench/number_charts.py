"""Curves, slopes and ranked dots of the size that a busy repository gives, and pairs of forty people."""

from __future__ import annotations

import random
from collections.abc import Sequence

from analytics.charts.chart import Chart
from analytics.charts.dots import Dot, Dots
from analytics.charts.heatmap import Heatmap, Unusual
from analytics.charts.slope import Slope, SlopeLine
from analytics.charts.survival import Survival, SurvivalCurve
from analytics.survival import kaplan_meier, median
from analytics.words import duration

ENDED = 0.9  # share of pull requests that were reviewed before the window ended
ROWS = 25
PEOPLE = 40
RISK_HOURS = (0.0, 1.0, 24.0, 96.0, 168.0, 730.5)
SUBTITLE = "quartz-labs/otter · 1,204 pull requests · 2025-11-22 to 2026-11-22 UTC"
SLOPES = (
    SlopeLine("pull requests opened", 1112, 1204, "1,112", "1,204", "no clear change"),
    SlopeLine("merged", 941, 1017, "941", "1,017", "no clear change"),
    SlopeLine("closed without a merge", 52, 128, "52", "128", "more", clear=True),
    SlopeLine("median time to merge", 24.0, 138.0, "24 h", "5 d 18 h", "longer", clear=True),
    SlopeLine("first review within 24 h", 0.58, 0.38, "58 %", "38 %", "fewer", clear=True),
    SlopeLine("issues opened", 306, 260, "306", "260", "no clear change"),
    SlopeLine("commits", 2210, 2345, "2,210", "2,345", "no clear change"),
)


def number_examples(people: Sequence[str]) -> dict[str, Chart]:
    """Return one chart of every kind; `people` are as many names as the heatmap has rows and columns."""
    return {"survival": survival(), "slope": slope(), "dots": dots(), "heatmap 40 x 40": pairs(tuple(people))}


def survival() -> Survival:
    """Return two periods of hundreds of pull requests, fitted as answers are."""
    chance = random.Random(7)
    now, before = curve(chance, "last 365 days", 1204, 2.6), curve(chance, "before", 1112, 2.2)
    middle = now.hours[next(step for step, share in enumerate(now.shares) if share <= 0.5)]
    risk = tuple((hours, (round(1204 * at(now, hours)), round(1112 * at(before, hours)))) for hours in RISK_HOURS)
    title = f"Half wait for a review for {duration(middle)} or longer"
    return Survival(title, SUBTITLE, (now, before), risk, "not reviewed", ((middle, f"median {duration(middle)}"),))


def curve(chance: random.Random, name: str, count: int, middle: float) -> SurvivalCurve:
    """Return the share not reviewed after each duration; some were not when the window ended."""
    hours = [chance.lognormvariate(middle, 2) for _ in range(count)]
    fitted = kaplan_meier(hours, [chance.random() < ENDED for _ in hours])
    assert median(fitted) is not None
    return SurvivalCurve(name, fitted.hours, fitted.share, fitted.low, fitted.high, accent=name != "before")


def at(curve: SurvivalCurve, hours: float) -> float:
    """Return the share at a duration, 0 past the last."""
    step = curve.at(hours)
    return 0.0 if step is None else curve.shares[step]


def slope() -> Slope:
    """Return the measures of an overview beside those of the year before."""
    return Slope("More are closed without a merge", SUBTITLE, ("365 days before", "last 365 days"), SLOPES)


def dots() -> Dots:
    """Return as many repositories as are drawn, each with its interval."""
    hours = [0.4 * 1.25**place for place in range(ROWS)]
    rows = tuple(
        Dot(f"quartz-labs/otter-{place}", each, duration(each), each / 1.6, each * 1.8, place == ROWS - 1)
        for place, each in enumerate(hours)
    )
    return Dots("otter-24 waits longest for a first review", SUBTITLE, rows, "median time to first review", 24.0, True)


def pairs(people: tuple[str, ...]) -> Heatmap:
    """Return reviews as they are spread: a few people have most, most pairs have none; two cells stand out."""
    chance = random.Random(7)
    values = tuple(
        tuple(
            None if row == column else max(0, int(chance.paretovariate(0.8) * 12 / (1 + row + column)) - 1)
            for column in range(len(people))
        )
        for row in range(len(people))
    )
    totals = tuple(sum(value or 0 for value in row) for row in values)
    marked: tuple[Unusual, ...] = ((1, 7, "high"), (9, 3, "low"))
    title = "Two people wrote a third of all reviews"
    return Heatmap(title, SUBTITLE, people, people, values, totals, "reviewer", "author", marked)
