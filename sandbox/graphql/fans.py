"""Stars and watchers of a repository in GraphQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLResolveInfo

from sandbox.fans import Fan
from sandbox.graphql.connections import Connection, Index, Key, Paging
from sandbox.graphql.context import Context
from sandbox.things import Repository

Info = GraphQLResolveInfo


def _key(fan: Fan) -> Key:
    return fan.at, fan.user.id


def stargazers(repository: Repository, info: Info, **arguments: Any) -> Connection:
    """Stars in the order they were given, or newest first; whoever may see the repository may see them."""
    context: Context = info.context
    order = arguments.get("orderBy") or {"direction": "ASC"}
    index = Index.by(repository.fans.stars(), _key)
    return context.spend(index.page(Paging.of(arguments), descending=order["direction"] == "DESC"))


def watchers(repository: Repository, info: Info, **arguments: Any) -> Connection:
    """Who watches, in the order they began."""
    context: Context = info.context
    fans = repository.fans.watches()
    index = Index([one.user for one in fans], [_key(one) for one in fans])
    return context.spend(index.page(Paging.of(arguments), descending=False))


def _edges(connection: Connection, _: Info) -> list[dict[str, Any]]:
    return [{"cursor": cursor, "node": fan.user, "starredAt": fan.at} for cursor, fan in connection.edges]


TABLES: Mapping[str, Mapping[str, Callable[..., Any]]] = {
    "StargazerConnection": {
        "edges": _edges,
        "nodes": lambda connection, _: [fan.user for fan in connection.nodes],
    },
}
