"""GET /i/{id}: the repositories of an installation, how often each is captured, and why one is not.

POST /i/{id}/repositories/{repository_id}: an admin chooses how often.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

import structlog
from aiohttp import web

from analytics.words import date_name, number
from dashboard import looking_after
from dashboard.access import LookedAfter, not_there
from dashboard.front import Front
from dashboard.managed_capture import Wanted, found, lines
from dashboard.moments import exact, moment
from dashboard.paging import pages
from dashboard.sessions import SignedIn
from reports.capture_rules import FREQUENCIES
from reports.capture_runs import any_under_way
from reports.capture_times import next_capture, today
from reports.capture_words import is_lacking, settings_page
from reports.captured import lacks_permission
from reports.owners_capture import owners_capture
from storage.capture_choices import CaptureChoice, capture_choices_of, choose_capture, forget_capture_choice
from storage.captures import CaptureRun, recent_runs
from storage.connection import Connection
from storage.decisions import note_decision
from storage.installations import Repository, repositories_of
from storage.installations import repository as repository_by_id
from storage.last_captures import LastCapture, kept_days, last_captures_of

USUAL = "usual"
SHOWN = {"all": "all", "trouble": "not whole", "daily": "daily", "weekly": "weekly", "off": "off"}
SORTED = {"name": "name", "often": "how often", "captured": "last try", "outcome": "how it went"}

log = structlog.get_logger(__name__)


async def show(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Answer with the page, for whoever has a role in the installation."""
    here = await looking_after.looked_after(front, request, signed)
    installation, services = here.installation, front.services
    now, wanted = services.now(), Wanted.of_query(request.query)
    owners = await owners_capture(services.store, installation.id, installation.account_login)
    known, choices, last, runs = await services.store.read(lambda conn: read(conn, installation.id))
    every = lines(known, owners.rules, choices, last, now)
    chosen = found(every, wanted)
    listed = pages(request.query.get("page"), len(chosen), f"/i/{installation.id}", wanted.query)
    shown = listed.of(chosen)
    days = await services.store.read(lambda conn: kept_days(conn, [one.repository.id for one in shown]))
    kept = {one: f"{number(some.days)} since {date_name(some.since)}" for one, some in days.items()}
    web_base = front.outside.endpoints.web
    return looking_after.page(
        request,
        signed,
        here,
        "installation.html",
        tab="repositories",
        title="Repositories",
        lines=shown,
        kept=kept,
        pages=listed,
        wanted=wanted,
        shown=SHOWN,
        sorted=SORTED,
        count=number(len(chosen)),
        figures=figures([one.often for one in every], sum(one.is_in_trouble for one in every)),
        listed=moment(here.installation.listed_at, now),
        next=next_run(here, runs, now),
        lacking=settings_page(web_base, installation) if is_refused(here, runs) else None,
        file=None if owners.address is None else f"{web_base}{owners.address}",
        back=urlencode({name: value for name, value in request.query.items() if value}),
    )


async def read(
    conn: Connection, installation_id: int
) -> tuple[list[Repository], dict[int, CaptureChoice], dict[int, LastCapture], list[CaptureRun]]:
    """Read everything in one moment of the database."""
    return (
        await repositories_of(conn, installation_id),
        await capture_choices_of(conn, installation_id),
        await last_captures_of(conn, installation_id),
        await recent_runs(conn, installation_id),
    )


def figures(often: list[str], trouble: int) -> list[tuple[str, str]]:
    """Return how many repositories there are and how often they are captured."""
    counted = Counter(often)
    return [
        ("Repositories", number(len(often))),
        *((f"Captured {name}" if name != "off" else "Not captured", number(counted[name])) for name in FREQUENCIES),
        ("Last try not whole", number(trouble)),
    ]


def next_run(here: LookedAfter, runs: list[CaptureRun], now: datetime) -> str:
    """Return when captures go on, one sentence."""
    if any_under_way(runs, now):
        return "A capture is under way or waits for its turn."
    planned = any(run.run == today(now).isoformat() for run in runs)
    return f"The next capture is due {exact(next_capture(here.installation.id, now, planned=planned))}."


def is_refused(here: LookedAfter, runs: list[CaptureRun]) -> bool:
    """Tell whether the App may not read traffic: what GitHub did in the latest run counts before what it lists."""
    latest = next((run for run in runs if run.state == "done" and run.repositories), None)
    return lacks_permission(here.installation) if latest is None else is_lacking(latest.reason)


async def manage(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Note how often a repository is to be captured, and go back to the list."""
    here = await looking_after.managed(front, request, signed)
    installation_id, often = here.installation.id, await looking_after.field(request, "often")
    if often not in (*FREQUENCIES, USUAL):
        raise web.HTTPUnprocessableEntity(text="A repository is captured daily, weekly, off, or as usual.")
    repository_id = looking_after.number(request.match_info["repository_id"])
    now, by = front.services.now(), looking_after.who(signed.person)

    async def work(conn: Connection) -> Repository | None:
        wanted = None if repository_id is None else await repository_by_id(conn, repository_id)
        if wanted is None or wanted.installation_id != installation_id or wanted.removed_at is not None:
            return None
        before = (await capture_choices_of(conn, installation_id)).get(wanted.id)
        if (USUAL if before is None else before.frequency) == often:
            return wanted
        if often == USUAL:
            await forget_capture_choice(conn, wanted.id)
        else:
            await choose_capture(conn, wanted.id, often, by=by, at=now)
        await note_decision(conn, installation_id, now, by, f"set the capture of {wanted.full_name} to {often}")
        return wanted

    changed = await front.services.store.write(work)
    if changed is None:
        raise not_there()
    log.info("how often a repository is captured was chosen", repository=changed.id, often=often)
    # only what stands behind the question mark: the way back leads to this list and nowhere else
    back = urlencode(parse_qsl((await looking_after.field(request, "back"))[:2000]))
    raise web.HTTPSeeOther(f"/i/{installation_id}" + (f"?{back}" if back else ""))
