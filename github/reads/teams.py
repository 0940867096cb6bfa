"""Who belongs to a team of an organisation, for figures by team, and whether it is a secret one."""

from __future__ import annotations

from github.client import GitHub
from github.errors import Refused
from github.route import Route

TEAM = Route("GET", "/orgs/{org}/teams/{team_slug}")
MEMBERS = Route("GET", "/orgs/{org}/teams/{team_slug}/members")
PERMISSION = "members=read"


async def team_members(gh: GitHub, org: str, slug: str) -> tuple[str, ...]:
    """Return the logins of a team's members, those of its child teams too, by name.

    Raises Gone where the organisation has no such team, and Refused, with the permission it takes, where the App may
    not read members.
    """
    try:
        listed = [said async for said in gh.items(MEMBERS.at(org=org, team_slug=slug))]
    except Refused as refused:
        raise Refused(refused.status, refused.reason, refused.permission or PERMISSION) from refused
    return tuple(sorted({str(said["login"]) for said in listed}, key=str.lower))


async def is_secret(gh: GitHub, org: str, slug: str) -> bool:
    """Tell whether a team is shown to its members and the organisation's owners only; raises Gone and Refused."""
    try:
        said = await gh.get(TEAM.at(org=org, team_slug=slug))
    except Refused as refused:
        raise Refused(refused.status, refused.reason, refused.permission or PERMISSION) from refused
    # a GitHub that does not say is taken to mean the narrower
    return bool(said.get("privacy") != "closed")
