"""/analyse: any repository, read once with a token of one's own; how far it is, what it says, and its rows."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import msgspec
from aiohttp import web

from dashboard.access import not_there
from dashboard.analysis import ANALYSES
from dashboard.analysis_run import Run
from dashboard.analysis_wanted import DEFAULT, PERIODS, TOKEN, Wanted, offered, read
from dashboard.answers import place
from dashboard.asking import Asked
from dashboard.chart_library import library
from dashboard.data_files import ROOMS, sent
from dashboard.data_query import Asked as AskedRows
from dashboard.data_query import Unclear, asked
from dashboard.data_shown import FORMS
from dashboard.data_shown import preview as previewed
from dashboard.data_shown import read as read_rows
from dashboard.forms import form_of
from dashboard.front import Front
from dashboard.how_complete import is_read, listed
from dashboard.layout import show as shown
from dashboard.pages import chart as charts
from dashboard.presented import Presented, presented
from dashboard.sessions import SignedIn
from dashboard.streams import News
from reports import asking_again
from reports.answer import Answer
from reports.metric_names import DEFAULT_METRIC
from storage.connection import Connection
from storage.engine import Store
from storage.previewed import Page, Size, size
from storage.previewed import Wanted as WantedRows
from storage.previewed_catalogue import TABLES, Table, tables
from storage.watermarks import Watermark, watermarks

WITH_ONE = "With the token in the variable GITHUB_TOKEN."
FIELDS = ("owner", "repository", "period", "since", "until")
"""What an address may fill the form with: never the token."""
REFRESH = "3"  # seconds, for browsers without scripts
WITHOUT = "A token is needed: letters, digits and signs without spaces, as GitHub shows it once."
NOT_YET = "This analysis is not done yet."


async def form(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Show the form, and the way to the analysis that this person has."""
    running = ANALYSES.of(front).latest(signed.person.id)
    asked_for = {name: request.query[name][:200] for name in FIELDS if name in request.query}
    metrics = tuple(one for one in request.query.getall("metrics", []) if one in offered())
    wanted, _ = read(asked_for, metrics, front.services.now().replace(microsecond=0))
    return form_page(request, signed, wanted, (), running, ended=request.query.get("ended") == "yes")


def form_page(
    request: web.Request,
    signed: SignedIn,
    wanted: Wanted,
    wrong: tuple[str, ...],
    running: Run | None,
    *,
    ended: bool = False,
) -> web.Response:
    """Return the form as it was filled in, but for the token, which is in no page."""
    return shown(
        request, signed, "analyse.html", "Analyse any repository", here="analyse", status=422 if wrong else 200,
        wanted=wanted, wrong=wrong, periods=PERIODS, period=wanted.since if wanted.since in PERIODS else DEFAULT,
        since="" if wanted.since in PERIODS else wanted.since, offered=offered(), running=running, ended=ended,
    )  # fmt: skip


