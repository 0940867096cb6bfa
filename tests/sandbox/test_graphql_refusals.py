"""What GraphQL refuses, in GitHub's words, and what it charges."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import build_schema, get_operation_ast, parse

from sandbox.graphql.cost import Meter, connection_names
from sandbox.graphql.execute import SDL
from sandbox.server import Sandbox
from sandbox.world import World
from tests.sandbox.conftest import Client

CONNECTIONS = connection_names(build_schema(SDL.read_text(encoding="utf-8")))


def inside(query: str, name: str = "secret") -> str:
    return f'query Q {{ repository(owner: "acme", name: "{name}") {{ {query} }} }}'


def measured(query: str, **variables: object) -> tuple[int, int]:
    document = parse(query)
    operation = get_operation_ast(document)
    assert operation is not None
    cost = Meter(document, variables, CONNECTIONS).measure(operation)
    return cost.points, cost.nodes


def test_25_pull_requests_with_reviews_and_timeline_cost_one_point() -> None:
    """1 + 25 + 25 requests are half a hundred: one point. 25 + 25 * 50 + 25 * 50 nodes."""
    query = inside("pullRequests(first: 25) { nodes { reviews(first: 50) { nodes { id } } "
                   "timelineItems(first: 50) { nodes { __typename } } } }")  # fmt: skip

    assert measured(query) == (1, 25 + 25 * 50 + 25 * 50)


def test_the_documented_example_costs_51_points() -> None:
    """GitHub's page counts 1 + 100 + 5,000 requests for 100 repositories with 50 issues and 60 labels each."""
    query = """{ viewer { repositories(first: 100) { edges { node { issues(first: 50) { edges { node {
        labels(first: 60) { edges { node { name } } } } } } } } } } }"""

    assert measured(query) == (51, 100 + 5_000 + 300_000)


def test_page_sizes_in_variables_and_fragments_count() -> None:
    query = "query Q($n: Int = 7) { ...R } fragment R on Query { viewer { repositories(first: $n) { totalCount } } }"

    assert measured(query)[1] == 7
    assert measured(query, n=9)[1] == 9


@pytest.mark.parametrize(
    ("query", "kind", "message"),
    [
        (
            "pullRequests { nodes { number } }",
            "MISSING_PAGINATION_BOUNDARIES",
            "You must provide a `first` or `last` value to properly paginate the `pullRequests` connection.",
        ),
        (
            "pullRequests(first: 101) { nodes { number } }",
            "EXCESSIVE_PAGINATION",
            "Requesting 101 records on the `pullRequests` connection exceeds the `first` limit of 100 records.",
        ),
        (
            "issues(last: -1) { nodes { number } }",
            "INVALID_PAGINATION_BOUNDARIES",
            "`last` on the `issues` connection cannot be less than zero.",
        ),
        (
            """pullRequests(first: 100) { nodes { reviews(first: 100) { nodes { id } }
            comments(first: 100) { nodes { pullRequest { reviews(first: 100) { nodes { id } } } } } } }""",
            "MAX_NODE_LIMIT_EXCEEDED",
            "This query requests up to 1,020,100 possible nodes which exceeds the maximum limit of 500,000.",
        ),
    ],
    ids=["no page size", "a page of 101", "a negative page", "a million nodes"],
)
async def test_pages_have_their_limits(client: Client, token: str, query: str, kind: str, message: str) -> None:
    body = await client.graphql(inside(query), token)

    assert body == {"errors": [{"type": kind, "message": message}]}


async def test_counting_alone_needs_no_page_size(client: Client, token: str) -> None:
    body = await client.graphql(inside("issues { totalCount }"), token)

    assert body == {"data": {"repository": {"issues": {"totalCount": 1}}}}


async def test_an_undefined_field_is_refused_without_charge(client: Client, sandbox: Sandbox, token: str) -> None:
    body = await client.graphql(inside("nonsense"), token)

    assert "Cannot query field 'nonsense' on type 'Repository'." in body["errors"][0]["message"]
    assert sandbox.requests[-1].cost == 0


async def test_a_repository_that_is_not_there_is_null_with_an_error(client: Client, token: str) -> None:
    body = await client.graphql(inside("name", "nowhere"), token)

    assert body["data"] == {"repository": None}
    (error,) = body["errors"]
    assert (error["type"], error["path"]) == ("NOT_FOUND", ["repository"])
    assert error["message"] == "Could not resolve to a Repository with the name 'acme/nowhere'."


async def test_another_installations_private_repository_is_not_there_either(client: Client, token: str) -> None:
    body = await client.graphql('{ repository(owner: "elsewhere", name: "hidden") { name } }', token)

    assert body["errors"][0]["type"] == "NOT_FOUND"


async def test_a_missing_permission_is_forbidden(client: Client, world: World, keys: object) -> None:
    token = await client.token(world.install("acme", permissions={"issues": "read"}))

    body = await client.graphql(inside("issues(first: 1) { totalCount } pullRequests(first: 1) { totalCount }"), token)

    (error,) = body["errors"]
    assert (error["type"], error["path"]) == ("FORBIDDEN", ["repository", "pullRequests"])
    assert error["message"] == "Resource not accessible by integration"


async def test_nobody_gets_no_answer(client: Client) -> None:
    assert (await client.post("/graphql", query="{ viewer { login } }")).status == 401


async def test_a_query_too_wide_gives_part_of_the_data(
    client: Client, sandbox: Sandbox, world: World, token: str
) -> None:
    """Three issues with a comment each and a budget of five nodes: the third issue's comments are missing."""
    secret = world.repository("acme/secret")
    assert secret is not None
    for _ in range(2):
        world.open_issue(secret, None, "Another")
    for issue in secret.threads.values():
        world.add_comment(issue, None, "hello")
    query = inside("issues(first: 3) { nodes { number comments(first: 1) { totalCount } } }")
    assert "errors" not in await client.graphql(query, token)

    sandbox.state.graphql.budget = 5
    body = await client.graphql(query, token)

    nodes: list[Any] = body["data"]["repository"]["issues"]["nodes"]
    assert [node is None for node in nodes] == [False, False, True]
    (error,) = body["errors"]
    assert error["type"] == "RESOURCE_LIMITS_EXCEEDED"
    assert error["path"] == ["repository", "issues", "nodes", 2, "comments"]
    assert sandbox.requests[-1].cost == 1
