"""One walk through everything, in Debian's Chromium, at a real server: from nothing to numbers, and out again.

Nothing is prepared but a GitHub: the server is set up in the browser, reads what the pages ask for, and is judged by
what lies in its database, counted here by hand. A person of another installation then tries every address of the walk.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from dashboard.access import NOT_THERE
from sandbox.dataset import Dataset
from sandbox.faults import Fault, Match
from sandbox.load import load
from tests.dashboard.in_chromium import CHROMIUM, PATIENCE, Noted, chromium
from tests.stories.setting_up import Unset, unset
from tests.stories.town import LANTERN, MEMBER, NOW, STRONGROOM, Town, organisation

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium in the search path"),
    pytest.mark.timeout(240),
]

BASE = f"/r/{LANTERN}"
VAULT = f"/r/{STRONGROOM}"
REEF = "obsidian/reef"  # public, and nobody has installed the App there
PIT = "basalt/pit"  # of another installation
OTHER = "agate"  # sees that one, and nothing of quartz-labs
TOKEN = "ghp_" + "k3Rq9ZtLw0aPxVbN" * 2
DAY = timedelta(days=1)


@dataclass
class Walk:
    """A person's browser at the server. asked: every address that it has asked the server for, with the method."""

    server: Unset
    town: Town
    page: Page
    noted: Noted
    asked: dict[str, str] = field(default_factory=dict)

    async def go(self, path: str) -> None:
        await self.page.goto(self.server.url + path)

    async def follow(self, link: str, leads_to: str) -> None:
        """Click on something and wait until the browser is where that leads; `*` stands for anything."""
        await self.page.click(link)
        await self.page.wait_for_url(self.server.url + leads_to)

    async def live(self) -> None:
        """Return once the first chart answers; the library is put together behind the first page that has one."""
        for _ in range(60):
            if await self.page.locator("script[data-chart-library]").count():
                break
            await self.page.wait_for_timeout(300)
            await self.page.reload()
        await self.page.wait_for_selector("figure.chart[data-live=yes]", timeout=PATIENCE)

    async def file(self, words: str, within: str = "main") -> bytes:
        """Click on a link to a file; return what was downloaded."""
        async with self.page.expect_download() as coming:
            await self.page.locator(within).get_by_role("link", name=words).first.click()
        download = await coming.value
        self.asked[download.url.removeprefix(self.server.url)] = "GET"  # which is no request of the page
        return await asyncio.to_thread((await download.path()).read_bytes)


