"""A server at work for minutes, or for hours with `--minutes`: one loud installation, and everybody else beside it.

The loud one sends 200 webhooks a second and 2,000 a second in bursts, while people of another installation ask and
read, and captures go on. In the end a stranger locks the database for longer than GitHub waits: what cannot be kept is
refused with 503. SQLite, the server's defaults, load generator and sandbox on the same machine.
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import sqlite3
import statistics
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bench.asking import Town, town
from bench.browsing import signed_in
from bench.capture import used_bytes
from bench.figures import Figure, at_most
from bench.serving import ROOT
from bench.size import Size
from bench.soak_deliveries import follow, heard, kept, told
from bench.soak_world import (
    SHOUT_EVERY,
    SHOUT_RARELY,
    Seen,
    ask_on,
    left,
    loud,
    missing_of,
    read_on,
    sample_on,
    shout_on,
    world_of,
)
from bot.inbox import PATH
from bot.ticking import PATH as TICK
from sandbox.build import VISITOR

RATE, BURST, EVERY = 200, 2_000, 20.0
MINUTES = 5.0
READERS = 5
BOUND = 5.0
"""Seconds: by no more does the loud installation delay an answer to somebody else, at the 95th percentile."""
LOCKED = 12.0  # seconds; GitHub waits for ten
GROWN = 1.1  # times: memory of the last quarter, in that of the second
A_DELIVERY = 600  # bytes that the database keeps of a delivery once it is worked off, and its lines in the log


@dataclass
class Found:
    """What a soak gave. alone: seconds of answers before the load · load, locked: what the generator told."""

    alone: list[float]
    seen: Seen
    load: dict[str, Any]
    locked: dict[str, Any]
    captures: int
    drained: float
    missing: tuple[int, int, int]
    changed: int
    broken: dict[str, int] = field(default_factory=dict)


async def loaded(town: Town, sent: Path, out: Path, seconds: float, first: int, every: float) -> dict[str, Any]:
    """Run the generator; return what it told. sent: a folder with the webhook's `secret` and the `bodies`."""
    command = [
        *(sys.executable, "-m", "bench.steady", "--port", str(town.serving.port), "--path", PATH),
        *("--secret-file", str(sent / "secret"), "--bodies", str(sent / "bodies"), "--out", str(out)),
        *("--seconds", str(seconds), "--first", str(first)),
        *("--rate", str(RATE), "--burst", str(BURST), "--every", str(every)),
    ]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    try:
        said, _ = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        raise
    if process.returncode:
        raise RuntimeError("the load generator failed; the reason stands above")
    told: dict[str, Any] = json.loads(said)
    return told


async def lock(database: Path, seconds: float) -> None:
    """Hold the database's write lock, as a stranger's tool might."""

    def hold() -> sqlite3.Connection:
        connection = sqlite3.connect(database, timeout=30, isolation_level=None, check_same_thread=False)
        connection.execute("BEGIN IMMEDIATE")
        return connection

    await asyncio.sleep(1)
    with closing(await asyncio.to_thread(hold)) as connection:
        await asyncio.sleep(seconds)
        connection.execute("ROLLBACK")


