"""Lists, files and labels through REST; Link paging, ETags, and the published description of both."""

from __future__ import annotations

import base64
import gzip
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sandbox.apps import Installation
from sandbox.rest import ROUTES
from sandbox.server import Sandbox
from sandbox.world import World
from tests.sandbox.conftest import Client

ISSUES = "/repos/acme/secret/issues"


@pytest.fixture
def many(world: World) -> list[int]:
    """Issues 2 to 8 of acme/secret, opened an hour apart."""
    secret = world.repository("acme/secret")
    assert secret is not None
    numbers = []
    for _ in range(7):
        world.clock.advance(timedelta(hours=1))
        numbers.append(world.open_issue(secret, world.account("quartz-otter"), "Another").number)
    return numbers


async def test_pages_are_linked_by_the_repositorys_id(
    client: Client, world: World, many: list[int], acme: Installation
) -> None:
    token = await client.token(acme)
    secret = world.repository("acme/secret")
    assert secret is not None
    base = f"{client.sandbox.url}/repositories/{secret.id}/issues"

    reply = await client.get(f"{ISSUES}?per_page=3&page=2", token)

    assert [one["number"] for one in reply.body] == [5, 4, 3]
    assert reply.headers["Link"] == (
        f'<{base}?per_page=3&page=1>; rel="prev", <{base}?per_page=3&page=3>; rel="next", '
        f'<{base}?per_page=3&page=3>; rel="last", <{base}?per_page=3&page=1>; rel="first"'
    )
    third = await client.get(f"{base}?per_page=3&page=3", token)
    assert [one["number"] for one in third.body] == [2, 1]
    assert "next" not in third.headers["Link"]


async def test_a_list_of_one_page_has_no_links(client: Client, many: list[int], acme: Installation) -> None:
    reply = await client.get(ISSUES, await client.token(acme))

    assert len(reply.body) == 8
    assert "Link" not in reply.headers


async def test_issues_are_chosen_by_state_update_and_label(
    client: Client, world: World, many: list[int], acme: Installation
) -> None:
    token = await client.token(acme)
    await client.ask("PATCH", f"{ISSUES}/3", token=token, json={"state": "closed"})
    await client.post(f"{ISSUES}/4/labels", token, labels=["bug"])

    async def numbers(query: str) -> list[int]:
        return sorted(one["number"] for one in (await client.get(f"{ISSUES}?{query}", token)).body)

    assert await numbers("state=closed") == [3]
    assert await numbers("") == [1, 2, 4, 5, 6, 7, 8]
    assert await numbers("state=all&since=2026-11-22T14:00:00Z") == [3, 7, 8]
    assert await numbers("labels=bug") == [4]
    assert await numbers("creator=idle-heron") == []


async def test_an_issue_is_opened_and_closed(client: Client, token: str) -> None:
    made = await client.post(ISSUES, token, title="Report", body="Numbers", labels=["report"])
    assert made.status == 201
    assert [label["name"] for label in made.body["labels"]] == ["report"]

    path = f"{ISSUES}/{made.body['number']}"
    closed = await client.ask("PATCH", path, token=token, json={"state": "closed", "state_reason": "not_planned"})
    assert (closed.body["state"], closed.body["state_reason"]) == ("closed", "not_planned")
    assert (await client.post(ISSUES, token, body="no title")).status == 422


async def test_labels_are_added_listed_and_removed(client: Client, token: str) -> None:
    path = f"{ISSUES}/1/labels"
    await client.post(path, token, labels=["a", "b"])
    await client.post(path, token, labels=["b", "c"])
    assert [one["name"] for one in (await client.get(path, token)).body] == ["a", "b", "c"]

    assert (await client.ask("DELETE", f"{path}/b", token=token)).status == 200
    assert (await client.ask("DELETE", f"{path}/b", token=token)).status == 404
    await client.ask("PUT", path, token=token, json={"labels": ["z"]})
    assert [one["name"] for one in (await client.get(path, token)).body] == ["z"]


async def test_the_configuration_file_comes_in_base64(client: Client, world: World, token: str) -> None:
    path = "/repos/acme/secret/contents/.github/analytics.yml"
    assert (await client.get(path, token)).status == 404

    secret = world.repository("acme/secret")
    assert secret is not None
    secret.files[".github/analytics.yml"] = "people: hidden\n"
    reply = await client.get(path, token)
    assert base64.b64decode(reply.body["content"]) == b"people: hidden\n"
    assert (reply.body["type"], reply.body["encoding"], reply.body["size"]) == ("file", "base64", 15)


