"""Every page in Chromium, judged by axe: WCAG 2.2 AA, light and dark, desktop and phone, and 320 pixels wide.

With ALMANAC_SCREENSHOTS=folder each look at a page is kept there as a picture.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import BrowserContext

from tests.dashboard.answering import BASE
from tests.dashboard.full_town import FullTown, full_town
from tests.dashboard.in_chromium import CHROMIUM, Looked, Noted, axe, chromium, judged, opened
from tests.stories.setting_up import unset

LIGHT = 100_000  # bytes of HTML, CSS and scripts that a first view may cost, before the chart library
# Chromium notes the status of a page that is asked for wrongly
EXPECTED = tuple(f"the server responded with a status of {status}" for status in (403, 404, 422))

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium in the search path"),
    pytest.mark.usefixtures("town_of"),  # the pool that all stories share
]


@pytest.fixture(autouse=True)
def _judge() -> None:
    # asked for when a test runs, not when tests are counted: every process must count the same ones
    if axe() is None:
        pytest.skip("no axe: no npm, or no package index to be reached")


@pytest.mark.timeout(300)
async def test_every_page_is_light_quiet_and_without_a_violation(folder: Path) -> None:
    """Whoever may see everything goes from page to page, and sees some while what they tell of is still under way."""
    noted, looked = Noted(), Looked()
    async with full_town(folder) as full, chromium() as browser:
        context = await browser.new_context()
        await let_in(context, full)
        await library_made(context, full)

        async def look(name: str, address: str, status: int = 200) -> None:
            page = await opened(context, noted, looked, name, full.town.url + address, status)
            await judged(page, looked, name)
            await page.close()

        for name, address in full.pages.items():
            await look(name, address)
        await look("repository-wrong", f"{BASE}/pulls?period=yesterweek", 422)
        await look("problem", "/r/quartz-labs/nothing", 404)
        # what is longest is weighed only
        await (
            await opened(context, noted, looked, "data, a whole page", f"{full.town.url}{BASE}/data/pulls", 200)
        ).close()

        with full.slow("/repos/*/traffic/*"):
            run = await full.collect()
            await look("collect-under-way", run)
        await full.says(run, "It is done")
        await look("collect", run)
        with full.slow("/graphql"):
            analysis = await full.analyse()
            await look("analyse-under-way", analysis)
        await full.says(analysis, "Forget this analysis")
        await look("analyse", analysis)
        await look("analyse-data", f"{analysis}/data")
        await look("analyse-preview", f"{analysis}/data/releases")

        nobody = await browser.new_context()
        await judged(await opened(nobody, noted, looked, "sign-in", f"{full.town.url}/login", 200), looked, "sign-in")
        check(looked, noted, full.town.url)


async def test_the_pages_of_the_set_up_are_so_too(tmp_path: Path) -> None:
    noted, looked = Noted(), Looked()
    async with unset(tmp_path) as server, chromium() as browser:
        context = await browser.new_context()
        page = await opened(context, noted, looked, "setup-1-code", f"{server.url}/setup", 200)
        await judged(page, looked, "setup-1-code")
        await page.fill("#code", "k7mn-2xqp-9rtd")
        await page.click("button")
        await judged(page, looked, "setup-1-wrong")
        await page.fill("#code", server.code)
        await page.click("button")
        await judged(page, looked, "setup-2-choose")
        await page.check("input[value=person]")
        await page.click("button")
        await judged(page, looked, "setup-3-review")
        await page.click("button")
        await page.wait_for_selector("h1:has-text('Create GitHub App')")
        await page.click("button")
        await page.wait_for_selector("h1:has-text('Registered')")
        await judged(page, looked, "setup-4-checks")
        await page.click("button")
        await judged(page, looked, "setup-5-finished")
        noted.hosts.remove(server.sandbox.url.split("/")[2])  # GitHub's own page is one of the steps
        check(looked, noted, server.url)


def check(looked: Looked, noted: Noted, url: str) -> None:
    """Check that nothing was found, said or asked that should not be."""
    assert looked.problems == {}
    assert {name: size for name, size in looked.weights.items() if not 0 < size < LIGHT} == {}
    assert [said for said in noted.complaints if not any(each in said for each in EXPECTED)] == []
    assert noted.hosts == {url.split("/")[2]}


async def let_in(context: BrowserContext, full: FullTown) -> None:
    cookies = full.member.cookies.items()
    await context.add_cookies([{"name": name, "value": value, "url": full.town.url} for name, value in cookies])


async def library_made(context: BrowserContext, full: FullTown) -> None:
    """Return once the library for charts is put together, which the first page with a chart begins."""
    page = await context.new_page()
    await page.goto(full.town.url + full.pages["repository"])
    for _ in range(60):
        if await page.locator("script[data-chart-library]").count():
            break
        await page.wait_for_timeout(300)
        await page.reload()
    await page.close()
