"""GitHub's top-10 lists, as referrers and paths have them: who is on the list, at which place, and since when.

Each list speaks of the 14 days up to its own day. Two of them overlap, so their counts are never added up and never
subtracted from each other; only places are followed over time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, cast

from analytics.buckets import column
from analytics.charts.chart import Chart
from analytics.charts.ranks import RankLine, Ranks
from analytics.comparing import NOTHING, amount, count, listing, sentence, sentences, settled
from analytics.days import edges, labels, numbers, ordinals, whole
from analytics.lazy import lazy
from analytics.metric import Comparison, Grid, Measured, Scene
from analytics.tables import Tables
from analytics.traffic_words import date_words
from analytics.window import Window
from analytics.words import during, number, plural, shorten, span

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np = lazy("numpy")

Line = tuple[str, int, str, int | None, int | None]  # day, place, name, count, uniques
TOLD = 2  # names that moved, in the headline
COMPARED = 5  # names in the table
FORMER = 10  # names that are no longer listed, for the picture to choose from
RISE = 3  # places that are more than a list's daily shuffling
LONGEST = 60  # characters of a name in a sentence


@dataclass(frozen=True, slots=True)
class Lists:
    """One kind of list: its table, what one line is called, and how the first line is said to be first."""

    table: str
    one: str
    first: str

    def measure(self, tables: Tables, window: Window, scene: Scene) -> Measured:
        """Return the window's lists, the latest of them by itself, and how many names were on any."""
        lists = ranked(getattr(tables, self.table), window, scene)
        grid = Grid(("day", "place", self.one, "count", "uniques"), lists)
        days = sorted({str(row[0]) for row in lists})
        latest = [row for row in lists if days and row[0] == days[-1]]
        notes: tuple[str, ...] = ()
        if days:
            since, until = edges(window, scene.now)
            since = (date.fromisoformat(days[0]) - date(1970, 1, 1)).days if window.whole else since
            if len(days) < until - since:
                notes = (f"{self.table} listed on {number(len(days))} of {plural(until - since, 'day')}",)
        return Measured(
            facts={
                "latest_on": days[-1] if days else None,
                "first": latest[0][2] if latest else None,
                "first_count": latest[0][3] if latest else None,
                "first_uniques": latest[0][4] if latest else None,
                "listed_now": len(latest),
                "listed_ever": len({row[2] for row in lists}),
                "lists": len(days),
            },
            tables={"latest": Grid(grid.columns[1:], tuple(row[1:] for row in latest)), "lists": grid},
            notes=notes,
        )

    def finding(self, now: Measured, _before: Measured | None, scene: Scene) -> str:
        """Say who is first on the latest list, how many are on it, and who is new or rose since the window's first."""
        when = during(scene.window, scene.now)
        if not count(now, "lists"):
            return sentence(f"no list of {self.table} is known {when}; they are kept from the first capture on")
        views = plural(int(amount(now, "first_count") or 0), "view")
        visitors = plural(int(amount(now, "first_uniques") or 0), "visitor")
        name = shorten(str(now.facts["first"]), LONGEST)
        return sentences(
            f"{self.first} {name}: {views} by {visitors} in the 14 days up to {latest_day(now)}",
            "; ".join(filter(None, (f"{plural(count(now, 'listed_now'), self.one)} listed", moved(now)))),
        )

    def compare(self, now: Measured, before: Measured, scene: Scene) -> tuple[Comparison, ...]:
        """Put the places on the latest list beside those on the period before's latest; places allow no verdict."""
        rows = [
            Comparison(shorten(str(name), LONGEST), place_of(now, str(name)), place_of(before, str(name)))
            for name in column(now.tables["latest"], self.one)[:COMPARED]
        ]
        ever = [number(count(side, "listed_ever")) if count(side, "lists") else NOTHING for side in (now, before)]
        return settled(scene, *rows, Comparison(f"{self.table} on any list", ever[0], ever[1]))

    def charts(self, now: Measured, scene: Scene) -> tuple[Chart, ...]:
        """Draw the places over time."""
        lists = now.tables["lists"]
        if not lists.rows:
            return ()
        days = sorted({str(row[0]) for row in lists.rows})
        at = {day: index for index, day in enumerate(days)}
        found: dict[str, list[int | None]] = {}
        for day, place, name, *_ in lists.rows:
            found.setdefault(str(name), [None] * len(days))[at[str(day)]] = cast("int", place)
        counts = dict(zip(column(now.tables["latest"], self.one), column(now.tables["latest"], "count"), strict=True))
        former = sorted((name for name in found if name not in counts), key=lambda name: highest(found[name]))
        return (
            Ranks(
                title=self.title(now),
                subtitle=f"{scene.repository} · place on GitHub's list of 14 days, {span(scene.named)}",
                dates=tuple(date.fromisoformat(day) for day in days),
                lines=tuple(
                    RankLine(name, tuple(found[name]), counts.get(name)) for name in (*counts, *former[:FORMER])
                ),
            ),
        )

    def title(self, now: Measured) -> str:
        """Return the picture's finding: who is first, and for how much of the window."""
        name, firsts = now.facts["first"], [row for row in now.tables["lists"].rows if row[1] == 1]
        led = sum(row[2] == name for row in firsts)
        said = f"{shorten(str(name), 40)} is first"
        return said if len(firsts) == 1 else f"{said} now, and on {number(led)} of {number(len(firsts))} lists"


