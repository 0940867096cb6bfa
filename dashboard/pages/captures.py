"""GET /i/{id}/captures: the log of captures: runs, and where a repository or an outcome is looked for, single tries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from analytics.words import number
from dashboard import looking_after
from dashboard.access import LookedAfter
from dashboard.front import Front
from dashboard.moments import moment
from dashboard.paging import Pages, pages
from dashboard.run_shown import OVERTAKEN, named, run_id, took
from dashboard.sessions import SignedIn
from reports.capture_runs import NOT_OVER, is_under_way
from reports.capture_words import OUTCOMES, counted
from storage.capture_log import LoggedRun, logged_runs, logged_tries, run_count
from storage.captures import CaptureRow, CaptureRun, recent_runs
from storage.connection import Connection
from storage.installations import Repository, repositories_of

LATELY = timedelta(days=90)
MOST_NAMED = 200  # repositories that a part of a name may stand for
STATES = {"planned": "waits", "running": "under way", "done": "done", "stopped": "stopped"}


async def show(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Answer with the log, for whoever has a role in the installation."""
    here = await looking_after.looked_after(front, request, signed)
    search = request.query.get("repository", "").strip()[:200]
    outcome = request.query.get("outcome", "")
    outcome = outcome if outcome in OUTCOMES else ""
    base = f"/i/{here.installation.id}/captures"
    asked = {"repository": search, "outcome": outcome}
    if search or outcome:
        listed = await tries(front, here, request.query.get("page"), search, outcome)
    else:
        listed = await runs(front, here, request.query.get("page"), base)
    page = looking_after.number(request.query.get("page", "")) or 1
    return looking_after.page(
        request,
        signed,
        here,
        "captures.html",
        tab="captures",
        title="Captures",
        search=search,
        outcome=outcome,
        outcomes=OUTCOMES,
        lately=LATELY.days,
        before=f"{base}?{urlencode({**asked, 'page': page - 1})}" if page > 1 else None,
        after=f"{base}?{urlencode({**asked, 'page': page + 1})}",
        page=page,
        **listed,
    )


async def runs(front: Front, here: LookedAfter, page: str | None, base: str) -> dict[str, Any]:
    """Return a page of runs."""
    installation_id, now = here.installation.id, front.services.now()

    async def read(conn: Connection) -> tuple[Pages, list[LoggedRun], list[CaptureRun]]:
        listed = pages(page, await run_count(conn, installation_id), base, {})
        found = await logged_runs(conn, installation_id, listed.size, listed.skip)
        return listed, found, await recent_runs(conn, installation_id)

    listed, found, recent = await front.services.store.read(read)
    rows = [
        {
            "name": named(one.run.run),
            "address": f"/collect/{run_id(installation_id, one.run.run)}",
            "by": one.ordered_by,
            "began": moment(one.run.started_at or one.run.planned_at, now),
            "state": state(one.run, recent, now),
            "went": counted(one.outcomes) if one.outcomes else None,
            "requests": number(one.run.requests),
            "took": took(one.run),
            "reason": one.run.reason if one.run.reason != counted(one.outcomes) else None,
        }
        for one in found
    ]
    return {"runs": rows, "tries": None, "pages": listed, "more": False}


def state(run: CaptureRun, recent: list[CaptureRun], now: Any) -> str:
    """Return how a run stands; one whose place another has taken will do nothing more."""
    waits = run.state in NOT_OVER and not is_under_way(run, recent, now)
    return OVERTAKEN if waits else STATES[run.state]


async def tries(front: Front, here: LookedAfter, page: str | None, search: str, outcome: str) -> dict[str, Any]:
    """Return a page of tries: of the repositories with a text in their names ever, of all of them lately."""
    installation_id, now = here.installation.id, front.services.now()
    size = 50
    skip = (min(looking_after.number(page or "") or 1, 10**6) - 1) * size

    async def read(conn: Connection) -> tuple[list[CaptureRow], dict[int, Repository]]:
        known = {one.id: one for one in await repositories_of(conn, installation_id)}
        named = [one.id for one in known.values() if search.casefold() in one.full_name.casefold()][:MOST_NAMED]
        since = None if search else now - LATELY
        rows = await logged_tries(
            conn, installation_id, named if search else None, outcome or None, since, size + 1, skip
        )
        return rows, known

    rows, known = await front.services.store.read(read)
    shown = [
        {
            "repository": known[row.repository_id].full_name if row.repository_id in known else None,
            "at": moment(row.captured_at, now),
            "run": named(row.run),
            "address": f"/collect/{run_id(installation_id, row.run)}",
            "outcome": row.outcome,
            "requests": number(row.requests),
            "reason": row.reason,
        }
        for row in rows[:size]
    ]
    return {"runs": None, "tries": shown, "pages": None, "more": len(rows) > size}
