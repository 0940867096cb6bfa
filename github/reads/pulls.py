"""Pull requests with reviews, timeline, labels and last comments, most recently updated first.

25 of them cost one GraphQL point: a page of them and four lists of each are 101 requests by GitHub's formula. Of the
comments only the last are read, which tell whose turn it is; no comment's text is, so `CommentRow.body_length` is 0.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analytics.actors import BOT_SUFFIX
from analytics.rows import CommentRow, PullRow, ReviewRow, TimelineRow
from analytics.window import parse_iso
from github.client import GitHub
from github.errors import Gone
from github.pages import PageSize, fetch, next_cursor, nodes
from github.reads.fields import actor, comment, label_names, moment, repository_of
from github.reads.repository import RepoRef

STATES = ("OPEN", "CLOSED", "MERGED")
NESTED = 100

FRAGMENTS = """
fragment Reviews on PullRequestReviewConnection {
  pageInfo { hasNextPage endCursor }
  nodes { id state submittedAt author { login __typename } }
}
fragment Timeline on PullRequestTimelineItemsConnection {
  pageInfo { hasNextPage endCursor }
  nodes {
    __typename
    ... on ReadyForReviewEvent { id createdAt actor { login __typename } }
    ... on ConvertToDraftEvent { id createdAt actor { login __typename } }
    ... on ReviewRequestedEvent { id createdAt actor { login __typename } requestedReviewer {
      __typename ... on Actor { login } ... on Team { slug } } }
    ... on ReviewRequestRemovedEvent { id createdAt actor { login __typename } requestedReviewer {
      __typename ... on Actor { login } ... on Team { slug } } }
    ... on ClosedEvent { id createdAt actor { login __typename } }
    ... on ReopenedEvent { id createdAt actor { login __typename } }
    ... on MergedEvent { id createdAt actor { login __typename } }
  }
}
"""

ITEM_TYPES = """[READY_FOR_REVIEW_EVENT, CONVERT_TO_DRAFT_EVENT, REVIEW_REQUESTED_EVENT, REVIEW_REQUEST_REMOVED_EVENT,
        CLOSED_EVENT, REOPENED_EVENT, MERGED_EVENT]"""

PULLS = f"""
query Pulls($owner: String!, $name: String!, $first: Int!, $after: String, $states: [PullRequestState!]) {{
  rateLimit {{ cost remaining resetAt }}
  repository(owner: $owner, name: $name) {{
    databaseId
    pullRequests(first: $first, after: $after, states: $states, orderBy: {{field: UPDATED_AT, direction: DESC}}) {{
      totalCount
      pageInfo {{ hasNextPage endCursor }}
      nodes {{
        number title isDraft createdAt updatedAt closedAt mergedAt baseRefName additions deletions changedFiles
        author {{ login __typename }}
        mergedBy {{ login __typename }}
        reviews(first: 50) {{ ...Reviews }}
        timelineItems(first: 50, itemTypes: {ITEM_TYPES}) {{ ...Timeline }}
        labels(first: 100) {{ nodes {{ name }} }}
        comments(last: 20) {{ nodes {{ id createdAt author {{ login __typename }} }} }}
      }}
    }}
  }}
}}
{FRAGMENTS}"""

# One pull request's further reviews or turns: the half that has ended is left out.
MORE = f"""
query MoreOfPull($owner: String!, $name: String!, $number: Int!, $first: Int!, $reviewsAfter: String,
                 $timelineAfter: String, $withReviews: Boolean!, $withTimeline: Boolean!) {{
  rateLimit {{ cost remaining resetAt }}
  repository(owner: $owner, name: $name) {{
    databaseId
    pullRequest(number: $number) {{
      reviews(first: $first, after: $reviewsAfter) @include(if: $withReviews) {{ ...Reviews }}
      timelineItems(first: $first, after: $timelineAfter, itemTypes: {ITEM_TYPES}) @include(if: $withTimeline) {{
        ...Timeline
      }}
    }}
  }}
}}
{FRAGMENTS}"""

KINDS = {
    "ReadyForReviewEvent": "ready",
    "ConvertToDraftEvent": "draft",
    "ReviewRequestedEvent": "review_requested",
    "ReviewRequestRemovedEvent": "review_request_removed",
    "ClosedEvent": "closed",
    "ReopenedEvent": "reopened",
    "MergedEvent": "merged",
}


@dataclass(frozen=True, slots=True)
class PullPage:
    """One page of pull requests: reviews and turns have been followed to their ends, comments are the last twenty.

    `total` counts all pull requests of the asked states; `oldest_updated_at` is None on an empty page; `size` is what
    the next page will be asked with.
    """

    pulls: tuple[PullRow, ...]
    reviews: tuple[ReviewRow, ...]
    timeline: tuple[TimelineRow, ...]
    comments: tuple[CommentRow, ...]
    end_cursor: str | None
    has_next: bool
    oldest_updated_at: datetime | None
    total: int
    size: PageSize


async def pull_pages(
    gh: GitHub,
    repo: RepoRef,
    *,
    states: tuple[str, ...] = STATES,
    after: str | None = None,
    page: PageSize | None = None,
) -> AsyncIterator[PullPage]:
    """Yield pages, most recently updated first, from cursor `after` on; stop where the window's edge is passed."""
    size = page if page is not None else PageSize()
    more = True
    while more:
        asked = {"owner": repo.owner, "name": repo.name, "after": after, "states": list(states)}
        data, size = await fetch(gh, PULLS, asked, size)
        connection = repository_of(data, repo)["pullRequests"]
        pulls: list[PullRow] = []
        reviews: list[ReviewRow] = []
        timeline: list[TimelineRow] = []
        comments: list[CommentRow] = []
        for node in nodes(connection):
            await _complete(gh, repo, node)
            turns = _turns(node)
            pulls.append(_pull(node, turns))
            reviews.extend(_review(node, said) for said in nodes(node["reviews"]))
            timeline.extend(turns)
            comments.extend(comment(node["number"], said, on_pull=True) for said in nodes(node["comments"]))
            await asyncio.sleep(0)  # a page can hold 2,500 rows; whoever waits for the loop gets it in between
        after, more = connection["pageInfo"].get("endCursor"), bool(connection["pageInfo"]["hasNextPage"])
        yield PullPage(
            pulls=tuple(pulls),
            reviews=tuple(reviews),
            timeline=tuple(timeline),
            comments=tuple(comments),
            end_cursor=after,
            has_next=more,
            oldest_updated_at=min((row.updated_at for row in pulls), default=None),
            total=connection["totalCount"],
            size=size,
        )


