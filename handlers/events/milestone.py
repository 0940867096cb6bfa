"""`milestone`: one was closed, of which the App speaks where its owners have switched that on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.speaking.milestone import speak
from reports.services import Services

EVENT = "milestone"


async def handle(services: Services, _delivery: str, payload: Mapping[str, Any]) -> None:
    """Nothing of a milestone is stored; it is only spoken of."""
    await speak(services, EVENT, payload)
