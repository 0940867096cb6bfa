"""What a GitHub is made of: accounts, repositories, threads and what happened in them.

Times of activity are texts such as `2026-11-22T08:00:00Z`: they sort as they stand and are what both APIs answer.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Literal

from sandbox.fans import Fans
from sandbox.git import Git
from sandbox.traffic import Traffic

AccountType = Literal["User", "Organization", "Bot"]
Plan = Literal["free", "paid"]
Visibility = Literal["public", "private", "internal"]

BOT_SUFFIX = "[bot]"


def node_id(kind: str, number: int) -> str:
    """Return an opaque global id such as GitHub's, unique for a kind of thing and its number."""
    return f"{kind}_{base64.urlsafe_b64encode(number.to_bytes(8, 'big')).decode().rstrip('=')}"


@dataclass(slots=True, eq=False)
class Account:
    """A person, an organisation or a bot. `login` is GraphQL's: a bot's `[bot]` shows in REST only.

    On a free plan private repositories have no traffic, among others.
    """

    id: int
    login: str
    type: AccountType = "User"
    name: str | None = None
    plan: Plan = "paid"

    @property
    def rest_login(self) -> str:
        return self.login + BOT_SUFFIX if self.type == "Bot" else self.login

    @property
    def node_id(self) -> str:
        return node_id({"User": "U", "Organization": "O", "Bot": "BOT"}[self.type], self.id)


@dataclass(slots=True, eq=False)
class Team:
    """A team of an organisation. A `secret` one is there for its members and the organisation's owners only."""

    id: int
    slug: str
    created_at: str
    members: list[Account]
    privacy: Literal["closed", "secret"] = "closed"

    @property
    def node_id(self) -> str:
        return node_id("T", self.id)


@dataclass(slots=True, eq=False)
class Reaction:
    """Somebody's 👀, 🚀 or 👎 on a comment; `content` is REST's name (`eyes`, `rocket`, `-1`, …)."""

    id: int
    user: Account
    content: str
    created_at: str


@dataclass(slots=True, eq=False, kw_only=True)
class Comment:
    """A comment in a thread. `text` is None where only its length is known; `body` then is filler of that length."""

    id: int
    thread: Issue | Pull
    author: Account | None
    association: str
    created_at: str
    updated_at: str
    text: str | None = None
    length: int = 0
    via_app: bool = False
    reactions: list[Reaction] = field(default_factory=list)

    @property
    def body(self) -> str:
        return self.text if self.text is not None else filler(self.length)

    @property
    def node_id(self) -> str:
        return node_id("IC", self.id)


@dataclass(slots=True, eq=False, kw_only=True)
class Review:
    """A review of a pull request; `id` is its node id, since the data sets know no other."""

    id: str
    pull: Pull
    author: Account | None
    association: str
    state: str
    created_at: str
    submitted_at: str | None
    commit_sha: str | None = None
    length: int = 0


@dataclass(slots=True, eq=False, kw_only=True)
class Event:
    """A turn in a thread's life; `type` is GraphQL's type name, `subject` the requested reviewer (or `team:<slug>`)."""

    id: str
    thread: Thread
    type: str
    at: str
    actor: Account | None
    subject: Account | str | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Milestone:
    """A milestone; what is in it says so itself."""

    id: int
    number: int
    title: str
    creator: Account | None
    created_at: str
    updated_at: str
    due_on: str | None = None
    closed_at: str | None = None

    @property
    def node_id(self) -> str:
        return node_id("MI", self.id)


@dataclass(slots=True, eq=False, kw_only=True)
class Thread:
    """What issues and pull requests have in common: a number, an author, a state and comments."""

    id: int
    repository: Repository
    number: int
    title: str
    text: str | None = None
    length: int = 0
    author: Account | None
    association: str = "NONE"
    created_at: str
    updated_at: str
    closed_at: str | None = None
    closed_by: Account | None = None
    state: Literal["open", "closed"] = "open"
    state_reason: str | None = None
    labels: tuple[str, ...] = ()
    milestone: Milestone | None = None
    comments: list[Comment] = field(default_factory=list)
    timeline: list[Event] = field(default_factory=list)

    @property
    def body(self) -> str:
        return self.text if self.text is not None else filler(self.length)