def ready_at(created_at: datetime, turns: list[TimelineRow], *, is_draft: bool) -> datetime | None:
    """Return when a pull request first was not a draft, None if it never was.

    A first toggle to ready means that it began as a draft; a first toggle to draft that it did not.
    """
    toggles = sorted((turn for turn in turns if turn.kind in ("ready", "draft")), key=lambda turn: turn.at)
    if toggles and toggles[0].kind == "ready":
        return toggles[0].at
    return None if is_draft and not toggles else created_at


async def _complete(gh: GitHub, repo: RepoRef, node: dict[str, Any]) -> None:
    """Append what the first 50 reviews and turns left over, 100 a request, both at once."""
    reviews, timeline = next_cursor(node["reviews"]), next_cursor(node["timelineItems"])
    size = PageSize(NESTED)
    while reviews or timeline:
        asked = {
            "owner": repo.owner,
            "name": repo.name,
            "number": node["number"],
            "reviewsAfter": reviews,
            "timelineAfter": timeline,
            "withReviews": reviews is not None,
            "withTimeline": timeline is not None,
        }
        try:
            data, size = await fetch(gh, MORE, asked, size)
        except Gone:
            return  # this pull request went away meanwhile; whether the repository did, the next page says
        more = (data.get("repository") or {}).get("pullRequest") or {}
        for name in ("reviews", "timelineItems"):
            node[name]["nodes"].extend(nodes(more.get(name)))
        reviews, timeline = next_cursor(more.get("reviews")), next_cursor(more.get("timelineItems"))


def _pull(node: Mapping[str, Any], turns: list[TimelineRow]) -> PullRow:
    created = parse_iso(node["createdAt"])
    return PullRow(
        number=node["number"],
        title=node["title"],
        author=actor(node["author"]),
        created_at=created,
        updated_at=parse_iso(node["updatedAt"]),
        closed_at=moment(node["closedAt"]),
        merged_at=moment(node["mergedAt"]),
        merged_by=actor(node["mergedBy"]) if node["mergedBy"] else None,
        is_draft=node["isDraft"],
        ready_at=ready_at(created, turns, is_draft=node["isDraft"]),
        base_ref=node["baseRefName"],
        additions=node["additions"],
        deletions=node["deletions"],
        changed_files=node["changedFiles"],
        labels=label_names(node),
    )


def _review(pull: Mapping[str, Any], said: Mapping[str, Any]) -> ReviewRow:
    return ReviewRow(
        id=said["id"],
        number=pull["number"],
        reviewer=actor(said["author"]),
        author=actor(pull["author"]),
        state=said["state"],
        submitted_at=moment(said["submittedAt"]),
    )


def _turns(node: Mapping[str, Any]) -> list[TimelineRow]:
    return [
        TimelineRow(
            id=item["id"],
            number=node["number"],
            kind=KINDS[item["__typename"]],
            at=parse_iso(item["createdAt"]),
            actor=actor(item["actor"]) if item.get("actor") else None,
            subject=_subject(item.get("requestedReviewer")),
        )
        for item in nodes(node["timelineItems"])
        if item["__typename"] in KINDS
    ]


def _subject(reviewer: Mapping[str, Any] | None) -> str | None:
    if not reviewer:
        return None
    if reviewer.get("__typename") == "Team":
        return f"team:{reviewer['slug']}"
    login: str | None = reviewer.get("login")
    return login.removesuffix(BOT_SUFFIX) if login else None
