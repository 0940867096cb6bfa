"""`release`: one was published. Whoever did that, a person or a program that builds releases, it is spoken of."""

from __future__ import annotations

from analytics.window import parse_iso
from handlers.reported import ODD
from handlers.speaking.subject import Payload, Subject, login_of, order
from reports.services import Services


async def speak(services: Services, _event: str, payload: Payload) -> None:
    """Have it spoken of, if the repository's owners want that."""
    try:
        subject = subject_of(payload)
    except ODD:
        return
    await order(services, payload, subject)


def subject_of(payload: Payload) -> Subject | None:
    """Return the release; None for other actions: `released` and `prereleased` come beside `published`."""
    release = payload["release"]
    if payload["action"] != "published" or release.get("draft"):
        return None
    return Subject(
        kind="release",
        repository_id=int(payload["repository"]["id"]),
        number=0,
        identity=int(release["id"]),
        at=parse_iso(release["published_at"]),
        name=str(release["tag_name"]),
        sender=login_of(payload.get("sender")),
    )
