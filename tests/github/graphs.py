"""A repository behind GraphQL, paged like GitHub's: cursors are positions, nested lists have pages of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.github.fake import Answer, Heard, Says

Node = dict[str, Any]
REVIEWS_AT_FIRST = TURNS_AT_FIRST = 50
COMMENTS_AT_FIRST = LAST_OF_ISSUE = 10
LAST_OF_PULL = 20


def at(day: int, hour: int = 0, minute: int = 0) -> str:
    """Return a time in October 2026."""
    return f"2026-10-{day:02}T{hour:02}:{minute:02}:00Z"


def person(login: str | None, kind: str = "User") -> Node | None:
    return {"login": login, "__typename": kind} if login else None


def pull(number: int, author: str | None = "ada", **changes: Any) -> Node:
    node = {
        "number": number, "title": f"Change {number}", "isDraft": False, "createdAt": at(1), "updatedAt": at(2),
        "closedAt": None, "mergedAt": None, "baseRefName": "main", "additions": 3, "deletions": 1, "changedFiles": 2,
        "author": person(author), "mergedBy": None, "reviews": [], "timelineItems": [],
        "labels": labels(), "comments": [],
    }  # fmt: skip
    return node | changes


def review(name: str, author: str | None = "ben", submitted: str | None = at(1, 5), state: str = "APPROVED") -> Node:
    return {"id": name, "state": state, "submittedAt": submitted, "author": person(author)}


def turn(name: str, kind: str, moment: str = at(1, 1), actor: str | None = "ada", **more: Any) -> Node:
    return {"__typename": kind, "id": name, "createdAt": moment, "actor": person(actor), **more}


def issue(number: int, comments: list[Node], author: str | None = "ada", **changes: Any) -> Node:
    node = {
        "number": number, "title": f"Trouble {number}", "createdAt": at(1), "updatedAt": at(2), "closedAt": None,
        "stateReason": None, "author": person(author), "comments": comments, "labels": labels(),
    }  # fmt: skip
    return node | changes


def comment(name: str, author: str | None, moment: str = at(1, 2), kind: str = "User") -> Node:
    return {"id": name, "createdAt": moment, "author": person(author, kind)}


def labels(*names: str) -> Node:
    return {"nodes": [{"name": name} for name in names]}


def last(items: list[Node], count: int) -> Node:
    return {"nodes": items[-count:]}


def connection(items: list[Node], first: int, after: str | None = None) -> Node:
    start = int(after) if after else 0
    page = items[start : start + first]
    end = start + len(page)
    info = {"hasNextPage": end < len(items), "endCursor": str(end) if page else None}
    return {"totalCount": len(items), "pageInfo": info, "nodes": page}


@dataclass
class Graph:
    """Answers this package's documents; `too_much(first)` says which page sizes GitHub cannot bear."""

    pulls: list[Node] = field(default_factory=list)
    issues: list[Node] = field(default_factory=list)
    commits: list[Node] | None = None
    releases: list[Node] = field(default_factory=list)
    too_much: Callable[[int], Answer | None] = lambda _first: None
    asked: list[tuple[str, int]] = field(default_factory=list)
    """Operation name and page size of every request."""

    def __call__(self, heard: Heard) -> Answer:
        name = heard.content["query"].split("query ", 1)[1].split("(", 1)[0]
        given = heard.content["variables"]
        self.asked.append((name, given["first"]))
        refused = self.too_much(given["first"])
        if refused is not None:
            return refused
        found = getattr(self, "_" + name)(given)
        limit = {"cost": 1, "remaining": 4000, "resetAt": "2026-11-22T09:00:00Z"}
        return Says({"data": {"rateLimit": limit, "repository": found}})

    def _Pulls(self, given: Mapping[str, Any]) -> Node:  # noqa: N802 -- named as the operation
        page = connection([one for one in self.pulls if _state(one) in given["states"]], given["first"], given["after"])
        page["nodes"] = [
            node
            | {"reviews": connection(node["reviews"], REVIEWS_AT_FIRST)}
            | {"timelineItems": connection(node["timelineItems"], TURNS_AT_FIRST)}
            | {"comments": last(node["comments"], LAST_OF_PULL)}
            for node in page["nodes"]
        ]
        return {"pullRequests": page}

    def _MoreOfPull(self, given: Mapping[str, Any]) -> Node:  # noqa: N802
        node = next(one for one in self.pulls if one["number"] == given["number"])
        more = {}
        if given["withReviews"]:
            more["reviews"] = connection(node["reviews"], given["first"], given["reviewsAfter"])
        if given["withTimeline"]:
            more["timelineItems"] = connection(node["timelineItems"], given["first"], given["timelineAfter"])
        return {"pullRequest": more}

    def _Issues(self, given: Mapping[str, Any]) -> Node:  # noqa: N802
        page = connection(self.issues, given["first"], given["after"])
        page["nodes"] = [
            node
            | {"comments": connection(node["comments"], COMMENTS_AT_FIRST)}
            | {"latest": last(node["comments"], LAST_OF_ISSUE)}
            for node in page["nodes"]
        ]
        return {"issues": page}

    def _MoreOfIssue(self, given: Mapping[str, Any]) -> Node:  # noqa: N802
        node = next(one for one in self.issues if one["number"] == given["number"])
        return {"issue": {"comments": connection(node["comments"], given["first"], given["after"])}}

    def _Commits(self, given: Mapping[str, Any]) -> Node:  # noqa: N802
        if self.commits is None:
            return {"defaultBranchRef": None}
        history = connection(self.commits, given["first"], given["after"])
        return {"defaultBranchRef": {"name": "main", "target": {"history": history}}}

    def _Releases(self, given: Mapping[str, Any]) -> Node:  # noqa: N802
        return {"releases": connection(self.releases, given["first"], given["after"])}


def _state(node: Node) -> str:
    if node["mergedAt"]:
        return "MERGED"
    return "CLOSED" if node["closedAt"] else "OPEN"
