"""GET /operator: the whole server for who maintains it: installations, jobs, limits, the database, people.

What jobs carry is never shown: that is what people wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from aiohttp import web

from analytics.words import number, plural, shorten
from dashboard import database_words, looking_after
from dashboard.access import is_named, not_there
from dashboard.front import Front
from dashboard.layout import show as layout
from dashboard.moments import exact, moment
from dashboard.pages.people import through
from dashboard.paging import pages
from dashboard.sessions import SignedIn
from dashboard.turning_out import turn_out
from github.budget import CORE, GRAPHQL, Budget
from github.wire import VERSION
from storage.connection import Connection
from storage.database_facts import DatabaseFacts, database_facts
from storage.dead_letters import DeadLetter, KindCount, count_kinds, dead_letters, forget_dead, try_again
from storage.decisions import Decision, decisions_of, note_decision
from storage.installations import Installation, all_installations
from storage.persons_listed import ListedPerson, forget_absent, list_persons, operators
from storage.roles import set_operator
from storage.sessions import person as person_by_id

LETTERS = 50
PEOPLE = 50
CHANGES = 10
LONGEST_ERROR = 200
ABSENT = timedelta(days=365)
ITSELF = "You are the last operator that was made here, and the settings name you not. Make another one first."
MEGABYTE = 1_000_000
STATES = {"ready": "waiting", "waiting": "waiting", "running": "running", "scheduled": "put off", "dead": "given up"}

log = structlog.get_logger(__name__)


async def show(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Answer with the page, for operators."""
    await front.access.operator(signed.person)
    services, query = front.services, request.query
    now, search = services.now(), query.get("q", "").strip()[:200]
    dead_page = looking_after.number(query.get("letters", "")) or 1
    asked = looking_after.number(query.get("page", "")) or 1

    async def read(
        conn: Connection,
    ) -> tuple[
        DatabaseFacts, list[Installation], list[KindCount], list[DeadLetter], tuple[list[ListedPerson], int],
        list[Decision],
    ]:  # fmt: skip
        letters = await dead_letters(conn, LETTERS, (min(dead_page, 10**6) - 1) * LETTERS)
        people = await list_persons(conn, search, PEOPLE, (min(asked, 10**6) - 1) * PEOPLE)
        changes, _ = await decisions_of(conn, None, CHANGES)
        facts, installed = await database_facts(conn), await all_installations(conn)
        return facts, installed, await count_kinds(conn), letters, people, changes

    facts, installed, kinds, letters, (people, count), changes = await services.store.read(read)
    budgets = await services.budgets()
    listed = pages(query.get("page"), count, "/operator", {"q": search}, PEOPLE)
    dead = sum(one.count for one in kinds if one.state == "dead")
    return layout(
        request,
        signed,
        "operator.html",
        "This server",
        here="operator",
        figures=[
            ("Almanac", VERSION),
            ("Database", facts.name),
            ("Its size", f"{facts.size / MEGABYTE:,.1f} MB"),
            ("Schema", facts.schema or "none"),
            ("Installations", number(len(installed))),
            ("Jobs given up", number(dead)),
        ],
        rows_said=[one for one in (*database_words.gone(facts), database_words.astray(facts)) if one is not None],
        installations=[installation_line(one, budgets.get(one.id), now) for one in installed],
        kinds=kind_lines(kinds, now),
        letters=[letter_line(one, now) for one in letters],
        letters_page=dead_page,
        letters_more=dead > dead_page * LETTERS,
        dead=number(dead),
        people=[person_line(one, front.access.operators, now) for one in people],
        pages=listed,
        search=search,
        count=number(count),
        changes=[(moment(one.at, now), one.who, one.what) for one in changes],
        done=query.get("done", "")[:100],
        me=signed.person.id,
    )


def installation_line(one: Installation, budget: Budget | None, now: datetime) -> dict[str, Any]:
    """Return what the page says of an installation. budget: None where this server has not spoken for it of late."""
    return {
        "id": one.id,
        "account": one.account_login,
        "type": one.account_type,
        "state": f"suspended since {exact(one.suspended_at)}" if one.suspended_at else "at work",
        "is_open": one.suspended_at is None,
        "listed": moment(one.listed_at, now),
        "core": allowance(budget, CORE, now),
        "graphql": allowance(budget, GRAPHQL, now),
    }


