"""GET /r/{owner}/{name}/data: every stored row of a repository, to look at and to take away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from analytics.terms import Terms
from dashboard import how_complete
from dashboard.access import Visible, not_there
from dashboard.at_github import AtGitHub
from dashboard.counted import Counted
from dashboard.data_files import ROOMS, sent
from dashboard.data_query import Asked, Unclear, asked
from dashboard.data_shown import FORMS, read
from dashboard.data_shown import preview as previewed
from dashboard.front import Front
from dashboard.layout import show
from dashboard.of_fronts import OfFronts
from dashboard.sessions import SignedIn
from reports.known_settings import known_settings
from storage.connection import Connection
from storage.previewed import Page, Size, Wanted, size
from storage.previewed_catalogue import TABLES, Table, tables
from storage.watermarks import watermarks

LARGE = 10_000
"""Rows of a repository that take long enough to count."""


def is_large(sizes: Sequence[Size]) -> bool:
    """Tell whether a repository's tables are counted once a minute."""
    return sum(one.rows for one in sizes) >= LARGE


COUNTED: OfFronts[Counted[Sequence[Size]]] = OfFronts(lambda _: Counted(is_large))
PEOPLE = {
    "names": "",
    "anonymous": "The owners have set that persons are numbered, in the order in which they first contributed; "
    "programs keep their names.",
    "hidden": "The owners have set that persons are not shown, so columns that would name them are left out.",
}


async def index(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """List the tables with how many rows they have, and from when to when."""
    visible = await seen(front, request, signed)
    listed = tables(sees_traffic=visible.sees_traffic)
    number_of = visible.repository.id

    async def work(conn: Connection) -> list[Size]:
        return [await size(conn, number_of, table) for table in listed]

    key = number_of, visible.sees_traffic
    sizes = await COUNTED.of(front).of(key, front.services.now(), lambda: front.services.store.read(work))
    marks = await front.services.store.glance(lambda conn: watermarks(conn, number_of))
    lines = how_complete.listed(zip(listed, sizes, strict=True), marks, front.services.now())
    terms = await terms_of(front, visible)
    return show(
        request, signed, "data.html", f"Data · {visible.repository.name}", here="repositories", lines=lines,
        forms=FORMS, people=PEOPLE[terms.people], **around(visible),
    )  # fmt: skip


async def preview(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Show some rows of a table; 422 and the form as it was for what cannot be looked for."""
    visible = await seen(front, request, signed)
    table, terms = named(request, visible), await terms_of(front, visible)
    cipher = front.login.cipher
    base = f"{around(visible)['base']}/data/{table.name}"
    found, rows, wrong = Page((), None, None), 0, ""
    try:
        wanted = asked(table, visible.repository.id, terms, request.query.items(), cipher)
        found, rows = await front.services.store.look(lambda conn: read(conn, wanted))
    except Unclear as unclear:
        wrong = str(unclear)
        wanted = Asked(Wanted(visible.repository.id, table, terms=terms), dict(request.query.items()))
    github = AtGitHub(front.outside.endpoints.web, visible.repository.full_name)
    shown = previewed(wanted, found, rows, base, cipher, github=github, wrong=wrong)
    marks = await front.services.store.glance(lambda conn: watermarks(conn, visible.repository.id))
    return show(
        request, signed, "data_table.html", f"{table.title} · {visible.repository.name}", here="repositories",
        status=422 if wrong else 200, shown=shown, address=base,
        complete=how_complete.completeness(table, rows, marks, front.services.now()),
        unread=not rows and not shown.narrowed and how_complete.rows_said(table, rows, marks),
        people=PEOPLE[terms.people] if any(column.person for column in table.columns) else "", **around(visible),
    )  # fmt: skip


async def download(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Send the rows of a table that fit the filters of the address, all of them, in the table's own order."""
    visible = await seen(front, request, signed)
    table, terms = named(request, visible), await terms_of(front, visible)
    try:
        wanted = asked(table, visible.repository.id, terms, request.query.items(), front.login.cipher).wanted
    except Unclear as unclear:
        raise web.HTTPUnprocessableEntity(text=str(unclear)) from None
    name = f"{visible.repository.owner}-{visible.repository.name}-{table.name}"
    return await sent(
        request, ROOMS.of(front), signed.person.id, front.services.store, wanted, request.match_info["form"], name
    )


async def seen(front: Front, request: web.Request, signed: SignedIn) -> Visible:
    """Return the repository that an address names, if whoever asks may see it."""
    return await front.access.repository_for(signed.person, request.match_info["owner"], request.match_info["name"])


def named(request: web.Request, visible: Visible) -> Table:
    """Return the table that an address names; 404 for none, and for traffic that is not theirs to see."""
    table = TABLES.get(request.match_info["table"])
    if table is None or (table.traffic and not visible.sees_traffic):
        raise not_there()
    return table


async def terms_of(front: Front, visible: Visible) -> Terms:
    """Return on which terms the rows of a repository are shown."""
    return visible.terms or (await known_settings(front.services.store, visible.repository)).terms


def around(visible: Visible) -> dict[str, Any]:
    """Return what stands around every page of the data."""
    repository = visible.repository
    return {"repository": repository, "visible": visible, "base": f"/r/{repository.owner}/{repository.name}"}
