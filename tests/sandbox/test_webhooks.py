"""Webhooks: signed, in order, listed, and sent again with the same id."""

from __future__ import annotations

import gzip
import hashlib
import hmac
from pathlib import Path

import msgspec
import pytest

from sandbox import hooks
from sandbox.apps import Installation
from sandbox.hooks import sign
from sandbox.registration import AppKeys
from sandbox.server import Sandbox
from sandbox.world import World
from tests.sandbox.conftest import Client, Receiver


def test_the_signature_is_githubs() -> None:
    """GitHub documents this secret, body and result."""
    signature = sign("It's a Secret to Everybody", b"Hello, World!")

    assert signature == "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


async def test_a_comment_is_told_to_the_app(
    sandbox: Sandbox, receiver: Receiver, keys: AppKeys, acme: Installation
) -> None:
    made = await sandbox.comment("acme/secret", 1, "quartz-otter", "/analytics")
    await sandbox.settled()

    ((headers, raw),) = receiver.received
    body = msgspec.json.decode(raw)
    expected = hmac.new(keys.webhook_secret.encode(), raw, hashlib.sha256).hexdigest()
    assert headers["X-Hub-Signature-256"] == f"sha256={expected}"
    assert headers["X-GitHub-Event"] == "issue_comment"
    assert headers["X-GitHub-Delivery"] == sandbox.deliveries[0].guid
    assert headers["User-Agent"].startswith("GitHub-Hookshot/")
    assert headers["Content-Type"] == "application/json"
    assert (body["action"], body["comment"]["id"], body["comment"]["body"]) == ("created", made["id"], "/analytics")
    assert (body["installation"]["id"], body["sender"]["login"]) == (acme.id, "quartz-otter")
    assert body["repository"]["full_name"] == "acme/secret"
    assert body["organization"]["login"] == "acme"


async def test_an_edit_says_what_stood_there_before(sandbox: Sandbox, receiver: Receiver, acme: Installation) -> None:
    made = await sandbox.comment("acme/secret", 1, "quartz-otter", "/analytics")
    await sandbox.edit_comment(made["id"], "quartz-otter", "/analytics 90d")
    await sandbox.delete_comment(made["id"], "quartz-otter")
    await sandbox.settled()

    bodies = receiver.bodies()
    assert [body["action"] for body in bodies] == ["created", "edited", "deleted"]
    assert bodies[1]["changes"] == {"body": {"from": "/analytics"}}
    assert bodies[1]["comment"]["body"] == "/analytics 90d"


async def test_the_apps_own_comments_are_told_too(
    client: Client, sandbox: Sandbox, receiver: Receiver, token: str
) -> None:
    """To ignore its own comments is the App's task."""
    await client.post("/repos/acme/secret/issues/1/comments", token, body="An answer")
    await sandbox.settled()

    assert receiver.bodies()[0]["sender"]["login"] == "almanac[bot]"


async def test_no_installation_no_webhook(sandbox: Sandbox, receiver: Receiver, acme: Installation) -> None:
    await sandbox.comment("elsewhere/hidden", 1, "quartz-otter", "/analytics")
    sandbox.hands.suspend(acme)
    await sandbox.comment("acme/secret", 1, "quartz-otter", "/analytics")
    await sandbox.settled()

    assert [body["action"] for body in receiver.bodies()] == ["suspend"]


async def test_what_happens_to_an_installation_is_told(sandbox: Sandbox, receiver: Receiver) -> None:
    installation = sandbox.hands.install("acme", ["rocket"])
    sandbox.hands.choose_repositories(installation, ["secret", "inner"])
    sandbox.hands.uninstall(installation)
    await sandbox.settled()

    told = [(headers["X-GitHub-Event"], msgspec.json.decode(raw)) for headers, raw in receiver.received]
    assert [(event, body["action"]) for event, body in told] == [
        ("installation", "created"),
        ("installation_repositories", "added"),
        ("installation_repositories", "removed"),
        ("installation", "deleted"),
    ]
    assert [one["name"] for one in told[0][1]["repositories"]] == ["rocket"]
    assert [one["name"] for one in told[1][1]["repositories_added"]] == ["secret", "inner"]
    assert [one["name"] for one in told[2][1]["repositories_removed"]] == ["rocket"]


async def test_a_renaming_is_told(sandbox: Sandbox, receiver: Receiver, acme: Installation) -> None:
    sandbox.hands.rename_repository("acme/secret", "open-secret")
    await sandbox.settled()

    (body,) = receiver.bodies()
    assert (body["action"], body["repository"]["full_name"]) == ("renamed", "acme/open-secret")
    assert body["changes"]["repository"]["name"]["from"] == "secret"


async def test_a_failed_delivery_is_recorded_and_not_repeated(
    client: Client, sandbox: Sandbox, receiver: Receiver, acme: Installation
) -> None:
    receiver.status = 500
    await sandbox.comment("acme/secret", 1, "quartz-otter", "/analytics")
    await sandbox.settled()

    assert len(receiver.received) == 1
    (listed,) = (await client.get("/app/hook/deliveries", client.jwt())).body
    assert (listed["status_code"], listed["event"], listed["action"]) == (500, "issue_comment", "created")
    assert (await client.get("/app/hook/deliveries?status=success", client.jwt())).body == []


