"""`milestone`: one was closed."""

from __future__ import annotations

from analytics.window import parse_iso
from handlers.reported import ODD
from handlers.speaking.subject import Payload, Subject, login_of, moment_of, order
from reports.services import Services


async def speak(services: Services, _event: str, payload: Payload) -> None:
    """Have it spoken of, if the repository's owners want that."""
    try:
        subject = subject_of(payload)
    except ODD:
        return
    await order(services, payload, subject)


def subject_of(payload: Payload) -> Subject | None:
    """Return the milestone; None for other actions, or where the payload does not say when it was closed."""
    milestone = payload["milestone"]
    if payload["action"] != "closed" or not milestone.get("closed_at"):
        return None
    return Subject(
        kind="milestone",
        repository_id=int(payload["repository"]["id"]),
        number=int(milestone["number"]),
        identity=int(milestone["number"]),
        at=parse_iso(milestone["closed_at"]),
        name=str(milestone["title"]),
        sender=login_of(payload.get("sender")),
        opened_at=moment_of(milestone.get("created_at")),
        due_at=moment_of(milestone.get("due_on")),
    )