async def test_single_file_opens_the_one_file_only(client: Client, world: World, keys: object) -> None:
    secret = world.repository("acme/secret")
    assert secret is not None
    secret.files |= {".github/analytics.yml": "x: 1\n", "README.md": "# Secret\n"}
    token = await client.token(world.install("acme", permissions={"single_file": "read"}))

    assert (await client.get("/repos/acme/secret/contents/.github/analytics.yml", token)).status == 200
    assert (await client.get("/repos/acme/secret/contents/README.md", token)).status == 403


async def test_what_did_not_change_is_not_sent_again_and_costs_nothing(
    client: Client, sandbox: Sandbox, token: str
) -> None:
    first = await client.get(ISSUES, token)
    again = await client.get(ISSUES, token, If_None_Match=first.headers["ETag"])

    assert (again.status, again.body) == (304, b"")
    assert again.headers["X-RateLimit-Remaining"] == first.headers["X-RateLimit-Remaining"]

    await sandbox.comment("acme/secret", 1, "quartz-otter", "hello")
    changed = await client.get(ISSUES, token, If_None_Match=first.headers["ETag"])
    assert changed.status == 200
    assert int(changed.headers["X-RateLimit-Remaining"]) == int(first.headers["X-RateLimit-Remaining"]) - 1


async def test_the_comments_of_a_repository_are_listed_across_threads(
    client: Client, sandbox: Sandbox, many: list[int], acme: Installation
) -> None:
    token = await client.token(acme)
    one = await sandbox.comment("acme/secret", 2, "quartz-otter", "hello")
    sandbox.clock.advance(timedelta(minutes=1))
    two = await sandbox.comment("acme/secret", 1, "quartz-otter", "hello")

    listed = await client.get(f"{ISSUES}/comments?sort=updated&direction=desc", token)

    assert [item["id"] for item in listed.body] == [two["id"], one["id"]]


def test_every_route_is_one_of_githubs(shared_folder: Path) -> None:
    """Paths and methods exist in the published description, whatever their parameters are called."""
    with gzip.open(shared_folder / "api" / "openapi.json.gz") as file:
        paths: dict[str, Any] = msgspec.json.decode(file.read())["paths"]

    def shape(path: str) -> str:
        return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))

    published = {(method.upper(), shape(path)) for path, methods in paths.items() for method in methods}
    ours = {(route.method, shape(route.path)) for route in ROUTES}

    assert ours <= published


@pytest.mark.parametrize(
    ("path", "operation"),
    [
        ("/repos/acme/secret", ("/repos/{owner}/{repo}", "get")),
        (f"{ISSUES}/1", ("/repos/{owner}/{repo}/issues/{issue_number}", "get")),
        (f"{ISSUES}/1/comments", ("/repos/{owner}/{repo}/issues/{issue_number}/comments", "get")),
        ("/installation/repositories", ("/installation/repositories", "get")),
        ("/rate_limit", ("/rate_limit", "get")),
    ],
)
async def test_answers_have_no_field_github_does_not_know(
    client: Client, sandbox: Sandbox, token: str, shared_folder: Path, path: str, operation: tuple[str, str]
) -> None:
    await sandbox.comment("acme/secret", 1, "quartz-otter", "hello")
    with gzip.open(shared_folder / "api" / "openapi.json.gz") as file:
        description = msgspec.json.decode(file.read())
    schema = description["paths"][operation[0]][operation[1]]["responses"]["200"]["content"]["application/json"][
        "schema"
    ]

    body = (await client.get(path, token)).body

    assert unknown(body, schema, description, "") == []


def unknown(value: Any, schema: dict[str, Any], description: dict[str, Any], place: str) -> list[str]:
    """Name the fields of `value` that its schema does not list, however deep."""
    schemas = alternatives(schema, description)
    if isinstance(value, list):
        items = [one["items"] for one in schemas if "items" in one]
        return (
            [name for item in value for name in unknown(item, {"anyOf": items}, description, f"{place}[]")]
            if items
            else []
        )
    if not isinstance(value, dict):
        return []
    known: dict[str, list[Any]] = {}
    for one in schemas:
        for name, inner in one.get("properties", {}).items():
            known.setdefault(name, []).append(inner)
    if not known:
        return []
    found = [f"{place}.{name}" for name in value if name not in known]
    for name, inner in value.items():
        if name in known:
            found += unknown(inner, {"anyOf": known[name]}, description, f"{place}.{name}")
    return found


def alternatives(schema: dict[str, Any], description: dict[str, Any]) -> list[dict[str, Any]]:
    """Follow references and take every branch of anyOf, allOf and oneOf."""
    if "$ref" in schema:
        target: Any = description
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return alternatives(target, description)
    branches = [branch for word in ("anyOf", "allOf", "oneOf") for branch in schema.get(word, ())]
    return [schema, *(one for branch in branches for one in alternatives(branch, description))]
