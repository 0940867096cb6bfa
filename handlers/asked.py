"""A comment as GitHub reports it: the few facts of an `issue_comment` payload that deciding and answering need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analytics.actors import Actor
from analytics.window import parse_iso
from handlers.reported import whole_repository
from storage.installations import Installation, Repository


@dataclass(frozen=True)
class AskedIn:
    """Who wrote what, where.

    author: the comment's · sender: who did what is reported, for an edit perhaps somebody else · body_before: the text
    before the edit, None for a new comment.
    """

    action: str
    installation: Installation
    repository: Repository
    number: int
    thread_author_id: int | None
    comment_id: int
    author_id: int
    author: str
    author_type: str
    association: str
    by_app: bool
    sender: str
    sender_type: str
    body: str
    body_before: str | None
    created_at: datetime
    updated_at: datetime

    @property
    def by_program(self) -> bool:
        """True if a bot or an App wrote or edited it, this one included."""
        people = ((self.author, self.author_type), (self.sender, self.sender_type))
        return self.by_app or any(Actor.from_github(login, kind).is_bot for login, kind in people)

    @property
    def edited_by_other(self) -> bool:
        return self.sender.lower() != self.author.lower()

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> AskedIn | None:
        """Read a payload; None if it is not about an installation's comment (an example, or a legacy webhook)."""
        try:
            return cls.read(payload)
        except (AttributeError, KeyError, TypeError, ValueError):
            return None

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> AskedIn:
        comment, repository, owner = payload["comment"], payload["repository"], payload["repository"]["owner"]
        changes = payload.get("changes") or {}
        thread_author = payload["issue"].get("user") or {}
        author = comment["user"]
        installation_id = int(payload["installation"]["id"])
        return cls(
            action=str(payload["action"]),
            installation=Installation(
                installation_id, str(owner["login"]), int(owner["id"]), str(owner.get("type", "User")), None, None
            ),
            repository=whole_repository(repository, installation_id),
            number=int(payload["issue"]["number"]),
            thread_author_id=thread_author.get("id"),
            comment_id=int(comment["id"]),
            author_id=int(author["id"]),
            author=str(author["login"]),
            author_type=str(author.get("type", "User")),
            association=str(comment.get("author_association", "NONE")),
            by_app=bool(comment.get("performed_via_github_app")),
            sender=str(payload["sender"]["login"]),
            sender_type=str(payload["sender"].get("type", "User")),
            body=str(comment.get("body") or ""),
            body_before=(changes.get("body") or {}).get("from") if payload["action"] == "edited" else None,
            created_at=parse_iso(comment["created_at"]),
            updated_at=parse_iso(comment.get("updated_at") or comment["created_at"]),
        )
