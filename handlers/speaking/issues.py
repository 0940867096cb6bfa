"""`issues`: a label was put on one."""

from __future__ import annotations

from handlers.reported import ODD
from handlers.speaking.subject import Payload, labelled, order
from reports.services import Services


async def speak(services: Services, _event: str, payload: Payload) -> None:
    """Have the overview put there, if that is the label for it."""
    try:
        subject = labelled(payload, payload["issue"], is_pull=False) if payload["action"] == "labeled" else None
    except ODD:
        return
    await order(services, payload, subject)
