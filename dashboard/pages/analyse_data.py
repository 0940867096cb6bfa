"""/analyse/{run}/data: the rows that were read for an analysis, to look at and to take away."""

from __future__ import annotations

from aiohttp import web

from dashboard.access import not_there
from dashboard.at_github import AtGitHub
from dashboard.data_files import ROOMS, sent
from dashboard.data_query import Asked, Unclear, asked
from dashboard.data_shown import FORMS, read
from dashboard.data_shown import preview as previewed
from dashboard.front import Front
from dashboard.how_complete import is_read, listed
from dashboard.layout import show as shown
from dashboard.own_analysis import base_of, rows_of
from dashboard.sessions import SignedIn
from storage.connection import Connection
from storage.previewed import Page, Size, Wanted, size
from storage.previewed_catalogue import TABLES, Table, tables
from storage.watermarks import Watermark, watermarks


async def data(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """List the tables that were read."""
    run, store, repository_id = await rows_of(front, request, signed)

    async def work(conn: Connection) -> tuple[list[tuple[Table, Size]], dict[str, Watermark]]:
        sizes = [(table, await size(conn, repository_id, table)) for table in tables(sees_traffic=False)]
        return sizes, await watermarks(conn, repository_id)

    sizes, marks = await store.read(work)
    # what was not asked for was not read, and is none of this analysis
    sizes = [(table, one) for table, one in sizes if one.rows or is_read(table, marks)]
    lines = listed(sizes, marks, front.services.now())
    return shown(request, signed, "analyse_data.html", f"Data of {run.wanted.full_name}", here="analyse", run=run,
                 base=base_of(run), lines=lines, forms=FORMS)  # fmt: skip


async def preview(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Show some rows of a table."""
    run, store, repository_id = await rows_of(front, request, signed)
    table, cipher = named(request), front.login.cipher
    found, rows, wrong = Page((), None, None), 0, ""
    try:
        wanted = asked(table, repository_id, Wanted(0, table).terms, request.query.items(), cipher)
        found, rows = await store.read(lambda conn: read(conn, wanted))
    except Unclear as unclear:
        wrong = str(unclear)
        wanted = Asked(Wanted(repository_id, table), dict(request.query.items()))
    address = f"{base_of(run)}/data/{table.name}"
    github = AtGitHub(front.outside.endpoints.web, run.wanted.full_name)
    return shown(
        request, signed, "analyse_table.html", f"{table.title} · {run.wanted.name}", here="analyse",
        status=422 if wrong else 200, shown=previewed(wanted, found, rows, address, cipher, github=github, wrong=wrong),
        address=address, run=run, base=base_of(run),
    )  # fmt: skip


async def download(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Send the rows of a table as a file."""
    run, store, repository_id = await rows_of(front, request, signed)
    table = named(request)
    try:
        terms = Wanted(0, table).terms
        wanted = asked(table, repository_id, terms, request.query.items(), front.login.cipher).wanted
    except Unclear as unclear:
        raise web.HTTPUnprocessableEntity(text=str(unclear)) from None
    name = f"{run.wanted.owner}-{run.wanted.name}-{table.name}"
    return await sent(request, ROOMS.of(front), signed.person.id, store, wanted, request.match_info["form"], name)


def named(request: web.Request) -> Table:
    """Return the table that an address names; 404 for none, and for traffic, which no token here is asked for."""
    table = TABLES.get(request.match_info["table"])
    if table is None or table.traffic:
        raise not_there()
    return table
