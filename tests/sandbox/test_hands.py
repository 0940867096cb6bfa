"""What owners and passers-by do: the world changes, and the App is told in the words that GitHub publishes."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from sandbox.apps import ALL_PERMISSIONS, Installation
from sandbox.server import Sandbox
from sandbox.world import World
from tests.sandbox.conftest import Client, Receiver

Body = dict[str, Any]
# What GitHub sends today and the published schemas do not know yet.
NEWER = ("user_view_type", "client_id", "installation_target", "'organization' was unexpected")


async def told(sandbox: Sandbox, receiver: Receiver) -> list[tuple[str, Body]]:
    """Every event that arrived so far."""
    await sandbox.settled()
    return [(headers["X-GitHub-Event"], msgspec.json.decode(raw)) for headers, raw in receiver.received]


async def test_a_permission_waits_until_it_is_accepted(
    client: Client, sandbox: Sandbox, receiver: Receiver, world: World
) -> None:
    """A token issued before keeps what it had: only a new one may read traffic."""
    few = {name: level for name, level in ALL_PERMISSIONS.items() if name != "administration"}
    installation = sandbox.hands.install("acme", permissions=few)
    token = await client.token(installation)
    refused = await client.get("/repos/acme/rocket/traffic/views", token)

    sandbox.hands.accept_permissions(installation)

    assert (refused.status, refused.body["message"]) == (403, "Resource not accessible by integration")
    assert refused.headers["X-Accepted-GitHub-Permissions"] == "administration=read"
    assert (await client.get("/repos/acme/rocket/traffic/views", token)).status == 403
    assert (await client.get("/repos/acme/rocket/traffic/views", await client.token(installation))).status == 200
    (_, created), (event, body) = await told(sandbox, receiver)
    assert "administration" not in created["installation"]["permissions"]
    assert (event, body["action"]) == ("installation", "new_permissions_accepted")
    assert body["installation"]["permissions"]["administration"] == "read"


async def test_repositories_come_and_go(sandbox: Sandbox, receiver: Receiver, world: World) -> None:
    installation = sandbox.hands.install("acme", ["rocket"])
    sandbox.hands.add_repositories(installation, ["secret", "rocket"])
    sandbox.hands.remove_repositories(installation, ["rocket", "inner"])

    events = await told(sandbox, receiver)
    assert [body["action"] for _, body in events] == ["created", "added", "removed"]
    assert [one["full_name"] for one in events[1][1]["repositories_added"]] == ["acme/secret"]
    assert [one["full_name"] for one in events[2][1]["repositories_removed"]] == ["acme/rocket"]
    assert [one.name for one in world.covered(installation)] == ["secret"]
    assert len(world.covered(installation)) == 1


def test_all_repositories_cannot_be_taken_singly(sandbox: Sandbox, acme: Installation) -> None:
    with pytest.raises(ValueError, match="has all repositories of acme"):
        sandbox.hands.remove_repositories(acme, ["rocket"])


async def test_an_installation_without_all_covers_only_whats_chosen(sandbox: Sandbox, acme: Installation) -> None:
    sandbox.hands.create_repository("acme/new")

    assert [one.name for one in sandbox.world.covered(acme)] == ["rocket", "secret", "inner", "new"]
    assert len(sandbox.world.covered(acme)) == 4


async def test_a_transfer_is_told_where_it_arrives(
    client: Client, sandbox: Sandbox, receiver: Receiver, acme: Installation, elsewhere: Installation, token: str
) -> None:
    """By its number it is the same repository, and its old address leads on."""
    number = sandbox.world.required("acme/rocket").id
    sandbox.hands.transfer_repository("acme/rocket", "elsewhere")

    ((event, body),) = await told(sandbox, receiver)
    assert (event, body["action"], body["installation"]["id"]) == ("repository", "transferred", elsewhere.id)
    assert (body["repository"]["id"], body["repository"]["full_name"]) == (number, "elsewhere/rocket")
    assert body["changes"]["owner"]["from"]["organization"]["login"] == "acme"
    assert [one.name for one in sandbox.world.covered(acme)] == ["secret", "inner"]
    assert (await client.get("/repos/acme/rocket", token)).status == 301


async def test_who_loses_a_chosen_repository_by_a_transfer_hears_of_it(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.hands.install("acme", ["rocket", "secret"])
    sandbox.world.account("idle-heron")
    sandbox.hands.transfer_repository("acme/rocket", "idle-heron")

    (_, (event, body)) = await told(sandbox, receiver)
    assert (event, body["action"]) == ("installation_repositories", "removed")
    assert [one["name"] for one in body["repositories_removed"]] == ["rocket"]


async def test_an_account_is_renamed_with_its_repositories(
    client: Client, sandbox: Sandbox, receiver: Receiver, acme: Installation, token: str
) -> None:
    sandbox.hands.rename_account("acme", "acme-works")

    ((event, body),) = await told(sandbox, receiver)
    assert (event, body["action"], body["target_type"]) == ("installation_target", "renamed", "Organization")
    assert (body["account"]["login"], body["changes"]["login"]["from"]) == ("acme-works", "acme")
    assert (await client.get("/repos/acme-works/secret", token)).status == 200
    moved = await client.ask("GET", "/repos/acme/secret", token=token, follow=True)
    assert moved.body["full_name"] == "acme-works/secret"


@pytest.mark.parametrize(
    ("act", "action", "shown"),
    [
        (lambda hands: hands.privatize("acme/rocket"), "privatized", {"private": True, "visibility": "private"}),
        (lambda hands: hands.publicize("acme/secret"), "publicized", {"private": False, "visibility": "public"}),
        (lambda hands: hands.archive("acme/rocket"), "archived", {"archived": True}),
        (lambda hands: hands.unarchive("acme/rocket"), "unarchived", {"archived": False}),
        (lambda hands: hands.delete_repository("acme/rocket"), "deleted", {"full_name": "acme/rocket"}),
    ],
    ids=["privatize", "publicize", "archive", "unarchive", "delete"],
)
async def test_what_happens_to_a_repository_is_told(
    sandbox: Sandbox,
    receiver: Receiver,
    acme: Installation,
    act: Callable[[Any], None],
    action: str,
    shown: Body,
) -> None:
    act(sandbox.hands)

    ((event, body),) = await told(sandbox, receiver)
    assert (event, body["action"], body["installation"]["id"]) == ("repository", action, acme.id)
    assert {name: body["repository"][name] for name in shown} == shown


async def test_a_deleted_repository_is_not_found(client: Client, sandbox: Sandbox, acme: Installation) -> None:
    number = sandbox.world.required("acme/rocket").id
    sandbox.hands.delete_repository("acme/rocket")

    assert (await client.get(f"/repositories/{number}", await client.token(acme))).status == 404
    assert len(sandbox.world.covered(acme)) == 2


async def test_stars_and_forks_are_told_with_who_gave_them(
    sandbox: Sandbox, receiver: Receiver, acme: Installation
) -> None:
    """A second star of the same person is none; a star taken back has no time."""
    for act in (sandbox.hands.star, sandbox.hands.star, sandbox.hands.unstar, sandbox.hands.unstar, sandbox.hands.fork):
        act("acme/rocket", "idle-heron")

    events = await told(sandbox, receiver)
    assert [event for event, _ in events] == ["star", "star", "fork"]
    assert [body.get("starred_at") for _, body in events] == ["2026-11-22T08:00:00Z", None, None]
    assert [body["repository"]["stargazers_count"] for _, body in events] == [1, 0, 0]
    assert (events[2][1]["forkee"]["full_name"], events[2][1]["forkee"]["fork"]) == ("idle-heron/rocket", True)
    assert events[2][1]["repository"]["forks_count"] == 1
    assert {body["sender"]["login"] for _, body in events} == {"idle-heron"}


async def test_forks_are_not_told_without_contents(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.world.install("acme", permissions={"issues": "write"})
    sandbox.hands.fork("acme/rocket", "idle-heron")

    assert await told(sandbox, receiver) == []


async def test_every_event_is_as_github_publishes_it(
    sandbox: Sandbox, receiver: Receiver, elsewhere: Installation, shared_folder: Path
) -> None:
    hands = sandbox.hands
    installation = hands.install("acme", ["rocket"])
    hands.add_repositories(installation, ["secret"])
    hands.remove_repositories(installation, ["secret"])
    hands.accept_permissions(installation)
    for act in (hands.star, hands.unstar, hands.fork):
        act("acme/rocket", "idle-heron")
    hands.rename_repository("acme/rocket", "spaceship")
    for change in (hands.privatize, hands.publicize, hands.archive, hands.unarchive):
        change("acme/spaceship")
    hands.transfer_repository("acme/spaceship", "elsewhere")
    hands.delete_repository("elsewhere/spaceship")
    hands.rename_account("acme", "acme-works")
    hands.suspend(installation)
    hands.unsuspend(installation)
    hands.uninstall(installation)

    with gzip.open(shared_folder / "api" / "webhooks" / "schema.json.gz") as file:
        schema = msgspec.json.decode(file.read())
    events = await told(sandbox, receiver)
    faults = [
        f"{event} {body.get('action')}: {fault.message} at {fault.instance_path}"
        for event, body in events
        for name in [f"{event}${body['action']}" if "action" in body else f"{event}$event"]
        for fault in jsonschema_rs.Draft7Validator(
            {**schema["definitions"][name], "definitions": schema["definitions"]}
        ).iter_errors(body)
        if not any(name in fault.message for name in NEWER)
    ]
    assert len(events) == 19
    assert "\n".join(sorted(set(faults))) == ""


async def test_another_process_has_the_same_hands(
    client: Client, sandbox: Sandbox, receiver: Receiver, world: World
) -> None:
    verbs = (await client.get("/_sandbox/hands")).body
    assert verbs["star"] == "repository login"

    async def do(verb: str, **said: object) -> Any:
        return await client.post(f"/_sandbox/hands/{verb}", **said)

    await do("install", login="acme", permissions={"issues": "write"})
    (shown,) = (await do("accept_permissions", installation="acme")).body
    assert (shown["login"], shown["permissions"]["administration"], shown["repositories"]) == ("acme", "read", 3)
    await do("star", repository="acme/rocket", login="idle-heron")
    await do("plan", login="acme", plan="free")
    await do("app_permissions", permissions={"issues": "read"})
    await do("uninstall", installation=shown["id"])
    assert world.account("acme").plan == "free"
    assert world.app is not None
    assert world.app.permissions == {"issues": "read"}
    assert [event for event, _ in await told(sandbox, receiver)] == [
        "installation",
        "installation",
        "star",
        "installation",
    ]
    assert (await do("dance")).status == 404
    assert (await do("star", repository="acme/none", login="x")).body == {
        "message": "missing: there is no repository acme/none"
    }
    assert (await do("suspend", installation="acme")).status == 404
    assert (await do("plan", login="acme", plan="golden")).status == 400