async def drained(town: Town) -> float:
    """Return how many seconds it took until nothing waited any more."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    async with asyncio.timeout(3_600):
        while await asyncio.to_thread(left, town.folder / "almanac.db") > 0:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
    return loop.time() - begun


def captured(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("SELECT count(*) FROM captures").fetchone()[0])


async def measured(size: Size) -> list[Figure]:
    seconds = 6.0 if size.quick else (size.minutes or MINUTES) * 60
    locked_for, every = (1.5, 4.0) if size.quick else (LOCKED, EVERY)
    world, keys, name = world_of(0.1 if size.quick else 0.3)
    token, seen = secrets.token_hex(16), Seen()
    with tempfile.TemporaryDirectory(prefix="almanac-bench-") as folder:
        sent, outs = Path(folder), [Path(folder) / "first", Path(folder) / "second"]
        (sent / "secret").write_text(keys.webhook_secret)
        data = Path(folder) / "data"
        data.mkdir()
        more = {"TICK_TOKEN": token, "GITHUB_CLIENT_SECRET": keys.client_secret}
        jar = aiohttp.DummyCookieJar()
        async with town(world, keys, name, data, **more) as place, aiohttp.ClientSession(cookie_jar=jar) as session:
            base = f"http://127.0.0.1:{place.serving.port}"
            browsers = [await signed_in(session, base, VISITOR) for _ in range(1 if size.quick else READERS)]
            alone = [await place.ask("/analytics pulls 30d") for _ in range(1)][1:]
            alone += await place.ask_often("/analytics issues 30d", 1 if size.quick else 5)
            async with session.post(f"{base}{TICK}", headers={"Authorization": f"Bearer {token}"}) as ticked:
                ticked.raise_for_status()
            await follow(place.sandbox, loud(world))
            before = heard(world, loud(world))
            (sent / "bodies").write_text(json.dumps(told(place.sandbox, loud(world))))
            paths = ["/", f"/r/{name}", f"/r/{name}/pulls?period=90d", f"/r/{name}/data/pulls"]
            jitter = random.Random(1)
            tasks = [asyncio.create_task(ask_on(place, seen, jitter)), asyncio.create_task(sample_on(place, seen))]
            shouting = SHOUT_RARELY if seconds > 10 * 60 else SHOUT_EVERY
            tasks.append(asyncio.create_task(shout_on(place, seen, shouting)))
            tasks += [asyncio.create_task(read_on(one, paths, seen)) for one in browsers]
            size.tell(f"{seconds:.0f} s of {RATE} deliveries a second, and {BURST:,} a second every {every:.0f} s")
            used = used_bytes(data)
            load = await loaded(place, sent, outs[0], seconds, 1, every)
            size.tell(json.dumps(load))
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            failed = [one for one in ended if isinstance(one, Exception)]
            if failed:
                raise failed[0]
            rest = await drained(place)
            seen.used = used_bytes(data) - used
            size.tell(f"a stranger locks the database for {locked_for:.1f} s")
            _, locked = await asyncio.gather(
                lock(data / "almanac.db", locked_for),
                loaded(place, sent, outs[1], locked_for + 4, 10_000_000, 0),
            )
            size.tell(json.dumps(locked))
            await drained(place)
            seen.heard = heard(world, loud(world)) - before
            broken = dict(place.sandbox.limits.broken)
            changed = kept(data / "almanac.db")
        acknowledged = {one for out in outs for one in out.read_text().split()}
        missing = missing_of(acknowledged, data / "almanac.db")
        found = Found(alone, seen, load, locked, captured(data / "almanac.db"), rest, missing, changed, broken)
    return figures(found)


def quarter(samples: list[Any], number: int) -> float:
    """Return the largest sample of one quarter of the time, the first being 0."""
    part = samples[len(samples) * number // 4 : max(len(samples) * (number + 1) // 4, 1)]
    return float(max(part or samples))


def late(values: list[float], percent: int) -> float:
    return (
        statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
        if len(values) > 1
        else max(values, default=0.0)
    )


def figures(found: Found) -> list[Figure]:
    """Return what the soak gave."""
    seen, load, locked = found.seen, found.load, found.locked
    usual, busy = statistics.median(found.alone), late(seen.answers, 95)
    refused = {status: count for status, count in load["statuses"].items() if not status.startswith("2")}
    sent = load["sent"]
    kept = max(sent - sum(refused.values()), 1)
    grown = quarter(seen.resident, 3) / quarter(seen.resident, 1)
    in_database = seen.used / kept
    in_log = (seen.log[-1] - seen.log[0]) / kept
    honest = set(locked["statuses"]) <= {"202", "503"} and not locked["unanswered"]
    quarters = f"{quarter(seen.resident, 1):.1f} / {quarter(seen.resident, 3):.1f} MB"
    return [
        Figure(f"deliveries sent, in bursts of {BURST:,} a second among them", f"{sent:,}"),
        Figure("  the generator itself was late by at most", f"{load['behind']:.0f} ms"),
        Figure("  acknowledged: median / 99.9th percentile", f"{load['p50']:.1f} / {load['p999']:.1f} ms"),
        at_most("  99th percentile", load["p99"], 100, "ms"),
        at_most("  longest", load["longest"], 10_000, "ms", 0),
        nothing("  refused / unanswered", sum(refused.values()), load["unanswered"]),
        nothing("acknowledged, but not stored / stored twice / given up", *found.missing),
        Figure("most that waited to be worked off", f"{max(seen.waiting):,}"),
        Figure("  seconds after the load until none did", f"{found.drained:.1f} s"),
        Figure("  the file at most, with all that waited", f"{max(seen.database) / 1e6:,.0f} MB"),
        Figure("answers to others: how many", f"{len(seen.answers)}"),
        Figure("  median alone / under load", f"{usual:.2f} / {statistics.median(seen.answers):.2f} s"),
        Figure("  95th percentile / longest under load", f"{busy:.2f} / {max(seen.answers):.2f} s"),
        at_most("  delay by the loud one, 95th percentile", busy - usual, BOUND, "s", 2),
        nothing("  not answered within two minutes", seen.late),
        Figure(
            "commands of a loud owner, 40 at once / answered",
            f"{seen.shouted:,} / {seen.heard:,}",
            "all",
            seen.heard == seen.shouted,
        ),
        Figure("issues stored as the loud one's deliveries told of them", f"{found.changed}", "> 0", found.changed > 0),
        Figure("pages read: how many / 95th percentile", f"{len(seen.pages):,} / {late(seen.pages, 95) * 1000:.0f} ms"),
        nothing("  answers that were no page", sum(seen.no_pages.values())),
        Figure("captures meanwhile", f"{found.captures:,}", "> 0", found.captures > 0),
        nothing("times that GitHub's limits were exceeded", sum(found.broken.values())),
        Figure("memory, most of the second / last quarter", quarters, f"<= {GROWN:g} times", grown <= GROWN),
        at_most("database, bytes more for each delivery", in_database, A_DELIVERY, "", 0),
        at_most("log, bytes more for each delivery", in_log, A_DELIVERY, "", 0),
        Figure("while a stranger holds the database", listed(locked["statuses"]), "202 and 503 only", honest),
        at_most("  longest", locked["longest"], 10_000, "ms", 0),
    ]


def nothing(what: str, *counts: int) -> Figure:
    """Return a figure of what must not happen."""
    return Figure(what, " / ".join(f"{one:,}" for one in counts), " / ".join("0" * len(counts)), not any(counts))


def listed(statuses: dict[str, int]) -> str:
    return ", ".join(f"{count:,} x {status}" for status, count in sorted(statuses.items()))


def run(size: Size) -> list[Figure]:
    """Soak, then lock."""
    return asyncio.run(measured(size))
