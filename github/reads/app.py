"""The App's own registration: its id and its bot's login, by which it knows its own comments."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.actors import BOT_SUFFIX
from github.client import GitHub
from github.route import Route

APP = Route("GET", "/app")


@dataclass(frozen=True, slots=True)
class AppFacts:
    """The App as GitHub knows it."""

    id: int
    slug: str
    name: str

    @property
    def bot_login(self) -> str:
        """Return the login its comments carry in REST and in webhooks."""
        return self.slug + BOT_SUFFIX


async def app(gh: GitHub) -> AppFacts:
    """Read the App's registration, as the App itself."""
    said = await gh.get(APP.at())
    return AppFacts(said["id"], said.get("slug") or "", said.get("name") or "")
