"""The dashboard's pages while 50 people read them: how long they take, beside a static file of the same server.

Meanwhile traffic is captured and another repository is read. Every page is read alone, by all readers at once, so that
its time is what it costs; then all of them in turn, as people do.
"""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from bench.browsing import Browser, signed_in
from bench.bulk import Scale
from bench.capture import sampled
from bench.figures import Figure, at_most
from bench.pages_world import LARGE, Scene, Shape, fill, scene_of, stored
from bench.rounds import READERS, Round, readers
from bench.serving import Serving, at_rest, children, environment, free_port, resident_megabytes, server, tail
from bench.size import Size
from bench.stall import Probe, probing, spread, stall
from bot.ticking import PATH as TICK
from sandbox.server import Sandbox

STATIC = "/static/almanac.css"
BASE = f"/r/{LARGE}"
PAGES: Mapping[str, str] = {
    "the list of repositories": "/",
    "a repository's overview": BASE,
    "time-to-merge, 90 days": f"{BASE}/time-to-merge?period=90d",
    "pulls, a year": f"{BASE}/pulls?period=1y",
    "review-matrix": f"{BASE}/review-matrix",
    "traffic": f"{BASE}/traffic",
    "list of data": f"{BASE}/data",
    "50 rows of pull requests": f"{BASE}/data/pulls",
    "a chart as PNG": f"{BASE}/time-to-merge/chart/1.png?period=90d",
    "a chart's values as JSON": f"{BASE}/time-to-merge/chart/1.json?period=90d",
}
FULL = Shape(Scale(), captured=1_000, people=10, read=4)
SMALL = Shape(Scale(pulls=5_000, reviews=15_000, issues=2_000, commits=8_000), captured=200, people=3, read=1)
LEAST_CAPTURES = 50  # that reading pages leaves room for, of a thousand
TENS = 40.0
"""A page's 95th percentile in those of a static file: a few tens."""


@dataclass
class Found:
    """Everything that one run gave. first: milliseconds of each page's first request · alone: rounds by path."""

    shape: Shape
    first: dict[str, float] = field(default_factory=dict)
    static: list[Round] = field(default_factory=list)
    alone: dict[str, Round] = field(default_factory=dict)
    together: Round | None = None
    rest: float = 0.0
    resident: list[float] = field(default_factory=list)
    workers: float = 0.0
    captures: int = 0
    captures_left: int = 0
    pages_read: int = 0
    probes: list[Probe] = field(default_factory=list)
    quiet: list[Probe] = field(default_factory=list)


async def first_requests(browser: Browser, found: Found, log: Path) -> None:
    """Ask for each page once; raises RuntimeError for one that has nothing to show."""
    for name, path in PAGES.items():
        begun = time.perf_counter()
        got = await browser.get(path)
        found.first[name] = (time.perf_counter() - begun) * 1000
        if got.status != 200 or "Not known yet" in got.body:
            raise RuntimeError(f"{path} answers {got.status}: {got.body[:500]}; the server's log ends {tail(log)}")


async def at_first(serving: Serving, browser: Browser, folder: Path, found: Found) -> None:
    """Note what a new server needs for its first pages, and its memory and its event loop at rest."""
    found.rest = resident_megabytes(serving.process.pid)
    await first_requests(browser, found, folder / "log")
    await at_rest(serving.process)
    async with probing(serving) as quiet:
        await asyncio.sleep(2)
    found.quiet = list(quiet)


@asynccontextmanager
async def meanwhile(
    sandbox: Sandbox, scene: Scene, browser: Browser, bearer: Mapping[str, str], folder: Path, found: Found
) -> AsyncIterator[None]:
    """Have traffic captured and another repository read while the context lasts, and count how far that comes."""
    expected = captured(folder) + scene.install_later()
    async with browser.session.post(f"{browser.base}{TICK}", headers=bearer) as put:
        put.raise_for_status()
    opened = await browser.get(f"/r/{read_meanwhile(sandbox)}/time-to-merge?period=90d")
    if opened.status != 200:
        raise RuntimeError(f"the other repository cannot be opened: {opened.status}")
    captures, pages = captured(folder), pages_read(sandbox)
    yield
    found.captures, found.pages_read = captured(folder) - captures, pages_read(sandbox) - pages
    found.captures_left = expected - captured(folder)


async def measure(serving: Serving, browsers: Sequence[Browser], found: Found, size: Size) -> None:
    """Read pages, each alone and all in turn."""
    each, mixed = (1.0, 3.0) if size.quick else (4.0, 15.0)
    async with sampled(serving, found.resident):
        found.static.append(await readers(serving, browsers, [STATIC], each))
        for name, path in PAGES.items():
            found.alone[name] = await readers(serving, browsers, [path], each)
            one = found.alone[name]
            size.tell(f"{name}: {one.a_second:,.0f}/s, {one.percentile(95):.0f} ms")
        found.static.append(await readers(serving, browsers, [STATIC], each))
        async with probing(serving) as probes:
            found.together = await readers(serving, browsers, [*PAGES.values(), STATIC], mixed)
        found.probes = list(probes)
        found.workers = sum(resident_megabytes(pid) for pid in children(serving.process.pid))


