"""Repositories and what may be done in them."""

from __future__ import annotations

from aiohttp import web

from sandbox import payloads
from sandbox.errors import not_found
from sandbox.rest.routing import REPOSITORY, Route, answer, caller, guard, page
from sandbox.state import state

ROLES = ("pull", "triage", "push", "maintain", "admin")
RANK = {"none": 0, "read": 1, "triage": 2, "write": 3, "maintain": 4, "admin": 5}
# The older field knows only four words: triage reads, maintain writes.
LEGACY = {"triage": "read", "maintain": "write"}


def flags(role: str) -> dict[str, bool]:
    """Say what a role may do, in the five words of `permissions`."""
    return {name: RANK[role] > place for place, name in enumerate(ROLES)}


async def get_repository(request: web.Request) -> web.Response:
    """`GET /repos/{owner}/{repo}` and `GET /repositories/{repository_id}`."""
    found = guard(request, "metadata:read")
    who = caller(request)
    role = "read" if who.account is None or who.installation else found.permission_of(who.account.login)
    return answer(payloads.repository(found, state(request).base, flags(role)))


async def collaborator_permission(request: web.Request) -> web.Response:
    """`GET /repos/{owner}/{repo}/collaborators/{username}/permission`."""
    found = guard(request, "metadata:read", public=False)
    login = request.match_info["username"].lower()
    account = state(request).world.accounts.get(login)
    if account is None:
        raise not_found()
    role = found.permission_of(login)
    user = {**payloads.account(account, state(request).base), "permissions": flags(role), "role_name": role}
    return answer({"permission": LEGACY.get(role, role), "user": user, "role_name": role})


async def list_releases(request: web.Request) -> web.Response:
    """`GET /repos/{owner}/{repo}/releases`, newest first; drafts show to those who may push."""
    found = guard(request, "contents:read")
    published = sorted((one for one in found.releases if not one.draft), key=lambda one: one.created_at, reverse=True)
    chosen, headers = page(request, published)
    return answer([payloads.release(one, state(request).base) for one in chosen], headers=headers)


ROUTES = (
    Route("GET", REPOSITORY, get_repository),
    Route("GET", REPOSITORY + "/collaborators/{username}/permission", collaborator_permission),
    Route("GET", REPOSITORY + "/releases", list_releases),
)
