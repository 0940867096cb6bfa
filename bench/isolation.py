"""Every address of pages and data API before every kind of person, there and not there, and how long a denial takes."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from bench.figures import Figure, at_most
from bench.size import Size
from storage.migrate import upgrade
from tests.dashboard.every_address import DENIED, OF_REPOSITORY, PERSONS, Row, filled, gaps, rows
from tests.dashboard.everybody import Here, addresses, everybody
from tests.fuzz.quiet import be_quiet
from tests.storage import cluster

TURNS, FEW = 100, 10
LONGER = 1.4
ANSWERED, SIGN_IN, TOLD, NOTHING = "answered", "sent to sign in", "told that they may not", "told that nothing is there"
SECRET = "vault"  # the repository's name; nothing that is denied has it
AGAIN = 5  # readings of both, after which a person is given new requests
EARLY = 2  # requests that fill memories


def run(size: Size) -> list[Figure]:
    """Ask on both databases."""
    be_quiet()
    found: list[Figure] = []
    with ExitStack() as open_ones:
        folder = Path(open_ones.enter_context(tempfile.TemporaryDirectory(prefix="almanac-bench-")))
        for name in ("SQLite", "PostgreSQL"):
            (folder / name).mkdir()
            url = f"sqlite:///{folder / name / 'almanac.db'}"
            if name == "PostgreSQL":
                socket = open_ones.enter_context(cluster.cluster())
                cluster.run(socket, "CREATE DATABASE isolated")
                url = cluster.address(socket, "isolated")
            upgrade(url)
            found += asyncio.run(asked(name, url, folder / name, FEW if size.quick else TURNS))
    return found


async def asked(name: str, url: str, folder: Path, turns: int) -> list[Figure]:
    """Return a database's lines of the table."""
    seen: dict[str, Counter[str]] = {person: Counter() for person in PERSONS}
    wrong, leaks, both = [], [], 0
    async with everybody(url, folder) as here:
        for row in rows():
            await here.begin()
            here.managed.place.wait(minutes=1)  # which gives everybody new requests
            for person in PERSONS:
                what, leaky, compared = await before(here, row, person)
                seen[person][what] += 1
                both += compared
                wrong += [] if what in due(row, person) else [f"{person}: {row}"]
                leaks += [f"{person}: {row}"] if leaky else []
        slower = [await longer(here, person, path, turns) for person, path in DENIED]
    return [
        *(Figure(f"{name}: {person}", told(seen[person])) for person in PERSONS),
        nothing_of(f"{name}: answered otherwise than it should be", wrong),
        nothing_of(f"{name}: of {both:,} denials of what is there, unlike those of what is not", leaks),
        at_most(f"{name}: time to deny what is there, beside what is not", max(slower), LONGER, "times", 2),
    ]


def nothing_of(what: str, found: Sequence[str]) -> Figure:
    """Return a line that names what should not be."""
    return Figure(what, "; ".join(found) or "0", "0", not found)


def told(counts: Counter[str]) -> str:
    return ", ".join(f"{what} {counts[what]}" for what in (ANSWERED, SIGN_IN, TOLD, NOTHING) if counts[what])


def due(row: Row, person: str) -> tuple[str, ...]:
    """Return what may become of a person's request."""
    if row.is_open:
        return (ANSWERED, NOTHING)  # a file that is not made here is open, too
    if person in row.doers:
        return (ANSWERED,)
    if person == "nobody":
        return (SIGN_IN,)
    return (TOLD,) if person in row.seers else (NOTHING,)


async def before(here: Here, row: Row, person: str) -> tuple[str, bool, bool]:
    """Return what became of a request, whether it tells too much, and whether there was anything to compare it with."""
    there, away = addresses(here, row)
    seen = await here.ask(person, row, there, page=False)
    if seen.status == 401 or (seen.status == 303 and seen.location.startswith("/login?next=")):
        return SIGN_IN, SECRET in seen.text, False
    if seen.status == 403:
        return TOLD, False, False
    if seen.status != 404:
        return ANSWERED, person not in OF_REPOSITORY and SECRET in seen.text, False
    nothing = await here.ask(person, row, away, page=False)
    compared = bool(gaps(row.path)) and not row.is_open
    return NOTHING, compared and (SECRET in seen.text or (nothing.status, nothing.text) != (404, seen.text)), compared


async def longer(here: Here, person: str, path: str, turns: int) -> float:
    """Return how many times longer the longer of two denials takes to compute: of what is there, and of what is not."""
    spent: tuple[list[float], list[float]] = [], []
    both = filled(path, here.there), filled(path, here.not_there)
    for turn in range(turns + EARLY):
        if not turn % AGAIN:
            here.managed.place.wait(minutes=1)
        pairs = list(zip(both, spent, strict=True))
        for address, times in reversed(pairs) if turn % 2 else pairs:
            began = time.process_time()
            seen = await here.browsers[person].get(address)
            times.append(time.process_time() - began)
            if seen.status != 404:
                raise RuntimeError(f"{person} is answered {seen.status} at {address}")
    there, nothing = (median(times[EARLY:]) for times in spent)
    return max(there / nothing, nothing / there)