def read_meanwhile(sandbox: Sandbox) -> str:
    """Return the repository that is read while pages are."""
    return next(one.full_name for one in sandbox.world.repositories.values() if one.pulls())


def captured(folder: Path) -> int:
    """Return how many captures are stored."""
    with closing(sqlite3.connect(folder / "almanac.db")) as connection:
        return int(connection.execute("SELECT count(*) FROM captures").fetchone()[0])


def pages_read(sandbox: Sandbox) -> int:
    """Return how many pages of activity were read from GitHub."""
    return sum(count for (_, route, _), count in sandbox.tally.items() if route.endswith("/graphql"))


async def measured(size: Size) -> list[Figure]:
    found = Found(SMALL if size.quick else FULL)
    tick = secrets.token_hex(16)
    with tempfile.TemporaryDirectory(prefix="almanac-bench-") as name:
        folder = Path(name)
        size.tell(f"making {found.shape.scale.pulls:,} pull requests and {found.shape.scale.reviews:,} reviews")
        scene = await asyncio.to_thread(scene_of, found.shape)
        await fill(await asyncio.to_thread(stored, folder, found.shape, scene.world), scene.world)
        port = free_port()
        async with Sandbox(scene.world, hook_delay=0.0) as sandbox:
            told = environment(scene.keys, folder, port, sandbox)
            told |= {"GITHUB_CLIENT_SECRET": scene.keys.client_secret, "TICK_TOKEN": tick}
            jar = aiohttp.DummyCookieJar()
            async with server(told, log=folder / "log") as serving, aiohttp.ClientSession(cookie_jar=jar) as session:
                await at_rest(serving.process)
                browsers = [await signed_in(session, f"http://127.0.0.1:{port}", login) for login in scene.people]
                bearer = {"Authorization": f"Bearer {tick}"}
                await at_first(serving, browsers[0], folder, found)
                async with meanwhile(sandbox, scene, browsers[0], bearer, folder, found):
                    await measure(serving, browsers, found, size)
    return figures(found)


def figures(found: Found) -> list[Figure]:
    """Return what was found, page by page."""
    together = found.together
    assert together is not None, "it was measured"
    floor = statistics.mean(one.percentile(95) for one in found.static)
    lines = [
        Figure(f"{found.shape.scale.pulls:,} pull requests; the first request of each page, nothing on the shelf", ""),
        *(Figure(f"  {name}", f"{taken:,.0f} ms") for name, taken in found.first.items()),
        Figure(f"{READERS} readers at once of one page: a second, median / 95th percentile, kB", ""),
        Figure("  the static file, before and after", "; ".join(line(one, STATIC) for one in found.static)),
    ]
    for name, one in found.alone.items():
        lines.append(Figure(f"  {name}", line(one, PAGES[name])))
        ratio = one.percentile(95) / floor
        lines.append(
            Figure("    95th percentile, in those of the static file", f"{ratio:.1f}", f"<= {TENS:g}", ratio <= TENS)
        )
    rounds = [*found.static, *found.alone.values(), together]
    errors = sum(sum(one.refused.values()) for one in rounds)
    ratio = together.percentile(95) / together.percentile(95, STATIC)
    mixed = {**PAGES, "the static file": STATIC}
    return [
        *lines,
        Figure(f"{READERS} readers going round all of them: a second", f"{together.a_second:,.0f}"),
        Figure("  median / 95th percentile", f"{together.percentile(50):.0f} / {together.percentile(95):.0f} ms"),
        Figure("  95th percentile, in those of the static file among them", f"{ratio:.1f}"),
        *(
            Figure(f"  {name}", f"{together.percentile(50, path):.0f} / {together.percentile(95, path):.0f} ms")
            for name, path in mixed.items()
        ),
        Figure("  probe at rest: median, 99th percentile, longest", spread(found.quiet)),
        Figure("  probe meanwhile: median, 99th percentile, longest", spread(found.probes)),
        at_most("  longest stall of the event loop, without waiting for a CPU", stall(found.probes), 50, "ms"),
        Figure("answers that were no page", f"{errors}", "0", errors == 0),
        Figure(
            "captures / pages of history read meanwhile",
            f"{found.captures:,} / {found.pages_read:,}",
            f">= {LEAST_CAPTURES} / > 0",
            found.captures >= LEAST_CAPTURES and found.pages_read > 0,
        ),
        Figure("captures left over when reading ended", f"{found.captures_left:,}"),
        Figure("server's memory: at rest / most", f"{found.rest:.1f} / {max(found.resident):.1f} MB"),
        Figure("memory of the processes that compute and draw, all together, at the end", f"{found.workers:.0f} MB"),
    ]


def line(one: Round, path: str) -> str:
    """Return what readers of one page saw."""
    size = one.sizes.get(path, 0) / 1000
    return f"{one.a_second:,.0f}/s, {one.percentile(50):.1f} / {one.percentile(95):.1f} ms, {size:.0f} kB"


def run(size: Size) -> list[Figure]:
    """Read pages alone, then all of them."""
    return asyncio.run(measured(size))
