"""Interactive charts in Chromium, under a policy that lets no text become code or style."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page

from analytics.charts.canvas import render
from analytics.charts.chart import Chart
from dashboard.chart_script import PATH, ChartScript
from dashboard.static_files import TYPES, file
from tests.analytics.charts.number_samples import NUMBERS
from tests.analytics.charts.samples import CHARTS, LOGINS
from tests.analytics.charts.traffic_samples import TRAFFIC
from tests.dashboard.in_chromium import CHROMIUM, chromium

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
EVERY: dict[str, Chart] = {**CHARTS, **NUMBERS, **TRAFFIC}
KINDS = ("days", "weeks", "bars", "lines with a gap", "histogram", "survival", "unusual pairs", "dots", "slope")
MORE = ("ranks of a month", "rhythm", "ranked", "multiples of a day", "panels", "no bars", "many lines")
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Charts</title>
<link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/almanac.css"><link rel="stylesheet" href="/static/charts.css">
<script type="module" src="/static/charts.js" data-chart-library="{library}"
 data-chart-themes="/static/chart_themes.js"></script></head><body><main>{figures}</main></body></html>"""
FIGURE = """<figure class="chart" data-spec="/spec/{name}" data-table="numbers">
<img alt="" width="740" height="370" src="/picture/{name}"></figure>
<table id="numbers"><tr><td>The numbers.</td></tr></table>"""
VIOLATIONS = """addEventListener("securitypolicyviolation", event => {
  (window.violations ??= []).push(event.violatedDirective + " " + event.blockedURI);
});"""

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium in the search path"),
    pytest.mark.asyncio(loop_scope="module"),  # one browser for all of them
]


