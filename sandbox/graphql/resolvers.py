"""How each field of the schema is answered: one table a type, put together here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo, GraphQLSchema, is_object_type

from sandbox.graphql import activity, code, fans, node, people, repositories
from sandbox.graphql.connections import Connection
from sandbox.graphql.context import Context
from sandbox.things import Account, Repository

Resolver = Callable[..., Any]
Info = GraphQLResolveInfo


def _repository(_: object, info: Info, *, owner: str, name: str, followRenames: bool = True) -> Repository | None:  # noqa: N803
    context: Context = info.context
    full_name = f"{owner}/{name}"
    found = context.world.repository(full_name)
    if found is None and followRenames:
        found = context.world.renamed(full_name)
    if found is None or not context.gate.sees(context.caller, found):
        raise GraphQLError(
            f"Could not resolve to a Repository with the name '{full_name}'.", extensions={"type": "NOT_FOUND"}
        )
    return found


def _account(kind: str, *types: str) -> Resolver:
    def resolve(_: object, info: Info, *, login: str) -> Account:
        context: Context = info.context
        found = context.world.accounts.get(login.lower())
        if found is None or found.type not in types:
            message = f"Could not resolve to a {kind} with the login of '{login}'."
            raise GraphQLError(message, extensions={"type": "NOT_FOUND"})
        return found

    return resolve


def _viewer(_: object, info: Info) -> Account | None:
    context: Context = info.context
    return context.caller.account


def _edges(connection: Connection, _: Info) -> list[dict[str, Any]]:
    return [{"cursor": cursor, "node": node} for cursor, node in connection.edges]


def _page_info(connection: Connection, _: Info) -> dict[str, Any]:
    return {
        "endCursor": connection.end_cursor, "hasNextPage": connection.has_next,
        "hasPreviousPage": connection.has_previous, "startCursor": connection.start_cursor,
    }  # fmt: skip


CONNECTION: Mapping[str, Resolver] = {
    "edges": _edges,
    "nodes": lambda connection, _: connection.nodes,
    "pageInfo": _page_info,
    "totalCount": lambda connection, _: connection.total,
    "filteredCount": lambda connection, _: connection.filtered,
    "pageCount": lambda connection, _: len(connection.nodes),
    "updatedAt": lambda connection, _: connection.nodes[-1].at if connection.nodes else "1970-01-01T00:00:00Z",
}
QUERY: Mapping[str, Resolver] = {
    "repository": _repository,
    "rateLimit": lambda _, info, **__: info.context.rate_limit(),
    "viewer": _viewer,
    "user": _account("User", "User"),
    "organization": _account("Organization", "Organization"),
    "repositoryOwner": _account("RepositoryOwner", "User", "Organization"),
}
TABLES: Mapping[str, Mapping[str, Resolver]] = {
    "Query": {**QUERY, **node.QUERY},
    **fans.TABLES,
    **repositories.TABLES,
    **activity.TABLES,
    **code.TABLES,
    **people.TABLES,
}


def attach(schema: GraphQLSchema) -> None:
    """Give every field of the schema its resolver; plain dictionaries resolve themselves."""
    for name, kind in schema.type_map.items():
        if not is_object_type(kind) or name.startswith("__"):
            continue
        table = {**(CONNECTION if name.endswith("Connection") else {}), **TABLES.get(name, {})}
        for field_name, field in kind.fields.items():
            if field_name in table:
                field.resolve = table[field_name]
    for name, resolve_type in {**people.KINDS, **activity.KINDS, **code.KINDS, **node.KINDS}.items():
        schema.type_map[name].resolve_type = resolve_type  # type: ignore[attr-defined]
