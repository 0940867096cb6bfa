"""Events of a town as GitHub tells them, for stories in which the App speaks although nobody has asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import msgspec

from sandbox import payloads
from sandbox.clock import iso
from sandbox.things import Account, Issue, Milestone, Pull, Release, Repository
from tests.stories.town import LANTERN, MEMBER, Town

FILE = ".github/analytics.yml"
numbers = count(1)


def settings(town: Town, text: str, repository: str = LANTERN) -> None:
    """Write the repository's `.github/analytics.yml`."""
    town.world.required(repository).files[FILE] = text


async def tell(
    town: Town,
    event: str,
    repository: Repository,
    sender: Account | None,
    said: dict[str, Any],
    guid: str | None = None,
) -> None:
    """Deliver an event as GitHub would, and wait until whatever follows from it is over."""
    installation = town.world.installed_on(repository)
    assert installation is not None
    base = town.sandbox.url
    body = {
        **said,
        "repository": payloads.repository(repository, base),
        "installation": {"id": installation.id},
        "sender": payloads.account(sender, base),
    }
    status = await town.deliver(msgspec.json.encode(body), event, guid or f"speaking-{next(numbers)}")
    assert status == 202
    await town.settled()


def merged(town: Town, number: int | None = None, repository: str = LANTERN, **changed: Any) -> Pull:
    """Have a pull request be merged now: the one of that number, or the open one of a person that came last."""
    found = town.world.required(repository)
    waiting = [
        one
        for one in found.pulls()
        if one.state == "open" and not one.draft and one.author is not None and one.author.type == "User"
    ]
    pull = max(waiting, key=lambda one: one.created_at) if number is None else found.threads[number]
    assert isinstance(pull, Pull)
    now = town.world.now()
    pull.state, pull.closed_at, pull.merged_at, pull.updated_at = "closed", now, now, now
    pull.merged_by = pull.closed_by = town.world.account(MEMBER)
    for name, value in changed.items():
        setattr(pull, name, value)
    found.version += 1
    return pull


def shown(town: Town, pull: Pull) -> dict[str, Any]:
    """Return a pull request as its own events show it."""
    base = town.sandbox.url
    return {
        **payloads.issue(pull, base),
        "base": {"ref": pull.base_ref},
        "merged": pull.merged_at is not None,
        "merged_at": pull.merged_at,
        "merged_by": None if pull.merged_by is None else payloads.account(pull.merged_by, base),
        "additions": pull.additions,
        "deletions": pull.deletions,
        "changed_files": pull.changed_files,
    }


async def tell_merged(town: Town, pull: Pull, sender: str = MEMBER, guid: str | None = None) -> None:
    """Deliver that a pull request was merged."""
    said = {"action": "closed", "pull_request": shown(town, pull)}
    await tell(town, "pull_request", pull.repository, town.world.account(sender), said, guid)


async def label(town: Town, thread: Issue | Pull, name: str, sender: str = MEMBER) -> None:
    """Put a label on a thread and tell it."""
    thread.labels, thread.updated_at = (*thread.labels, name), town.world.now()
    event = "pull_request" if isinstance(thread, Pull) else "issues"
    about: dict[str, Any] = (
        {"pull_request": shown(town, thread)}
        if isinstance(thread, Pull)
        else {"issue": payloads.issue(thread, town.sandbox.url)}
    )
    said = {
        "action": "labeled",
        **about,
        "label": payloads.label(name, thread.repository, town.sandbox.url),
    }
    await tell(town, event, thread.repository, town.world.account(sender), said)


async def publish(
    town: Town, tag: str, sender: str = MEMBER, repository: str = LANTERN, *, new: bool = True
) -> Release:
    """Publish a release of the default branch's newest commit, which is one of now if it is `new`, and tell it."""
    found = town.world.required(repository)
    now = town.world.now()
    if new:
        newest = max(found.commits, key=lambda one: one.committed_at)
        sha = f"{next(numbers):040x}"
        found.commits.append(replace(newest, sha=sha, parents=(newest.sha,), authored_at=now, committed_at=now))
    release = Release(
        id=880_000 + next(numbers),
        repository=found,
        tag=tag,
        name=tag,
        author=town.world.account(sender),
        created_at=now,
        published_at=now,
        commit_sha=max(found.commits, key=lambda one: one.committed_at).sha,
    )
    found.releases.append(release)
    found.version += 1
    said = {"action": "published", "release": payloads.release(release, town.sandbox.url)}
    await tell(town, "release", found, town.world.account(sender), said)
    return release


async def close_milestone(town: Town, milestone: Milestone, repository: str = LANTERN) -> None:
    """Close a milestone and tell it."""
    found = town.world.required(repository)
    milestone.closed_at = milestone.updated_at = town.world.now()
    said = {"action": "closed", "milestone": payloads.milestone(milestone, found, town.sandbox.url)}
    await tell(town, "milestone", found, town.world.account(MEMBER), said)


def milestone_of(town: Town, title: str, *threads: Issue | Pull) -> Milestone:
    """Put threads into a new milestone that was opened 40 days ago and is due tomorrow."""
    now = town.sandbox.clock.now()
    made = Milestone(
        id=770_000 + next(numbers),
        number=3,
        title=title,
        creator=town.world.account(MEMBER),
        created_at=iso(now - timedelta(days=40)),
        updated_at=iso(now),
        due_on=iso(now + timedelta(days=1)),
    )
    for thread in threads:
        thread.milestone = made
    return made


def spoken(town: Town, repository: str = LANTERN) -> list[tuple[int, str]]:
    """Return every comment that nobody has asked for, by its thread's number."""
    found = town.world.required(repository)
    return [
        (number, one["body"])
        for number in sorted(found.threads)
        for one in town.answers(repository, number)
        if "<!-- almanac:spoken-" in one["body"]
    ]
