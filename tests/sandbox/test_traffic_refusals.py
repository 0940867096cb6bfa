"""Who may read traffic, and what GitHub says to the others; stars, watchers and workflow runs beside it."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from sandbox.apps import Installation
from sandbox.server import Sandbox
from sandbox.traffic_generated import Generated, Habits
from sandbox.world import World
from tests.sandbox.conftest import NOW, Client

PARTS = ("views", "clones?per=week", "popular/referrers", "popular/paths")


@pytest.fixture
def visited(world: World) -> World:
    """Two of the repositories have visitors."""
    for name in ("rocket", "secret"):
        habits = Habits(3, 20.0, date(2026, 1, 1), runs=5.0)
        repository = world.required(f"acme/{name}")
        repository.created_at, repository.traffic = "2026-01-01T00:00:00Z", Generated(habits)
    return world


@pytest.mark.parametrize("part", PARTS)
async def test_without_administration_even_public_traffic_is_refused(client: Client, world: World, part: str) -> None:
    token = await client.token(world.install("acme", permissions={"issues": "write", "contents": "read"}))

    for name in ("rocket", "secret"):
        reply = await client.get(f"/repos/acme/{name}/traffic/{part}", token)
        assert (reply.status, reply.body["message"]) == (403, "Resource not accessible by integration")
        assert reply.headers["X-Accepted-GitHub-Permissions"] == "administration=read"


@pytest.mark.parametrize("part", PARTS)
async def test_a_private_repository_on_a_free_plan_has_none(
    client: Client, visited: World, token: str, part: str
) -> None:
    visited.account("acme").plan = "free"

    reply = await client.get(f"/repos/acme/secret/traffic/{part}", token)
    assert (reply.status, reply.body["message"]) == (
        403, "Upgrade to GitHub Pro or make this repository public to enable this feature.",
    )  # fmt: skip
    assert "X-Accepted-GitHub-Permissions" not in reply.headers
    assert (await client.get(f"/repos/acme/rocket/traffic/{part}", token)).status == 200


async def test_what_may_not_be_seen_is_not_found(client: Client, token: str, elsewhere: Installation) -> None:
    assert (await client.get("/repos/elsewhere/hidden/traffic/views", token)).status == 404
    assert (await client.get("/repos/acme/none/traffic/views", token)).status == 404
    stranger = await client.token(elsewhere)
    assert (await client.get("/repos/acme/rocket/traffic/views", stranger)).status == 403


async def test_a_person_needs_push_access(client: Client, world: World, acme: Installation) -> None:
    world.add_personal_token("ghp_writer", "quartz-otter")
    world.add_personal_token("ghp_reader", "idle-heron")

    assert (await client.get("/repos/acme/rocket/traffic/views", "ghp_writer")).status == 200
    refused = await client.get("/repos/acme/rocket/traffic/views", "ghp_reader")
    assert (refused.status, refused.body["message"]) == (403, "Must have push access to repository")
    assert (await client.get("/repos/acme/rocket/traffic/views")).status == 401


async def test_only_days_and_weeks_are_known(client: Client, token: str) -> None:
    assert (await client.get("/repos/acme/rocket/traffic/views?per=month", token)).status == 422


async def test_where_nobody_ever_came_the_answer_is_empty(client: Client, token: str) -> None:
    assert (await client.get("/repos/acme/rocket/traffic/clones", token)).body == {
        "count": 0, "uniques": 0, "clones": [],
    }  # fmt: skip
    assert (await client.get("/repos/acme/rocket/traffic/popular/paths", token)).body == []


async def test_made_up_traffic_is_answered(client: Client, visited: World, token: str) -> None:
    body = (await client.get("/repos/acme/secret/traffic/views", token)).body

    assert sum(one["count"] for one in body["views"]) == body["count"] > 100
    assert body["views"][0]["timestamp"].endswith("T00:00:00Z")
    assert [one["timestamp"] for one in body["views"]] == sorted(one["timestamp"] for one in body["views"])
    referrers = (await client.get("/repos/acme/secret/traffic/popular/referrers", token)).body
    paths = (await client.get("/repos/acme/secret/traffic/popular/paths", token)).body
    assert (referrers[0]["referrer"], paths[0]["path"], paths[0]["title"]) == ("Google", "/acme/secret", "acme/secret")


async def test_paths_go_by_the_name_of_today(client: Client, sandbox: Sandbox, visited: World, token: str) -> None:
    sandbox.hands.rename_repository("acme/secret", "vault")

    paths = (await client.get("/repos/acme/vault/traffic/popular/paths", token)).body
    assert paths[0]["path"] == "/acme/vault"


async def test_workflow_runs_are_counted_by_when_they_began(client: Client, visited: World, token: str) -> None:
    async def count(created: str) -> int:
        reply = await client.get(f"/repos/acme/rocket/actions/runs?per_page=1&created={created}", token)
        assert reply.status == 200, reply.body
        assert len(reply.body["workflow_runs"]) <= 1
        return int(reply.body["total_count"])

    weeks = [await count("2026-11-02..2026-11-08"), await count("2026-11-09..2026-11-15")]
    assert all(weeks)
    assert await count("2026-11-02..2026-11-15") == sum(weeks)
    assert await count("2026-11-09") + await count("%3E2026-11-09") == await count("%3E%3D2026-11-09")
    assert await count("%3C2026-11-09") + await count("%3E%3D2026-11-09") == await count("*..*")
    assert await count("%3C%3D2026-11-09") + await count("%3E2026-11-09") == await count("*..2026-12-31")
    assert await count("2026-11-09T00:00:00Z..2026-11-09T23:59:59Z") == await count("2026-11-09")
    assert (await client.get("/repos/acme/rocket/actions/runs?created=lately", token)).status == 422
    assert (await client.get("/repos/acme/inner/actions/runs", token)).body == {"total_count": 0, "workflow_runs": []}


async def test_runs_of_a_private_repository_need_actions(client: Client, visited: World) -> None:
    token = await client.token(visited.install("acme", permissions={"administration": "read"}))

    reply = await client.get("/repos/acme/secret/actions/runs", token)
    assert (reply.status, reply.headers["X-Accepted-GitHub-Permissions"]) == (403, "actions=read")


async def test_stars_and_watchers_are_listed(client: Client, world: World, token: str) -> None:
    fans = world.required("acme/rocket").fans
    for number in range(3):
        fans.star(world.account(f"fan-{number}"), f"2026-0{3 - number}-01T00:00:00Z")
    fans.watch(world.account("idle-heron"), "2026-01-01T00:00:00Z")

    plain = (await client.get("/repos/acme/rocket/stargazers?per_page=2", token)).body
    dated = (await client.get("/repos/acme/rocket/stargazers", token, Accept="application/vnd.github.star+json")).body
    assert [one["login"] for one in plain] == ["fan-2", "fan-1"]
    assert (dated[0]["starred_at"], dated[0]["user"]["login"]) == ("2026-01-01T00:00:00Z", "fan-2")
    assert [one["login"] for one in (await client.get("/repos/acme/rocket/subscribers", token)).body] == ["idle-heron"]
    assert (await client.get("/repos/acme/rocket/stargazers?page=401", token)).status == 422
    shown = (await client.get("/repos/acme/rocket", token)).body
    assert (shown["stargazers_count"], shown["watchers_count"], shown["forks_count"]) == (3, 3, 0)


@pytest.mark.parametrize(
    "path",
    [
        "/repos/{owner}/{repo}/traffic/views", "/repos/{owner}/{repo}/traffic/clones",
        "/repos/{owner}/{repo}/traffic/popular/referrers", "/repos/{owner}/{repo}/traffic/popular/paths",
        "/repos/{owner}/{repo}/stargazers", "/repos/{owner}/{repo}/subscribers", "/repos/{owner}/{repo}/actions/runs",
        "/installation/repositories", "/app/installations",
    ],
)  # fmt: skip
async def test_answers_are_as_github_publishes_them(
    client: Client, visited: World, token: str, shared_folder: Path, path: str
) -> None:
    fans = visited.required("acme/rocket").fans
    fans.star(visited.account("idle-heron"), "2026-01-01T00:00:00Z")
    fans.watch(visited.account("idle-heron"), "2026-01-01T00:00:00Z")
    with gzip.open(shared_folder / "api" / "openapi.json.gz") as file:
        document = msgspec.json.decode(file.read())
    schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    if path == "/app/installations":
        # There the description wants an account to be a user and an enterprise at once; its own component does not.
        schema = {"type": "array", "items": {"$ref": "#/components/schemas/installation"}}
    whole: dict[str, Any] = {**schema, "components": document["components"]}

    url = path.replace("{owner}", "acme").replace("{repo}", "rocket")
    reply = await client.get(url, client.jwt() if path.startswith("/app/") else token)

    assert reply.status == 200
    assert reply.body
    faults = [
        f"{one.message} at {one.instance_path}" for one in jsonschema_rs.Draft4Validator(whole).iter_errors(reply.body)
    ]
    # A description of null, a licence of null: the published schema says `nullable`, which its dialect does not know.
    assert [fault for fault in faults if not fault.startswith("null is not of type")] == []


def test_the_moment_of_these_tests() -> None:
    """The ranges above end before now, and two days before it everything has been told."""
    assert datetime(2026, 11, 16, tzinfo=UTC) < NOW - timedelta(days=2)
