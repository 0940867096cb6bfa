"""Debian's Chromium before the dashboard: what it complains of, whom it asks, how a page looks, and axe's judgement."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, BrowserContext, Page, Response, async_playwright

from tests.dashboard import from_npm

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SHOTS = os.environ.get("ALMANAC_SCREENSHOTS")
AXE = Path(__file__).parent / "axe"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
WIDTHS = {"desktop": 1280, "phone": 390}
# from one to the next only one thing changes, so that charts are drawn anew once
EVERY_LOOK: tuple[tuple[str, Literal["light", "dark"]], ...] = (
    ("desktop", "light"), ("desktop", "dark"), ("phone", "dark"), ("phone", "light"),
)  # fmt: skip
# each width and each scheme once, so that the suite stays short; whoever wants pictures has all four
LOOKS = EVERY_LOOK if SHOTS else EVERY_LOOK[::2]
NARROWEST = 320
PATIENCE = 30_000  # milliseconds
RUN = """async tags => {
  const found = await axe.run(document, {runOnly: tags, resultTypes: ["violations"]});
  return found.violations.map(each => `${each.id}: ${each.nodes.slice(0, 3).map(node => node.html).join(" ")}`);
}"""
WIDER = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= innerWidth) return [];
  return [...document.querySelectorAll("body *")].filter(each => each.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 5).map(each => each.outerHTML.slice(0, 120));
}"""


@cache
def axe() -> str | None:
    """Return axe's script; None where there is no Node or no package index to be reached."""
    folder = from_npm.installed(AXE, "axe-core")
    return None if folder is None else (folder / "node_modules" / "axe-core" / "axe.min.js").read_text()


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start the browser."""
    async with async_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Noted:
    """What a browser has said and asked while somebody looked around."""

    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def watch(self, page: Page) -> Page:
        """Note everything of a page: its console, errors of its scripts (a refusal by the policy is said there)."""
        page.on("console", lambda said: self.complaints.append(f"{page.url}: {said.text}"))
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))
        return page


@dataclass
class Looked:
    """What was found about pages. problems: by page's name · weights: bytes before the chart library."""

    problems: dict[str, list[str]] = field(default_factory=dict)
    weights: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, found: list[str]) -> None:
        if found:
            self.problems.setdefault(name, []).extend(found)


async def opened(context: BrowserContext, noted: Noted, looked: Looked, name: str, url: str, status: int) -> Page:
    """Open a page whose parts the browser has not kept, and weigh it."""
    page = noted.watch(await context.new_page())
    session = await context.new_cdp_session(page)
    await session.send("Network.enable")
    await session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))  # noqa: PLW0108 - it marks what it is given
    await page.set_viewport_size({"width": WIDTHS["desktop"], "height": 900})
    answered = await page.goto(url)
    assert answered is not None
    if answered.status != status:
        looked.add(name, [f"status {answered.status}: {(await answered.text())[:500]}"])
    looked.weights[name] = await weight(responses)
    return page


async def weight(responses: list[Response]) -> int:
    """Return how many bytes of HTML, CSS and scripts came over the wire, the chart library not among them."""
    total = 0
    for one in list(responses):
        if one.request.resource_type in ("document", "stylesheet", "script") and "/static/vega-" not in one.url:
            sizes = await one.request.sizes()
            total += sizes["responseBodySize"]
    return total


async def judged(page: Page, looked: Looked, name: str) -> None:
    """Judge a page that is open, and with ALMANAC_SCREENSHOTS keep what it looks like."""
    await drawn(page)
    script = axe()
    assert script is not None
    await page.evaluate(script)
    for size, scheme in LOOKS:
        await page.set_viewport_size({"width": WIDTHS[size], "height": 900})
        await page.emulate_media(color_scheme=scheme)
        await drawn(page)
        looked.add(f"{name}, {size}, {scheme}", await page.evaluate(RUN, list(TAGS)))
        if SHOTS:
            await page.screenshot(path=f"{SHOTS}/{name}-{size}-{scheme}.png", full_page=True)
    await page.set_viewport_size({"width": NARROWEST, "height": 700})
    await drawn(page)
    wider: list[Any] = await page.evaluate(WIDER)
    looked.add(f"{name}, {NARROWEST} pixels wide", [f"is wider: {one}" for one in wider])
    if SHOTS:
        await page.screenshot(path=f"{SHOTS}/{name}-narrow.png", full_page=True)


async def drawn(page: Page) -> None:
    """Return once the charts in the window are drawn, where they are drawn by the browser."""
    if await page.locator("script[data-chart-library]").count():
        await page.wait_for_selector("figure.chart[data-live]", timeout=PATIENCE)
        await page.wait_for_timeout(120)  # a new width is taken after a pause, a new scheme at once
