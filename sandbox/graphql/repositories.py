"""Repositories in GraphQL and the lists that hang on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo

from sandbox.graphql import code, fans
from sandbox.graphql.connections import Connection, Index, Key, Paging
from sandbox.graphql.context import Context, since_text
from sandbox.things import Issue, Pull, Release, Repository, Thread

Info = GraphQLResolveInfo
ORDERS: Mapping[str, Callable[[Any], Key]] = {
    "CREATED_AT": lambda one: (one.created_at, one.number),
    "UPDATED_AT": lambda one: (one.updated_at, one.number),
    "COMMENTS": lambda one: (f"{len(one.comments):09}", one.number),
}


def _threads(
    repository: Repository, context: Context, kind: type[Thread], arguments: dict[str, Any]
) -> tuple[Index, str]:
    states = arguments.get("states")
    wanted = None if states is None else frozenset(states)
    labels = frozenset(arguments.get("labels") or ())
    order = arguments.get("orderBy") or {"field": "CREATED_AT", "direction": "ASC"}

    def rows() -> list[Thread]:
        return [
            one
            for one in repository.threads.values()
            if isinstance(one, kind)
            and (wanted is None or _state(one) in wanted)
            and (not labels or not labels.isdisjoint(one.labels))
        ]

    name = (kind.__name__, order["field"], wanted, labels)
    index = context.indexes.build(repository, name, lambda: Index.by(rows(), ORDERS[order["field"]]))
    return index, order["direction"]


def _state(thread: Issue | Pull) -> str:
    return thread.graphql_state if isinstance(thread, Pull) else thread.state.upper()


def _pulls(repository: Repository, info: Info, **arguments: Any) -> Connection:
    context: Context = info.context
    context.require(repository, "pull_requests:read")
    index, direction = _threads(repository, context, Pull, arguments)
    base, head = arguments.get("baseRefName"), arguments.get("headRefName")
    if base is not None or head is not None:
        chosen = [
            place
            for place, one in enumerate(index.rows)
            if base in (None, one.base_ref) and head in (None, one.head_ref)
        ]
        index = Index([index.rows[place] for place in chosen], [index.keys[place] for place in chosen])
    return context.spend(index.page(Paging.of(arguments), descending=direction == "DESC"))


def _issues(repository: Repository, info: Info, **arguments: Any) -> Connection:
    context: Context = info.context
    context.require(repository, "issues:read")
    filters = arguments.get("filterBy") or {}
    if filters.get("states"):
        arguments["states"] = filters["states"]
    if filters.get("labels"):
        arguments["labels"] = filters["labels"]
    index, direction = _threads(repository, context, Issue, arguments)
    since, creator = since_text(filters.get("since")), filters.get("createdBy")
    if since is not None or creator is not None:
        chosen = [
            place
            for place, one in enumerate(index.rows)
            if (since is None or one.updated_at >= since)
            and (creator is None or (one.author is not None and one.author.login.lower() == creator.lower()))
        ]
        index = Index([index.rows[place] for place in chosen], [index.keys[place] for place in chosen])
    return context.spend(index.page(Paging.of(arguments), descending=direction == "DESC"))


def _one(kind: type[Thread], name: str, permission: str) -> Callable[..., Any]:
    def resolve(repository: Repository, info: Info, *, number: int) -> Thread:
        context: Context = info.context
        context.require(repository, permission, "issues:read")
        found = repository.threads.get(number)
        if not isinstance(found, kind):
            message = f"Could not resolve to {name} with the number of {number}."
            raise GraphQLError(message, extensions={"type": "NOT_FOUND"})
        return found

    return resolve


def _releases(repository: Repository, info: Info, **arguments: Any) -> Connection:
    context: Context = info.context
    context.require(repository, "contents:read")
    order = arguments.get("orderBy") or {"field": "CREATED_AT", "direction": "DESC"}
    by_name = order["field"] == "NAME"

    def key(one: Release) -> Key:
        return (one.name or one.tag, one.id) if by_name else (one.created_at, one.id)

    def make() -> Index:
        return Index.by([one for one in repository.releases if not one.draft], key)

    index = context.indexes.build(repository, ("releases", by_name), make)
    return context.spend(index.page(Paging.of(arguments), descending=order["direction"] == "DESC"))


def _latest_release(repository: Repository, info: Info) -> Release | None:
    context: Context = info.context
    context.require(repository, "contents:read")
    full = [one for one in repository.releases if one.published_at and not one.prerelease and not one.draft]
    return max(full, key=lambda one: one.created_at, default=None)


def _labels(repository: Repository, info: Info, **arguments: Any) -> Connection:
    names = sorted({name for one in repository.threads.values() for name in one.labels})
    index = Index.by([code.label(name, repository) for name in names], lambda one: (one["name"], 0))
    context: Context = info.context
    return context.spend(index.page(Paging.of(arguments), descending=False))


def _viewer_permission(repository: Repository, info: Info) -> str | None:
    context: Context = info.context
    who = context.caller
    role = "read" if who.account is None or who.installation else repository.permission_of(who.account.login)
    return None if role == "none" else role.upper()


TABLES: Mapping[str, Mapping[str, Callable[..., Any]]] = {
    "Repository": {
        "createdAt": lambda one, _: one.created_at,
        "databaseId": lambda one, _: one.id,
        "defaultBranchRef": code.default_branch,
        "description": lambda one, _: one.description,
        "forkCount": lambda one, _: one.fans.fork_count(),
        "hasIssuesEnabled": lambda _, __: True,
        "id": lambda one, _: one.node_id,
        "isArchived": lambda one, _: one.archived,
        "isDisabled": lambda _, __: False,
        "isEmpty": lambda one, _: not one.commits,
        "isFork": lambda one, _: one.fork,
        "isPrivate": lambda one, _: one.private,
        "isTemplate": lambda _, __: False,
        "issue": _one(Issue, "an Issue", "issues:read"),
        "issueOrPullRequest": _one(Thread, "an issue or pull request", "pull_requests:read"),
        "issues": _issues,
        "labels": _labels,
        "latestRelease": _latest_release,
        "name": lambda one, _: one.name,
        "nameWithOwner": lambda one, _: one.full_name,
        "object": code.git_object,
        "owner": lambda one, _: one.owner,
        "pullRequest": _one(Pull, "a PullRequest", "pull_requests:read"),
        "pullRequests": _pulls,
        "pushedAt": lambda one, _: one.pushed_at,
        "ref": code.ref,
        "releases": _releases,
        "resourcePath": lambda one, _: f"/{one.full_name}",
        "stargazerCount": lambda one, _: one.fans.star_count(),
        "stargazers": fans.stargazers,
        "updatedAt": lambda one, _: one.updated_at,
        "url": lambda one, info: f"{info.context.base}/{one.full_name}",
        "viewerPermission": _viewer_permission,
        "visibility": lambda one, _: one.visibility.upper(),
        "watchers": fans.watchers,
    },
}
