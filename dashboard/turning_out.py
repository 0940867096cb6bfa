"""An operator ends what somebody is signed in with: sessions, the tokens of their programs, GitHub's token for them."""

from __future__ import annotations

import structlog

from dashboard.access import not_there
from dashboard.front import Front
from dashboard.leaving import end_analysis
from storage.api_tokens import end_tokens
from storage.connection import Connection
from storage.decisions import note_decision
from storage.sessions import Person, end_sessions, person

log = structlog.get_logger(__name__)


async def turn_out(front: Front, person_id: int, by: str) -> None:
    """End a person's sessions and tokens, and write down who did; raises 404 for a number that is nobody's.

    They may sign in again, unless GitHub or their provider lets them no more.
    """
    store, now, taking_back = front.services.store, front.services.now(), front.login.taking_back
    access = None if taking_back is None else await taking_back.token_of(person_id)

    async def work(conn: Connection) -> tuple[Person, int, int]:
        found = await person(conn, person_id)
        if found is None:
            raise not_there()
        tokens = await end_tokens(conn, found.id)
        sessions = await end_sessions(conn, found.id, now)
        await note_decision(conn, None, now, by, f"ended the sessions and tokens of {found.login}")
        return found, sessions, tokens

    found, sessions, tokens = await store.write(work)
    front.login.changed(found)
    await end_analysis(front, found.id)
    if taking_back is not None and access is not None:
        await taking_back.begin(found.id, access)
    log.info("somebody was signed out everywhere", person=found.id, by=by, sessions=sessions, tokens=tokens)
