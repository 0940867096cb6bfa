"""What a query asks for before it runs: the points it costs and the nodes it may return, by GitHub's formula.

Points = (requests needed to fill every connection once, given its parents' sizes) / 100, rounded, at least 1.
Source: docs.github.com, "Rate limits and query limits for the GraphQL API".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    is_object_type,
)

MOST_NODES = 500_000
LARGEST_PAGE = 100


@dataclass(slots=True)
class Cost:
    """Requests and nodes added up; `points` is what is charged."""

    requests: int = 0
    nodes: int = 0

    @property
    def points(self) -> int:
        return max(1, round(self.requests / 100))


def connection_names(schema: GraphQLSchema) -> frozenset[str]:
    """Return the names of all fields that are paged."""
    return frozenset(
        name
        for kind in schema.type_map.values()
        if is_object_type(kind)
        for name, field in kind.fields.items()
        if "first" in field.args and "last" in field.args
    )


class Meter:
    """Adds up one operation; raises GitHub's refusals of pages that are missing, too large or too many."""

    def __init__(self, document: DocumentNode, variables: Mapping[str, Any], connections: frozenset[str]) -> None:
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._variables, self._connections = variables, connections
        self.cost = Cost()

    def measure(self, operation: OperationDefinitionNode) -> Cost:
        """Return the cost of an operation."""
        for definition in operation.variable_definitions or ():
            value = definition.default_value
            if isinstance(value, IntValueNode) and definition.variable.name.value not in self._variables:
                self._variables = {**self._variables, definition.variable.name.value: int(value.value)}
        self._walk(operation.selection_set, 1)
        if self.cost.nodes > MOST_NODES:
            raise GraphQLError(
                f"This query requests up to {self.cost.nodes:,} possible nodes which exceeds the maximum limit of "
                f"{MOST_NODES:,}.",
                extensions={"type": "MAX_NODE_LIMIT_EXCEEDED"},
            )
        return self.cost

    def _walk(self, selections: SelectionSetNode | None, parents: int) -> None:
        for node in selections.selections if selections else ():
            if isinstance(node, FragmentSpreadNode):
                self._walk(self._fragments[node.name.value].selection_set, parents)
            elif isinstance(node, InlineFragmentNode):
                self._walk(node.selection_set, parents)
            elif isinstance(node, FieldNode) and node.name.value in self._connections:
                size = self._size(node)
                self.cost.requests += parents
                self.cost.nodes += parents * size
                self._walk(node.selection_set, parents * size)
            elif isinstance(node, FieldNode):
                self._walk(node.selection_set, parents * self._given(node))

    def _given(self, node: FieldNode) -> int:
        """How many things are asked for by id: each is the parent of what is asked of it."""
        for argument in node.arguments or ():
            if node.name.value == "nodes" and argument.name.value == "ids":
                value = argument.value
                ids = self._variables.get(value.name.value) if isinstance(value, VariableNode) else None
                listed = value.values if isinstance(value, ListValueNode) else ids
                return len(listed) if isinstance(listed, list | tuple) else 1
        return 1

    def _size(self, node: FieldNode) -> int:
        name = node.name.value
        given: dict[str, int] = {}
        for argument in node.arguments or ():
            if argument.name.value in ("first", "last"):
                value = argument.value
                number = (
                    self._variables.get(value.name.value)
                    if isinstance(value, VariableNode)
                    else int(value.value)
                    if isinstance(value, IntValueNode)
                    else None
                )
                if number is not None:
                    given[argument.name.value] = number
        if not given:
            if _counts_only(node):
                return 0
            raise _refusal(
                f"You must provide a `first` or `last` value to properly paginate the `{name}` connection.",
                "MISSING_PAGINATION_BOUNDARIES",
            )
        if len(given) == 2:
            raise _refusal(
                f"Passing both `first` and `last` values to paginate the `{name}` connection is not supported.",
                "INVALID_PAGINATION_BOUNDARIES",
            )
        ((argument_name, number),) = given.items()
        if number < 0:
            raise _refusal(
                f"`{argument_name}` on the `{name}` connection cannot be less than zero.",
                "INVALID_PAGINATION_BOUNDARIES",
            )
        if number > LARGEST_PAGE:
            raise _refusal(
                f"Requesting {number} records on the `{name}` connection exceeds the `{argument_name}` limit of "
                f"{LARGEST_PAGE} records.",
                "EXCESSIVE_PAGINATION",
            )
        return number


def _counts_only(node: FieldNode) -> bool:
    """A connection of which only `totalCount` is asked needs no page size."""
    inner = node.selection_set.selections if node.selection_set else ()
    return all(isinstance(child, FieldNode) and child.name.value in ("totalCount", "__typename") for child in inner)


def _refusal(message: str, kind: str) -> GraphQLError:
    return GraphQLError(message, extensions={"type": kind})
