"""Where the App is installed, and the repositories it was given there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from github.client import GitHub
from github.reads.fields import moment
from github.reads.repository import RepositoryFacts, facts
from github.route import Route

INSTALLATIONS = Route("GET", "/app/installations")
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


async def installations(gh: GitHub) -> list[InstallationFacts]:
    """Read every installation of the App, suspended ones too, as the App itself."""
    return _once([installation_facts(said) async for said in gh.items(INSTALLATIONS.at(), remember=False)])


async def installation(gh: GitHub, installation_id: int) -> InstallationFacts:
    """Read an installation, as the App itself; raises Gone once it is uninstalled."""
    return installation_facts(await gh.get(INSTALLATION.at(installation_id=installation_id)))


async def repositories(gh: GitHub) -> list[RepositoryFacts]:
    """Read every repository the installation was given, archived ones too, as the installation."""
    pages = gh.items(REPOSITORIES.at(), key="repositories", remember=False)
    return _once([facts(said) async for said in pages])


def installation_facts(said: Mapping[str, Any]) -> InstallationFacts:
    """Read REST's installation object, as webhooks give it too."""
    account = said.get("account") or {}
    return InstallationFacts(
        id=said["id"],
        account_login=account.get("login") or account.get("slug") or "",  # an enterprise has a slug
        account_id=account.get("id") or said.get("target_id") or 0,
        account_type=account.get("type") or said.get("target_type") or "Enterprise",
        permissions=dict(said.get("permissions") or {}),
        selected_only=said.get("repository_selection") == "selected",
        suspended_at=moment(said.get("suspended_at")),
    )


def _once(found: list[Any]) -> list[Any]:
    """Return what was found without repetitions: a list that changes between two pages can show a row twice."""
    return list({one.id: one for one in found}.values())
