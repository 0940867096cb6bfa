"""Accounts and teams in GraphQL. A deleted account is null; a bot's login has no `[bot]` here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLResolveInfo

from sandbox.graphql.connections import Connection, Index, Paging
from sandbox.graphql.context import Context
from sandbox.things import Account, Repository, node_id

Info = GraphQLResolveInfo
JOINED = "2014-01-01T00:00:00Z"


def team(slug: str, organization: str) -> dict[str, Any]:
    """A team, of which only the name is known."""
    return {
        "__typename": "Team", "id": node_id("T", len(slug)), "name": slug, "slug": slug,
        "combinedSlug": f"{organization}/{slug}",
    }  # fmt: skip


def _path(account: Account) -> str:
    return f"/apps/{account.login}" if account.type == "Bot" else f"/{account.login}"


def _repositories(account: Account, info: Info, **arguments: Any) -> Connection:
    context: Context = info.context
    visible = [
        repository
        for repository in context.world.repositories.values()
        if repository.owner is account
        and context.gate.sees(context.caller, repository)
        and arguments.get("visibility") in (None, repository.visibility.upper())
        and arguments.get("privacy") in (None, "PRIVATE" if repository.private else "PUBLIC")
        and arguments.get("isArchived") in (None, repository.archived)
        and arguments.get("isFork") in (None, repository.fork)
    ]
    order = arguments.get("orderBy") or {"field": "CREATED_AT", "direction": "ASC"}
    texts: Mapping[str, Callable[[Repository], str]] = {
        "CREATED_AT": lambda one: one.created_at,
        "UPDATED_AT": lambda one: one.updated_at,
        "PUSHED_AT": lambda one: one.pushed_at,
        "NAME": lambda one: one.name.lower(),
    }
    text = texts.get(order["field"], texts["CREATED_AT"])
    index = Index.by(visible, lambda one: (text(one), one.id))
    return context.spend(index.page(Paging.of(arguments), descending=order["direction"] == "DESC"))


def _repository(account: Account, info: Info, *, name: str, followRenames: bool = True) -> Repository | None:  # noqa: N803
    context: Context = info.context
    full_name = f"{account.login}/{name}"
    found = context.world.repository(full_name)
    if found is None and followRenames:
        found = context.world.renamed(full_name)
    return found if found is not None and context.gate.sees(context.caller, found) else None


ACTOR: dict[str, Callable[..., Any]] = {
    "avatarUrl": lambda account, info, **_: f"{info.context.base}/avatars/u/{account.id}?v=4",
    "createdAt": lambda _, __: JOINED,
    "databaseId": lambda account, _: account.id,
    "id": lambda account, _: account.node_id,
    "login": lambda account, _: account.login,
    "name": lambda account, _: account.name,
    "resourcePath": lambda account, _: _path(account),
    "updatedAt": lambda _, __: JOINED,
    "url": lambda account, info: info.context.base + _path(account),
    "repositories": _repositories,
    "repository": _repository,
}
TABLES: Mapping[str, Mapping[str, Callable[..., Any]]] = dict.fromkeys(
    ("User", "Bot", "Organization", "Mannequin"), ACTOR
)


def _kind(value: Any, *_: object) -> str:
    return "Team" if isinstance(value, dict) else str(value.type)


KINDS: Mapping[str, Callable[..., str]] = dict.fromkeys(("Actor", "RepositoryOwner", "RequestedReviewer"), _kind)
