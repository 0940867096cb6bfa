"""The datasets that can be asked of GitHub separately: how each is listed and where its rows are kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from github.client import GitHub
from github.reads.commits import CommitPage, commit_pages
from github.reads.issues import IssuePage, issue_pages
from github.reads.pulls import PullPage, pull_pages
from github.reads.releases import ReleasePage, release_pages
from github.reads.repository import RepoRef
from github.reads.stars import StarPage, star_pages
from reports.commit_walk import CommitWalk
from reports.updated_walk import UpdatedWalk
from reports.walk import Page, Pages
from storage import activity
from storage.activity_events import settle_turns
from storage.connection import Connection

PULL_STATES = {"open": ("OPEN",), "ended": ("CLOSED", "MERGED"), "all": ("OPEN", "CLOSED", "MERGED")}
ISSUE_STATES = {"open": ("OPEN",), "ended": ("CLOSED",), "all": ("OPEN", "CLOSED")}


async def pulls(github: GitHub, repo: RepoRef, part: str, after: str | None) -> Pages:
    """List pull requests with reviews, timelines, labels and last comments, last changed first."""
    async for page in pull_pages(github, repo, states=PULL_STATES[part], after=after):
        yield pull_page(repo, page)


def pull_page(repo: RepoRef, page: PullPage) -> Page:
    """Return a page of pull requests with how it is kept."""

    async def save(connection: Connection) -> None:
        await activity.save_pulls(connection, repo.id, page.pulls)
        await activity.save_reviews(connection, repo.id, page.reviews)
        await settle_turns(connection, repo.id, page.pulls)
        await activity.save_timeline(connection, repo.id, page.timeline)
        await activity.save_comments(connection, repo.id, page.comments)

    keys = tuple(str(pull.number) for pull in page.pulls)
    return Page(len(page.pulls), page.oldest_updated_at, page.end_cursor, page.has_next, page.total, keys, save)


async def issues(github: GitHub, repo: RepoRef, part: str, after: str | None) -> Pages:
    """List issues with labels, first responses and last comments, last changed first."""
    async for page in issue_pages(github, repo, states=ISSUE_STATES[part], after=after):
        yield issue_page(repo, page)


def issue_page(repo: RepoRef, page: IssuePage) -> Page:
    """Return a page of issues with how it is kept."""

    async def save(connection: Connection) -> None:
        await activity.save_issues(connection, repo.id, page.issues)
        await activity.save_comments(connection, repo.id, page.comments)

    keys = tuple(str(issue.number) for issue in page.issues)
    return Page(len(page.issues), page.oldest_updated_at, page.end_cursor, page.has_next, page.total, keys, save)


async def commits(
    github: GitHub, repo: RepoRef, since: datetime | None, until: datetime | None, after: str | None
) -> Pages:
    """List the default branch's commits, newest first."""
    async for page in commit_pages(github, repo, since=since, until=until, after=after):
        yield commit_page(repo, page)


def commit_page(repo: RepoRef, page: CommitPage) -> Page:
    """Return a page of commits with how it is kept."""

    async def save(connection: Connection) -> None:
        await activity.save_commits(connection, repo.id, page.commits)

    oldest = min((commit.committed_at for commit in page.commits), default=None)
    keys = tuple(commit.sha for commit in page.commits)
    return Page(len(page.commits), oldest, page.end_cursor, page.has_next, page.total, keys, save)


async def releases(github: GitHub, repo: RepoRef, _part: str, after: str | None) -> Pages:
    """List releases, newest first."""
    async for page in release_pages(github, repo, after=after):
        yield release_page(repo, page)


def release_page(repo: RepoRef, page: ReleasePage) -> Page:
    """Return a page of releases with how it is kept."""

    async def save(connection: Connection) -> None:
        await activity.save_releases(connection, repo.id, page.releases)

    oldest = min((release.created_at for release in page.releases), default=None)
    keys = tuple(release.id for release in page.releases)
    return Page(len(page.releases), oldest, page.end_cursor, page.has_next, page.total, keys, save)


async def stars(github: GitHub, repo: RepoRef, _part: str, after: str | None) -> Pages:
    """List who has starred the repository, newest star first."""
    async for page in star_pages(github, repo, after=after):
        yield star_page(repo, page)


def star_page(repo: RepoRef, page: StarPage) -> Page:
    """Return a page of stars with how it is kept."""

    async def save(connection: Connection) -> None:
        # imported when it is first needed: an idle server does not carry the tables of traffic
        from storage.stars import save_stars  # noqa: PLC0415

        await save_stars(connection, repo.id, page.stars)

    keys = tuple(str(star.user_id) for star in page.stars)
    return Page(len(page.stars), page.oldest_starred_at, page.end_cursor, page.has_next, page.total, keys, save)


WALKS: Mapping[str, UpdatedWalk | CommitWalk] = {
    walk.name: walk
    for walk in (
        UpdatedWalk("pulls", "pull requests", has_open=True, list=pulls),
        UpdatedWalk("issues", "issues", has_open=True, list=issues),
        CommitWalk(commits),
        UpdatedWalk("releases", "releases", has_open=False, list=releases),
        UpdatedWalk("stars", "stars", has_open=False, list=stars),
    )
}
