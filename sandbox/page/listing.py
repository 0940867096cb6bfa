"""Lists of repositories and of their threads, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sandbox.clock import parse_iso
from sandbox.page.moments import relative
from sandbox.page.view import Face
from sandbox.things import Pull, Repository, Thread

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Item:
    """A line in a list of threads; `state` is open, draft, closed or merged."""

    number: int
    title: str
    state: str
    kind: str
    face: Face
    ago: str
    labels: tuple[str, ...]
    comments: int


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a repository's issues or pull requests, the newest first."""

    items: tuple[Item, ...]
    opened: int
    closed: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class RepositoryLine:
    """A repository in the list of all."""

    full_name: str
    description: str
    visibility: str
    archived: bool
    open_issues: int
    open_pulls: int
    ago: str


def state_of(thread: Thread) -> str:
    """Return open, draft, closed or merged."""
    if isinstance(thread, Pull):
        if thread.merged_at:
            return "merged"
        if thread.draft and thread.state == "open":
            return "draft"
    return thread.state


def listing(repository: Repository, *, pulls: bool, state: str, page: int, now: datetime) -> Listing:
    """Return page `page`, counted from 1 and brought into range, of the threads in `state` (open or closed)."""
    threads = sorted(
        (thread for thread in repository.threads.values() if isinstance(thread, Pull) == pulls),
        key=lambda thread: thread.number,
        reverse=True,
    )
    chosen = [thread for thread in threads if thread.state == state]
    pages = max(1, -(-len(chosen) // PER_PAGE))
    page = min(max(1, page), pages)
    items = tuple(_item(thread, now) for thread in chosen[(page - 1) * PER_PAGE : page * PER_PAGE])
    opened = sum(thread.state == "open" for thread in threads)
    return Listing(items, opened, len(threads) - opened, page, pages)


def repository_line(repository: Repository, now: datetime) -> RepositoryLine:
    """Return a repository as the list of all shows it."""
    opened = [thread for thread in repository.threads.values() if thread.state == "open"]
    pulls = sum(isinstance(thread, Pull) for thread in opened)
    return RepositoryLine(
        repository.full_name, repository.description or "", repository.visibility, repository.archived,
        len(opened) - pulls, pulls, relative(parse_iso(repository.updated_at), now),
    )  # fmt: skip


def _item(thread: Thread, now: datetime) -> Item:
    return Item(
        thread.number, thread.title, state_of(thread), "pull" if isinstance(thread, Pull) else "issues",
        Face.of(thread.author), relative(parse_iso(thread.created_at), now), thread.labels, len(thread.comments),
    )  # fmt: skip
