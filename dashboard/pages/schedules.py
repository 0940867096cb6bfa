"""GET and POST /i/{id}/schedules: every periodic report of an installation, when it comes next, and how it stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from aiohttp import web

from analytics.words import day, number
from dashboard import looking_after
from dashboard.access import not_there
from dashboard.front import Front
from dashboard.inline import inline
from dashboard.moments import exact, moment
from dashboard.paging import pages
from dashboard.sessions import SignedIn
from reports.configuration_file import PATH
from reports.digest_order import order_now, read
from reports.schedule import next_due
from reports.schedule_words import about, described
from reports.schedule_words import moment as local_moment
from reports.subscribing import COMMAND
from storage.connection import Connection
from storage.decisions import note_decision
from storage.installations import repository as repository_by_id
from storage.subscriptions import Subscription, end_subscription, subscription
from storage.subscriptions_listed import newest_reports, subscriptions_in
from storage.written_reports import WrittenReport

SHOWN = {"all": "all", "going": "that go on", "ended": "that ended or rest"}
NOW, STOP = "now", "stop"
IN_THE_FILE = "This report is set up in the repository's settings file, and changed there."
RESTS = "This report rests, as the repository's settings file says which are written."

log = structlog.get_logger(__name__)


async def show(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Answer with the reports, for whoever has a role in the installation."""
    here = await looking_after.looked_after(front, request, signed)
    store, now = front.services.store, front.services.now()
    every = await store.read(lambda conn: subscriptions_in(conn, here.installation.id))
    search = request.query.get("q", "").strip()[:200]
    show = request.query.get("show", "")
    show = show if show in SHOWN else "all"
    fitting = [
        (name, one)
        for name, one in every
        if search.casefold() in name.casefold() and (show == "all" or one.active == (show == "going"))
    ]
    base = f"/i/{here.installation.id}/schedules"
    query = {"q": search, "show": "" if show == "all" else show}
    listed = pages(request.query.get("page"), len(fitting), base, query)
    part = listed.of(fitting)
    newest = await store.read(lambda conn: newest_reports(conn, {one.repository_id for _, one in part}))
    web_base = front.outside.endpoints.web
    rows = [line(name, one, newest.get((one.repository_id, one.slot)), now, web_base) for name, one in part]
    return looking_after.page(
        request,
        signed,
        here,
        "schedules.html",
        tab="schedules",
        title="Reports",
        rows=rows,
        pages=listed,
        search=search,
        show=show,
        shown=SHOWN,
        count=number(len(fitting)),
        going=number(sum(one.active for _, one in every)),
        done=request.query.get("done", ""),
    )


def line(name: str, one: Subscription, last: WrittenReport | None, now: datetime, web_base: str) -> dict[str, Any]:
    """Return what the page says of one subscription."""
    schedule = read(one.schedule)
    due = next_due(schedule, now) if one.active else None
    return {
        "name": name,
        "repository": one.repository_id,
        "source": one.source,
        "slot": one.slot,
        "what": schedule.every + (" for the organisation" if schedule.organisation else ""),
        "described": inline(described(schedule), code=False),
        "where": None if one.number is None else f"#{one.number}",
        "where_address": None if one.number is None else f"{web_base}/{name}/issues/{one.number}",
        "file": f"{web_base}/{name}/blob/HEAD/{PATH}" if one.source != COMMAND else None,
        "next": None if due is None else exact(due.at),
        "next_said": None if due is None else inline(f"{local_moment(schedule, due)}, about {about(due)}", code=False),
        "last": None if last is None else f"#{last.number}, {last.period}",
        "last_address": None if last is None else address(last, name, web_base),
        "last_at": None if last is None else moment(last.updated_at, now),
        "state": state(one),
        "reason": one.reason,
        "is_active": one.active,
        "rests": one.rests,
    }


def state(one: Subscription) -> str:
    """Return how a subscription stands."""
    if one.ended_at is not None:
        return f"ended {day(one.ended_at)}"
    if one.rests:
        return "rests"
    return "goes on"


def address(last: WrittenReport, name: str, web_base: str) -> str:
    """Return where people read a report."""
    comment = "" if last.comment_id is None else f"#issuecomment-{last.comment_id}"
    return f"{web_base}/{name}/issues/{last.number}{comment}"


async def change(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Stop a report, or have the newest one written now, as `do` says; go back to the page."""
    here = await looking_after.managed(front, request, signed)
    installation_id, now, by = here.installation.id, front.services.now(), looking_after.who(signed.person)
    wanted = await looking_after.field(request, "do")
    if wanted not in (NOW, STOP):
        raise web.HTTPUnprocessableEntity(text="A report is stopped, or written now.")
    repository_id = looking_after.number(await looking_after.field(request, "repository"))
    source, slot = await looking_after.field(request, "source"), await looking_after.field(request, "slot")

    async def work(conn: Connection) -> None:
        found = None if repository_id is None else await repository_by_id(conn, repository_id)
        if found is None or found.installation_id != installation_id or found.removed_at is not None:
            raise not_there()
        known = await subscription(conn, found.id, source, slot)
        if known is None:
            raise not_there()
        if known.rests:
            raise web.HTTPConflict(text=RESTS)
        if wanted == NOW:
            # twice within a minute is once
            await order_now(conn, [known], None, f"dashboard-{now:%Y%m%dT%H%M}", now)
            await note_decision(conn, installation_id, now, by, f"asked for the {slot} report of {found.full_name}")
            return
        if known.source != COMMAND:
            raise web.HTTPConflict(text=IN_THE_FILE)
        if known.ended_at is None:
            await end_subscription(conn, known, now, f"{by} stopped it on the dashboard")
            await note_decision(conn, installation_id, now, by, f"stopped the {slot} report of {found.full_name}")

    await front.services.store.write(work)
    front.services.wakeup.set()
    log.info("a report was changed", installation=installation_id, repository=repository_id, wanted=wanted)
    raise web.HTTPSeeOther(f"/i/{installation_id}/schedules?done={wanted}")
