"""Small readings that several GraphQL documents share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from analytics.actors import Actor
from analytics.rows import CommentRow
from analytics.window import parse_iso
from github.errors import Gone
from github.pages import nodes
from github.reads.repository import RepoRef


def actor(said: Mapping[str, Any] | None) -> Actor:
    """Read `{login __typename}`; null is the deleted account's ghost."""
    return Actor.from_github((said or {}).get("login"), (said or {}).get("__typename"))


def moment(text: str | None) -> datetime | None:
    """Read a time, None if there is none."""
    return parse_iso(text) if text else None


def repository_of(data: Mapping[str, Any], repo: RepoRef) -> Mapping[str, Any]:
    """Return the answer's `repository`; null raises Gone, and so does another one that has taken over the name."""
    found: Mapping[str, Any] | None = data.get("repository")
    if found is None:
        raise Gone(f"repository {repo.full_name} is not there")
    if found.get("databaseId") not in (None, repo.id):
        raise Gone(f"another repository is called {repo.full_name} now")
    return found


def label_names(said: Mapping[str, Any]) -> tuple[str, ...]:
    """Read the names of an issue's or pull request's labels, of which GitHub allows a hundred."""
    return tuple(label["name"] for label in nodes(said["labels"]))


def comment(number: int, said: Mapping[str, Any], *, on_pull: bool) -> CommentRow:
    """Read who commented when; GraphQL tells a comment's length only with its text, which is not asked for."""
    return CommentRow(
        id=said["id"],
        number=number,
        on_pull=on_pull,
        author=actor(said["author"]),
        created_at=parse_iso(said["createdAt"]),
        body_length=0,
    )