async def begin(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Begin an analysis and lead to its page; 422 with the form for what is wrong, 429 where too many are read."""
    given = await form_of(request)
    said = {name: given.get(name, "") for name in FIELDS}
    metrics = tuple(dict.fromkeys(given.getall("metrics", [])))
    wanted, wrong = read(said, metrics, front.services.now().replace(microsecond=0))
    token = given.get("token", "").strip()
    if not TOKEN.fullmatch(token):
        wrong = (*wrong, WITHOUT)
    if wrong:
        return form_page(request, signed, wanted, wrong, None)
    run = await ANALYSES.of(front).begin(signed.person.id, wanted, token)
    raise web.HTTPSeeOther(f"/analyse/{run.key}")


async def show(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Show how far an analysis is, or what it says: `?metric=` is the tab."""
    run = await mine(front, request, signed)
    if run.answer is None:
        facts = run.facts(front.services.now())
        page = shown(request, signed, "analyse_run.html", f"Analysing {run.wanted.full_name}", here="analyse", run=run,
                     facts=facts, base=base_of(run))  # fmt: skip
        if not run.is_over and "watched" not in request.query:
            page.headers["Refresh"] = REFRESH
        return page
    tabs = sorted(((each.metric, each.title) for each in run.answer.sections), key=lambda tab: order(tab[0]))
    name = request.query.get("metric", tabs[0][0])
    one = section(run.answer, name)
    question = as_asked(run.wanted, one)
    return shown(
        request, signed, "analyse_answer.html", run.wanted.full_name, here="analyse", run=run, base=base_of(run),
        library=library(front), answer=in_terminal(presented(one, question, base_of(run), "en"), one), tabs=tabs,
        metric=name,
    )  # fmt: skip


def in_terminal(answer: Presented, of: Answer) -> Presented:
    """Return an answer with the line for a terminal: the App need not be installed where somebody could comment."""
    line = "\n".join(asking_again.in_terminal(of.question))
    return replace(answer, where="Ask the same in a terminal", beside=WITH_ONE, line=line, exactly=line)


def order(metric: str) -> tuple[bool, tuple[int, str]]:
    """Return where a metric's tab stands: as on a repository's own page."""
    return metric != DEFAULT_METRIC, place(metric)


def as_asked(wanted: Wanted, answer: Answer) -> Asked:
    """Return a metric's question as an address and a comment have it."""
    if wanted.since in PERIODS and not wanted.until:
        return Asked(answer.question.metrics[0], (("period", wanted.since),))
    return Asked.of_question(answer.question)


def section(answer: Answer, metric: str) -> Answer:
    """Return the part of an answer that is about one metric; 404 for one that was not asked."""
    found = tuple(one for one in answer.sections if one.metric == metric)
    if not found:
        raise not_there()
    return replace(answer, question=replace(answer.question, metrics=(metric,)), sections=found)


async def events(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Send how far an analysis is whenever that changes, as server-sent events, until it ends."""

    async def look() -> News:
        run = await mine(front, request, signed)
        over = run.is_over
        return News("end" if over else "progress", run.facts(front.services.now()), over)

    return await front.stream(request, signed, look)


async def cancel(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """End an analysis and forget all that was read for it."""
    run = await mine(front, request, signed)
    await ANALYSES.of(front).forget(run)
    raise web.HTTPSeeOther(f"/analyse?{run.wanted.query}&ended=yes")


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
        wanted = asked(table, repository_id, WantedRows(0, table).terms, request.query.items(), cipher)
        found, rows = await store.read(lambda conn: read_rows(conn, wanted))
    except Unclear as unclear:
        wrong = str(unclear)
        wanted = AskedRows(WantedRows(repository_id, table), dict(request.query.items()))
    address = f"{base_of(run)}/data/{table.name}"
    return shown(
        request, signed, "analyse_table.html", f"{table.title} · {run.wanted.name}", here="analyse",
        status=422 if wrong else 200, shown=previewed(wanted, found, rows, address, cipher, wrong=wrong),
        address=address, run=run, base=base_of(run),
    )  # fmt: skip


async def download(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Send the rows of a table as a file."""
    run, store, repository_id = await rows_of(front, request, signed)
    table = named(request)
    try:
        terms = WantedRows(0, table).terms
        wanted = asked(table, repository_id, terms, request.query.items(), front.login.cipher).wanted
    except Unclear as unclear:
        raise web.HTTPUnprocessableEntity(text=str(unclear)) from None
    name = f"{run.wanted.owner}-{run.wanted.name}-{table.name}"
    return await sent(request, ROOMS.of(front), signed.person.id, store, wanted, request.match_info["form"], name)


async def chart(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Answer with one chart: drawn for all metrics when the first picture is asked for."""
    run = await mine(front, request, signed)
    if run.answer is None or run.task is None:
        raise web.HTTPServiceUnavailable(text=NOT_YET, headers={"Retry-After": "5"})
    metric, nth = request.match_info["metric"], int(request.match_info["number"])
    kind = request.match_info["form"]
    pictures = section(run.answer, metric).pictures
    if not 1 <= nth <= len(pictures):
        raise not_there()
    if kind == "json":
        data = msgspec.json.encode(pictures[nth - 1].spec)
    else:
        drawing = run.drawing.get(kind)
        if drawing is None or (drawing.done() and drawing.exception() is not None):
            task = replace(run.task, pictures=kind == "png", svgs=kind == "svg", specs=False)
            drawing = run.drawing[kind] = asyncio.create_task(drawn(front, task))
        found = section(await asyncio.shield(drawing), metric).pictures[nth - 1]
        data = charts.in_form(found, kind, dark=request.query.get("theme") == "dark")
    return charts.sent(request, data, kind, f"{metric}-{nth}")


async def drawn(front: Front, task: Any) -> Answer:
    """Return the answer once more, with its pictures."""
    answered = await ANALYSES.of(front).world.services.pool.run("answer", task)
    assert isinstance(answered, Answer), "what compute.answer returns"
    return answered


async def mine(front: Front, request: web.Request, signed: SignedIn) -> Run:
    """Return the analysis that an address names, if this person has begun it; else 404."""
    return await ANALYSES.of(front).of(signed.person.id, request.match_info["run"])


async def rows_of(front: Front, request: web.Request, signed: SignedIn) -> tuple[Run, Store, int]:
    """Return a done analysis with its store and its repository's number; 503 while it is being read."""
    run = await mine(front, request, signed)
    if run.store is None or run.repository is None or run.answer is None:
        raise web.HTTPServiceUnavailable(text=NOT_YET, headers={"Retry-After": "5"})
    return run, run.store, run.repository.id


def named(request: web.Request) -> Table:
    """Return the table that an address names; 404 for none, and for traffic, which no token here is asked for."""
    table = TABLES.get(request.match_info["table"])
    if table is None or table.traffic:
        raise not_there()
    return table


def base_of(run: Run) -> str:
    """Return the address of an analysis."""
    return f"/analyse/{run.key}"
