"""A repository's past: how it looked at a moment, and the webhooks that told of it since.

What the data do not tell did not happen: titles and labels are what they are now from the beginning, and a change of
which only the time is known is told as an edit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sandbox import payloads, pull_payloads
from sandbox.things import Account, Issue, Pull, Repository, Thread

Json = dict[str, Any]
T = TypeVar("T", bound=Issue | Pull)
ACTIONS = {
    "ReadyForReviewEvent": "ready_for_review",
    "ConvertToDraftEvent": "converted_to_draft",
    "ReviewRequestedEvent": "review_requested",
    "ReviewRequestRemovedEvent": "review_request_removed",
    "ClosedEvent": "closed",
    "ReopenedEvent": "reopened",
}


@dataclass(frozen=True)
class Told:
    """A webhook: when GitHub sent it, the event's name, its action and its body."""

    at: str
    event: str
    action: str | None
    body: Json


def as_of(thread: T, moment: str) -> T:
    """Return an issue or pull request as it looked then; it must have been there.

    Who merged it, and its sizes, are those of now.
    """
    comments = [one for one in thread.comments if one.created_at <= moment]
    turns = [one for one in thread.timeline if one.at <= moment]
    closed = next((one for one in reversed(turns) if one.type in ("ClosedEvent", "ReopenedEvent")), None)
    is_closed = closed is not None and closed.type == "ClosedEvent"
    moved: Json = {
        "comments": comments,
        "timeline": turns,
        "state": "closed" if is_closed else "open",
        "closed_at": closed.at if is_closed and closed is not None else None,
        "state_reason": thread.state_reason if is_closed else None,
    }
    times = [thread.created_at, *(one.created_at for one in comments), *(one.at for one in turns)]
    if isinstance(thread, Pull):
        reviews = [one for one in thread.reviews if (one.submitted_at or "") <= moment]
        merged = thread.merged_at is not None and thread.merged_at <= moment
        moved |= {
            "reviews": reviews, "draft": was_draft(thread, moment),
            "merged_at": thread.merged_at if merged else None, "merged_by": thread.merged_by if merged else None,
        }  # fmt: skip
        times += [one.submitted_at for one in reviews if one.submitted_at]
    if thread.updated_at <= moment:
        times.append(thread.updated_at)
    return replace(thread, **moved, updated_at=max(times))


def was_draft(pull: Pull, moment: str) -> bool:
    """Tell whether a pull request was a draft then: what the last toggle before, or the first one after it, says."""
    toggles = [one for one in pull.timeline if one.type in ("ReadyForReviewEvent", "ConvertToDraftEvent")]
    before = [one for one in toggles if one.at <= moment]
    if before:
        return before[-1].type == "ConvertToDraftEvent"
    return toggles[0].type == "ReadyForReviewEvent" if toggles else pull.draft


def rewind(repository: Repository, moment: str) -> dict[int, Issue | Pull]:
    """Return every thread that was there, as it looked then, by number."""
    return {one.number: as_of(one, moment) for one in repository.threads.values() if one.created_at <= moment}


def webhooks(repository: Repository, base: str, since: str, installation_id: int) -> Iterator[Told]:
    """Yield what GitHub told of a repository after a moment, thread by thread; pushes come last, one per commit."""
    frame = {"repository": payloads.repository(repository, base), "installation": {"id": installation_id}}
    for thread in repository.threads.values():
        for told in of_pull(thread, base) if isinstance(thread, Pull) else of_issue(thread, base):
            if told.at > since:
                yield replace(told, body={**told.body, **frame})
    for commit in repository.commits:
        if commit.committed_at > since:
            body = {"ref": f"refs/heads/{repository.default_branch}", "after": commit.sha, "commits": []}
            yield Told(commit.committed_at, "push", None, {**body, **frame, "sender": sender(commit.author, base)})


def of_pull(pull: Pull, base: str) -> Iterator[Told]:
    """Yield what was told of one pull request."""

    def told(action: str, at: str, by: Account | None, **said: Json) -> Told:
        shown = pull_payloads.pull(as_of(pull, at), base)
        body = {"action": action, "number": pull.number, "pull_request": shown, **said, "sender": sender(by, base)}
        return Told(at, "pull_request", action, body)

    yield told("opened", pull.created_at, pull.author)
    for turn in pull.timeline:
        if turn.type not in ACTIONS:
            continue  # a merge is told as a closing
        said: Json = {}
        if isinstance(turn.subject, str):
            said = {"requested_team": {"slug": turn.subject.removeprefix("team:")}}
        elif turn.subject is not None:
            said = {"requested_reviewer": payloads.account(turn.subject, base)}
        yield told(ACTIONS[turn.type], turn.at, turn.actor, **said)
    for review in pull.reviews:
        if review.submitted_at is not None:
            shown = pull_payloads.short(as_of(pull, review.submitted_at), base)
            body = {"action": "submitted", "review": pull_payloads.review(review, base), "pull_request": shown}
            by = sender(review.author, base)
            yield Told(review.submitted_at, "pull_request_review", "submitted", {**body, "sender": by})
    yield from of_comments(pull, base)
    if pull.updated_at > last_known(pull):
        yield told("edited", pull.updated_at, pull.author)


def of_issue(issue: Issue, base: str) -> Iterator[Told]:
    """Yield what was told of one issue."""

    def told(action: str, at: str, by: Account | None) -> Told:
        shown = payloads.issue(as_of(issue, at), base)
        return Told(at, "issues", action, {"action": action, "issue": shown, "sender": sender(by, base)})

    yield told("opened", issue.created_at, issue.author)
    for turn in issue.timeline:
        if turn.type in ACTIONS:
            yield told(ACTIONS[turn.type], turn.at, turn.actor)
    yield from of_comments(issue, base)
    if issue.updated_at > last_known(issue):
        yield told("edited", issue.updated_at, issue.author)


def of_comments(thread: Issue | Pull, base: str) -> Iterator[Told]:
    """Yield what was told of a thread's comments."""
    for comment in thread.comments:
        shown = payloads.issue(as_of(thread, comment.created_at), base)
        body = {"action": "created", "issue": shown, "comment": payloads.comment(comment, base)}
        by = sender(comment.author, base)
        yield Told(comment.created_at, "issue_comment", "created", {**body, "sender": by})


def last_known(thread: Thread) -> str:
    """Return the last moment of which the data tell what happened."""
    known = [thread.created_at, *(one.created_at for one in thread.comments), *(one.at for one in thread.timeline)]
    known += [one.submitted_at for one in getattr(thread, "reviews", ()) if one.submitted_at]
    return max(known)


def sender(account: Account | None, base: str) -> Json:
    """Who did it; a deleted account is `ghost`."""
    return payloads.account(account, base)
