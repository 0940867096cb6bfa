"""A run of captures as a page and its events show it: how far it is, and how it ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from analytics.words import date_name, duration, number, plural
from dashboard import looking_after
from dashboard.access import not_there
from dashboard.front import Front
from dashboard.managed_capture import Line, lines
from dashboard.moments import moment
from dashboard.sessions import SignedIn
from reports.capture_runs import NOT_OVER, is_under_way
from reports.capture_words import counted
from reports.owners_capture import owners_capture
from storage.capture_choices import capture_choices_of
from storage.capture_orders import CaptureOrder, capture_order
from storage.captures import CaptureRow, CaptureRun, recent_runs, run_captures
from storage.connection import Connection
from storage.installations import Installation, installation, repositories_of
from storage.run_progress import capture_run

MOST_SHOWN = 50
SECONDS_PER_HOUR = 3600
STATES = {
    "planned": "It waits for its turn.",
    "running": "It is under way.",
    "done": "It is done.",
    "stopped": "It was stopped.",
}
OVERTAKEN = "Another run has taken over."


@dataclass(frozen=True, slots=True)
class Seen:
    """A run that somebody may see. rows: what became of each repository so far, or of the one that it is about."""

    installation: Installation
    run: CaptureRun
    order: CaptureOrder | None
    rows: list[CaptureRow]
    names: Mapping[int, str]
    due: int | None
    is_going_on: bool
    is_member: bool


def named(run: str) -> str:
    """Return a run's name as people read it: its day, and the time where somebody asked for it at one."""
    try:
        at = datetime.fromisoformat(run)
    except ValueError:
        return run
    return f"{date_name(at)}, {at:%H:%M} UTC" if "T" in run else date_name(at)


def run_id(installation_id: int, run: str) -> str:
    """Return a run's place in an address."""
    return f"{installation_id}-{run.replace(':', '_')}"


async def seen_run(front: Front, request: web.Request, signed: SignedIn) -> Seen:
    """Return the run that an address names; raises 404 for whoever may not see it.

    That is who has a role in the installation; and of a run about one repository, who looks after that.
    """
    first, _, rest = request.match_info["run"].partition("-")
    installation_id, run = looking_after.number(first), rest.replace("_", ":")
    if installation_id is None:
        raise not_there()
    store, now = front.services.store, front.services.now()
    order = await store.read(lambda conn: capture_order(conn, installation_id, run))
    try:
        await front.access.looked_after(signed.person, installation_id)
        is_member = True
    except web.HTTPNotFound:
        is_member = False
        if order is None or order.repository_id is None:
            raise
        visible = await front.access.repository_by_id_for(signed.person, order.repository_id)
        if not visible.manages or visible.repository.installation_id != installation_id:
            raise not_there() from None

    async def read(conn: Connection) -> Seen | None:
        found, owner = await capture_run(conn, installation_id, run), await installation(conn, installation_id)
        if found is None or owner is None:
            return None
        known = await repositories_of(conn, installation_id)
        runs = await recent_runs(conn, installation_id)
        return Seen(
            owner,
            found,
            order,
            await run_captures(conn, installation_id, run),
            {one.id: one.full_name for one in known},
            None,
            is_under_way(found, runs, now),
            is_member,
        )

    found = await store.read(read)
    if found is None:
        raise not_there()
    return found


async def due_of(front: Front, seen: Seen) -> int | None:
    """Return how many repositories a run that was asked for is about; of the night's own only the run itself knows."""
    if seen.order is None:
        return None
    store, owner = front.services.store, seen.installation
    owners = await owners_capture(store, owner.id, owner.account_login)

    async def read(conn: Connection) -> list[Line]:
        known, choices = await repositories_of(conn, owner.id), await capture_choices_of(conn, owner.id)
        return lines(known, owners.rules, choices, {}, front.services.now())

    every = [one for one in await store.read(read) if one.often != "off"]
    only = seen.order.repository_id
    return sum(only in (None, one.repository.id) for one in every)


def shown(seen: Seen, due: int | None, now: datetime) -> dict[str, Any]:
    """Return what the template says of a run. due: how many repositories it is about, None where that is not known."""
    run, over = seen.run, seen.run.state not in NOT_OVER or not seen.is_going_on
    overtaken = run.state in NOT_OVER and over
    outcomes = Counter(row.outcome for row in seen.rows)
    wrong = [row for row in seen.rows if row.outcome != "captured"]
    named = sorted((seen.names.get(row.repository_id, str(row.repository_id)), row) for row in wrong[:MOST_SHOWN])
    requests = max(run.requests, sum(row.requests for row in seen.rows))
    return {
        "state": OVERTAKEN if overtaken else STATES[run.state],
        "over": over,
        "done": number(len(seen.rows)),
        "at": len(seen.rows),
        # the run may have found repositories that nobody knew of when it was asked for
        "due": None if due is None else max(due, len(seen.rows)),
        "repositories": plural(len(seen.rows), "repository", "repositories"),
        "outcomes": counted(outcomes) if seen.rows else "nothing so far",
        "requests": plural(requests, "request"),
        "reason": run.reason,
        "began": moment(run.started_at, now),
        "asked": moment(run.planned_at, now),
        "took": took(run),
        "wrong": [(name, row.outcome, row.reason or "no reason was given") for name, row in named],
        "more": number(len(wrong) - len(named)) if len(wrong) > len(named) else None,
    }


def took(run: CaptureRun) -> str | None:
    """Return how long a run took, None while it goes on or where it never began."""
    if run.started_at is None or run.finished_at is None:
        return None
    return duration((run.finished_at - run.started_at).total_seconds() / SECONDS_PER_HOUR)
