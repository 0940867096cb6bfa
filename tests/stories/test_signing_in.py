"""The whole server lets people sign in and out, and carries nothing of it before the first of them comes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dashboard import csrf
from dashboard.sessions import COOKIE
from tests.dashboard.people import Browser
from tests.stories.town import MEMBER, ROOT, listener, people_and_github, serving

UNUSED = ("authlib", "cryptography", "dashboard.front", "dashboard.login", "jinja2", "storage.schema_access")


def test_an_idle_server_carries_nothing_of_the_dashboard() -> None:
    code = f"import sys, bot.app, bot.serving; print([name for name in {UNUSED} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.usefixtures("town_of")  # the pool that all stories share
async def test_a_member_signs_in_at_the_whole_server_and_out_again(folder: Path) -> None:
    with listener() as listening:
        async with people_and_github(folder, listening.getsockname()[1]) as town:
            told = {"GITHUB_CLIENT_ID": town.keys.client_id, "GITHUB_CLIENT_SECRET": town.keys.client_secret}
            async with serving(town, listening, folder, **told):
                browser = Browser(town.session, town.url)
                seen = await browser.sign_in(MEMBER, "/readyz")
                assert seen.location == "/readyz"
                assert (await browser.get("/login")).status == 303
                token = csrf.token(browser.cookies[COOKIE])
                assert (await browser.post("/logout", {"csrf": token})).location == "/login"
                assert (await browser.get("/login")).status == 200
