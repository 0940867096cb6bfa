"""From a server with nothing to an installed App that answers, in a real browser, without JavaScript."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from sandbox.faults import Fault, Match
from tests.stories.setting_up import Unset, unset

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SHOTS = os.environ.get("ALMANAC_SCREENSHOTS")
SIZES = {"phone": 390, "desktop": 1280}

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium in the search path")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        await browser.close()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Unset]:
    async with unset(tmp_path) as server:
        yield server


async def opened(browser: Browser) -> Page:
    """Open a page without JavaScript that fails the test on whatever the browser refuses or misses."""
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    page.on("console", lambda said: pytest.fail(f"{said.type}: {said.text}") if "Policy" in said.text else None)
    return page


async def looked_at(page: Page, name: str) -> None:
    """See that the page fits a phone and a wide screen; with ALMANAC_SCREENSHOTS keep what it looks like."""
    for size, width in SIZES.items():
        await page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            if SHOTS:
                await page.screenshot(path=f"{SHOTS}/{name}-{size}-{scheme}.png", full_page=True)
        for box in [await page.locator("main").bounding_box(), await page.locator("h1").bounding_box()]:
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width


async def enter(page: Page, server: Unset) -> None:
    """Type the code."""
    await page.goto(f"{server.url}/setup")
    await page.fill("#code", server.code)
    await page.click("button")
    await page.wait_for_selector("h1:has-text('Whose App')")


async def test_a_person_sets_the_server_up_and_gets_an_answer(browser: Browser, server: Unset) -> None:
    """Code, choice, GitHub's own page, checks, installation, `/analytics`."""
    assert await server.status("/readyz") == 503
    assert server.has_loaded("markupsafe"), "what makes the pages"
    page = await opened(browser)
    await page.goto(f"{server.url}/setup")
    await looked_at(page, "1-code")
    await page.fill("#code", "k7mn-2xqp-9rtd")
    await page.click("button")
    assert "That is not the code" in await page.inner_text(".wrong")
    await looked_at(page, "1-code-wrong")
    await enter(page, server)
    assert await page.locator(".steps .ok").count() == 2
    await looked_at(page, "2-choose")

    await page.fill("#name", "Quartz numbers")
    await page.click("button")
    assert "as it stands in its address" in await page.inner_text(".wrong"), "no organisation was named"
    assert await page.input_value("#name") == "Quartz numbers"
    await page.fill("#organisation", "quartz-labs")
    await page.uncheck("input[value=traffic]")
    await page.check("input[value=ci-share]")
    await page.click("button")
    await page.wait_for_selector("h1:has-text('Register it at GitHub')")
    await looked_at(page, "3-review")
    await page.click("button")

    await page.wait_for_selector("h1:has-text('Create GitHub App for quartz-labs')")
    assert page.url.startswith(f"{server.sandbox.url}/organizations/quartz-labs/settings/apps/new?state=")
    assert await page.input_value("#name") == "Quartz numbers"
    await page.click("button")

    await page.wait_for_selector("h1:has-text('Registered')")
    assert page.url == f"{server.url}/setup/checks", "neither code nor state stays in the address bar"
    assert await page.locator(".steps .ok").count() == await page.locator(".steps li").count() == 5
    await looked_at(page, "4-checks")
    registration = server.sandbox.world.app
    assert registration is not None
    assert registration.permissions == {
        "metadata": "read", "issues": "write", "pull_requests": "write", "contents": "read", "actions": "read",
        "members": "read",
    }  # fmt: skip
    assert "release" in registration.events
    assert stat.S_IMODE(server.credentials.stat().st_mode) == 0o600
    assert [one.name for one in server.credentials.parent.iterdir()] == ["github-app.json"], "and no draft of it"

    await page.click("button")
    await page.wait_for_selector("h1:has-text('Almanac starts')")
    await looked_at(page, "5-finished")
    await server.ready()
    assert await server.status("/setup") == 404
    assert await server.status("/setup/checks") == 404
    assert not server.has_loaded("markupsafe"), "a server that is set up carries nothing of the set-up"

    await page.click("text=Install the App")
    await page.wait_for_selector("h1:has-text('Install Quartz numbers')")
    await page.click("button")
    town = server.town()
    await town.settled()
    assert server.sandbox.deliveries[-1].status_code == 202
    said = await town.say("/analytics pulls 90d")
    (answer,) = [one for one in server.sandbox.comments(said.repository, said.number) if one["user"]["type"] == "Bot"]
    assert "pull requests" in answer["body"]

    status, said_of_it = await server.run("doctor")
    assert status == 0, said_of_it
    assert "Traffic was left out" in said_of_it
    assert "fail " not in said_of_it
    assert "warn " not in said_of_it

    secrets = (registration.webhook_secret, registration.client_secret, "PRIVATE KEY")
    assert not any(secret in server.log for secret in secrets)


async def test_a_second_start_goes_by_what_was_stored_and_has_no_setup(browser: Browser, tmp_path: Path) -> None:
    """Killed between storing and the last click, the server is the App when it comes back."""
    async with unset(tmp_path) as server:
        page = await opened(browser)
        await enter(page, server)
        await page.check("input[value=person]")
        await page.click("button")
        await page.click("button")
        conversions = Match("POST", "/app-manifests/*/conversions")
        outage = server.sandbox.faults.add(Fault(conversions, "drop", times=None))
        await page.click("button")
        await page.wait_for_selector("h1:has-text('That did not work')")
        assert "GitHub has not given out the keys" in await page.inner_text(".wrong")
        await looked_at(page, "3-problem")
        server.sandbox.faults.clear()
        assert outage.hit
        await page.click("button")
        await page.wait_for_selector("h1:has-text('Registered')")
        await server.kill()
        stored = server.credentials.read_bytes()

        await server.start()
        await server.ready()
        assert await server.status("/setup") == 404
        assert server.credentials.read_bytes() == stored
        registration = server.sandbox.world.app
        assert registration is not None
        assert registration.owner.login == "visitor"


async def test_without_an_address_nothing_can_be_registered(browser: Browser, tmp_path: Path) -> None:
    """The page says which variable is missing; the button waits for it."""
    async with unset(tmp_path, PUBLIC_URL="") as server:
        page = await opened(browser)
        await enter(page, server)
        assert "PUBLIC_URL is not set" in await page.inner_text(".steps .fail")
        assert await page.is_disabled("button")
        await looked_at(page, "2-choose-failing")
