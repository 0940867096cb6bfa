"""Pages of threads as GitHub lists them, each with how it is compared with what is stored."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from github.client import GitHub
from github.reads.issues import issue_pages
from github.reads.pulls import pull_pages
from github.reads.repository import RepoRef
from storage.comparing import compare_issues, compare_pulls
from storage.connection import Connection


@dataclass(frozen=True)
class Listed:
    """A page of threads, last changed first; compare(connection) keeps it and returns how many rows were wrong."""

    rows: int
    oldest: datetime | None
    total: int
    cursor: str | None
    has_next: bool
    compare: Callable[[Connection], Awaitable[int]]


async def listed_pulls(github: GitHub, repo: RepoRef, cursor: str | None) -> AsyncIterator[Listed]:
    """Yield pages of pull requests."""
    async for page in pull_pages(github, repo, after=cursor):
        compare = partial(
            compare_pulls,
            repository_id=repo.id,
            rows=page.pulls,
            reviewed=page.reviews,
            turns=page.timeline,
            said=page.comments,
        )
        yield Listed(len(page.pulls), page.oldest_updated_at, page.total, page.end_cursor, page.has_next, compare)


async def listed_issues(github: GitHub, repo: RepoRef, cursor: str | None) -> AsyncIterator[Listed]:
    """Yield pages of issues."""
    async for page in issue_pages(github, repo, after=cursor):
        compare = partial(compare_issues, repository_id=repo.id, rows=page.issues, said=page.comments)
        yield Listed(len(page.issues), page.oldest_updated_at, page.total, page.end_cursor, page.has_next, compare)


LISTED = {"pulls": listed_pulls, "issues": listed_issues}
"""By the name of the dataset."""
