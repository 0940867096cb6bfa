"""The App's own registration: its id and its bot's login, by which it knows its own comments."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.actors import BOT_SUFFIX
from github.client import GitHub
from github.route import Route

APP = Route("GET", "/app")


@dataclass(frozen=True, slots=True)
class AppFacts:
    """The App as GitHub knows it; what GitHub does not say is None."""

    id: int | None
    slug: str | None
    name: str

    @property
    def bot_login(self) -> str | None:
        """Return the login its comments carry in REST and in webhooks."""
        return self.slug + BOT_SUFFIX if self.slug else None

    def wrote(self, app_id: int | None, login: str | None) -> bool:
        """Tell whether a comment posted through App `app_id` by account `login` is this App's.

        The id is surer, since an App can be renamed; where neither is known on both sides, any App's account counts.
        """
        if app_id is not None and self.id is not None:
            return app_id == self.id
        own, given = (self.bot_login or "").lower(), (login or "").lower()
        return given == own if own else given.endswith(BOT_SUFFIX)


async def app(gh: GitHub) -> AppFacts:
    """Read the App's registration, as the App itself."""
    said = await gh.get(APP.at())
    return AppFacts(said.get("id"), said.get("slug"), said.get("name") or "")


UNKNOWN = AppFacts(None, None, "")
"""What is known of the App where GitHub does not say."""
