"""What webhooks tell of pull requests, reviews, issues, comments and releases, read for the columns that are stored.

Only what is needed is read. GitHub's own examples do not all follow its schemas: whatever has another shape is None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from analytics.actors import BOT_SUFFIX, Actor, ActorKind
from analytics.rows import CommentRow, IssueRow, PullRow, ReviewRow, TimelineRow
from analytics.window import parse_iso
from handlers.reported import ODD

Payload = Mapping[str, Any]
P = ParamSpec("P")
T = TypeVar("T")

TURNS = {
    "ready_for_review": "ready",
    "converted_to_draft": "draft",
    "review_requested": "review_requested",
    "review_request_removed": "review_request_removed",
    "reopened": "reopened",
    "closed": "closed",
}
"""The turns of a pull request's life, by the action that tells of them."""


def lenient(read: Callable[P, T]) -> Callable[P, T | None]:
    """Let a reader return None for whatever has another shape."""

    def reading(*args: P.args, **kwargs: P.kwargs) -> T | None:
        try:
            return read(*args, **kwargs)
        except (*ODD, OverflowError):
            return None

    return reading


def person(said: Any) -> Actor:
    """Read an account; none is the deleted account's ghost."""
    return Actor.from_github(said.get("login"), said.get("type")) if said else Actor.from_github(None)


def moment(text: str | None) -> datetime | None:
    """Read a time, None if there is none."""
    return parse_iso(text) if text else None


def labels(said: Mapping[str, Any]) -> tuple[str, ...]:
    """Read the names of labels."""
    return tuple(str(label["name"]) for label in said.get("labels") or ())


@lenient
def repository_id_in(payload: Payload) -> int:
    """Return the repository's number."""
    return int(payload["repository"]["id"])


@lenient
def pull_in(payload: Payload) -> PullRow:
    """Read the pull request of a `pull_request` event.

    When it first was ready is known of one that was opened as ready, and, as what is the earliest known, of one that
    somebody just made ready. Of others GitHub's own list must tell.
    """
    said, action = payload["pull_request"], payload["action"]
    created, updated = parse_iso(said["created_at"]), parse_iso(said["updated_at"])
    is_draft = bool(said.get("draft"))
    ready_at = None
    if action == "opened" and not is_draft:
        ready_at = created
    elif action == "ready_for_review":
        ready_at = updated
    return PullRow(
        number=int(said["number"]),
        title=str(said["title"]),
        author=person(said["user"]),
        created_at=created,
        updated_at=updated,
        closed_at=moment(said.get("closed_at")),
        merged_at=moment(said.get("merged_at")),
        merged_by=person(said["merged_by"]) if said.get("merged_by") else None,
        is_draft=is_draft,
        ready_at=ready_at,
        base_ref=str(said["base"]["ref"]),
        additions=number(said.get("additions")),
        deletions=number(said.get("deletions")),
        changed_files=number(said.get("changed_files")),
        labels=labels(said),
    )


def number(said: Any) -> int | None:
    """Read a number that may be left out."""
    return None if said is None else int(said)


def turns_in(payload: Payload, row: PullRow) -> list[TimelineRow]:
    """Read the turns that a `pull_request` event tells of: a merge is a closing, too. Their ids are not in it."""
    action = payload.get("action")
    kind = TURNS.get(action) if isinstance(action, str) else None
    if kind is None:
        return []
    by = lenient(sender)(payload)
    if kind != "closed":
        return [TimelineRow("", row.number, kind, row.updated_at, by, lenient(subject)(payload))]
    if row.closed_at is None:
        return []
    closed = TimelineRow("", row.number, kind, row.closed_at, by, None)
    if row.merged_at is None:
        return [closed]
    return [closed, replace(closed, kind="merged", at=row.merged_at, actor=row.merged_by or by)]


def sender(payload: Payload) -> Actor | None:
    """Read who did it; nobody is named where the account is gone, as in GitHub's own list of turns."""
    who = person(payload["sender"])
    return None if who.kind is ActorKind.GHOST else who


def subject(payload: Payload) -> str | None:
    """Read who was asked for a review: a login, or `team:` and a team's name."""
    team = payload.get("requested_team")
    if team:
        return f"team:{team['slug']}"
    asked = payload.get("requested_reviewer")
    return str(asked["login"]).removesuffix(BOT_SUFFIX) if asked else None


@lenient
def review_in(payload: Payload) -> ReviewRow:
    """Read the review of a `pull_request_review` event; its pull request is not shown whole."""
    said, pull = payload["review"], payload["pull_request"]
    return ReviewRow(
        id=str(said["node_id"]),
        number=int(pull["number"]),
        reviewer=person(said["user"]),
        author=person(pull["user"]),
        state=str(said["state"]).upper(),
        submitted_at=moment(said.get("submitted_at")),
    )


@lenient
def issue_in(payload: Payload) -> IssueRow:
    """Read the issue of an `issues` or `issue_comment` event; one that is a pull request raises, and so is None."""
    said = payload["issue"]
    if is_pull(said):
        raise ValueError("a pull request")
    reason = said.get("state_reason")
    return IssueRow(
        number=int(said["number"]),
        title=str(said["title"]),
        author=person(said["user"]),
        created_at=parse_iso(said["created_at"]),
        updated_at=parse_iso(said["updated_at"]),
        closed_at=moment(said.get("closed_at")),
        state_reason=str(reason).upper() if reason else None,
        comments=int(said.get("comments") or 0),
        first_response_at=None,
        first_response_by=None,
        labels=labels(said),
    )


def is_pull(said: Mapping[str, Any]) -> bool:
    """Tell whether what REST calls an issue is a pull request."""
    return bool(said.get("pull_request"))


@lenient
def comment_in(payload: Payload) -> CommentRow:
    """Read the comment of an `issue_comment` event; its text is not kept, and its length is not known by reading."""
    said = payload["comment"]
    return CommentRow(
        id=str(said["node_id"]),
        number=int(payload["issue"]["number"]),
        on_pull=is_pull(payload["issue"]),
        author=person(said["user"]),
        created_at=parse_iso(said["created_at"]),
        body_length=0,
    )


def responded(issue: IssueRow, comment: CommentRow) -> IssueRow:
    """Return the issue with the comment as a response, if it is by a person other than its author."""
    if comment.author.is_bot or comment.author.key == issue.author.key:
        return issue
    return replace(issue, first_response_at=comment.created_at, first_response_by=comment.author)