async def walking(browser: Browser, server: Unset, town: Town, noted: Noted) -> Walk:
    """Open a browser in which nobody has been here, and note what it asks."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    walk = Walk(server, town, noted.watch(await context.new_page()), noted)

    def note(method: str, url: str) -> None:
        if url.startswith(server.url):
            walk.asked.setdefault(url.removeprefix(server.url).partition("#")[0], method)

    walk.page.on("request", lambda request: note(request.method, request.url))
    return walk


async def set_up(page: Page, server: Unset) -> Town:
    """Go from a server that has nothing to an App that is installed on quartz-labs."""
    await page.goto(f"{server.url}/setup")
    await page.fill("#code", server.code)
    await page.click("button")
    await page.fill("#organisation", "quartz-labs")
    await page.click("button")
    await page.wait_for_selector("h1:has-text('Register it at GitHub')")
    await page.click("button")
    await page.wait_for_selector("h1:has-text('Create GitHub App')")
    await page.click("button")
    await page.wait_for_selector("h1:has-text('Registered')")
    await page.click("button")
    await page.wait_for_selector("h1:has-text('Almanac starts')")
    await server.ready()
    await page.click("text=Install the App")
    await page.wait_for_selector("h1:has-text('Install ')")
    await page.click("button")
    town = server.town()
    await town.settled()
    return town


async def sign_in(walk: Walk, login: str) -> None:
    """Come without a session, be led to GitHub, say yes there, and be back where one wanted to go."""
    await walk.go("/")
    assert walk.page.url == f"{walk.server.url}/login?next=/"
    await walk.page.click("text=Sign in with GitHub")
    await walk.page.wait_for_selector("h1:has-text('Authorize')")
    assert walk.page.url.startswith(f"{walk.server.sandbox.url}/login/oauth/authorize?")
    await walk.page.click(f"button[value={login}]")
    await walk.page.wait_for_selector("h1:has-text('Repositories')")
    assert walk.page.url == f"{walk.server.url}/"


def furnish(server: Unset) -> None:
    """Give GitHub people and repositories that the walk comes to."""
    world = server.sandbox.world
    for name in (LANTERN, STRONGROOM, "quartz-labs/ember", "quartz-labs/sundial", "quartz-labs/.github"):
        if world.repository(name) is not None:
            world.permit(name, MEMBER, "admin")
    world.add_repository(PIT, visibility="private")
    world.permit(PIT, OTHER, "write")
    rows = next(one for one in organisation() if one.full_name == LANTERN)
    load(
        world,
        [Dataset({"full_name": REEF, "visibility": "public"}, pulls=[dict(one, id=None) for one in rows.pulls[:40]])],
    )
    world.add_personal_token(TOKEN, MEMBER)
    world.clock.freeze()


async def test_from_nothing_to_numbers_and_out_again(tmp_path: Path) -> None:
    noted = Noted()
    async with unset(tmp_path) as server, chromium() as browser:
        furnish(server)
        stranger = await (await browser.new_context()).new_page()
        town = await set_up(stranger, server)
        server.sandbox.hands.install("basalt")
        await town.settled()

        walk = await walking(browser, server, town, noted)
        await sign_in(walk, MEMBER)
        await looks_and_compares(walk)
        await takes_the_numbers_away(walk)
        run = await collects(walk)
        analysis = await analyses(walk)
        await makes_a_token(walk)

        other = await walking(browser, server, town, Noted())
        await sign_in(other, OTHER)
        await reaches_nothing(other, walk, [run, f"{run}/events", analysis, f"{analysis}/events"])

        await walk.page.click("text=Sign out")
        await walk.page.wait_for_selector("h1:has-text('Sign in')")
        await walk.go(BASE)
        assert walk.page.url == f"{server.url}/login?next=/r/quartz-labs/lantern"

        assert noted.complaints == []
        assert noted.hosts == {server.url.split("/")[2], server.sandbox.url.split("/")[2]}
        assert TOKEN not in server.log
        assert "Traceback" not in server.log


async def looks_and_compares(walk: Walk) -> None:
    """A repository that nobody has read yet: the page says so at once, and has the answer when it is read."""
    page = walk.page
    await walk.follow(f"text={LANTERN}", BASE)
    await walk.follow("nav.tabs >> text=Pull requests", f"{BASE}/pulls")
    await walk.follow("text=1 year", f"{BASE}/pulls?period=1y")
    await walk.town.settled()
    if await page.locator("text=Look again").count():
        await page.reload()
    opened = await page.inner_text("p.finding")
    assert opened.startswith(f"{counted(walk, days=365)} pull requests opened"), opened
    await walk.live()
    await walk.follow("text=90 days", f"{BASE}/pulls?period=90d")
    assert (await page.inner_text("p.finding")).startswith(f"{counted(walk, days=90)} pull requests opened")
    await walk.follow("text=A year before", f"{BASE}/pulls?period=90d&vs=year")
    assert "a year before" in await page.inner_text("#comparison")
    await page.click("summary >> text=Another period")
    await page.check("input[name=compare]")
    await walk.follow("button.main", f"{BASE}/pulls?period=90d&vs=year&compare=yes")
    assert await page.inner_text("#command") == "/analytics compare pulls 90d vs=year"
    await walk.live()


def counted(walk: Walk, days: int) -> int:
    """Count in the database how many pull requests were opened in so many days."""
    since = int((NOW - timedelta(days=days)).timestamp() * 1_000_000)
    number = walk.town.repository_id(LANTERN)
    (row,) = walk.town.rows(
        "SELECT count(*) AS n FROM pulls WHERE repository_id = ? AND created_at >= ? AND created_at < ?",
        number, since, int(NOW.timestamp() * 1_000_000),
    )  # fmt: skip
    return int(row["n"])


async def takes_the_numbers_away(walk: Walk) -> None:
    """The numbers of an answer, and the rows behind it, as files: each is what the database says."""
    await walk.go(f"{BASE}/pulls?period=90d")
    packed = zipfile.ZipFile(io.BytesIO(await walk.file("CSV", "aside")))
    (name,) = [one for one in packed.namelist() if "week" in one]
    weeks = {line["week"]: int(line["opened"]) for line in csv.DictReader(io.StringIO(packed.read(name).decode()))}
    rows = walk.town.rows(
        "SELECT number, title, created_at FROM pulls WHERE repository_id = ? ORDER BY number",
        walk.town.repository_id(LANTERN),
    )
    opened = [datetime.fromtimestamp(row["created_at"] / 1e6, UTC) for row in rows]
    assert {week: count for week, count in weeks.items() if count} == Counter(
        f"{at:%G-W%V}" for at in opened if NOW - 90 * DAY <= at < NOW
    )

    await walk.follow("text=Every stored row", f"{BASE}/data")
    await walk.follow("main >> text=Pull requests", f"{BASE}/data/pulls")
    await walk.follow("th >> text=title", f"{BASE}/data/pulls?*sort=title*")
    lines = list(csv.DictReader(io.StringIO((await walk.file("CSV")).decode("utf-8-sig"))))
    assert sorted(int(line["number"]) for line in lines) == [row["number"] for row in rows]
    titles = {int(line["number"]): line["title"].removeprefix("'") for line in lines}
    assert titles == {row["number"]: row["title"].removeprefix("'") for row in rows}


async def collects(walk: Walk) -> str:
    """Have everything captured now and watch, without loading the page again; return the run's address."""
    slow = Fault(Match("GET", "/repos/*/traffic/views"), "latency", times=None, delay=0.4)
    walk.server.sandbox.faults.add(slow)
    page = walk.page
    await walk.go("/")
    await walk.follow("text=the installation", "/i/*")
    await walk.follow("text=Collect all now", "/collect/*")
    await page.wait_for_selector("#state")
    loaded = await page.evaluate("performance.timeOrigin")
    seen = [await page.inner_text("#state")]
    while "It is done." not in seen:
        await page.wait_for_function("before => document.getElementById('state').innerText !== before", arg=seen[-1])
        seen.append(await page.inner_text("#state"))
    assert len(seen) > 1, "how far it is was seen"
    await page.wait_for_selector("#progress .figures")
    assert "captured" in await page.inner_text("#progress")
    assert await page.evaluate("performance.timeOrigin") == loaded
    walk.server.sandbox.faults.clear()
    return page.url.removeprefix(walk.server.url)


