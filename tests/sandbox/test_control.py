"""`/_sandbox/…`: another process drives the sandbox and looks on."""

from __future__ import annotations

import pytest

from sandbox.apps import Installation
from sandbox.server import Sandbox
from sandbox.world import World
from tests.sandbox.conftest import Client, Receiver


async def test_the_clock_is_read_set_and_moved(client: Client, sandbox: Sandbox) -> None:
    assert sandbox.clock_url == f"{sandbox.url}/_sandbox/clock"
    assert (await client.get(sandbox.clock_url)).body == {"now": "2026-11-22T08:00:00Z", "frozen": True}

    moved = await client.post("/_sandbox/clock", now="2026-12-01T00:00:00Z", advance=90)
    assert moved.body["now"] == "2026-12-01T00:01:30Z"
    assert (await client.post("/_sandbox/clock", frozen=False)).body["frozen"] is False
    assert (await client.post("/_sandbox/clock", now="soon")).status == 400


async def test_a_person_comments_and_edits(
    client: Client, sandbox: Sandbox, receiver: Receiver, acme: Installation
) -> None:
    said = {"repository": "acme/secret", "number": 1, "login": "quartz-otter"}
    made = await client.post("/_sandbox/comment", **said, body="/analytics")
    edit = {"id": made.body["id"], "login": "quartz-otter", "body": "/analytics help"}
    await client.ask("PATCH", "/_sandbox/comment", json=edit)
    assert (await client.post("/_sandbox/settled")).status == 204

    assert made.status == 201
    listed = await client.get("/_sandbox/comments?repository=acme/secret&number=1")
    assert [one["body"] for one in listed.body] == ["/analytics help"]
    assert [body["action"] for body in receiver.bodies()] == ["created", "edited"]
    told = (await client.get("/_sandbox/deliveries")).body
    assert [one["status_code"] for one in told] == [202, 202]


@pytest.mark.parametrize(
    ("said", "status"),
    [({"repository": "acme/none", "number": 1, "login": "x", "body": "y"}, 404), ({"number": 1}, 404)],
    ids=["no such thread", "a field is missing"],
)
async def test_a_wrong_request_is_answered_with_a_sentence(
    client: Client, said: dict[str, object], status: int
) -> None:
    reply = await client.post("/_sandbox/comment", **said)

    assert reply.status == status
    assert reply.body["message"].startswith("missing: ")


async def test_an_issue_is_opened(client: Client, world: World) -> None:
    made = await client.post("/_sandbox/issue", repository="acme/rocket", login="idle-heron", title="Hello")

    assert world.thread("acme/rocket", made.body["number"]).title == "Hello"


async def test_faults_and_limits_are_set(client: Client, sandbox: Sandbox, token: str) -> None:
    made = await client.post("/_sandbox/faults", kind="status", path="/repos/*", status=500, times=1)
    assert made.status == 201
    assert (await client.get("/repos/acme/rocket", token)).status == 500
    assert (await client.get("/repos/acme/rocket", token)).status == 200
    assert (await client.ask("DELETE", "/_sandbox/faults")).status == 204
    assert (await client.post("/_sandbox/faults", kind="gremlins")).status == 400

    shown = await client.post("/_sandbox/limits", content_per_minute=3, graphql_budget=100)
    assert (shown.body["content_per_minute"], shown.body["graphql_budget"]) == (3, 100)
    assert sandbox.limits.content_per_minute == 3
    assert (await client.post("/_sandbox/limits", speed=3)).status == 400
    await client.post("/_sandbox/limits", use_up=True)
    assert (await client.get("/repos/acme/rocket", token)).status == 403


async def test_the_webhook_address_is_set(client: Client, world: World) -> None:
    await client.post("/_sandbox/webhook", url="http://127.0.0.1:1/hook")

    assert world.app is not None
    assert world.app.webhook_url == "http://127.0.0.1:1/hook"


async def test_requests_to_the_api_are_recorded_without_credentials(
    client: Client, sandbox: Sandbox, acme: Installation, token: str
) -> None:
    await client.get("/repos/acme/rocket?x=1", token)
    await client.post("/graphql", token, query="query Who { viewer { login } }")

    rows = (await client.get("/_sandbox/requests?after=1")).body
    assert [(one["method"], one["path"], one["operation"], one["status"]) for one in rows] == [
        ("GET", "/repos/acme/rocket", None, 200),
        ("POST", "/graphql", "Who", 200),
    ]
    assert (rows[0]["query"], rows[0]["caller"], rows[1]["cost"]) == ({"x": "1"}, f"installation/{acme.id}", 1)
    assert all("authorization" not in {name.lower() for name in one.headers} for one in sandbox.requests)


async def test_the_page_lies_beside_the_api(client: Client, sandbox: Sandbox) -> None:
    """The same address serves people's pages, and they are not API requests."""
    page = await client.get("/acme/rocket/issues/1")

    assert (page.status, page.headers["Content-Type"].split(";")[0]) == (200, "text/html")
    assert "X-RateLimit-Limit" not in page.headers
    assert sandbox.requests == []