def allowance(budget: Budget | None, name: str, now: datetime) -> str | None:
    """Return what was left of a limit when GitHub said so last, None where it has not."""
    known = None if budget is None else budget.allowances.get(name)
    if known is None:
        return None
    if known.reset_at <= now:
        return f"all of {number(known.limit)}"
    return f"{number(known.remaining)} of {number(known.limit)}, until {known.reset_at:%H:%M} UTC"


def kind_lines(kinds: list[KindCount], now: datetime) -> list[dict[str, Any]]:
    """Return a line for each kind of job and what it is at."""
    found: dict[tuple[str, str], tuple[int, datetime]] = {}
    for one in kinds:
        key = (one.kind, STATES[one.state])
        count, oldest = found.get(key, (0, one.oldest))
        found[key] = (count + one.count, min(oldest, one.oldest))
    return [
        {"kind": kind, "state": state, "count": number(count), "oldest": moment(oldest, now)}
        for (kind, state), (count, oldest) in sorted(found.items())
    ]


def letter_line(one: DeadLetter, now: datetime) -> dict[str, Any]:
    """Return what the page says of a job that was given up."""
    return {
        "id": one.id,
        "kind": one.kind,
        "key": shorten(one.key, 80),
        "attempts": number(one.attempts),
        "put": moment(one.created_at, now),
        "ended": moment(one.finished_at, now),
        "error": shorten(one.error or "no reason was noted", LONGEST_ERROR),
    }


def person_line(one: ListedPerson, named: frozenset[str], now: datetime) -> dict[str, Any]:
    """Return what the page says of somebody."""
    return {
        "person": one.person,
        "through": through(one.person),
        "arrived": moment(one.person.arrived_at, now),
        "roles": plural(one.roles, "role"),
        "is_named": is_named(one.person, named),
    }


async def jobs(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Try a job that was given up again, or forget it; or all of a kind."""
    await front.access.operator(signed.person)
    wanted, kind = await looking_after.field(request, "do"), await looking_after.field(request, "kind")
    job_id = looking_after.number(await looking_after.field(request, "job"))
    if wanted not in ("again", "forget") or (job_id is None and not kind):
        raise web.HTTPUnprocessableEntity(text="A job is tried again, or forgotten.")
    now, by = front.services.now(), looking_after.who(signed.person)

    async def work(conn: Connection) -> int:
        which: Mapping[str, Any] = {"job_id": job_id} if job_id is not None else {"kind": kind}
        changed = await (try_again(conn, now, **which) if wanted == "again" else forget_dead(conn, **which))
        if changed:
            what = "tried again" if wanted == "again" else "forgot"
            about = f"job {job_id}" if job_id is not None else f"{number(changed)} of kind {kind}"
            await note_decision(conn, None, now, by, f"{what} {about}")
        return changed

    changed = await front.services.store.write(work)
    front.services.wakeup.set()
    log.info("jobs that were given up were changed", wanted=wanted, job=job_id, job_kind=kind, count=changed)
    raise web.HTTPSeeOther(f"/operator?done={wanted}#jobs")


async def people(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Make somebody an operator, or one no more; end what they are signed in with; or forget the absent of a year."""
    await front.access.operator(signed.person)
    wanted = await looking_after.field(request, "do")
    person_id = looking_after.number(await looking_after.field(request, "person"))
    now, by = front.services.now(), looking_after.who(signed.person)
    if wanted not in ("make", "unmake", "forget", "end"):
        raise web.HTTPUnprocessableEntity(
            text="Somebody is made an operator, or one no more, or their sessions end; or the absent are forgotten."
        )
    if wanted == "end":
        await turn_out(front, person_id or 0, by)
        raise web.HTTPSeeOther("/operator?done=end#people")

    async def work(conn: Connection) -> None:
        if wanted == "forget":
            gone = await forget_absent(conn, now - ABSENT, now)
            said = plural(gone, "person", "people")
            await note_decision(conn, None, now, by, f"forgot {said} who had not come for a year")
            return
        found = None if person_id is None else await person_by_id(conn, person_id)
        if found is None:
            raise not_there()
        leaves = wanted == "unmake" and found.id == signed.person.id and not is_named(found, front.access.operators)
        if leaves and await operators(conn) <= {found.id}:
            raise web.HTTPConflict(text=ITSELF)
        await set_operator(conn, found.id, is_operator=wanted == "make")
        what = "made {} an operator" if wanted == "make" else "made {} an operator no more"
        await note_decision(conn, None, now, by, what.format(found.login))

    await front.services.store.write(work)
    log.info("operators or people were changed", wanted=wanted, person=person_id, by=signed.person.id)
    raise web.HTTPSeeOther(f"/operator?done={wanted}#people")
