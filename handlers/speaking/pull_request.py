"""`pull_request`: one was merged, or a label was put on it."""

from __future__ import annotations

from analytics.window import parse_iso
from handlers.reported import ODD
from handlers.speaking.subject import Payload, Subject, is_program, labelled, login_of, order
from reports.services import Services


async def speak(services: Services, _event: str, payload: Payload) -> None:
    """Have it spoken of, if the repository's owners want that."""
    try:
        subject = subject_of(payload)
    except ODD:
        return
    await order(services, payload, subject)


def subject_of(payload: Payload) -> Subject | None:
    """Return what might be spoken of; None where the event is another one."""
    pull = payload["pull_request"]
    if payload["action"] == "labeled":
        return labelled(payload, pull, is_pull=True)
    if payload["action"] != "closed" or not pull.get("merged_at"):
        return None
    return Subject(
        kind="merged",
        repository_id=int(payload["repository"]["id"]),
        number=int(pull["number"]),
        identity=int(pull["number"]),
        at=parse_iso(pull["merged_at"]),
        is_pull=True,
        author=login_of(pull.get("user")),
        by_program=is_program(pull.get("user")),
        sender=login_of(payload.get("sender")),
    )
