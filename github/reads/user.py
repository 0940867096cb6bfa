"""Who a person is and what of the App they may see, in GitHub's own words: asked with the person's token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from github.client import GitHub
from github.errors import Gone, Refused
from github.reads.installations import InstallationFacts, installation_facts
from github.route import Route

USER = Route("GET", "/user")
INSTALLATIONS = Route("GET", "/user/installations")
REPOSITORIES = Route("GET", "/user/installations/{installation_id}/repositories")
MEMBERSHIP = Route("GET", "/user/memberships/orgs/{org}")


@dataclass(frozen=True, slots=True)
class UserFacts:
    """A person's account: its number, which stays, and its login and name, which may change."""

    id: int
    login: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Reachable:
    """A repository that both the person and an installation of the App reach, and what the person may do there."""

    id: int
    can_push: bool
    can_administer: bool


async def user(gh: GitHub) -> UserFacts:
    """Read whose token this is; raises Refused(401) for one that does not hold any more."""
    said = await gh.get(USER.at())
    return UserFacts(said["id"], said["login"], said.get("name") or None)


async def installations_of_user(gh: GitHub) -> list[InstallationFacts]:
    """Read the installations of the App in which the person reaches something, suspended ones too."""
    pages = gh.items(INSTALLATIONS.at(), key="installations", remember=False)
    found = [installation_facts(said) async for said in pages]
    return list({one.id: one for one in found}.values())


async def repositories_of_user(gh: GitHub, installation_id: int) -> list[Reachable]:
    """Read the repositories of an installation that the person has a permission for; none where it is not theirs."""
    pages = gh.items(REPOSITORIES.at(installation_id=installation_id), key="repositories", remember=False)
    try:
        return [reachable(said) async for said in pages]
    except Gone:
        return []


async def owns(gh: GitHub, organisation: str) -> bool:
    """Tell whether the person is an owner of an organisation; where GitHub does not say, they are not."""
    try:
        said = await gh.get(MEMBERSHIP.at(org=organisation))
    except Gone:
        return False
    except Refused as refusal:
        if refusal.status == 401:
            raise
        return False  # also without the permission Members, see `Installation.tells_owners`
    return (said.get("role"), said.get("state")) == ("admin", "active")


def reachable(said: Mapping[str, Any]) -> Reachable:
    """Read a repository with the person's permissions there; what is not said is not allowed."""
    may = said.get("permissions") or {}
    administers = may.get("admin") is True
    pushes = administers or may.get("maintain") is True or may.get("push") is True
    return Reachable(said["id"], pushes, administers)
