"""The page in a real browser: light and dark, narrow and wide, and news that arrive by themselves."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO

import pytest
import pytest_asyncio
from aiohttp import web
from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from sandbox.world import World
from tests.sandbox.page_world import serving, small_world

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
COLOURS = {"light": (255, 255, 255), "dark": (13, 17, 23)}
THREAD = "/quartz-labs/lantern/issues/1"

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium in the search path"),
    pytest.mark.asyncio(loop_scope="module"),  # one browser for all of them
]


@pytest.fixture
def world() -> World:
    return small_world()


@pytest_asyncio.fixture(loop_scope="module")
async def address(world: World) -> AsyncIterator[str]:
    async def picture(request: web.Request) -> web.Response:
        stored = BytesIO()
        Image.new("RGB", (1480, 600), COLOURS[request.match_info["theme"]]).save(stored, "PNG")
        return web.Response(body=stored.getvalue(), content_type="image/png")

    app = web.Application()
    app.router.add_get("/pictures/{theme}.png", picture)
    async with serving(world, app) as server:
        yield str(server.make_url("")).rstrip("/")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="module")
async def browser(chromium: Browser) -> AsyncIterator[Browser]:
    yield chromium
    for context in chromium.contexts:
        await context.close()


async def opened(browser: Browser, address: str, **options: object) -> Page:
    context = await browser.new_context(**options)  # type: ignore[arg-type]
    page = await context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"the page's script failed: {error}"))
    await page.goto(address)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
async def test_every_page_fits_the_screen_and_the_picture_follows_the_scheme(
    browser: Browser, address: str, scheme: str, width: int
) -> None:
    page = await opened(browser, address + THREAD, color_scheme=scheme, viewport={"width": width, "height": 900})
    assert await page.evaluate("document.querySelector('picture img').currentSrc") == f"{address}/pictures/{scheme}.png"
    background = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == f"rgb{COLOURS[scheme]}"
    for path in (THREAD, "/quartz-labs/lantern/pull/2", "/quartz-labs/lantern/issues", "/"):
        await page.goto(address + path)
        assert await page.evaluate("document.documentElement.scrollWidth") == width


async def test_a_person_types_a_comment_and_sees_it(browser: Browser, address: str, world: World) -> None:
    page = await opened(browser, address + THREAD)
    await page.select_option("#login", "mica-lynx")
    assert await page.input_value(".write textarea") == "/analytics"
    await page.click(".write button")
    await page.wait_for_selector("article:has-text('mica-lynx') .markdown:has-text('/analytics')")
    assert world.thread("quartz-labs/lantern", 1).comments[-1].body == "/analytics"
    assert await page.input_value("#login") == "mica-lynx"


async def test_an_answer_arrives_without_reloading_and_opened_details_stay_open(
    browser: Browser, address: str, world: World
) -> None:
    page = await opened(browser, address + THREAD)
    await page.evaluate("window.untouched = true")
    await page.click("summary:has-text('Numbers')")
    thread = world.thread("quartz-labs/lantern", 1)
    answer = world.add_comment(thread, world.account("almanac[bot]"), "Reading 412 pull requests …", via_app=True)
    await page.wait_for_selector(f"#issuecomment-{answer.id}:has-text('Reading')")
    world.clock.advance(timedelta(minutes=3))
    world.edit_comment(answer, "**Done.**")
    world.react(thread.comments[0], world.account("almanac[bot]"), "eyes")
    await page.wait_for_selector(f"#issuecomment-{answer.id} strong:has-text('Done.')")
    await page.wait_for_selector(".reactions img[alt='👀']")
    await page.wait_for_selector("time:has-text('3 minutes ago')")
    assert await page.evaluate("document.querySelector('article details:not(.edit)').open")
    assert await page.evaluate("window.untouched")
    world.delete_comment(answer)
    await page.wait_for_selector(f"#issuecomment-{answer.id}", state="detached")


async def test_a_half_written_edit_is_not_taken_away(browser: Browser, address: str, world: World) -> None:
    page = await opened(browser, address + THREAD)
    comment = world.thread("quartz-labs/lantern", 1).comments[0]
    own = page.locator(f"#issuecomment-{comment.id}")
    await own.locator("summary").click()
    await own.locator("textarea").fill("/analytics pul")
    world.react(comment, world.account("almanac[bot]"), "eyes")
    world.add_comment(comment.thread, world.account("almanac[bot]"), "News")
    await page.wait_for_selector("article:has-text('News')")
    assert await own.locator("textarea").input_value() == "/analytics pul"


async def test_without_javascript_the_page_works_by_reloading(browser: Browser, address: str, world: World) -> None:
    page = await opened(browser, address + THREAD, java_script_enabled=False)
    await page.click(".write button")
    await page.wait_for_load_state()
    assert world.thread("quartz-labs/lantern", 1).comments[-1].body == "/analytics"
    assert await page.locator("article").count() == 4
