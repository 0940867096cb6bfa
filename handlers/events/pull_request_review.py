"""`pull_request_review`: somebody reviewed a pull request, changed a review's text, or dismissed a review."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.activity.keeping import keep_beside
from handlers.activity.payload import review_in
from reports.services import Services
from storage.activity_events import save_told_review
from storage.connection import Connection

EVENT = "pull_request_review"


async def handle(services: Services, _delivery: str, payload: Mapping[str, Any]) -> None:
    """Keep the review; one that waits to be submitted is nobody's business yet, and GitHub does not tell of it."""
    row = review_in(payload)
    if row is None or row.submitted_at is None:
        return

    async def save(conn: Connection, repository_id: int) -> None:
        await save_told_review(conn, repository_id, row)

    await keep_beside(services, payload, "pulls", row.submitted_at, save)
