"""Runs a GraphQL request the way GitHub does: parse, validate, weigh, charge, answer with data and errors beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)

from sandbox.callers import Caller, Gate
from sandbox.graphql.context import Context, Indexes
from sandbox.graphql.cost import Meter, connection_names
from sandbox.graphql.resolvers import attach
from sandbox.limits import Account
from sandbox.world import World

SDL = Path(__file__).with_name("schema.graphql")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The body to answer with and what it cost; nothing ran where `points` is 0."""

    body: dict[str, Any]
    points: int
    operation: str | None


class Engine:
    """One schema over one world. `budget` nodes into a query the rest fails with RESOURCE_LIMITS_EXCEEDED."""

    def __init__(self, world: World, gate: Gate, budget: int | None = None) -> None:
        self.world, self.gate, self.budget = world, gate, budget
        self.schema = schema()
        self._connections = paged()
        self._indexes = Indexes()

    def run(self, request: Mapping[str, Any], caller: Caller, account: Account, now: datetime, base: str) -> Outcome:
        """Answer `{"query", "variables", "operationName"}`."""
        text, variables = request.get("query"), request.get("variables") or {}
        if not isinstance(text, str) or not isinstance(variables, dict):
            return Outcome(
                {"errors": [{"message": "A query attribute must be specified and must be a string."}]}, 0, None
            )
        document, errors = read(text)
        if document is None or errors:
            return Outcome({"errors": [shown(error) for error in errors]}, 0, None)
        operation = get_operation_ast(document, request.get("operationName"))
        if operation is None:
            return Outcome({"errors": [{"message": "An operation name is required"}]}, 0, None)
        return self._run(document, operation, variables, Context(
            self.world, self.gate, caller, account, self._indexes, now, base, budget=self.budget
        ))  # fmt: skip

    def _run(
        self, document: DocumentNode, operation: OperationDefinitionNode, variables: dict[str, Any], context: Context
    ) -> Outcome:
        name = operation.name.value if operation.name else None
        try:
            context.cost = Meter(document, variables, self._connections).measure(operation)
        except GraphQLError as error:
            return Outcome({"errors": [shown(error)]}, 0, name)
        if context.account.remaining < context.cost.points:
            return Outcome({"errors": [limited(context)]}, 0, name)
        result = execute_sync(
            self.schema, document, context_value=context, variable_values=variables, operation_name=name
        )
        body: dict[str, Any] = {} if result.data is None and result.errors else {"data": result.data}
        if result.errors:
            body.setdefault("data", None)
            body["errors"] = [shown(error) for error in result.errors]
        return Outcome(body, context.cost.points, name)


@cache
def schema() -> GraphQLSchema:
    """Return the schema with its resolvers: one for every world, as it knows of none."""
    made = build_schema(SDL.read_text(encoding="utf-8"))
    attach(made)
    return made


@cache
def paged() -> frozenset[str]:
    """Return the names of the schema's paged fields."""
    return connection_names(schema())


@lru_cache(maxsize=256)
def read(text: str) -> tuple[DocumentNode | None, tuple[GraphQLError, ...]]:
    """Return the parsed query and what is wrong with it."""
    try:
        document = parse(text)
    except GraphQLError as error:
        return None, (error,)
    return document, tuple(validate(schema(), document))


def limited(context: Context) -> dict[str, Any]:
    """GitHub's error once the hour's points are used up: status 200 all the same."""
    return {
        "type": "RATE_LIMITED",
        "code": "graphql_rate_limit",
        "message": f"API rate limit exceeded for {context.caller.label}.",
    }


def shown(error: GraphQLError) -> dict[str, Any]:
    """An error as GitHub shows it: `type` at the top, then path, extensions, locations and the sentence."""
    extensions = dict(error.extensions or {})
    value: dict[str, Any] = {}
    if "type" in extensions:
        value["type"] = extensions["type"]
    if error.path:
        value["path"] = list(error.path)
    if "extensions" in extensions:
        value["extensions"] = extensions["extensions"]
    if error.locations:
        value["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    return {**value, "message": error.message}
