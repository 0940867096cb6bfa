"""GET and POST /i/{id}/grant: which private repositories' threads may show the whole organisation.

Only an owner of the account, as GitHub says at that moment, gives and withdraws it: no role that was given here does.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import structlog
from aiohttp import web

from analytics.words import number
from dashboard import looking_after
from dashboard.access import not_there
from dashboard.front import Front
from dashboard.moments import moment
from dashboard.paging import pages
from dashboard.sessions import SignedIn
from storage.connection import Connection
from storage.decisions import note_decision
from storage.grants import Grant, grant, grants_of, withdraw
from storage.installations import Repository, repositories_of
from storage.installations import repository as repository_by_id

ONLY_OWNERS = "Only an owner of the account, as GitHub says, may change this."
NOT_PRIVATE = "Only a private repository's threads need such a grant."
GIVE, WITHDRAW = "grant", "withdraw"

log = structlog.get_logger(__name__)


async def show(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Answer with the private repositories, those with a grant first, for whoever has a role in the installation."""
    here = await looking_after.looked_after(front, request, signed)
    installation_id, now = here.installation.id, front.services.now()

    async def read(conn: Connection) -> tuple[list[Repository], dict[int, Grant]]:
        return await repositories_of(conn, installation_id), await grants_of(conn, installation_id)

    known, grants = await front.services.store.read(read)
    search = request.query.get("q", "").strip()[:200]
    private = [one for one in known if one.visibility == "private"]
    fitting = [one for one in private if search.casefold() in one.full_name.casefold()]
    fitting.sort(key=lambda one: (one.id not in grants, one.full_name.casefold()))
    listed = pages(request.query.get("page"), len(fitting), f"/i/{installation_id}/grant", {"q": search})
    rows = [
        (one, given, None if given is None else moment(given.granted_at, now))
        for one, given in ((each, grants.get(each.id)) for each in listed.of(fitting))
    ]
    return looking_after.page(
        request,
        signed,
        here,
        "grant.html",
        tab="grant",
        title="Grants",
        tells_owners=here.installation.tells_owners,
        rows=rows,
        pages=listed,
        search=search,
        private=number(len(private)),
        every=number(len(known)),
        given=number(sum(one.id in grants for one in private)),
        back=urlencode({name: value for name, value in request.query.items() if value}),
    )


async def change(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Give a repository's threads the whole organisation, or withdraw that; 403 for whoever is no owner."""
    here = await looking_after.looked_after(front, request, signed)
    installation_id = here.installation.id
    wanted = await looking_after.field(request, "do")
    if wanted not in (GIVE, WITHDRAW):
        raise web.HTTPUnprocessableEntity(text="It is to be granted or withdrawn.")
    if not await front.access.owned(signed.person, installation_id):
        raise web.HTTPForbidden(text=ONLY_OWNERS)
    repository_id = looking_after.number(await looking_after.field(request, "repository"))
    now, by = front.services.now(), looking_after.who(signed.person)

    async def work(conn: Connection) -> Repository | None:
        found = None if repository_id is None else await repository_by_id(conn, repository_id)
        if found is None or found.installation_id != installation_id or found.removed_at is not None:
            return None
        given = found.id in await grants_of(conn, installation_id)
        if wanted == GIVE and found.visibility == "private" and not given:
            await grant(conn, found.id, installation_id, by=by, at=now)
            await note_decision(conn, installation_id, now, by, f"let {found.full_name} show the whole organisation")
        elif wanted == WITHDRAW and given:
            await withdraw(conn, found.id)
            said = f"withdrew from {found.full_name} that it shows the whole organisation"
            await note_decision(conn, installation_id, now, by, said)
        return found

    found = await front.services.store.write(work)
    if found is None:
        raise not_there()
    if wanted == GIVE and found.visibility != "private":
        raise web.HTTPUnprocessableEntity(text=NOT_PRIVATE)
    log.info("what a repository may show was changed", repository=found.id, by=signed.person.id, wanted=wanted)
    back = urlencode(parse_qsl((await looking_after.field(request, "back"))[:2000]))
    raise web.HTTPSeeOther(f"/i/{installation_id}/grant" + (f"?{back}" if back else ""))
