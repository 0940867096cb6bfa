"""A comment that was written, changed or deleted: who and when, and whether an issue had its first response with it."""

from __future__ import annotations

from handlers.activity.keeping import keep_beside
from handlers.activity.payload import Payload, comment_in, issue_in, responded
from reports.services import Services
from storage.activity_events import forget_comment, save_told_comment, save_told_issue
from storage.connection import Connection

KEPT = frozenset({"created", "edited", "deleted"})


async def keep_comment(services: Services, payload: Payload) -> None:
    """Keep what an `issue_comment` event tells, whoever wrote it, with a command or without; another shape is nothing.

    A comment's own text is not kept.
    """
    comment, issue, action = comment_in(payload), issue_in(payload), payload.get("action")
    if comment is None or action not in KEPT or (issue is None and not comment.on_pull):
        return
    told = responded(issue, comment) if issue is not None else None
    now = services.now()

    async def save(conn: Connection, repository_id: int) -> None:
        if action == "deleted":
            await forget_comment(conn, repository_id, comment.id, now)
            if issue is not None:
                await save_told_issue(conn, repository_id, issue)
        else:
            await save_told_comment(conn, repository_id, comment, told)

    at = comment.created_at if issue is None else issue.updated_at
    await keep_beside(services, payload, "pulls" if comment.on_pull else "issues", at, save)