async def analyses(walk: Walk) -> str:
    """Read a repository on which nothing is installed, with a token, and take its rows; return the address."""
    slow = Fault(Match("POST", "/graphql"), "latency", times=None, delay=0.6)
    walk.server.sandbox.faults.add(slow)
    page = walk.page
    await walk.follow("nav >> text=Analyse", "/analyse")
    owner, _, name = REEF.partition("/")
    for field_, value in (("owner", owner), ("repository", name), ("token", TOKEN)):
        await page.fill(f"#{field_}", value)
    await page.select_option("#period", "all")
    await page.click("main button.main")
    await page.wait_for_selector("[data-phase]")
    await page.locator("[data-phase]", has_text="Reading ").wait_for()
    await page.wait_for_selector("text=Forget this analysis", timeout=PATIENCE)
    await walk.live()
    address = page.url.removeprefix(walk.server.url).partition("?")[0]
    await walk.follow("nav.tabs >> text=Data", f"{address}/data")
    await walk.follow("main >> text=Pull requests", f"{address}/data/pulls")
    lines = list(csv.DictReader(io.StringIO((await walk.file("CSV")).decode("utf-8-sig"))))
    reef = walk.server.sandbox.world.required(REEF)
    assert sorted(int(line["number"]) for line in lines) == sorted(one.number for one in reef.pulls())
    assert not walk.town.rows("SELECT * FROM repositories WHERE name = ?", name), "nothing of it is kept"
    walk.server.sandbox.faults.clear()
    return address


async def makes_a_token(walk: Walk) -> None:
    """Make a token on the account's page; a script reads with it what the pages say."""
    page = walk.page
    await walk.follow(f"nav >> text={MEMBER}", "/account")
    await page.fill("#name", "a script")
    for scope in ("read:data", "read:traffic"):
        await page.check(f"input[value='{scope}']")
    await page.click("main button.main")
    token: str = await page.locator("#secret").evaluate("each => (each.value ?? each.textContent).trim()")
    got = await told(walk, "/repositories/quartz-labs/lantern/metrics/pulls?period=90d", token)
    assert f"{counted(walk, days=90)} pull requests opened" in json.dumps(got)
    days = await told(walk, "/repositories/quartz-labs/lantern/traffic/days", token)
    assert days
    await page.reload()
    assert token not in await page.content()


async def told(walk: Walk, path: str, token: str, status: int = 200) -> Any:
    """Ask the data API as a script does."""
    headers = {"Authorization": f"Bearer {token}"}
    async with walk.server.session.get(f"{walk.server.url}/api/v1{path}", headers=headers) as got:
        assert got.status == status, (path, got.status, await got.text())
        return await got.json(content_type=None)


async def reaches_nothing(other: Walk, walk: Walk, more: list[str]) -> None:
    """Somebody of another installation asks for everything that was asked in the walk, and for what is private."""
    assert PIT in await other.page.inner_text("main")
    assert "quartz" not in await other.page.inner_text("main")
    asked = {path for path, method in walk.asked.items() if method == "GET" and path.startswith(("/r/", "/i/"))}
    asked |= {f"{VAULT}{tail}" for tail in ("", "/pulls.csv", "/traffic/chart/1.png", "/data/pulls.parquet")} | {*more}
    assert any("/chart/" in path and ".json" in path for path in asked)
    assert any("/data/pulls.csv" in path for path in asked)
    for path in sorted(asked):
        got = await other.page.request.get(other.server.url + path)
        assert (got.status, await got.text()) == (404, await absent(other, path)), path
    await other.go(BASE)
    assert NOT_THERE in await other.page.inner_text("main")
    for tail in (LANTERN, f"{STRONGROOM}/metrics/pulls", f"{LANTERN}/data/pulls", f"{LANTERN}/traffic/days"):
        got = await other.page.request.get(f"{other.server.url}/api/v1/repositories/{tail}")
        assert got.status == 404, tail
    listed = await other.page.request.get(f"{other.server.url}/api/v1/repositories")
    assert [one["full_name"] for one in (await listed.json())["items"]] == [PIT]


async def absent(other: Walk, path: str) -> str:
    """Return what is answered for what is not there at all."""
    where = "/analyse/" + "Z" * 43 if path.startswith("/analyse/") else "/r/nobody/nothing"
    return await (await other.page.request.get(other.server.url + where)).text()
