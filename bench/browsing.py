"""Sign people in at a server as their browsers would: through GitHub's web flow, each keeping a cookie."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp

AWAY = "/login/github?next=/"


@dataclass(frozen=True)
class Fetched:
    """What a browser was sent."""

    status: int
    body: str


@dataclass(frozen=True)
class Browser:
    """Somebody who has signed in. cookie: what their browser sends."""

    session: aiohttp.ClientSession
    base: str
    cookie: str

    async def get(self, path: str) -> Fetched:
        """Fetch a page; bytes that are no text are passed over."""
        headers = {"Cookie": self.cookie, "Accept": "text/html"}
        async with self.session.get(self.base + path, headers=headers, allow_redirects=False) as response:
            return Fetched(response.status, (await response.read()).decode(errors="replace"))


async def signed_in(session: aiohttp.ClientSession, base: str, login: str) -> Browser:
    """Sign in as somebody whom GitHub knows."""
    async with session.get(base + AWAY, allow_redirects=False) as away:
        kept = cookies(away)
        asks = away.headers["Location"]
    async with session.post(asks, data={"login": login}, allow_redirects=False) as agreed:
        back = agreed.headers["Location"]
    async with session.get(back, headers={"Cookie": kept}, allow_redirects=False) as arrived:
        if arrived.status != 303:
            raise RuntimeError(f"{login} could not sign in: {arrived.status} {await arrived.text()}")
        return Browser(session, base, cookies(arrived))


def cookies(response: aiohttp.ClientResponse) -> str:
    """Return the cookies that a response sets, as a browser sends them."""
    return "; ".join(f"{name}={one.value}" for name, one in response.cookies.items() if one.value)
