"""Two replicas over one PostgreSQL: an analysis begun at one is watched, read, taken away and ended at the other."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import structlog
from aiohttp import web

import dashboard.analysis_shared
from bot.browsing import BROWSING, Browsing, add_routes
from dashboard.analysis import NOT_THERE
from dashboard.analysis_shared import TOO_LARGE
from dashboard.analysis_told import STOPPED
from reports.pool import Pool
from sandbox.dataset import Dataset
from sandbox.faults import Fault, Match
from sandbox.load import load
from storage.engine import Store
from tests.dashboard.people import ORIGIN, Browser, Place, Seen, add_pages, open_place
from tests.dashboard.test_analyse import TOKEN, all_files, all_of, begun, cookies, dataset, eventually, name_of, pool
from tests.dashboard.test_analyse import signed_in as signing_in
from tests.storage import cluster
from tests.stories.town import listener

__all__ = ["dataset", "pool"]
SLOWLY = Fault(Match("POST", "/graphql"), "latency", times=None, delay=0.3)


class Led(Browser):
    """A browser that the balancer leads to another replica: to it that is the same address."""

    def __init__(self, browser: Browser, place: Place) -> None:
        super().__init__(place.session, place.url)
        self.cookies = browser.cookies
        self.origin = browser.base

    async def post(self, path: str, form: Mapping[str, str] | None = None, **headers: str) -> Seen:
        return await super().post(path, form, **{ORIGIN: self.origin, **headers})


@dataclass
class Two:
    """Two replicas over one database: what is signed in at one is signed in at the other."""

    here: Place
    there: Place
    database: str

    async def both(self, login: str) -> tuple[Browser, Browser]:
        """Sign somebody in; return their browser as it is led here and there."""
        browser = await signing_in(self.here, login)
        return browser, Led(browser, self.there)


@pytest.fixture
def database(postgresql: Path) -> Iterator[str]:
    with cluster.copied(postgresql) as address:
        yield address


@pytest.fixture
async def two(database: str, tmp_path: Path, dataset: Dataset, pool: Pool) -> AsyncIterator[Two]:
    async with (
        open_place(database, tmp_path / "here") as here,
        beside(here, database, tmp_path / "there") as there,
    ):
        load(here.world, [dataset])
        here.world.add_personal_token(TOKEN, "slate")
        for place in (here, there):
            analyses = await all_of(place)
            analyses.world = replace(analyses.world, services=replace(analyses.world.services, pool=pool))
        yield Two(here, there, database)


@asynccontextmanager
async def beside(place: Place, database: str, folder: Path) -> AsyncIterator[Place]:
    """Open one more server of the same App over the same database, with a folder of its own."""
    theirs = place.app[BROWSING]
    with listener() as listening:
        store = await Store.open(database)
        app = web.Application()
        settings = replace(theirs.settings, data_dir=folder)
        app[BROWSING] = Browsing(settings, replace(theirs.services, store=store), place.session)
        add_routes(app)
        add_pages(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        try:
            yield replace(place, store=store, app=app, url=f"http://127.0.0.1:{listening.getsockname()[1]}")
        finally:
            await app[BROWSING].close()
            await runner.cleanup()
            await store.close()


async def over(browser: Browser, seen: Seen) -> list[dict[str, object]]:
    """Watch an analysis until its end; return what was told."""
    assert seen.status == 303, seen.text
    address = f"{browser.base}{seen.location}/events"
    async with asyncio.timeout(90), browser.session.get(address, headers=cookies(browser)) as stream:
        lines = [line async for line in stream.content]
    return [json.loads(line[6:]) for line in lines if line.startswith(b"data: ")]


async def test_begun_here_watched_read_and_forgotten_there(two: Two, dataset: Dataset, tmp_path: Path) -> None:
    two.here.sandbox.faults.add(SLOWLY)
    slate, elsewhere = await two.both("slate")
    jade = await two.both("jade")
    with structlog.testing.capture_logs() as logged:
        seen = await begun(slate, *name_of(dataset))
        page = await elsewhere.get(seen.location)
        assert (page.status, page.headers["Refresh"]) == (200, "3")
        assert (await elsewhere.get(f"{seen.location}/data")).status == 503
        form = await elsewhere.get("/analyse")
        assert "which is being read" in form.text
        second = await begun(elsewhere, *name_of(dataset))
        assert (second.status, "still being read" in second.text) == (429, True)
        told = await over(elsewhere, seen)
        assert told[-1]["state"] == "done", told[-1]
        assert any(re.fullmatch(r"Reading [a-z ]+", str(one["phase"])) for one in told)

        theirs, ours = await elsewhere.get(seen.location), await slate.get(seen.location)
        findings = re.findall(r'class="finding".*?</', theirs.text, re.DOTALL)
        assert findings
        assert findings == re.findall(r'class="finding".*?</', ours.text, re.DOTALL)
        tab = await elsewhere.get(f"{seen.location}?metric=issues")
        picture = re.findall(r'<img src="([^"]+\.png[^"]*)"', tab.text)[0].replace("&amp;", "&")
        async with two.there.session.get(two.there.url + picture, headers=cookies(elsewhere)) as drawn:
            assert (drawn.status, (await drawn.read())[:4]) == (200, b"\x89PNG")
        assert "Pull requests" in (await elsewhere.get(f"{seen.location}/data")).text
        file = await elsewhere.get(f"{seen.location}/data/pulls.csv")
        numbers = [int(line["number"]) for line in csv.DictReader(io.StringIO(file.text.removeprefix("\ufeff")))]
        assert sorted(numbers) == sorted(int(one["number"]) for one in dataset.pulls)
        for other in jade:
            for path in ("", "/events", "/data", "/data/pulls.csv", "/issues/chart/1.png"):
                refused = await other.get(seen.location + path)
                assert (refused.status, refused.text) == (404, NOT_THERE)
            assert (await other.post(f"{seen.location}/cancel", {"csrf": await other.csrf()})).status == 404
            assert seen.location not in (await other.get("/analyse")).text

    dump = dumped(two.database)
    assert seen.location.rpartition("/")[2] in dump
    assert TOKEN not in dump + repr(logged)
    files = all_files(tmp_path)
    assert {path.relative_to(tmp_path).parts[0] for path in files if path.name == "analysis.db"} == {"here", "there"}
    assert not any(TOKEN.encode() in data for data in files.values())

    gone = await elsewhere.post(f"{seen.location}/cancel", {"csrf": await elsewhere.csrf()})
    assert "has ended" in (await slate.get(gone.location)).text
    assert [(await one.get(seen.location)).status for one in (slate, elsewhere)] == [404, 404]
    assert not any(path.name == "analysis.db" for path in all_files(tmp_path))
    assert seen.location.rpartition("/")[2] not in dumped(two.database)


def dumped(database: str) -> str:
    """Return everything that a database holds, as text."""
    address = database.replace("postgresql+psycopg://", "postgresql://")
    done = subprocess.run([cluster.BIN / "pg_dump", "--inserts", address], check=True, capture_output=True, text=True)
    return done.stdout


async def test_what_is_cancelled_there_ends_here_at_once(two: Two, dataset: Dataset) -> None:
    two.here.sandbox.faults.add(replace(SLOWLY, delay=30))
    slate, elsewhere = await two.both("slate")
    seen = await begun(slate, *name_of(dataset))
    (run,) = (await all_of(two.here)).runs.values()
    await elsewhere.post(f"{seen.location}/cancel", {"csrf": await elsewhere.csrf()})
    assert (await elsewhere.get(seen.location)).status == 404
    async with asyncio.timeout(20):  # long before what is forgotten is swept out
        await eventually(lambda: run.working is not None and run.working.done())
        await eventually(lambda: not run.database.exists())
    assert run.token is None
    assert (await begun(elsewhere, *name_of(dataset))).status == 303


async def test_the_end_of_the_server_that_reads_is_said(two: Two, dataset: Dataset) -> None:
    two.here.sandbox.faults.add(replace(SLOWLY, delay=30))
    slate, elsewhere = await two.both("slate")
    seen = await begun(slate, *name_of(dataset))
    await (await two.here.front()).close()
    page = await elsewhere.get(seen.location)
    assert (page.status, STOPPED in page.text, "Refresh" in page.headers) == (200, True, False)


async def test_a_server_that_was_killed_is_missed(two: Two, dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says nothing any more: after a while the others say so, and another analysis can be begun."""
    two.here.sandbox.faults.add(replace(SLOWLY, delay=30))
    slate, elsewhere = await two.both("slate")
    seen = await begun(slate, *name_of(dataset))
    monkeypatch.setattr(dashboard.analysis_shared, "BEAT", 600.0)
    await asyncio.sleep(1.1)  # it speaks for the last time
    (run,) = (await all_of(two.here)).runs.values()
    assert (run.token, TOKEN in dumped(two.database)) == (TOKEN, False), "while it is read, too"
    assert "Refresh" in (await elsewhere.get(seen.location)).headers
    monkeypatch.setattr(dashboard.analysis_shared, "SILENT", 0.2)
    await asyncio.sleep(0.3)
    told = await over(elsewhere, seen)
    assert told[-1]["state"] == "failed"
    assert STOPPED in (await elsewhere.get(seen.location)).text
    assert (await begun(elsewhere, *name_of(dataset))).status == 303