@dataclass(slots=True, eq=False, kw_only=True)
class Issue(Thread):
    """An issue, never a pull request."""

    @property
    def node_id(self) -> str:
        return node_id("I", self.id)


@dataclass(slots=True, eq=False, kw_only=True)
class Pull(Thread):
    """A pull request with its reviews."""

    merged_at: str | None = None
    merged_by: Account | None = None
    draft: bool = False
    base_ref: str = "main"
    head_ref: str = "topic"
    base_sha: str | None = None
    head_sha: str | None = None
    merge_commit_sha: str | None = None
    additions: int = 0
    deletions: int = 0
    changed_files: int = 0
    commit_count: int = 1
    reviews: list[Review] = field(default_factory=list)

    @property
    def node_id(self) -> str:
        return node_id("PR", self.id)

    @property
    def graphql_state(self) -> str:
        return "MERGED" if self.merged_at else self.state.upper()


@dataclass(slots=True, eq=False, kw_only=True)
class Commit:
    """A commit on the default branch; without an account it has an e-mail only."""

    sha: str
    repository: Repository
    author: Account | None
    author_email: str
    authored_at: str
    committer: Account | None
    committer_email: str
    committed_at: str
    parents: tuple[str, ...]
    additions: int = 0
    deletions: int = 0
    changed_files: int = 0
    message: str = ""


@dataclass(slots=True, eq=False, kw_only=True)
class Release:
    """A release and its tag; a draft has no `published_at`."""

    id: int
    repository: Repository
    tag: str
    name: str | None
    author: Account | None
    created_at: str
    published_at: str | None
    draft: bool = False
    prerelease: bool = False
    commit_sha: str | None = None

    @property
    def node_id(self) -> str:
        return node_id("RE", self.id)


@dataclass(slots=True, eq=False, kw_only=True)
class Repository:
    """A repository with everything in it; `number -> thread` counts issues and pull requests together.

    Without `traffic` nobody ever came.
    """

    id: int
    owner: Account
    name: str
    visibility: Visibility = "public"
    default_branch: str = "main"
    description: str | None = None
    created_at: str
    updated_at: str
    pushed_at: str
    fans: Fans
    traffic: Traffic | None = None
    archived: bool = False
    fork: bool = False
    former_names: list[str] = field(default_factory=list)
    threads: dict[int, Issue | Pull] = field(default_factory=dict)
    commits: list[Commit] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    labels: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    """Color and description by name, of labels that somebody made; others come into being as they are put on."""
    git: Git = field(default_factory=Git)
    """What was made through the API: branches beside the default one, whose history is `commits`."""
    deleted: set[int] = field(default_factory=set)
    """Numbers of issues that somebody deleted: none is given twice."""
    permissions: dict[str, str] = field(default_factory=dict)
    version: int = 0
    open_counted: tuple[int, int] = (-1, 0)

    @property
    def full_name(self) -> str:
        return f"{self.owner.login}/{self.name}"

    @property
    def private(self) -> bool:
        return self.visibility != "public"

    @property
    def node_id(self) -> str:
        return node_id("R", self.id)

    def pulls(self) -> list[Pull]:
        return [thread for thread in self.threads.values() if isinstance(thread, Pull)]

    def issues(self) -> list[Issue]:
        return [thread for thread in self.threads.values() if isinstance(thread, Issue)]

    def open_count(self) -> int:
        """Return how many issues and pull requests are open, counted anew once something changed."""
        if self.open_counted[0] != self.version:
            self.open_counted = (self.version, sum(thread.state == "open" for thread in self.threads.values()))
        return self.open_counted[1]

    def permission_of(self, login: str) -> str:
        """Return admin, maintain, write, triage, read or none: what a collaborator may do here."""
        return self.permissions.get(login.lower(), "none" if self.private else "read")


def filler(length: int) -> str:
    """Stand in for a text of which only the length is known."""
    sentence = "The words of this text were not kept, only how many there were. "
    return (sentence * (length // len(sentence) + 1))[:length]
