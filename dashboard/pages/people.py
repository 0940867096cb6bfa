"""GET and POST /i/{id}/people: who was given what in an installation, who waits for it, and every change of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import structlog
from aiohttp import web

from analytics.words import number
from dashboard import looking_after
from dashboard.front import Front
from dashboard.moments import exact, moment
from dashboard.paging import pages
from dashboard.role_changes import Change, Given, give, take, uninvite
from dashboard.sessions import SignedIn
from storage.connection import Connection
from storage.decisions import Decision, decisions_of
from storage.installations import repositories_of
from storage.invitations import Invitation, invitations_of
from storage.roles import Holder, holders
from storage.sessions import Person

ROLES = {"member": "member", "admin": "admin", "viewer": "viewer of one repository"}
CHANGES = 20

log = structlog.get_logger(__name__)


async def show(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Answer with who has which role; members see neither addresses, nor invitations, nor the list of changes."""
    here = await looking_after.looked_after(front, request, signed)
    installation_id, now, base = here.installation.id, front.services.now(), f"/i/{here.installation.id}/people"
    asked = looking_after.number(request.query.get("page", "")) or 1

    async def read(
        conn: Connection,
    ) -> tuple[list[Holder], list[Invitation], dict[int, str], tuple[list[Decision], int]]:
        names = {one.id: one.full_name for one in await repositories_of(conn, installation_id)}
        noted = await decisions_of(conn, installation_id, CHANGES, (min(asked, 10**6) - 1) * CHANGES)
        return await holders(conn, installation_id), await invitations_of(conn, installation_id, now), names, noted

    held, invited, names, (changes, count) = await front.services.store.read(read)
    listed = pages(request.query.get("page"), count, base, {}, CHANGES)
    return looking_after.page(
        request,
        signed,
        here,
        "people.html",
        tab="people",
        title="People",
        people=[line(one, names, now) for one in held],
        invited=[waiting(one, names, now) for one in invited] if here.manages else [],
        changes=[(moment(one.at, now), one.who, one.what) for one in changes] if here.manages else [],
        pages=listed,
        count=number(count),
        roles=ROLES,
        repositories=sorted(names.values(), key=str.casefold)[:1000] if here.manages else [],
        given=given_to(request.query.get("given", ""), held, now) if here.manages else None,
        waits=next((one for one in invited if here.manages and one.name == request.query.get("invited")), None),
        me=signed.person.id,
    )


def line(one: Holder, names: dict[int, str], now: datetime) -> dict[str, Any]:
    """Return what the page says of somebody with a role."""
    seen = None if one.repository_id is None else names.get(one.repository_id, "a repository that was removed")
    return {
        "person": one.person,
        "through": through(one.person),
        "role": one.role,
        "repository": seen,
        "repository_id": one.repository_id,
        "sees_traffic": one.sees_traffic,
        "by": one.granted_by,
        "at": moment(one.granted_at, now),
    }


def given_to(asked: str, held: list[Holder], now: datetime) -> dict[str, Any] | None:
    """Return what the page says of who was just given a role, by which whoever gave it sees if another was meant."""
    found = next((one.person for one in held if one.person.id == looking_after.number(asked)), None)
    if found is None:
        return None
    account = (
        f"account {found.subject} at GitHub"
        if found.is_of_github
        else f"{found.email or found.subject} of {through(found)}"
    )
    return {"login": found.login, "account": account, "arrived": moment(found.arrived_at, now)}


def waiting(one: Invitation, names: dict[int, str], now: datetime) -> dict[str, Any]:
    """Return what the page says of somebody who is invited."""
    seen = None if one.repository_id is None else names.get(one.repository_id, "a repository that was removed")
    return {
        "id": one.id,
        "name": one.name,
        "kind": "at GitHub" if one.kind == "login" else "by address",
        "role": one.role,
        "repository": seen,
        "sees_traffic": one.sees_traffic,
        "by": one.invited_by,
        "at": moment(one.invited_at, now),
        "ends": exact(one.ends_at),
    }


def through(person: Person) -> str:
    """Return where somebody signs in."""
    return "GitHub" if person.is_of_github else urlsplit(person.issuer).netloc or person.issuer


async def change(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Give a role, take one, or take an invitation back, as `do` says; go back to the page."""
    here = await looking_after.managed(front, request, signed)
    change = Change(here, signed.person, front.services.now())
    wanted = await looking_after.field(request, "do")
    given = Given(
        who=await looking_after.field(request, "who"),
        role=await looking_after.field(request, "role"),
        repository=await looking_after.field(request, "repository"),
        sees_traffic=await looking_after.field(request, "traffic") == "yes",
    )
    person_id = looking_after.number(await looking_after.field(request, "person")) or 0
    repository_id = looking_after.number(given.repository)
    invitation_id = looking_after.number(await looking_after.field(request, "invitation")) or 0

    async def work(conn: Connection) -> dict[str, str]:
        if wanted == "give":
            return await give(conn, change, given)
        if wanted == "take":
            await take(conn, change, person_id, repository_id)
        elif wanted == "uninvite":
            await uninvite(conn, change, invitation_id)
        else:
            raise web.HTTPUnprocessableEntity(text="A role is given or taken, or an invitation taken back.")
        return {}

    said = await front.services.store.write(work)
    log.info("roles were changed", installation=here.installation.id, by=signed.person.id, wanted=wanted)
    onward = f"/i/{here.installation.id}/people"
    raise web.HTTPSeeOther(f"{onward}?{urlencode(said)}" if said else onward)
