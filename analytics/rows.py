"""What Almanac keeps of GitHub's activity: one frozen row per thing, no message bodies.

Readers in `github.reads` produce these rows, `storage.activity` keeps them, `analytics.tables` turns them into frames.
All times are aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from analytics.actors import Actor


@dataclass(frozen=True, slots=True)
class PullRow:
    """A pull request. `ready_at` is when it first was not a draft, None while it never was ready."""

    number: int
    title: str
    author: Actor
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    merged_at: datetime | None
    merged_by: Actor | None
    is_draft: bool
    ready_at: datetime | None
    base_ref: str
    additions: int | None
    deletions: int | None
    changed_files: int | None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A review of pull request `number`. `author` is the pull request's; a pending review has no `submitted_at`."""

    id: str
    number: int
    reviewer: Actor
    author: Actor
    state: str
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A turn in a pull request's life.

    `kind` is one of ready, draft, review_requested, review_request_removed, closed, reopened, merged;
    `subject` is the requested reviewer's login (or `team:<slug>`) where there is one.
    """

    id: str
    number: int
    kind: str
    at: datetime
    actor: Actor | None
    subject: str | None


@dataclass(frozen=True, slots=True)
class IssueRow:
    """An issue (never a pull request) with its first response by a person other than its author."""

    number: int
    title: str
    author: Actor
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    state_reason: str | None
    comments: int
    first_response_at: datetime | None
    first_response_by: Actor | None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CommentRow:
    """The facts of a comment on issue or pull request `number`: who, when, how long; never its text."""

    id: str
    number: int
    on_pull: bool
    author: Actor
    created_at: datetime
    body_length: int


@dataclass(frozen=True, slots=True)
class CommitRow:
    """A commit on the default branch. `additions` and `deletions` are None where GitHub did not give them."""

    sha: str
    author: Actor
    authored_at: datetime
    committed_at: datetime
    additions: int | None
    deletions: int | None
    parents: int


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A release; a draft has no `published_at`."""

    id: str
    tag: str
    name: str
    created_at: datetime
    published_at: datetime | None
    is_prerelease: bool
    is_draft: bool
    commit_sha: str | None


@dataclass(frozen=True, slots=True)
class StarRow:
    """A star that somebody has given and not taken back; the account is known by its number only, never by name."""

    user_id: int
    starred_at: datetime