async def test_a_redelivery_has_the_same_guid_and_body(
    client: Client, sandbox: Sandbox, receiver: Receiver, acme: Installation
) -> None:
    await sandbox.comment("acme/secret", 1, "quartz-otter", "/analytics")
    await sandbox.settled()
    first = sandbox.deliveries[0]

    reply = await client.post(f"/app/hook/deliveries/{first.id}/attempts", client.jwt())
    await sandbox.settled()

    assert reply.status == 202
    (one_headers, one), (two_headers, two) = receiver.received
    assert one == two
    assert one_headers["X-GitHub-Delivery"] == two_headers["X-GitHub-Delivery"]
    newest, oldest = (await client.get("/app/hook/deliveries", client.jwt())).body
    assert (newest["redelivery"], oldest["redelivery"]) == (True, False)
    assert newest["guid"] == oldest["guid"]


async def test_a_delivery_is_shown_with_request_and_response(
    client: Client, sandbox: Sandbox, receiver: Receiver, acme: Installation
) -> None:
    await sandbox.comment("acme/secret", 1, "quartz-otter", "/analytics")
    await sandbox.settled()

    shown = (await client.get(f"/app/hook/deliveries/{sandbox.deliveries[0].id}", client.jwt())).body

    assert shown["url"] == receiver.url
    assert shown["request"]["payload"]["comment"]["body"] == "/analytics"
    assert shown["response"]["payload"] == "taken"
    assert (await client.get("/app/hook/deliveries/1", client.jwt())).status == 404


async def test_deliveries_are_paged_by_cursor(
    client: Client, sandbox: Sandbox, receiver: Receiver, acme: Installation
) -> None:
    for number in range(5):
        await sandbox.comment("acme/secret", 1, "quartz-otter", f"comment {number}")
    await sandbox.settled()

    ids: list[int] = []
    url: str | None = "/app/hook/deliveries?per_page=2"
    while url:
        reply = await client.get(url, client.jwt())
        ids += [one["id"] for one in reply.body]
        link = reply.headers.get("Link", "")
        url = link.split(">")[0].removeprefix("<") if 'rel="next"' in link else None

    assert ids == sorted((one.id for one in sandbox.deliveries), reverse=True)
    assert len(ids) == 5


async def test_nobody_listening_is_a_failed_delivery(sandbox: Sandbox, world: World, acme: Installation) -> None:
    assert world.app is not None
    world.app.webhook_url = "http://127.0.0.1:9/hook"
    await sandbox.comment("acme/secret", 1, "quartz-otter", "/analytics")
    await sandbox.settled()

    assert sandbox.deliveries[0].status_code == 0
    assert sandbox.deliveries[0].status.startswith("failed to connect")


async def test_an_answer_that_takes_too_long_is_a_failure(
    sandbox: Sandbox, receiver: Receiver, acme: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GitHub waits ten seconds; the test does not."""
    assert hooks.TIMEOUT == 10
    await sandbox.state.hooks.stop()
    monkeypatch.setattr(hooks, "TIMEOUT", 0.05)
    await sandbox.state.hooks.start()
    receiver.delay = 0.5
    await sandbox.comment("acme/secret", 1, "quartz-otter", "/analytics")
    await sandbox.settled()

    assert (sandbox.deliveries[0].status, sandbox.deliveries[0].status_code) == ("timed out", 0)


@pytest.mark.parametrize("action", ["created", "edited", "deleted"])
async def test_payloads_have_the_fields_of_the_published_ones(
    sandbox: Sandbox, receiver: Receiver, acme: Installation, shared_folder: Path, action: str
) -> None:
    """Whatever a published `issue_comment` payload has on top, in comment, issue and sender, ours has as well."""
    made = await sandbox.comment("acme/secret", 1, "quartz-otter", "/analytics")
    await sandbox.edit_comment(made["id"], "quartz-otter", "/analytics help")
    await sandbox.delete_comment(made["id"], "quartz-otter")
    await sandbox.settled()
    ours = next(body for body in receiver.bodies() if body["action"] == action)

    with gzip.open(shared_folder / "api" / "webhooks" / "examples.jsonl.gz") as lines:
        rows = [msgspec.json.decode(line) for line in lines]
    published = [row["payload"] for row in rows if row["event"] == "issue_comment" and row["action"] == action]
    assert published
    for example in published:
        assert example.keys() <= ours.keys()
        assert example["issue"].keys() - ours["issue"].keys() <= {"draft"}  # of pull requests only
        assert example["comment"].keys() <= ours["comment"].keys()
        assert example["sender"].keys() <= ours["sender"].keys()
        essentials = {"id", "node_id", "name", "full_name", "private", "owner", "html_url", "url", "default_branch"}
        assert essentials & example["repository"].keys() <= ours["repository"].keys()
        assert example.get("installation", {}).keys() <= ours["installation"].keys()
