"""Teams of an organisation and who belongs to them."""

from __future__ import annotations

from aiohttp import web

from sandbox import payloads
from sandbox.errors import forbidden, not_found
from sandbox.hooks import organization
from sandbox.rest.routing import Route, answer, caller, page
from sandbox.state import state
from sandbox.things import Team

PERMISSION = "members:read"


def reached(request: web.Request) -> Team:
    """Return the team addressed, for installations on the organisation that may read members: they see secret ones.

    A person sees the teams of an organisation that the world knows no more of, and of the secret ones their own; nobody
    else is told that there is one.
    """
    who, here = caller(request), state(request)
    org, slug = request.match_info["org"].lower(), request.match_info["team_slug"].lower()
    if who.installation is None:
        if who.account is None:
            raise not_found()
    elif who.installation.account.login.lower() != org:
        raise not_found()
    elif not who.allows(PERMISSION):
        raise forbidden(PERMISSION.replace(":", "="))
    team = here.world.teams.get((org, slug))
    if team is None or (who.installation is None and team.privacy == "secret" and who.account not in team.members):
        raise not_found()
    return team


async def get_team(request: web.Request) -> web.Response:
    """`GET /orgs/{org}/teams/{team_slug}`."""
    team, here = reached(request), state(request)
    owner = here.world.organization(request.match_info["org"])
    url = f"{here.base}/organizations/{owner.id}/team/{team.id}"
    html_url = f"{here.base}/orgs/{owner.login}/teams/{team.slug}"
    place = f"{here.base}/{owner.login}"
    return answer({
        "id": team.id, "node_id": team.node_id, "url": url, "html_url": html_url, "name": team.slug, "slug": team.slug,
        "description": None, "privacy": team.privacy, "notification_setting": "notifications_enabled",
        "permission": "pull", "members_url": f"{url}/members{{/member}}", "repositories_url": f"{url}/repos",
        "parent": None, "members_count": len(team.members), "repos_count": 0, "created_at": team.created_at,
        "updated_at": team.created_at, "type": "organization", "organization_id": owner.id,
        "organization": {
            **organization(owner, here.base), "name": owner.name or owner.login, "html_url": place, "type": owner.type,
            "has_organization_projects": True, "has_repository_projects": True, "public_repos": 0, "public_gists": 0,
            "followers": 0, "following": 0, "created_at": team.created_at, "updated_at": team.created_at,
            "archived_at": None,
        },
    })  # fmt: skip


async def list_members(request: web.Request) -> web.Response:
    """`GET /orgs/{org}/teams/{team_slug}/members`."""
    chosen, headers = page(request, reached(request).members)
    return answer([payloads.account(one, state(request).base) for one in chosen], headers=headers)


ROUTES = (
    Route("GET", "/orgs/{org}/teams/{team_slug}", get_team),
    Route("GET", "/orgs/{org}/teams/{team_slug}/members", list_members),
)
