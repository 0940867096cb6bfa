"""What the pages of an installation have in common: whose it is, who may change something, and where one is."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from dashboard.access import LookedAfter, not_there
from dashboard.forms import form_of
from dashboard.front import Front
from dashboard.layout import show
from dashboard.sessions import SignedIn
from storage.sessions import Person

ONLY_ADMINS = "Only an admin of the installation may change this."
TABS = (
    ("repositories", "", "Repositories"),
    ("captures", "/captures", "Captures"),
    ("schedules", "/schedules", "Reports"),
    ("people", "/people", "People"),
    ("grant", "/grant", "Grant"),
)


async def looked_after(front: Front, request: web.Request, signed: SignedIn) -> LookedAfter:
    """Return the installation that an address names; raises 404 for whoever has no role there."""
    asked = number(request.match_info["installation"])
    if asked is None:
        raise not_there()
    return await front.access.looked_after(signed.person, asked)


async def managed(front: Front, request: web.Request, signed: SignedIn) -> LookedAfter:
    """Return the installation that somebody wants to change; raises 404 as above, 403 for those who only see it."""
    found = await looked_after(front, request, signed)
    if not found.manages:
        raise web.HTTPForbidden(text=ONLY_ADMINS)
    return found


def page(
    request: web.Request, signed: SignedIn, found: LookedAfter, template: str, *, tab: str, title: str, **values: Any
) -> web.Response:
    """Return a page of an installation."""
    base = f"/i/{found.installation.id}"
    tabs = [(name, base + tail, text, name == tab) for name, tail, text in TABS]
    return show(
        request,
        signed,
        template,
        f"{title} of {found.installation.account_login}",
        account=found.installation.account_login,
        installation=found.installation,
        manages=found.manages,
        owns=found.owns,
        base=base,
        tabs=tabs,
        **values,
    )


def who(person: Person) -> str:
    """Return how a person is written down as the author of a change."""
    return person.login


async def field(request: web.Request, name: str) -> str:
    """Return a field of a form, empty where it is missing or a file."""
    return (await form_of(request)).get(name, "").strip()


def number(text: str) -> int | None:
    """Return a number that a form or an address has, None for what is none or larger than a database holds."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
