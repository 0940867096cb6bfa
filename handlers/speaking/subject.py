"""What might be spoken of: the few facts of a payload that deciding and measuring need."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from analytics.actors import Actor
from analytics.window import iso, parse_iso
from handlers.following import ensure_repository
from handlers.kinds import SPEAK
from handlers.reported import repository_in
from reports.services import Services
from reports.speaking import Kind
from storage.connection import Connection
from storage.installations import Repository
from storage.queue import NewJob, put

PRIORITY = 1  # below every delivery: whoever asks goes first

Payload = Mapping[str, Any]


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """One event that might be spoken of.

    number: the thread's; of a milestone its own; 0 of a release · identity: what makes it this one and no other within
    its kind and repository · name: a release's tag, a milestone's title, a label · author: the login of who opened the
    thread, empty for a release and a milestone · by_program: whether that is a program · sender: who did what is
    reported · opened_at, due_at: of a milestone.
    """

    kind: Kind
    repository_id: int
    number: int
    identity: int
    at: datetime
    name: str = ""
    is_pull: bool = False
    author: str = ""
    by_program: bool = False
    sender: str = ""
    opened_at: datetime | None = None
    due_at: datetime | None = None

    @property
    def key(self) -> str:
        """The hidden key of the one comment about it, whatever is reported of it again."""
        return f"spoken-{self.kind}-{self.repository_id}-{self.identity}"


def is_program(account: Any) -> bool:
    """Tell whether GitHub calls an account of a payload a program; nobody known, a deleted account, is none."""
    return isinstance(account, dict) and Actor.from_github(account.get("login"), account.get("type")).is_bot


def login_of(account: Any) -> str:
    """Return an account's login, empty for a deleted one."""
    return str(account.get("login") or "") if isinstance(account, dict) else ""


def moment_of(said: Any) -> datetime | None:
    """Return a moment of a payload, None where there is none."""
    return parse_iso(said) if isinstance(said, str) else None


def labelled(payload: Payload, thread: Mapping[str, Any], *, is_pull: bool) -> Subject | None:
    """Return the subject of a label that a person has put on a thread."""
    if is_program(payload.get("sender")):
        return None  # programs label by the thousand, and this one its own reports
    return Subject(
        kind="label",
        repository_id=int(payload["repository"]["id"]),
        number=int(thread["number"]),
        identity=int(thread["number"]),
        at=parse_iso(thread["updated_at"]),
        name=str(payload["label"]["name"]),
        is_pull=is_pull,
        author=login_of(thread.get("user")),
        by_program=is_program(thread.get("user")),
        sender=login_of(payload.get("sender")),
    )


async def order(services: Services, payload: Payload, subject: Subject | None) -> None:
    """Put the job that speaks of it; one event is one job, however often it is delivered."""
    reported: Repository | None = repository_in(payload)
    if subject is None or reported is None:
        return
    now = services.now()
    job = NewJob(
        SPEAK,
        f"{subject.key}:{iso(subject.at)}",
        msgspec.json.encode(subject),
        f"repository:{subject.repository_id}",
        PRIORITY,
    )

    async def work(conn: Connection) -> None:
        if await ensure_repository(conn, reported):
            await put(conn, [job], now)

    await services.store.write(work)
    services.wakeup.set()
