"""Issues, pull requests, reviews, comments and the turns of a timeline in GraphQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLResolveInfo

from sandbox.graphql import code, people
from sandbox.graphql.connections import Connection, Index, Listed, Paging
from sandbox.graphql.context import Context, since_text
from sandbox.payloads import html_url
from sandbox.things import Comment, Event, Pull, Review, Thread

Info = GraphQLResolveInfo
Table = dict[str, Callable[..., Any]]
OPINIONS = ("APPROVED", "CHANGES_REQUESTED", "DISMISSED")


def _path(thread: Thread) -> str:
    return html_url(thread, "")


def _comments(thread: Thread, info: Info, **arguments: Any) -> Connection:
    context: Context = info.context
    order = arguments.get("orderBy")
    if order is None:
        page = Listed(thread.comments).page(Paging.of(arguments), descending=False)
    else:
        index = Index.by(thread.comments, lambda one: (one.updated_at, one.id))
        page = index.page(Paging.of(arguments), descending=order["direction"] == "DESC")
    return context.spend(page)


def _timeline(thread: Thread, info: Info, **arguments: Any) -> Connection:
    context: Context = info.context
    kinds, since = arguments.get("itemTypes"), since_text(arguments.get("since"))
    rows = thread.timeline
    if kinds is not None:
        names = {_type_name(kind) for kind in kinds}
        rows = [one for one in rows if one.type in names]
    if since is not None:
        rows = [one for one in rows if one.at >= since]
    rows = rows[arguments.get("skip") or 0 :]
    page = Listed(rows).page(Paging.of(arguments), descending=False, total=len(thread.timeline))
    return context.spend(page)


def _type_name(kind: str) -> str:
    return "".join(word.capitalize() for word in kind.split("_"))


def _reviews(pull: Pull, info: Info, **arguments: Any) -> Connection:
    context: Context = info.context
    states, author = arguments.get("states"), arguments.get("author")
    rows = pull.reviews
    if states is not None:
        rows = [one for one in rows if one.state in states]
    if author is not None:
        rows = [one for one in rows if one.author is not None and one.author.login.lower() == author.lower()]
    return context.spend(Listed(rows).page(Paging.of(arguments), descending=False))


def _decision(pull: Pull, _: Info) -> str | None:
    latest = {one.author: one.state for one in pull.reviews if one.state in OPINIONS and one.author is not pull.author}
    states = set(latest.values())
    return next((state for state in ("CHANGES_REQUESTED", "APPROVED") if state in states), None)


def _review_requests(pull: Pull, info: Info, **arguments: Any) -> Connection:
    """Only those still pending: asked, not taken back, not reviewed since."""
    pending: dict[object, Event] = {}
    for event in pull.timeline:
        if event.type == "ReviewRequestedEvent":
            pending[event.subject] = event
        elif event.type == "ReviewRequestRemovedEvent":
            pending.pop(event.subject, None)
    for review in pull.reviews:
        asked = pending.get(review.author)
        if asked is not None and review.submitted_at and review.submitted_at >= asked.at:
            del pending[review.author]
    rows = [
        {
            "asCodeOwner": False, "databaseId": None, "id": f"RR_{event.id}", "pullRequest": pull,
            "requestedReviewer": _reviewer(event, info),
        }
        for event in (pending.values() if pull.state == "open" else ())
    ]  # fmt: skip
    context: Context = info.context
    return context.spend(Listed(rows).page(Paging.of(arguments), descending=False))


def _reviewer(event: Event, _: Info) -> Any:
    if isinstance(event.subject, str):
        return people.team(event.subject.removeprefix("team:"), event.thread.repository.owner.login)
    return event.subject


def _labels(thread: Thread, info: Info, **arguments: Any) -> Connection:
    context: Context = info.context
    rows = [code.label(name, thread.repository) for name in thread.labels]
    return context.spend(Listed(rows).page(Paging.of(arguments), descending=False))


def _empty(_: object, __: Info, **arguments: Any) -> Connection:
    return Listed([]).page(Paging.of(arguments), descending=False)


def _commit_count(pull: Pull, _: Info, **__: Any) -> Connection:
    return Connection((), (), pull.commit_count, has_next=False, has_previous=False)


def _text(table: Table) -> Table:
    return {
        "author": lambda one, _: one.author,
        "authorAssociation": lambda one, _: one.association,
        "createdAt": lambda one, _: one.created_at,
        **table,
    }


THREAD: Table = _text({
    "assignees": _empty,
    "body": lambda one, _: one.body,
    "bodyText": lambda one, _: one.body,
    "closed": lambda one, _: one.state == "closed",
    "closedAt": lambda one, _: one.closed_at,
    "comments": _comments,
    "databaseId": lambda one, _: one.id,
    "fullDatabaseId": lambda one, _: str(one.id),
    "id": lambda one, _: one.node_id,
    "labels": _labels,
    "locked": lambda _, __: False,
    "number": lambda one, _: one.number,
    "publishedAt": lambda one, _: one.created_at,
    "repository": lambda one, _: one.repository,
    "resourcePath": lambda one, _: _path(one),
    "timelineItems": _timeline,
    "title": lambda one, _: one.title,
    "updatedAt": lambda one, _: one.updated_at,
    "url": lambda one, info: info.context.base + _path(one),
})  # fmt: skip
ISSUE: Table = {
    **THREAD,
    "state": lambda one, _: one.state.upper(),
    "stateReason": lambda one, _, **__: one.state_reason.upper() if one.state_reason else None,
}
PULL: Table = {
    **THREAD,
    "additions": lambda one, _: one.additions,
    "baseRefName": lambda one, _: one.base_ref,
    "baseRefOid": lambda one, _: one.base_sha or "0" * 40,
    "changedFiles": lambda one, _: one.changed_files,
    "commits": _commit_count,
    "deletions": lambda one, _: one.deletions,
    "headRefName": lambda one, _: one.head_ref,
    "headRefOid": lambda one, _: one.head_sha or "0" * 40,
    "isCrossRepository": lambda _, __: False,
    "isDraft": lambda one, _: one.draft,
    "mergeCommit": code.merge_commit,
    "merged": lambda one, _: one.merged_at is not None,
    "mergedAt": lambda one, _: one.merged_at,
    "mergedBy": lambda one, _: one.merged_by,
    "permalink": lambda one, info: info.context.base + _path(one),
    "reviewDecision": _decision,
    "reviewRequests": _review_requests,
    "reviews": _reviews,
    "state": lambda one, _: one.graphql_state,
    "totalCommentsCount": lambda one, _: len(one.comments),
}


def _comment_path(one: Comment) -> str:
    return f"{_path(one.thread)}#issuecomment-{one.id}"


COMMENT: Table = _text({
    "body": lambda one, _: one.body,
    "bodyText": lambda one, _: one.body,
    "databaseId": lambda one, _: one.id,
    "fullDatabaseId": lambda one, _: str(one.id),
    "id": lambda one, _: one.node_id,
    "isMinimized": lambda _, __: False,
    "issue": lambda one, _: one.thread,
    "lastEditedAt": lambda one, _: one.updated_at if one.updated_at != one.created_at else None,
    "publishedAt": lambda one, _: one.created_at,
    "pullRequest": lambda one, _: one.thread if isinstance(one.thread, Pull) else None,
    "repository": lambda one, _: one.thread.repository,
    "resourcePath": lambda one, _: _comment_path(one),
    "updatedAt": lambda one, _: one.updated_at,
    "url": lambda one, info: info.context.base + _comment_path(one),
})  # fmt: skip


def _review_path(one: Review) -> str:
    return f"{_path(one.pull)}#pullrequestreview-{one.id}"


REVIEW: Table = _text({
    "body": lambda one, _: one.body,
    "bodyText": lambda one, _: one.body,
    "commit": lambda _, __: None,
    "databaseId": lambda _, __: None,
    "fullDatabaseId": lambda _, __: None,
    "id": lambda one, _: one.id,
    "publishedAt": lambda one, _: one.submitted_at,
    "pullRequest": lambda one, _: one.pull,
    "repository": lambda one, _: one.pull.repository,
    "resourcePath": lambda one, _: _review_path(one),
    "state": lambda one, _: one.state,
    "submittedAt": lambda one, _: one.submitted_at,
    "updatedAt": lambda one, _: one.submitted_at or one.created_at,
    "url": lambda one, info: info.context.base + _review_path(one),
})  # fmt: skip
EVENT: Table = {
    "actor": lambda one, _: one.actor,
    "commit": lambda one, info: code.merge_commit(one.thread, info),
    "createdAt": lambda one, _: one.at,
    "id": lambda one, _: one.id,
    "mergeRefName": lambda one, _: one.thread.base_ref,
    "pullRequest": lambda one, _: one.thread,
    "requestedReviewer": _reviewer,
    "resourcePath": lambda one, _: f"{_path(one.thread)}#event-{one.id}",
    "stateReason": lambda one, _, **__: one.thread.state_reason.upper() if one.thread.state_reason else None,
    "url": lambda one, info: f"{info.context.base}{_path(one.thread)}#event-{one.id}",
}
EVENTS = (
    "ReadyForReviewEvent", "ConvertToDraftEvent", "ReviewRequestedEvent", "ReviewRequestRemovedEvent",
    "ClosedEvent", "ReopenedEvent", "MergedEvent",
)  # fmt: skip
TABLES: Mapping[str, Table] = {
    "Issue": ISSUE,
    "PullRequest": PULL,
    "IssueComment": COMMENT,
    "PullRequestReview": REVIEW,
    **dict.fromkeys(EVENTS, EVENT),
}
KINDS: Mapping[str, Callable[..., str]] = {
    "PullRequestTimelineItems": lambda event, *_: str(event.type),
    "IssueTimelineItems": lambda event, *_: str(event.type),
    "IssueOrPullRequest": lambda thread, *_: "PullRequest" if isinstance(thread, Pull) else "Issue",
}
