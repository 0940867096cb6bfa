"""`POST /_sandbox/hands/<verb>`: what owners and passers-by do, from another process. Each tells the App by webhook.

`GET /_sandbox/hands` lists the verbs with their fields. An installation is named by its id or by its account's login.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from sandbox.actions import Hands
from sandbox.apps import Installation
from sandbox.rest.routing import answer, body
from sandbox.state import state

Said = Mapping[str, Any]
Verb = Callable[[Hands, Said], object]
PLANS = ("free", "paid")


def _installation(hands: Hands, said: Said) -> Installation:
    """The installation named by id, or the present one of an account."""
    wanted = said["installation"]
    for one in reversed(hands.world.installations.values()):
        present = one.removed_at is None
        if one.id == wanted or (present and one.account.login.lower() == str(wanted).lower()):
            return one
    raise KeyError(f"there is no installation {wanted}")


def _plan(hands: Hands, said: Said) -> None:
    if said["plan"] not in PLANS:
        raise ValueError(f"a plan is one of {', '.join(PLANS)}")
    hands.world.account(said["login"]).plan = said["plan"]


def _register(hands: Hands, said: Said) -> None:
    """Change what the App asks for: installations have it only once it is accepted."""
    if hands.world.app is None:
        raise ValueError("no App is registered here")
    hands.world.app.permissions = dict(said["permissions"])


# verb -> its fields, those in brackets optional, and what it does
VERBS: Mapping[str, tuple[str, Verb]] = {
    "install": (
        "login [repositories] [permissions]",
        lambda hands, said: hands.install(said["login"], said.get("repositories"), said.get("permissions")),
    ),
    "uninstall": ("installation", lambda hands, said: hands.uninstall(_installation(hands, said))),
    "suspend": ("installation", lambda hands, said: hands.suspend(_installation(hands, said))),
    "unsuspend": ("installation", lambda hands, said: hands.unsuspend(_installation(hands, said))),
    "accept_permissions": (
        "installation [permissions]",
        lambda hands, said: hands.accept_permissions(_installation(hands, said), said.get("permissions")),
    ),
    "choose_repositories": (
        "installation repositories",
        lambda hands, said: hands.choose_repositories(_installation(hands, said), said["repositories"]),
    ),
    "add_repositories": (
        "installation repositories",
        lambda hands, said: hands.add_repositories(_installation(hands, said), said["repositories"]),
    ),
    "remove_repositories": (
        "installation repositories",
        lambda hands, said: hands.remove_repositories(_installation(hands, said), said["repositories"]),
    ),
    "rename_account": ("login to", lambda hands, said: hands.rename_account(said["login"], said["to"])),
    "create_team": (
        "login slug members",
        lambda hands, said: hands.create_team(said["login"], said["slug"], said["members"]),
    ),
    "plan": ("login plan", _plan),
    "app_permissions": ("permissions", _register),
    "create_repository": (
        "repository [visibility]",
        lambda hands, said: hands.create_repository(said["repository"], said.get("visibility", "public")),
    ),
    "rename_repository": (
        "repository name",
        lambda hands, said: hands.rename_repository(said["repository"], said["name"]),
    ),
    "transfer_repository": (
        "repository login",
        lambda hands, said: hands.transfer_repository(said["repository"], said["login"]),
    ),
    "privatize": ("repository", lambda hands, said: hands.privatize(said["repository"])),
    "publicize": ("repository", lambda hands, said: hands.publicize(said["repository"])),
    "archive": ("repository", lambda hands, said: hands.archive(said["repository"])),
    "unarchive": ("repository", lambda hands, said: hands.unarchive(said["repository"])),
    "delete_repository": ("repository", lambda hands, said: hands.delete_repository(said["repository"])),
    "star": ("repository login", lambda hands, said: hands.star(said["repository"], said["login"])),
    "unstar": ("repository login", lambda hands, said: hands.unstar(said["repository"], said["login"])),
    "fork": ("repository login", lambda hands, said: hands.fork(said["repository"], said["login"])),
}


async def list_verbs(_: web.Request) -> web.Response:
    """`GET hands`: every verb and its fields."""
    return answer({verb: fields for verb, (fields, _) in VERBS.items()})


async def do(request: web.Request) -> web.Response:
    """`POST hands/<verb>`: answers what is there afterwards of the installations."""
    verb, said = request.match_info["verb"], await body(request)
    if verb not in VERBS:
        raise KeyError(f"there is no verb {verb}")
    VERBS[verb][1](state(request).hands, said)
    return await list_installations(request)


async def list_installations(request: web.Request) -> web.Response:
    """`GET installations`: each with its account, its permissions and how many repositories it covers."""
    world = state(request).world
    return answer([
        {"id": one.id, "login": one.account.login, "suspended_at": one.suspended_at, "removed_at": one.removed_at,
         "permissions": one.permissions, "repositories": len(world.covered(one))}
        for one in world.installations.values()
    ])  # fmt: skip