@dataclass
class Here:
    """A browser's page and the server that it looks at."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    async def open(self, *names: str, library: str = "") -> None:
        await self.page.goto(f"{self.address}/?names={','.join(names)}&library={library}")

    async def live(self, name: str) -> str:
        """Open one chart, wait until it is drawn, and return what the page says of it."""
        await self.open(name)
        await self.page.wait_for_selector("figure[data-live]")
        return await self.page.get_attribute("figure", "data-live") or ""

    async def pressed(self, *keys: str) -> str:
        """Press keys on the chart and return what is said."""
        await self.page.focus(".chart-plot")
        for key in keys:
            await self.page.keyboard.press(key)
        return await self.page.inner_text(".chart-said")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def application(script: ChartScript) -> web.Application:
    async def index(request: web.Request) -> web.Response:
        figures = "".join(FIGURE.format(name=name) for name in request.query["names"].split(","))
        library = request.query["library"] or await script.make() or ""
        html = PAGE.format(library=library, figures=figures)
        return web.Response(text=html, content_type="text/html", headers={"Content-Security-Policy": POLICY})

    async def static(request: web.Request) -> web.Response:
        found = file(request.match_info["file"])
        if found is None:
            raise web.HTTPNotFound
        media_type = TYPES[Path(request.match_info["file"]).suffix]
        return web.Response(body=found.data, content_type=media_type, charset="utf-8")

    async def spec(request: web.Request) -> web.Response:
        return web.json_response(EVERY[request.match_info["name"]].spec())

    async def picture(request: web.Request) -> web.Response:
        return web.Response(body=render(EVERY[request.match_info["name"]], "light"), content_type="image/png")

    app = web.Application()
    app.router.add_get("/", index)
    app.router.add_get(PATH, script.serve)
    app.router.add_get("/static/{file}", static)
    app.router.add_get("/spec/{name}", spec)
    app.router.add_get("/picture/{name}", picture)
    return app


Enter = Callable[..., Awaitable[Here]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def enter(folder: Path, browser: Browser) -> AsyncIterator[Enter]:
    pages: list[Page] = []
    async with TestServer(application(ChartScript(folder))) as server:

        async def entered(*, width: int = 1200, scripts: bool = True, dark: bool = False, finger: bool = False) -> Here:
            page = await browser.new_page(
                viewport={"width": width, "height": 900},
                java_script_enabled=scripts,
                color_scheme="dark" if dark else "light",
                has_touch=finger,
                is_mobile=finger,
            )
            pages.append(page)
            here = Here(page, str(server.make_url("/")).rstrip("/"))
            page.on("console", lambda said: here.complaints.append(said.text))
            page.on("pageerror", lambda error: here.complaints.append(str(error)))
            page.on("request", lambda request: here.requests.append(request.url))
            await page.add_init_script(VIOLATIONS)
            return here

        yield entered
        for page in pages:
            await page.close()


@pytest_asyncio.fixture(loop_scope="module")
async def here(enter: Enter) -> Here:
    return await enter()


@pytest.mark.parametrize(("width", "dark"), [(1200, False), (390, True)])
async def test_each_kind_is_drawn_without_a_complaint(enter: Enter, width: int, dark: bool) -> None:
    here = await enter(width=width, dark=dark)
    for name in (*KINDS, *MORE):
        assert await here.live(name) == "yes", name
        assert await here.page.is_hidden("figure > img"), name
        assert await here.page.evaluate("document.querySelectorAll('.chart-canvas svg path, svg text').length") > 0
        assert await here.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert await here.page.evaluate("window.violations ?? []") == [], name
    assert here.complaints == []
    assert {url.removeprefix(here.address)[:1] for url in here.requests if not url.startswith("data:")} == {"/"}


async def test_a_value_is_said_where_it_is_pointed_at(here: Here) -> None:
    await here.live("14 days")
    await here.page.locator("[class*=strip] path").nth(3).hover()
    tooltip = await here.page.text_content("#chart-tooltip.visible")
    assert tooltip == "5 Mar 2026\nviews 11,411\nuniques 3,804"


async def test_keys_go_through_the_values_and_each_is_said(here: Here) -> None:
    await here.live("14 days")
    assert await here.pressed("ArrowRight") == "2 Mar 2026, views 0, uniques 0"
    assert (await here.pressed("ArrowRight")).startswith("3 Mar 2026, ")
    assert await here.page.is_visible("#chart-tooltip.visible")
    assert (await here.pressed("End")).startswith("15 Mar 2026, ")
    assert (await here.pressed("ArrowLeft")).startswith("14 Mar 2026, ")
    assert (await here.pressed("Home")).startswith("2 Mar 2026, ")
    await here.pressed("Escape")
    assert not await here.page.is_visible("#chart-tooltip.visible")


async def test_keys_go_through_rows_and_cells(here: Here) -> None:
    await here.live("dots")
    assert (await here.pressed("ArrowDown")).startswith("quartz-labs/lynx-0, ")
    assert (await here.pressed("ArrowDown")).startswith("quartz-labs/lynx-1, ")
    await here.live("unusual pairs")
    assert await here.pressed("ArrowRight") == "quartz-otter and quartz-heron, 24, more than expected"
    assert await here.pressed("ArrowRight") == "quartz-otter and quartz-lynx, 13"
    assert (await here.pressed("ArrowDown")).startswith("quartz-heron and quartz-lynx")


async def test_the_time_axis_can_be_zoomed_by_keys(here: Here) -> None:
    await here.live("400 days")
    whole = await here.page.inner_text(".chart-canvas")
    await here.pressed("+", "+", "+")
    await here.page.wait_for_function(
        "before => document.querySelector('.chart-canvas').innerText !== before", arg=whole
    )
    await here.pressed("0")
    await here.page.wait_for_function(
        "before => document.querySelector('.chart-canvas').innerText === before", arg=whole
    )


WORDS = "[...document.querySelectorAll('.chart-canvas svg text')].map(each => each.textContent).sort().join(' ')"


async def test_buttons_zoom_for_whoever_has_no_keys(here: Here) -> None:
    for name in ("400 days", "panels"):
        await here.live(name)
        whole = await here.page.evaluate(WORDS)
        for button, same in (("Zoom in", "!=="), ("Zoom in", "!=="), ("All", "===")):
            await here.page.get_by_role("button", name=button).click()
            await here.page.wait_for_function(f"before => ({WORDS}) {same} before", arg=whole)
    await here.live("rhythm")
    assert await here.page.get_by_role("button").count() == 0


async def test_a_tap_says_the_value_that_is_nearest(enter: Enter) -> None:
    here = await enter(width=390, finger=True)
    await here.live("14 days")
    await here.page.locator("[class*=strip] path").nth(3).tap()
    assert await here.page.text_content("#chart-tooltip.visible") == "5 Mar 2026\nviews 11,411\nuniques 3,804"
    assert await here.page.inner_text(".chart-said") == "5 Mar 2026, views 11,411, uniques 3,804"
    box = await here.page.locator(".chart-plot").bounding_box()
    assert box is not None
    await here.page.touchscreen.tap(box["x"] + box["width"] - 3, box["y"] + 30)  # beside the last column
    assert (await here.page.inner_text("#chart-tooltip.visible")).startswith("15 Mar 2026")
    await here.page.touchscreen.tap(200, 800)
    assert not await here.page.is_visible("#chart-tooltip.visible")
    assert await here.page.is_visible("text=Tap a value to read it. Drag to move.")
    await here.page.get_by_role("button", name="Zoom in").tap()
    await here.page.wait_for_function("!document.querySelector('.chart-canvas').innerText.includes('15 Mar')")
    await here.live("heatmap")  # a name that is cut says all of itself
    assert LOGINS[0] in await here.page.locator(".chart-canvas title").all_text_contents()
    await here.page.set_viewport_size({"width": 1200, "height": 900})  # where there is room for it
    await here.page.wait_for_selector(".chart-canvas title", state="detached")


async def test_a_screen_reader_gets_the_words_and_the_table(here: Here) -> None:
    await here.live("bars")
    plot = here.page.locator(".chart-plot")
    assert await plot.get_attribute("aria-label") == EVERY["bars"].alt
    described = (await plot.get_attribute("aria-describedby") or "").split()
    assert "numbers" in described
    for name in described:
        assert await here.page.locator(f"#{name}").count() >= 1


async def test_the_theme_follows_the_page(here: Here) -> None:
    await here.live("rhythm")
    light = await here.page.evaluate(COLOURS)
    await here.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    await here.page.wait_for_function(f"before => ({COLOURS}) !== before", arg=light)
    assert "#58a6ff" in await here.page.evaluate(COLOURS)
    assert "#0969da" in light


COLOURS = "[...document.querySelectorAll('.chart-canvas svg path')].map(each => each.getAttribute('fill')).join(' ')"


async def test_without_scripts_or_without_the_library_the_picture_stays(enter: Enter) -> None:
    silent = await enter(scripts=False)
    await silent.open("bars")
    assert await silent.page.is_visible("figure > img")
    here = await enter()
    await here.open("bars", library="/static/vega-0000000000000000.js")
    await here.page.wait_for_selector("figure[data-live=no]")
    assert await here.page.is_visible("figure > img")
    assert await here.page.locator(".chart-live").count() == 0


async def test_nothing_is_loaded_for_a_chart_that_is_far_below(here: Here) -> None:
    await here.open("survival of thousands", *["bars"] * 12)
    await here.page.wait_for_selector("figure[data-live=yes]")
    assert await here.page.locator("figure[data-live]").count() < 13
    await here.page.locator("figure").last.scroll_into_view_if_needed()
    await here.page.wait_for_selector("figure:last-of-type[data-live=yes]")
