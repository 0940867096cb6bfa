"""Comments: written, read, edited, deleted; reactions on them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandbox.apps import Installation
from sandbox.server import Sandbox
from sandbox.world import World
from tests.sandbox.conftest import Client

THREAD = "/repos/acme/secret/issues/1/comments"
COMMENTS = "/repos/acme/secret/issues/comments"


async def test_the_app_comments_under_its_bots_name(client: Client, token: str) -> None:
    reply = await client.post(THREAD, token, body="An answer")

    assert reply.status == 201
    assert reply.headers["Location"] == reply.body["url"]
    assert (reply.body["user"]["login"], reply.body["user"]["type"]) == ("almanac[bot]", "Bot")
    assert (await client.get(THREAD, token)).body == [reply.body]
    assert reply.body["html_url"] == f"{client.sandbox.url}/acme/secret/issues/1#issuecomment-{reply.body['id']}"


async def test_a_comment_is_edited_in_place(client: Client, sandbox: Sandbox, token: str) -> None:
    made = (await client.post(THREAD, token, body="Working on it")).body
    sandbox.clock.advance(timedelta(minutes=1))

    edited = (await client.ask("PATCH", f"{COMMENTS}/{made['id']}", token=token, json={"body": "Done"})).body

    assert (edited["id"], edited["body"]) == (made["id"], "Done")
    assert (edited["created_at"], edited["updated_at"]) == ("2026-11-22T08:00:00Z", "2026-11-22T08:01:00Z")
    assert (await client.get(f"{COMMENTS}/{made['id']}", token)).body == edited


async def test_a_deleted_comment_is_gone(client: Client, token: str) -> None:
    made = (await client.post(THREAD, token, body="Never mind")).body

    assert (await client.ask("DELETE", f"{COMMENTS}/{made['id']}", token=token)).status == 204
    assert (await client.get(f"{COMMENTS}/{made['id']}", token)).status == 404
    assert (await client.get(THREAD, token)).body == []


@pytest.mark.parametrize("body", ["", "   ", None, 7])
async def test_a_comment_needs_a_text(client: Client, token: str, body: object) -> None:
    reply = await client.post(THREAD, token, body=body)

    assert reply.status == 422
    assert reply.body["errors"] == [{"resource": "IssueComment", "field": "body", "code": "missing_field"}]


async def test_a_comment_has_at_most_65536_characters(client: Client, token: str) -> None:
    assert (await client.post(THREAD, token, body="x" * 65_536)).status == 201
    reply = await client.post(THREAD, token, body="x" * 65_537)
    assert reply.status == 422
    assert "maximum is 65536 characters" in reply.body["errors"][0]["message"]


async def test_a_body_that_is_no_json_is_refused(client: Client, sandbox: Sandbox, token: str) -> None:
    async with client.session.post(
        sandbox.url + THREAD, data=b"{", headers={"Authorization": f"Bearer {token}"}
    ) as response:
        assert response.status == 400
        assert (await response.json())["message"] == "Problems parsing JSON"


async def test_an_archived_repository_takes_no_comments(client: Client, world: World, token: str) -> None:
    secret = world.repository("acme/secret")
    assert secret is not None
    secret.archived = True

    assert (await client.post(THREAD, token, body="hello")).status == 403


async def test_comments_are_listed_since_their_last_update(client: Client, sandbox: Sandbox, token: str) -> None:
    first = (await client.post(THREAD, token, body="one")).body
    sandbox.clock.advance(timedelta(minutes=20))
    second = (await client.post(THREAD, token, body="two")).body

    since = await client.get(f"{THREAD}?since=2026-11-22T08:10:00Z", token)
    assert [one["id"] for one in since.body] == [second["id"]]

    sandbox.clock.advance(timedelta(minutes=20))
    await client.ask("PATCH", f"{COMMENTS}/{first['id']}", token=token, json={"body": "one, again"})
    since = await client.get(f"{THREAD}?since=2026-11-22T08:10:00Z", token)
    assert [one["id"] for one in since.body] == [first["id"], second["id"]]


async def test_a_comment_of_another_repository_is_not_found(client: Client, sandbox: Sandbox, token: str) -> None:
    made = await sandbox.comment("acme/inner", 1, "quartz-otter", "here")

    assert (await client.get(f"{COMMENTS}/{made['id']}", token)).status == 404


async def test_who_wrote_it_stands_to_the_repository_so(client: Client, sandbox: Sandbox, acme: Installation) -> None:
    member = await sandbox.comment("acme/rocket", 1, "quartz-otter", "hello")
    stranger = await sandbox.comment("acme/rocket", 1, "idle-heron", "hello")

    assert (member["author_association"], stranger["author_association"]) == ("MEMBER", "NONE")


async def test_a_reaction_is_made_once(client: Client, sandbox: Sandbox, token: str) -> None:
    """The first POST creates it, the second finds it."""
    asked = await sandbox.comment("acme/secret", 1, "quartz-otter", "/analytics")
    path = f"{COMMENTS}/{asked['id']}/reactions"

    first = await client.post(path, token, content="eyes")
    second = await client.post(path, token, content="eyes")

    assert (first.status, second.status) == (201, 200)
    assert first.body == second.body
    assert sandbox.comments("acme/secret", 1)[0]["reactions"]["eyes"] == 1


async def test_a_reaction_is_taken_back(client: Client, sandbox: Sandbox, token: str) -> None:
    asked = await sandbox.comment("acme/secret", 1, "quartz-otter", "/analytics")
    path = f"{COMMENTS}/{asked['id']}/reactions"
    eyes = (await client.post(path, token, content="eyes")).body
    rocket = (await client.post(path, token, content="rocket")).body

    assert (await client.ask("DELETE", f"{path}/{eyes['id']}", token=token)).status == 204
    assert (await client.ask("DELETE", f"{path}/{eyes['id']}", token=token)).status == 404
    assert [one["id"] for one in (await client.get(path, token)).body] == [rocket["id"]]
    assert (await client.get(f"{path}?content=eyes", token)).body == []


async def test_only_eight_reactions_exist(client: Client, sandbox: Sandbox, token: str) -> None:
    asked = await sandbox.comment("acme/secret", 1, "quartz-otter", "/analytics")

    assert (await client.post(f"{COMMENTS}/{asked['id']}/reactions", token, content="tada")).status == 422
