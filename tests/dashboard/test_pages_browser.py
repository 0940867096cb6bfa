"""The pages as a browser has them: charts become interactive, and everything works without scripts, too."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, async_playwright

from tests.dashboard.answering import BASE, Watched, watched_town
from tests.stories.conftest import OpenTown

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium in the search path")
PATIENCE = 30_000  # milliseconds


LINES = "new Set([...document.querySelectorAll('.tabs li')].map(each => each.offsetTop)).size"
REACH = "where => (each => each.scrollWidth - each.clientWidth)(document.querySelector(where))"
BREAKS = """() => {
  const name = [...document.querySelectorAll(".list th .whole")].find(each => /lantern/.test(each.textContent));
  const ends = [...name.childNodes].filter(each => each.nodeType === Node.TEXT_NODE);
  return ends.map(each => {
    const all = document.createRange();
    all.selectNodeContents(each);
    return [each.textContent, all.getClientRects().length];
  });
}"""
"""The parts of a repository's name, and on how many lines each stands."""


@pytest.fixture
async def lively(folder: Path, town_of: OpenTown) -> AsyncIterator[Watched]:
    """A town whose charts are drawn by the browser."""
    del town_of  # it puts the pool in place
    async with watched_town(folder) as opened:
        yield opened


async def signed_in(context: BrowserContext, watched: Watched) -> None:
    url = watched.town.url
    await context.add_cookies(
        [{"name": name, "value": value, "url": url} for name, value in watched.member.cookies.items()]
    )


async def test_a_person_looks_compares_and_finds_the_numbers(lively: Watched) -> None:
    """With scripts the chart can be pointed at; the console has nothing to complain of, no other host is asked."""
    await lively.read("/analytics pulls 1y")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = await browser.new_context(viewport={"width": 1280, "height": 900})
        await signed_in(context, lively)
        page = await context.new_page()
        complaints: list[str] = []
        hosts: set[str] = set()
        page.on("console", lambda said: complaints.append(said.text))
        page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
        await page.goto(f"{lively.town.url}/")
        await page.click("text=quartz-labs/lantern")
        # none of the tabs stands alone on a second line, and none has to be looked for
        assert await page.evaluate(LINES) == 1
        assert await page.evaluate(REACH, ".tabs") <= 0
        await page.click("nav.tabs >> text=Pull requests")
        await page.click("text=90 days")
        assert page.url == f"{lively.town.url}{BASE}/pulls?period=90d"
        # the library is put together behind the first page; until then the picture stands
        for _ in range(60):
            if await page.query_selector("script[data-chart-library]"):
                break
            await page.wait_for_timeout(500)
            await page.reload()
        await page.wait_for_selector("figure.chart .chart-canvas svg", timeout=PATIENCE)
        await page.click("text=A year before")
        assert page.url == f"{lively.town.url}{BASE}/pulls?period=90d&vs=year"
        assert "a year before" in await page.inner_text("#comparison")
        assert complaints == []
        assert hosts == {lively.town.url.split("/")[2]}
        await browser.close()


async def test_without_scripts_the_form_asks_and_the_pictures_stand(watched: Watched) -> None:
    """On a phone: nothing is wider than the page."""
    await watched.read("/analytics pulls 1y")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = await browser.new_context(viewport={"width": 320, "height": 700}, java_script_enabled=False)
        await signed_in(context, watched)
        page = await context.new_page()
        await page.goto(f"{watched.town.url}{BASE}/pulls")
        await page.click("summary >> text=Another period")
        await page.fill("#ask-period", "yesterweek")
        await page.click("button.main")
        assert await page.input_value("#ask-period") == "yesterweek"
        await page.fill("#ask-period", "90d")
        await page.click("button.main")
        assert page.url == f"{watched.town.url}{BASE}/pulls?period=90d"
        picture = await page.wait_for_selector("figure.chart img")
        assert picture is not None
        box = await picture.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 320
        table = await (await page.wait_for_selector("main")).bounding_box()  # type: ignore[union-attr]
        assert table is not None
        assert table["width"] <= 320
        # what scrolls says so, and the list of repositories does not have to
        assert await page.evaluate(REACH, ".tabs") > 0
        assert "local" in await page.evaluate("getComputedStyle(document.querySelector('.tabs')).backgroundAttachment")
        await page.set_viewport_size({"width": 390, "height": 700})
        await page.goto(f"{watched.town.url}/")
        assert await page.evaluate(REACH, ".frame") <= 0
        assert await page.evaluate(BREAKS) == [["quartz-labs/", 1], ["lantern", 1]]
        await browser.close()