async def test_what_github_refuses_is_said_there(two: Two) -> None:
    slate, elsewhere = await two.both("slate")
    seen = await begun(slate, "quartz", "nothing-here")
    await over(elsewhere, seen)
    assert "There is no repository quartz/nothing-here" in (await elsewhere.get(seen.location)).text


async def test_what_is_too_large_for_all_is_shown_by_none(
    two: Two, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dashboard.analysis_shared, "LARGEST", 100)
    slate, elsewhere = await two.both("slate")
    seen = await begun(slate, *name_of(dataset))
    await over(elsewhere, seen)
    assert [TOO_LARGE in (await one.get(seen.location)).text for one in (slate, elsewhere)] == [True, True]
    assert "INSERT INTO public.analysis_parts" not in dumped(two.database)


async def test_what_belongs_to_whoever_is_signed_in_nowhere_is_forgotten_everywhere(two: Two, dataset: Dataset) -> None:
    slate, elsewhere = await two.both("slate")
    await over(elsewhere, await begun(slate, *name_of(dataset)))
    await (await all_of(two.there)).sweep()
    assert "INSERT INTO public.analyses" in dumped(two.database)
    assert (await elsewhere.post("/logout", {"csrf": await elsewhere.csrf()})).status == 303
    for place in (two.there, two.here):
        await (await all_of(place)).sweep()
    assert "INSERT INTO public.analyses" not in dumped(two.database)
    assert (await all_of(two.here)).runs == {}


async def test_what_nobody_looks_at_is_forgotten_everywhere(two: Two, dataset: Dataset) -> None:
    slate, elsewhere = await two.both("slate")
    seen = await begun(slate, *name_of(dataset))
    await over(elsewhere, seen)
    two.here.wait(minutes=100)
    assert (await elsewhere.get(seen.location)).status == 200
    two.here.wait(minutes=100)
    assert (await slate.get(seen.location)).status == 200, "somebody looked at it there"
    two.here.wait(minutes=121)
    for place in (two.here, two.there):
        await (await all_of(place)).sweep()
    assert "INSERT INTO public.analyses" not in dumped(two.database)
    assert [(await one.get(seen.location)).status for one in (slate, elsewhere)] == [404, 404]
