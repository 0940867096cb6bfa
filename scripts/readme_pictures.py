"""Make docs/images/answer-light.png and answer-dark.png: the demo's answer as a browser shows it.

Needs Chromium; run it with `.venv/bin/python scripts/readme_pictures.py [/path/to/chromium]`.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bot.commands.demo import configuration, free_port, greet, made, server, thread_of  # noqa: E402
from bot.inbox import PATH  # noqa: E402
from sandbox.clock import parse_iso  # noqa: E402
from sandbox.server import Sandbox  # noqa: E402

NOW = parse_iso("2026-11-22T08:00:00Z")
WIDTH = 900
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


async def main(chromium: str) -> None:
    """Ask the demo's first question and photograph the comment that answers it, light and dark."""
    world, keys = made(None, NOW)
    port = free_port()
    assert world.app is not None
    world.app.webhook_url = f"http://127.0.0.1:{port}{PATH}"
    with tempfile.TemporaryDirectory() as folder:
        async with (
            Sandbox(world) as sandbox,
            server(configuration(sandbox, keys, port, Path(folder)), port, quiet=True),
        ):
            name, number = thread_of(world)
            await greet(sandbox, name, number, f"http://127.0.0.1:{port}")
            await photograph(chromium, f"{sandbox.url}/{name}/issues/{number}")


async def photograph(chromium: str, url: str) -> None:
    """Save the last comment of the thread, as GitHub's readers see it, in both themes."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for theme in ("light", "dark"):
            context = await browser.new_context(
                color_scheme=theme,
                viewport={"width": WIDTH, "height": 800},
                device_scale_factor=2,
            )
            page = await context.new_page()
            await page.goto(url, wait_until="networkidle")
            target = ROOT / "docs" / "images" / f"answer-{theme}.png"
            await page.locator(".comment.by-bot:has(picture)").last.screenshot(path=str(target))
            print(target)  # noqa: T201 - a script says what it made
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "/usr/bin/chromium"))
