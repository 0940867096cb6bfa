"""Pictures of traffic: by day up to four months, then by week, over many years by month; and the rhythm of the week."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import cast

from analytics.buckets import Size, column, times
from analytics.charts.chart import Chart
from analytics.charts.daily import Daily
from analytics.charts.rhythm import Rhythm
from analytics.charts.spans import YEAR, day_name
from analytics.charts.weekly import Weekly
from analytics.comparing import amount, count, listing
from analytics.days import DAY, KINDS, UNIQUES
from analytics.metric import Cell, Measured, Scene
from analytics.stats import median
from analytics.traffic_words import SPOKEN, date_words, median_day
from analytics.words import during, number, plural, shorten

LONGEST_BY_DAY = 120
LONGEST_BY_WEEK = 4 * 366
# Weeks known in both years without which the year before is not put into a title.
ENOUGH = 8
WEEKS = 4
"""Whole weeks from which on they are drawn beside their days."""
NAME = 24  # characters of a release or referrer at a bar


def pictures(now: Measured, scene: Scene) -> tuple[Chart, ...]:
    """Draw views and clones over time, those there are, then the week's rhythm where it is known."""
    shown = [kind for kind in KINDS if amount(now, kind)]
    if not shown:
        shown = [kind for kind in KINDS if amount(now, kind) is not None][:1]
    charts: list[Chart] = [over_time(now, kind, scene) for kind in shown]
    if scene.on_page:
        charts = [each for kind, one in zip(shown, charts, strict=True) for each in (one, *beside(now, kind, scene))]
    return (*charts, *(rhythm(now, kind, scene) for kind in shown[:1] if has_rhythm(now, kind)))


def over_time(now: Measured, kind: str, scene: Scene) -> Daily | Weekly:
    """Draw one kind, as finely as its known days allow."""
    span = len(known_part(now, kind))
    if span <= LONGEST_BY_DAY:
        return daily(now, kind, scene)
    return weekly(now, kind, Size.WEEK if span <= LONGEST_BY_WEEK else Size.MONTH, scene)


def beside(now: Measured, kind: str, scene: Scene) -> tuple[Daily | Weekly, ...]:
    """Draw by week what is drawn by day, where weeks are known, and by day the latest of what is coarser."""
    part = known_part(now, kind)
    if len(part) > LONGEST_BY_DAY:
        last = latest(now, kind, scene, range(part.stop - LONGEST_BY_DAY, part.stop))
        return (last,) if any(value is not None for value in last.counts) else ()
    by_week = weekly(now, kind, Size.WEEK, scene)
    whole = sum(value is not None for value in by_week.counts)
    return (by_week,) if whole >= WEEKS else ()


def latest(now: Measured, kind: str, scene: Scene, part: range) -> Daily:
    """Draw the last days alone."""
    counts = [value for value in column(now.tables["per_day"], kind)[part.start : part.stop] if value is not None]
    middle, days = median(counts) or 0, plural(len(part), "day")
    noun = SPOKEN[kind][0] if middle == 1 else kind
    return replace(
        daily(now, kind, scene, part),
        title=f"A median day of the last {len(part)} brings {number(middle)} {noun}",
        subtitle=f"{scene.repository} · {kind} per day, UTC · {number(len(counts))} of {days} known",
    )


def known_part(now: Measured, kind: str) -> range:
    """Return the rows of the days from the first known one on: what lies before is said, not drawn."""
    counts = column(now.tables["per_day"], kind)
    return range(next((row for row, each in enumerate(counts) if each is not None), 0), len(counts))


def daily(now: Measured, kind: str, scene: Scene, part: range | None = None) -> Daily:
    """Draw one kind by day with releases and unusual days: the rows of `part`, all from the first known one without."""
    grid, part = now.tables["per_day"], part or known_part(now, kind)
    rows = slice(part.start, part.stop)
    unusual = unusual_days(now, kind)
    return Daily(
        title=daily_title(now, kind, unusual, scene),
        subtitle=f"{scene.repository} · {kind} per day, UTC · {known(now, kind, part)}",
        days=tuple(date.fromisoformat(each) for each in column(grid, "day")[rows]),
        counts=column(grid, kind)[rows],
        uniques=column(grid, UNIQUES[kind])[rows],
        provisional=column(grid, f"{kind}_provisional")[rows],
        unit=f"{kind} per day",
        marks=marks(now),
        notes=tuple((day_of(row["day"]), note(row)) for row in unusual),
    )


def daily_title(now: Measured, kind: str, unusual: list[dict[str, Cell]], scene: Scene) -> str:
    """Return `A median day brings 29 views; 19 Jun brought 318`."""
    if not amount(now, kind):
        return f"No {SPOKEN[kind][0]} {during(scene.window, scene.now)}"
    said = median_day(now, kind)
    day, most = now.facts[f"{kind}_highest_day"], count(now, f"{kind}_on_highest_day")
    if unusual:
        # of several the highest: its bar is the one that is seen first
        row = max(unusual, key=lambda each: cast("int", each["count"]))
        day, most = cast("str", row["day"]), cast("int", row["count"])
    return f"{said[0].upper()}{said[1:]}; {day_name(day_of(day), year=False)} brought {number(most)}"


def marks(now: Measured) -> tuple[tuple[date, str], ...]:
    """Return the releases, by the day on which they were published."""
    return tuple((day_of(day), shorten(str(tag), NAME)) for day, tag in now.tables["releases"].rows)


