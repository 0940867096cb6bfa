"""`nodes`, stargazers, watchers and counts: what a snapshot of a hundred repositories asks for."""

from __future__ import annotations

from typing import Any

from sandbox.apps import Installation
from sandbox.server import Sandbox
from sandbox.world import World
from tests.sandbox.conftest import Client

SNAPSHOTS = """query Snapshots($ids: [ID!]!) {
  rateLimit { cost }
  nodes(ids: $ids) {
    __typename id
    ... on Repository {
      databaseId stargazerCount forkCount watchers { totalCount }
      issues(states: OPEN) { totalCount } pullRequests(states: OPEN) { totalCount }
    }
    ... on User { login }
  }
}"""
STARS = """query Stars($name: String!, $first: Int!, $after: String, $direction: OrderDirection!) {
  repository(owner: "acme", name: $name) {
    stargazers(first: $first, after: $after, orderBy: {field: STARRED_AT, direction: $direction}) {
      totalCount pageInfo { hasNextPage endCursor } edges { starredAt node { databaseId login } } nodes { login }
    }
    watchers(first: 5) { totalCount nodes { login } edges { node { login } } }
  }
}"""


async def test_repositories_are_found_by_their_global_id(
    client: Client, sandbox: Sandbox, world: World, token: str
) -> None:
    secret = world.required("acme/secret")
    for login in ("idle-heron", "quartz-otter"):
        sandbox.hands.star("acme/secret", login)
    sandbox.hands.fork("acme/secret", "idle-heron")
    secret.fans.watch(world.account("quartz-otter"), world.now())

    body = await client.graphql(SNAPSHOTS, token, ids=[secret.node_id, world.required("acme/rocket").node_id])

    assert "errors" not in body
    first, second = body["data"]["nodes"]
    assert first == {
        "__typename": "Repository", "id": secret.node_id, "databaseId": secret.id, "stargazerCount": 2, "forkCount": 1,
        "watchers": {"totalCount": 1}, "issues": {"totalCount": 1}, "pullRequests": {"totalCount": 0},
    }  # fmt: skip
    assert (second["stargazerCount"], second["watchers"]["totalCount"]) == (0, 0)


async def test_what_is_not_there_or_not_to_be_seen_is_null_beside_an_error(
    client: Client, world: World, token: str, elsewhere: Installation
) -> None:
    """The others are answered; a deleted repository and somebody else's private one look alike."""
    hidden, rocket = world.required("elsewhere/hidden"), world.required("acme/rocket")
    otter = world.account("quartz-otter")
    ids = [hidden.node_id, rocket.node_id, "R_AAAAAAAAAAE", "nonsense", otter.node_id]

    body = await client.graphql(SNAPSHOTS, token, ids=ids)

    assert [None if one is None else one["__typename"] for one in body["data"]["nodes"]] == [
        None, "Repository", None, None, "User",
    ]  # fmt: skip
    assert [(error["type"], error["path"]) for error in body["errors"]] == [
        ("NOT_FOUND", ["nodes", place]) for place in (0, 2, 3)
    ]
    assert body["errors"][0]["message"] == f"Could not resolve to a node with the global id of '{hidden.node_id}'"


async def test_at_most_a_hundred_are_answered(client: Client, world: World, token: str) -> None:
    ids = [world.required("acme/rocket").node_id] * 101

    refused = await client.graphql(SNAPSHOTS, token, ids=ids)
    assert refused["errors"][0]["type"] == "ARGUMENT_LIMIT"
    assert refused["errors"][0]["message"] == "You may not provide more than 100 node ids; you provided 101."
    allowed = await client.graphql(SNAPSHOTS, token, ids=ids[:100])
    assert len(allowed["data"]["nodes"]) == 100
    assert allowed["data"]["rateLimit"]["cost"] == 3


async def test_one_thing_by_its_id(client: Client, world: World, token: str) -> None:
    comment = world.add_comment(world.thread("acme/rocket", 1), world.account("idle-heron"), "Hello")
    query = "query One($id: ID!) { node(id: $id) { id ... on IssueComment { body } } }"

    assert (await client.graphql(query, token, id=comment.node_id))["data"]["node"]["body"] == "Hello"
    missing = await client.graphql(query, token, id="IC_AAAAAAAAAAE")
    assert (missing["data"], missing["errors"][0]["type"]) == ({"node": None}, "NOT_FOUND")


async def test_stars_are_paged_newest_first(client: Client, world: World, token: str) -> None:
    fans = world.required("acme/rocket").fans
    for number in range(1, 6):
        fans.star(world.account(f"fan-{number}"), f"2026-0{number}-01T00:00:00Z")
    fans.star(world.account("early-bird"), "2027-01-01T00:00:00Z")
    fans.watch(world.account("fan-1"), "2026-01-01T00:00:00Z")

    async def page(after: str | None, direction: str = "DESC") -> Any:
        body = await client.graphql(STARS, token, name="rocket", first=2, after=after, direction=direction)
        return body["data"]["repository"]

    first = await page(None)
    connection = first["stargazers"]
    second = (await page(connection["pageInfo"]["endCursor"]))["stargazers"]
    assert connection["totalCount"] == 5
    assert [edge["node"]["login"] for edge in connection["edges"] + second["edges"]] == [
        "fan-5", "fan-4", "fan-3", "fan-2",
    ]  # fmt: skip
    assert connection["edges"][0]["starredAt"] == "2026-05-01T00:00:00Z"
    assert connection["nodes"] == [{"login": "fan-5"}, {"login": "fan-4"}]
    assert first["watchers"] == {
        "totalCount": 1, "nodes": [{"login": "fan-1"}], "edges": [{"node": {"login": "fan-1"}}],
    }  # fmt: skip
    assert (await page(None, "ASC"))["stargazers"]["nodes"][0] == {"login": "fan-1"}
