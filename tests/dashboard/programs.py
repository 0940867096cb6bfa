"""Programs that read the data API with a token, as scripts do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import jsonschema_rs
import msgspec

from dashboard import csrf
from dashboard.sessions import COOKIE
from storage.api_tokens import SCOPES
from tests.dashboard.people import Browser, Seen

API = "/api/v1"
SHOWN = re.compile(r'<code class="secret" id="secret">(alm_[A-Za-z0-9_-]{43})</code>')


@dataclass(frozen=True)
class Told:
    """An answer as a program gets it."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)

    @property
    def detail(self) -> str:
        """What a problem says."""
        assert self.headers["Content-Type"] == "application/problem+json", self.headers
        return str(self.json["detail"])


@dataclass(frozen=True)
class Program:
    """Somebody's script. token: empty for one that has none."""

    session: aiohttp.ClientSession
    url: str
    token: str = ""

    async def get(self, path: str, status: int = 200, **headers: str) -> Told:
        """Ask for a path below the API's address, or a whole address."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            given = {"Authorization": f"Bearer {self.token}", **given}
        address = path if "://" in path else f"{self.url}{API}{path}"
        async with self.session.get(address, headers=given) as response:
            told = Told(response.status, response.headers, await response.read())
        assert told.status == status, (path, told.status, told.body[:2000])
        return told

    async def every(self, path: str) -> list[Any]:
        """Return the items of all pages, by following `Link`."""
        items: list[Any] = []
        address: str | None = path
        for _ in range(1000):
            assert address is not None
            told = await self.get(address)
            items += told.json["items"]
            link = re.fullmatch(r'<([^>]+)>; rel="next"', told.headers.get("Link", ""))
            assert (link is None) == (told.json["next"] is None)
            if link is None:
                return items
            address = link[1]
        raise AssertionError("the pages have no end")


async def send(browser: Browser, address: str, fields: list[tuple[str, str]]) -> Seen:
    """Send a form with the session's token; a field may stand in it several times."""
    data = aiohttp.FormData([("csrf", csrf.token(browser.cookies[COOKIE])), *fields])
    return await browser.ask("POST", address, headers={"Origin": browser.base}, data=data)


async def make(browser: Browser, *scopes: str, days: str = "90", name: str = "a script") -> Seen:
    """Make a token as the page's form does."""
    chosen = [("scope", one) for one in scopes]
    return await send(browser, "/account/tokens", [("name", name), *chosen, ("days", days)])


async def program(browser: Browser, *scopes: str, days: str = "90", name: str = "a script") -> Program:
    """Return a script of whoever is signed in; without scopes it has all."""
    seen = await make(browser, *(scopes or SCOPES), days=days, name=name)
    shown = SHOWN.search(seen.text)
    assert shown is not None, (seen.status, seen.text)
    return Program(browser.session, browser.base, shown[1])


def validator(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    """Return what checks a value by a schema of the API's description."""
    return jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]}, validate_formats=True)
