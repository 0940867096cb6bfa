"""What the person whose token is shown reaches of the App: installations, repositories, memberships."""

from __future__ import annotations

from aiohttp import web

from sandbox import payloads
from sandbox.apps import Installation
from sandbox.errors import Refusal, not_found
from sandbox.rest.repositories import flags
from sandbox.rest.routing import Route, answer, caller, page
from sandbox.state import state
from sandbox.things import Account, Repository

NO_PERMISSION = "Resource not accessible by integration"
NOT_OF_AN_APP = "You must authenticate with an access token authorized to a GitHub App in order to list installations"


def person(request: web.Request) -> Account:
    """Whose token given to the App this is; GitHub's 403 for any other credentials."""
    who = caller(request)
    if who.account is None:
        raise Refusal(401, "Requires authentication")
    if not who.via_app:
        raise Refusal(403, NOT_OF_AN_APP)
    return who.account


def permission(repository: Repository, account: Account) -> str:
    """What a person was given in a repository: that it is public is nothing given."""
    return "admin" if repository.owner is account else repository.permissions.get(account.rest_login.lower(), "none")


def reached(request: web.Request, installation: Installation, account: Account) -> list[Repository]:
    """The repositories that both the installation and the person reach."""
    covered = state(request).world.covered(installation)
    return [one for one in covered if permission(one, account) != "none"]


def visible(request: web.Request, account: Account) -> list[Installation]:
    """The installations in which a person reaches something, or that are their own."""
    return [
        one
        for one in state(request).world.installations.values()
        if one.removed_at is None and (one.account is account or reached(request, one, account))
    ]


async def list_installations(request: web.Request) -> web.Response:
    """`GET /user/installations`."""
    account, here = person(request), state(request)
    registration = here.world.app
    if registration is None:
        raise not_found()
    found = visible(request, account)
    chosen, headers = page(request, found)
    shown = [payloads.installation(one, registration, here.base) for one in chosen]
    return answer({"total_count": len(found), "installations": shown}, headers=headers)


async def list_repositories(request: web.Request) -> web.Response:
    """`GET /user/installations/{installation_id}/repositories`, each with the person's permissions."""
    account, wanted = person(request), int(request.match_info["installation_id"])
    installation = next((one for one in visible(request, account) if one.id == wanted), None)
    if installation is None:
        raise not_found()
    found = reached(request, installation, account)
    chosen, headers = page(request, found)
    base = state(request).base
    shown = [payloads.repository(one, base, flags(permission(one, account))) for one in chosen]
    value = {"total_count": len(found), "repository_selection": installation.selection, "repositories": shown}
    return answer(value, headers=headers)


async def get_membership(request: web.Request) -> web.Response:
    """`GET /user/memberships/orgs/{org}`: who administers all of its repositories counts as an owner."""
    account, here = person(request), state(request)
    organisation = here.world.accounts.get(request.match_info["org"].lower())
    if organisation is None or organisation.type != "Organization":
        raise not_found()
    installed = (one for one in here.world.installations.values() if one.account is organisation)
    if not any("members" in one.permissions for one in installed if one.removed_at is None):
        raise Refusal(403, NO_PERMISSION)
    given = [permission(one, account) for one in here.world.owned_by(organisation).values()]
    if not any(one != "none" for one in given):
        raise not_found()
    role = "admin" if all(one == "admin" for one in given) else "member"
    login = organisation.login
    return answer({
        "url": f"{here.base}/orgs/{login}/memberships/{account.login}", "state": "active", "role": role,
        "organization_url": f"{here.base}/orgs/{login}", "user": payloads.account(account, here.base),
        "organization": {"login": login, "id": organisation.id, "node_id": organisation.node_id},
    })  # fmt: skip


ROUTES = (
    Route("GET", "/user/installations", list_installations),
    Route("GET", "/user/installations/{installation_id:\\d+}/repositories", list_repositories),
    Route("GET", "/user/memberships/orgs/{org}", get_membership),
)