def unusual_days(now: Measured, kind: str) -> list[dict[str, Cell]]:
    """Return the rows of one kind's unusual days, the one that stands out most first."""
    return [row for row in now.tables["unusual"].records() if row["kind"] == kind]


def note(row: dict[str, Cell], *, year: bool = False) -> str:
    """Return `318 on 19 Jun · v1.2.0`, with the year where the picture covers several."""
    words = f"{number(float(row['count'] or 0))} on {day_name(day_of(row['day']), year=year)}"
    return f"{words} · {shorten(str(row['name']), NAME)}" if row["name"] else words


def day_of(cell: object) -> date:
    """Return the day that a cell or fact names."""
    return date.fromisoformat(str(cell))


def known(now: Measured, kind: str, part: range) -> str:
    """Return `229 of 238 days known, last two provisional`, and since when where the window began earlier."""
    days, found = count(now, "days"), count(now, f"{kind}_known_days")
    said = f"all {plural(days, 'day')} known" if found == days else f"{number(found)} of {plural(days, 'day')} known"
    if part.start:
        said += f", the first {date_words(day_of(column(now.tables['per_day'], 'day')[part.start]))}"
    growing = sum(column(now.tables["per_day"], f"{kind}_provisional"))
    return f"{said}, {number(growing)} provisional" if growing else said


def weekly(now: Measured, kind: str, size: Size, scene: Scene) -> Weekly:
    """Draw one kind by week or month beside the year before; one of which a day is unknown is a gap."""
    grid, part = now.tables[f"per_{size}"], known_part(now, kind)
    every = column(now.tables["per_day"], "day")
    first, end = day_of(every[part.start]), day_of(every[-1]) + DAY
    starts = [moment.date() for moment in times(size, grid)]
    ends = [*starts[1:], following(size, starts[-1])]
    flags = column(now.tables["per_day"], f"{kind}_provisional")
    growing = [day_of(day) for day, flag in zip(every, flags, strict=True) if flag]
    whole = [
        value if days == (min(ends[row], end) - starts[row]).days else None
        for row, (value, days) in enumerate(zip(column(grid, kind), column(grid, f"{kind}_known_days"), strict=True))
    ]
    rows = [row for row, start in enumerate(starts) if start >= first]
    before = [column(grid, f"{kind}_year_before")[row] for row in rows]
    unknown = (None,) * len(starts)
    uniques = column(grid, UNIQUES[kind]) if UNIQUES[kind] in grid.columns else unknown
    provisional = [ends[row] > end or any(starts[row] <= day < ends[row] for day in growing) for row in rows]
    counts = [whole[row] for row in rows]
    settled = [(value, old) for value, old, grows in zip(counts, before, provisional, strict=True) if not grows]
    years = bool(rows) and ends[rows[-1]] - starts[rows[0]] > YEAR
    return Weekly(
        title=weekly_title(settled, kind, size),
        subtitle=f"{scene.repository} · {kind} per {size}, UTC · {known(now, kind, part)}",
        weeks=tuple(starts[row] for row in rows),
        counts=tuple(counts),
        uniques=tuple(uniques[row] for row in rows),
        before=tuple(before) if any(value is not None for value in before) else None,
        unit=f"{kind} per {size}",
        provisional=tuple(provisional),
        marks=marks(now),
        notes=tuple((day_of(row["day"]), note(row, year=years)) for row in unusual_days(now, kind)),
    )


def following(size: Size, start: date) -> date:
    """Return where the week or month after the one that begins at `start` begins."""
    if size is Size.WEEK:
        return start + timedelta(days=7)
    return date(start.year + start.month // 12, start.month % 12 + 1, 1)


def weekly_title(pairs: list[tuple[int | None, int | None]], kind: str, size: Size) -> str:
    """Return `303 views in a median week, 322 a year before (50 weeks)`, of the weeks known in both years if enough."""
    both = [(new, old) for new, old in pairs if new is not None and old is not None]
    if len(both) >= ENOUGH:
        new, old = (number(median([pair[side] for pair in both]) or 0) for side in (0, 1))
        return f"{new} {kind} in a median {size}, {old} a year before ({plural(len(both), size)})"
    middle = median([new for new, _ in pairs if new is not None])
    if middle is None:
        return f"No whole {size} is known"
    one = SPOKEN[kind][0]
    if not middle:
        return f"Most {size}s bring no {one}"
    return f"A median {size} brings {number(middle)} {one if middle == 1 else kind}"


def has_rhythm(now: Measured, kind: str) -> bool:
    """Return whether the weekdays are known often enough, and differ."""
    return any(column(now.tables["per_weekday"], f"{kind}_median"))


def rhythm(now: Measured, kind: str, scene: Scene) -> Rhythm:
    """Draw the median day of each weekday."""
    grid = now.tables["per_weekday"]
    values = column(grid, f"{kind}_median")
    names = column(grid, "weekday")
    most, least = max(values), min(values)
    days = [[f"{name}s" for name, value in zip(names, values, strict=True) if value == end] for end in (most, least)]
    title = f"Most {kind} come on {listing(days[0])}, {number(most)} on a median one"
    if least == most:
        title = f"Every weekday brings {number(most)} {kind}"
    elif len(days[1]) == 1:
        title += f"; fewest on {days[1][0]}, {number(least)}"
    weeks = min(column(grid, f"{kind}_known_days"))
    return Rhythm(
        title=title,
        subtitle=f"{scene.repository} · median {kind} by weekday, UTC · each known {number(weeks)} times or more",
        values=values,
        unit=f"median {kind}",
    )