def ranked(table: pd.DataFrame, window: Window, scene: Scene) -> tuple[Line, ...]:
    """Return the lines of the window's lists by day and place, places counted from 1."""
    at = ordinals(table["day"])
    since, until = edges(window, scene.now)
    rows = np.flatnonzero((at < until) & (window.whole | (at >= since)))
    position = numbers(table["position"])
    rows = rows[np.lexsort((position[rows], at[rows]))]
    days = at[rows]
    starts = np.flatnonzero(np.append(True, days[1:] != days[:-1])) if len(days) else days
    places = np.arange(1, len(days) + 1) - np.repeat(starts, np.diff(np.append(starts, len(days))))
    chosen = table.iloc[rows]
    counts, uniques = (whole(numbers(chosen[name])) for name in ("count", "uniques"))
    names = [str(name) for name in chosen["name"]]
    return tuple(zip(labels(days), places.tolist(), names, counts, uniques, strict=True))


def highest(places: list[int | None]) -> int:
    """Return the highest place a name ever had."""
    return min(place for place in places if place is not None)


def latest_day(now: Measured) -> str:
    """Return the day of the latest list in words."""
    return date_words(date.fromisoformat(str(now.facts["latest_on"])))


def place_of(side: Measured, name: str) -> str:
    """Return `1st: 51 views by 7`, a dash where there was no list, `not listed` where there was."""
    if not side.tables["latest"].rows:
        return NOTHING
    for place, listed, views, visitors in side.tables["latest"].rows:
        if listed == name:
            return f"{place}: {plural(int(views or 0), 'view')} by {number(int(visitors or 0))}"
    return "not listed"


def moved(now: Measured) -> str:
    """Return `bing.com new and github.com up from 6 to 2 since 25 May 2026`, those who rose most."""
    rows = now.tables["lists"].rows
    first, latest = str(rows[0][0]), str(rows[-1][0])
    old = {str(row[2]): cast("int", row[1]) for row in rows if row[0] == first}
    if first == latest:
        return ""
    rises = []
    for place, name, *_ in now.tables["latest"].rows:
        rise = old.get(str(name), 11) - cast("int", place)
        if rise >= RISE:
            where = f"up from {old[str(name)]} to {place}" if name in old else f"new at {place}"
            rises.append((-rise, f"{shorten(str(name), LONGEST)} {where}"))
    said = [words for _, words in sorted(rises)[:TOLD]]
    return f"since {date_words(date.fromisoformat(first))} {listing(said)}" if said else ""


def labels_of(one: str) -> dict[str, str]:
    """Return what people call the facts of a kind of list."""
    return {
        "latest_on": "day of the latest list",
        "first": f"first {one}",
        "first_count": "its views in the 14 days up to then",
        "first_uniques": "its unique visitors in those 14 days",
        "listed_now": f"{one}s on the latest list",
        "listed_ever": f"{one}s on any list",
        "lists": "days with a list",
    }


DEFINITION = (
    "GitHub lists the ten that brought most views in the 14 days up to the day of the list; one list is kept per day. "
    "Two lists overlap, so counts are never added up over lists nor subtracted; only places are followed. Uniques are "
    "GitHub's own, of those 14 days. Who is not on the list may be the eleventh. A day without a list was not "
    "captured, or GitHub listed nothing."
)
