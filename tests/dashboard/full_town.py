"""A town in which every page has something to show, and whoever may see all of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dashboard import csrf
from dashboard.sessions import COOKIE
from sandbox.faults import Fault, Match
from tests.dashboard.answering import BASE, READER, Watched
from tests.dashboard.people import Browser, Seen
from tests.stories.town import LANTERN, MEMBER, Town, listener, people_and_github, serving
from tests.stories.visits import captured

ORGANISATION = "quartz-labs"
UNREAD = f"{ORGANISATION}/ember"
TOKEN = "ghp_" + "k3Rq9ZtLw0aPxVbN" * 2
SLOW = 6.0  # seconds that GitHub takes while a page shows how far something is


@dataclass
class FullTown:
    """The town, and by name the addresses of its pages. member: owns the organisation and operates the server."""

    watched: Watched
    pages: dict[str, str] = field(default_factory=dict)
    installation: str = ""

    @property
    def town(self) -> Town:
        return self.watched.town

    @property
    def member(self) -> Browser:
        return self.watched.member

    async def post(self, address: str, **fields: str) -> Seen:
        """Send a form as the member."""
        token = csrf.token(self.member.cookies[COOKIE])
        seen = await self.member.post(address, {"csrf": token, **fields})
        assert seen.status in (200, 303), (address, seen.status, seen.text[:2000])
        return seen

    async def analyse(self) -> str:
        """Begin to analyse a repository; return the address of its page."""
        owner, _, name = LANTERN.partition("/")
        seen = await self.post("/analyse", owner=owner, repository=name, token=TOKEN, period="90d")
        return seen.location

    async def collect(self) -> str:
        """Have everything captured; return the address of the run."""
        return (await self.post(f"{self.installation}/collect")).location

    async def says(self, address: str, words: str) -> None:
        """Return once a page says something."""
        async with asyncio.timeout(60):
            while words not in (await self.member.get(address)).text:  # noqa: ASYNC110 - a page tells nobody
                await asyncio.sleep(0.1)

    @contextmanager
    def slow(self, path: str) -> Iterator[None]:
        """Have GitHub take its time with some requests that are made inside."""
        self.town.sandbox.faults.add(Fault(Match(None, path), "latency", times=None, delay=SLOW))
        yield
        self.town.sandbox.faults.clear()


@asynccontextmanager
async def full_town(folder: Path, **variables: str) -> AsyncIterator[FullTown]:
    """Open the town: captured, read, with reports, people, a token and a finished analysis."""
    with listener() as listening:
        async with people_and_github(folder, listening.getsockname()[1]) as town:
            for one in town.world.repositories.values():
                if one.owner.login == ORGANISATION:
                    town.world.permit(one.full_name, MEMBER, "admin")
            town.world.permit(LANTERN, READER, "read")
            town.world.add_personal_token(TOKEN, MEMBER)
            told = {
                "GITHUB_CLIENT_ID": town.keys.client_id, "GITHUB_CLIENT_SECRET": town.keys.client_secret,
                "OPERATORS": MEMBER, **variables,
            }  # fmt: skip
            async with serving(town, listening, folder, **told):
                await captured(town)
                browser = Browser(town.session, town.url)
                await browser.sign_in(MEMBER, "/")
                full = FullTown(Watched(town, browser))
                await furnish(full)
                yield full


async def furnish(full: FullTown) -> None:
    """Have something on every page, and note their addresses."""
    town = full.town
    for words in ("/analytics pulls 1y", "/analytics issues 90d", "/analytics report weekly"):
        await full.watched.read(words)
    found = next(one for one in town.world.installations.values() if one.account.login == ORGANISATION)
    installation = f"/i/{found.id}"
    reader = Browser(town.session, town.url)
    await reader.sign_in(READER, "/")
    await full.post(f"{installation}/people", do="give", who=READER, role="viewer", repository=LANTERN, traffic="yes")
    await full.post(f"{installation}/people", do="give", who="not-here-yet", role="member")
    await full.post("/account/tokens", name="Grafana", scope="read:metrics", days="90")
    full.pages = {
        "overview": "/",
        "repository": BASE,
        "repository-pulls": f"{BASE}/pulls?period=1y",
        "repository-compared": f"{BASE}/pulls?period=90d&compare=yes",
        "repository-traffic": f"{BASE}/traffic",
        "repository-unread": f"/r/{UNREAD}/pulls?period=all",
        "repository-referrers": f"{BASE}/referrers",
        "data": f"{BASE}/data",
        "data-preview": f"{BASE}/data/pulls?number.from=180&author=e",
        "data-traffic": f"{BASE}/data/traffic",
        "organisation": f"{installation}/numbers/overview",
        "installation": installation,
        "captures": f"{installation}/captures",
        "schedules": f"{installation}/schedules",
        "people": f"{installation}/people",
        "grant": f"{installation}/grant",
        "operator": "/operator",
        "analyse-form": "/analyse",
        "account": "/account",
    }
    full.installation = installation
