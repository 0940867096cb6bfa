"""A town whose dashboard can be looked at: real data, real answers, and people who sign in with a browser."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.dashboard.people import Browser, Seen
from tests.stories.town import LANTERN, MEMBER, Town, listener, people_and_github, serving
from tests.stories.visits import captured

READER = "even-handed-heron"  # reads the public repository, and may not push
BASE = f"/r/{LANTERN}"
TAG = re.compile(r"<[^>]+>")
LINK = re.compile(r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)


@dataclass
class Watched:
    """A town with somebody who looks at its dashboard. member: may push everywhere."""

    town: Town
    member: Browser

    async def reader(self) -> Browser:
        """Sign in somebody who may read `LANTERN` alone, and push nowhere."""
        self.town.world.permit(LANTERN, READER, "read")
        return await self.signed_in(READER)

    async def signed_in(self, login: str) -> Browser:
        browser = Browser(self.town.session, self.town.url)
        await browser.sign_in(login, "/")
        return browser

    async def data(self, browser: Browser, path: str) -> bytes:
        """Return a file's bytes."""
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        async with self.town.session.get(self.town.url + path, headers={"Cookie": cookie}) as response:
            assert response.status == 200, (path, response.status, await response.text())
            return await response.read()

    async def read(self, words: str = "/analytics overview 90d") -> str:
        """Have the member ask in a thread, by which everything that the words need is read; return the comment."""
        return self.town.answer_to(await self.town.say(words))


@asynccontextmanager
async def watched_town(folder: Path, *, traffic: bool = True) -> AsyncIterator[Watched]:
    """Open a town at which people can sign in; its traffic is captured once, unless that is not wanted."""
    with listener() as listening:
        async with people_and_github(folder, listening.getsockname()[1]) as town:
            told = {"GITHUB_CLIENT_ID": town.keys.client_id, "GITHUB_CLIENT_SECRET": town.keys.client_secret}
            async with serving(town, listening, folder, **told):
                if traffic:
                    await captured(town)
                browser = Browser(town.session, town.url)
                await browser.sign_in(MEMBER, "/")
                yield Watched(town, browser)


def words(seen: Seen | str) -> str:
    """Return what a reader reads of a page, one space between words."""
    text = seen if isinstance(seen, str) else seen.text
    return " ".join(html.unescape(TAG.sub(" ", text)).split())


def links(seen: Seen) -> dict[str, str]:
    """Return the addresses of a page's links by their words."""
    return {words(inside): html.unescape(address) for address, inside in LINK.findall(seen.text)}


def cells(seen: Seen, table: str) -> list[list[str]]:
    """Return the rows of a page's table by its id, the head first."""
    found = re.search(rf'<table id="{table}">(.*?)</table>', seen.text, re.DOTALL)
    assert found is not None, f"there is no table {table}"
    rows = re.findall(r"<tr>(.*?)</tr>", found[1], re.DOTALL)
    return [[words(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)] for row in rows]
