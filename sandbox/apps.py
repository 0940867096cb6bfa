"""A GitHub App as its owner registered it, where it is installed, and people's own tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sandbox.things import Account

# What Almanac's manifest asks for in full; a test that wants less says so.
ALL_PERMISSIONS = {
    "actions": "read",
    "administration": "read",
    "contents": "read",
    "issues": "write",
    "members": "read",
    "metadata": "read",
    "pull_requests": "write",
    "single_file": "read",
}
EVENTS = (
    "fork", "installation_target", "issue_comment", "issues", "pull_request", "pull_request_review", "push", "release",
    "repository", "star",
)  # fmt: skip


@dataclass(slots=True)
class AppRegistration:
    """A GitHub App as its owner registered it; GitHub keeps only the public half of its key."""

    id: int
    client_id: str
    slug: str
    name: str
    owner: Account
    public_key: str
    webhook_secret: str
    webhook_url: str | None = None
    permissions: Mapping[str, str] = field(default_factory=lambda: dict(ALL_PERMISSIONS))
    events: tuple[str, ...] = EVENTS
    created_at: str = "2026-01-01T00:00:00Z"
    client_secret: str = ""
    callback_urls: tuple[str, ...] = ()
    """Where people may be sent back to after signing in; with none, to this machine only."""
    more_public_keys: tuple[str, ...] = ()
    """Of further keys that its owner made: GitHub takes any of them until it is deleted."""


@dataclass(slots=True, eq=False)
class Installation:
    """The App on one account; `repository_ids` is None where all of the account's repositories are chosen."""

    id: int
    account: Account
    permissions: dict[str, str]
    created_at: str
    repository_ids: set[int] | None = None
    suspended_at: str | None = None
    removed_at: str | None = None

    @property
    def selection(self) -> Literal["all", "selected"]:
        return "all" if self.repository_ids is None else "selected"


@dataclass(frozen=True, slots=True)
class UserToken:
    """A `ghu_` token: a person's, given to the App; it reaches what both reach, until it ends."""

    token: str
    account: Account
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PersonalToken:
    """A person's own token (`ghp_…` or `github_pat_…`); `scopes` None is every scope."""

    token: str
    account: Account
    expires_at: datetime | None = None
