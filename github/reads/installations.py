"""Where the App is installed, and the repositories it was given there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from github.client import GitHub
from github.reads.fields import moment
from github.reads.repository import RepositoryFacts, facts
from github.route import Route

INSTALLATION = Route("GET", "/app/installations/{installation_id}")
REPOSITORIES = Route("GET", "/installation/repositories")


@dataclass(frozen=True, slots=True)
class InstallationFacts:
    """An installation: whose it is, what it allows (`issues` -> `write`), and since when it is suspended, if it is."""

    id: int
    account_login: str
    account_id: int
    account_type: str
    permissions: Mapping[str, str]
    selected_only: bool
    suspended_at: datetime | None


async def installation(gh: GitHub, installation_id: int) -> InstallationFacts:
    """Read an installation, as the App itself; raises Gone once it is uninstalled."""
    said = await gh.get(INSTALLATION.at(installation_id=installation_id))
    account = said["account"]
    return InstallationFacts(
        id=said["id"],
        account_login=account.get("login") or account["slug"],  # an enterprise has a slug
        account_id=account["id"],
        account_type=account.get("type") or "Enterprise",
        permissions=dict(said.get("permissions") or {}),
        selected_only=said.get("repository_selection") == "selected",
        suspended_at=moment(said.get("suspended_at")),
    )


async def installation_repositories(gh: GitHub) -> AsyncIterator[RepositoryFacts]:
    """Yield every repository the installation was given, as the installation."""
    async for said in gh.items(REPOSITORIES.at(), key="repositories"):
        yield facts(said)
