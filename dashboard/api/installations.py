"""/installations: where the caller sees something, and the log of captures for those who have a role."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from dashboard.api.cursors import opened, sealed
from dashboard.api.operations import Asking, Operation, Paged, Reply
from storage.captures import RunState
from storage.run_pages import runs_before


class Installation(msgspec.Struct):
    """The App on an account. role: the caller's, null for whoever sees only single repositories."""

    id: int
    account: str
    account_type: str
    role: Literal["admin", "member"] | None


class Installations(msgspec.Struct):
    """Installations by number."""

    items: list[Installation]
    next: str | None


class Run(msgspec.Struct):
    """One capture of all repositories of an installation. reason: why it ended as it did, null if all went well."""

    run: str
    day: date
    state: RunState
    planned_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    repositories: int
    requests: int
    reason: str | None


class Runs(msgspec.Struct):
    """Captures, the latest first."""

    items: list[Run]
    next: str | None


async def listed(asking: Asking, query: Paged) -> Reply:
    """Answer with the installations in which the caller sees something."""
    cipher = asking.front.login.cipher
    seen = await asking.front.access.installations_for(asking.caller.person)
    seen.sort(key=lambda one: one.installation.id)
    if query.cursor is not None:
        after = opened(cipher, asking.question, query.cursor, int)
        seen = [one for one in seen if one.installation.id > after]
    shown = seen[: query.limit]
    following = sealed(cipher, asking.question, shown[-1].installation.id) if len(seen) > len(shown) else None
    items = [
        Installation(one.installation.id, one.installation.account_login, one.installation.account_type, one.role)
        for one in shown
    ]
    return Reply(Installations(items, following), following)


async def captures(asking: Asking, query: Paged) -> Reply:
    """Answer with the captures of an installation."""
    cipher, number = asking.front.login.cipher, asking.places["installation"]
    await asking.front.access.installation_for(asking.caller.person, number)
    before = None if query.cursor is None else opened(cipher, asking.question, query.cursor, str)
    found = await asking.front.services.store.read(lambda conn: runs_before(conn, number, before, query.limit + 1))
    shown = found[: query.limit]
    following = sealed(cipher, asking.question, shown[-1].run) if len(found) > len(shown) else None
    items = [
        Run(
            one.run, one.day, one.state, one.planned_at, one.started_at, one.finished_at, one.repositories,
            one.requests, one.reason,
        )
        for one in shown
    ]  # fmt: skip
    return Reply(Runs(items, following), following)


OPERATIONS = (
    Operation(
        "installations", "/installations", "The installations in which you see something, by number.", Installations,
        listed, Paged, tag="installations",
    ),
    Operation(
        "captures", "/installations/{installation}/captures", "The captures of an installation, the latest first.",
        Runs, captures, Paged, "read:data", tag="installations",
    ),
)  # fmt: skip
