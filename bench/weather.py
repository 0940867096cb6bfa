"""GitHub's bad weather: each kind for an hour of simulated time, at 1, 10 and 100 % of all requests, and what follows.

People ask twelve times in the hour, in three threads, while captures go on; the hour over, the weather clears and the
server has seven more to end what it began. Everything that the server asked of GitHub is counted.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import structlog

from bench.figures import Figure
from bench.size import Size
from bench.weather_hour import Hour, hour_of
from bench.weather_kinds import KINDS, Weather
from reports.pool import Pool
from storage.migrate import upgrade

CHANCES = (0.01, 0.1, 1.0)
COMMANDS, SPAN = 12, timedelta(hours=1)
CROWD = 54
"""Commands of one hour that all wait until the sky clears, in three threads of two installations."""
CROWDED = ("503, Retry-After 30", "403, secondary limit", "connection dropped")
FEWER, SHORTER = 3, timedelta(minutes=15)
A_MINUTE = 900  # points that GitHub bears
CONTENT_A_MINUTE = 80
MOST = 5_000
"""So much may an hour of bad weather ask: what GitHub lets every installation ask in an hour."""


async def measured(size: Size) -> list[Figure]:
    # what goes wrong here is meant to, and would be told thousands of times
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    commands, span = (FEWER, SHORTER) if size.quick else (COMMANDS, SPAN)
    cases: list[tuple[Weather, float]] = [(one, chance) for one in KINDS for chance in CHANCES]
    if size.quick:
        cases = [(KINDS[1], 1.0)]
    if size.only:
        wanted = [part.strip() for part in size.only.split(",")]
        cases = [(one, chance) for one, chance in cases if any(part in one.name for part in wanted)]
    pool = Pool()
    try:
        await pool.warm()
        with tempfile.TemporaryDirectory(prefix="almanac-bench-") as name:
            empty = Path(name) / "empty.db"
            await asyncio.to_thread(upgrade, f"sqlite:///{empty}")

            async def seen(weather: Weather | None, chance: float, commands: int = commands) -> Hour:
                folder = Path(tempfile.mkdtemp(dir=name))
                shutil.copy(empty, folder / "almanac.db")
                found = await hour_of(weather, chance, folder, pool, commands, span)
                size.tell(line(found))
                for told in (*found.dead, *found.silent):
                    size.tell(f"    {told[:160]}")
                shutil.rmtree(folder)
                return found

            fair = await seen(None, 0.0)
            found = [await seen(weather, chance) for weather, chance in cases]
            waiting = [one for one, chance in cases if one.name in CROWDED and chance == 1.0 and not size.quick]
            crowds = [await seen(one, 1.0, CROWD) for one in waiting]
            return figures(fair, found) + [line for one in crowds for line in of_a_crowd(one)]
    finally:
        pool.close()


def line(found: Hour) -> str:
    """Return what one hour gave, in a line."""
    name = "fair weather" if found.weather is None else f"{found.weather.name}, {found.chance:.0%}"
    return (
        f"{name}: {len(found.during):,} requests ({found.hit:,} hit), {len(found.after):,} after, at most "
        f"{found.most_in_a_minute(found.during)} / {found.most_in_a_minute(found.after)} in a minute; "
        f"commands {told(found.fate)}"
    )


def told(fate: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(fate.items()))


def is_well(found: Hour) -> bool:
    """Tell whether each command has one final answer or sentence; where GitHub lets nothing in, none is right too."""
    fine = {"answered", "sentence"}
    if found.weather is not None and found.weather.shut and found.chance == 1.0:
        fine.add("silent")
    return not found.fate.keys() - fine and not found.left


def figures(fair: Hour, found: Sequence[Hour]) -> list[Figure]:
    """Return a line for each kind and chance, then what holds for all."""
    lines = [Figure(line(fair).replace(": ", " ", 1), "")]
    lines += [
        Figure(
            f"{one.weather.name}, {one.chance:.0%}",
            f"{len(one.during):,} requests, {len(one.after):,} after; a minute {one.most_in_a_minute(one.during)}"
            f" / {one.most_in_a_minute(one.after)}; {told(one.fate)}",
            f"<= {MOST:,}; one end each",
            is_well(one) and len(one.during) <= MOST,
        )
        for one in found
        if one.weather is not None
    ]
    hours = (fair, *found)
    content = max(one.most_content for one in hours)
    broken: Counter[str] = sum((one.broken for one in hours), Counter())
    storm = max(one.most_in_a_minute(one.after) for one in hours)
    fates: Counter[str] = sum((one.fate for one in hours), Counter())
    return [
        *lines,
        Figure("most content written in a minute", f"{content}", f"<= {CONTENT_A_MINUTE}", content <= CONTENT_A_MINUTE),
        Figure("limits that the sandbox saw exceeded", told(broken) or "none", "none", not broken),
        Figure("most requests in a minute after the weather", f"{storm:,}", f"<= {A_MINUTE}", storm <= A_MINUTE),
        Figure("all commands", told(fates), "none twice", not fates["twice"] and not fates["waiting"]),
    ]


def of_a_crowd(found: Hour) -> list[Figure]:
    """Return what came when all that had waited might go on: were it at once, no target here would be met."""
    assert found.weather is not None
    name = f"{found.commands} commands wait, {found.weather.name}"
    busiest, content = found.most_in_a_minute(found.after), found.most_content
    all_came = len(found.after)
    return [
        Figure(f"{name}: {all_came:,} requests after it, in the busiest minute", f"{busiest:,}",
               f"<= {A_MINUTE}, half of all", busiest <= min(A_MINUTE, all_came / 2)),
        Figure(f"{name}: most content written in a minute", f"{content}",
               f"<= {CONTENT_A_MINUTE}", content <= CONTENT_A_MINUTE),
        Figure(f"{name}: limits exceeded", told(found.broken) or "none", "none", not found.broken),
        Figure(f"{name}: what became of them", told(found.fate), "one end each", is_well(found)),
    ]  # fmt: skip


def run(size: Size) -> list[Figure]:
    """Go through all kinds of weather."""
    return asyncio.run(measured(size))
