"""The sandbox's git: objects are called as git calls them, and a branch is moved only as GitHub would move it."""

from __future__ import annotations

import base64
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sandbox.apps import Installation
from sandbox.git import Git, Who
from sandbox.world import World
from tests.sandbox.conftest import Client

ROCKET = "/repos/acme/rocket"
PNG = b"\x89PNG\r\n\x1a\n and so on"
WHO = Who("almanac[bot]", "4001+almanac[bot]@users.noreply.github.com", datetime(2026, 11, 22, 8, tzinfo=UTC))


@pytest.fixture
async def writer(client: Client, world: World, acme: Installation) -> str:
    """Return a token that may write, to a repository that is not empty."""
    world.required("acme/rocket").files["README.md"] = "# Rocket\n"
    acme.permissions = {**acme.permissions, "contents": "write"}
    return await client.token(acme)


async def commit(client: Client, token: str, *parents: str, data: bytes = PNG) -> str:
    """Make a commit of one picture and return its sha."""
    encoded = base64.b64encode(data).decode()
    blob = await client.post(f"{ROCKET}/git/blobs", token, content=encoded, encoding="base64")
    entry = {"path": "1-light.png", "mode": "100644", "type": "blob", "sha": blob.body["sha"]}
    tree = await client.post(f"{ROCKET}/git/trees", token, tree=[entry])
    made = await client.post(f"{ROCKET}/git/commits", token, message="x", tree=tree.body["sha"], parents=list(parents))
    assert (blob.status, tree.status, made.status) == (201, 201, 201)
    return str(made.body["sha"])


def test_objects_are_called_as_git_calls_them(tmp_path: Path) -> None:
    """The same files and the same commit, by git itself."""
    git = Git()
    files = {"a.png": ("100644", git.add_blob(PNG)), "a/b.txt": ("100644", git.add_blob(b"b\n"))}
    tree = git.add_tree(files)
    first = git.add_commit(tree, (), "One", WHO, WHO)
    second = git.add_commit(tree, (first.sha,), "Two\n\nMore", WHO, WHO)

    def run(*words: str, given: bytes = b"") -> str:
        when = "2026-11-22T08:00:00+00:00"
        environment = {
            "GIT_AUTHOR_NAME": WHO.name, "GIT_AUTHOR_EMAIL": WHO.email, "GIT_AUTHOR_DATE": when, "HOME": str(tmp_path),
            "GIT_COMMITTER_NAME": WHO.name, "GIT_COMMITTER_EMAIL": WHO.email, "GIT_COMMITTER_DATE": when,
            "PATH": "/usr/bin:/bin",
        }  # fmt: skip
        done = subprocess.run(
            ["git", *words], cwd=tmp_path, input=given, capture_output=True, check=True, env=environment
        )
        return done.stdout.decode().strip()

    run("init", "--quiet")
    (tmp_path / "a").mkdir()
    (tmp_path / "a.png").write_bytes(PNG)
    (tmp_path / "a" / "b.txt").write_bytes(b"b\n")
    run("add", ".")
    assert run("write-tree") == tree
    # the message ends as it was given: `commit-tree -m` would add a line end
    assert run("commit-tree", tree, given=b"One") == first.sha
    assert run("commit-tree", tree, "-p", first.sha, given=b"Two\n\nMore") == second.sha


async def test_a_branch_begins_from_nothing_and_goes_on(client: Client, world: World, writer: str) -> None:
    ref = f"{ROCKET}/git/ref/heads/pictures"
    assert (await client.get(ref, writer)).status == 404
    first = await commit(client, writer)
    begun = await client.post(f"{ROCKET}/git/refs", writer, ref="refs/heads/pictures", sha=first)
    assert (begun.status, begun.body["object"]["sha"]) == (201, first)
    second = await commit(client, writer, first)
    path = f"{ROCKET}/git/refs/heads/pictures"
    moved = await client.ask("PATCH", path, token=writer, json={"sha": second, "force": False})
    assert (moved.status, (await client.get(ref, writer)).body["object"]["sha"]) == (200, second)
    assert world.required("acme/rocket").git.file_at(first, "1-light.png") == PNG


async def test_a_branch_that_moved_is_moved_on_by_force_only(client: Client, writer: str) -> None:
    first = await commit(client, writer)
    await client.post(f"{ROCKET}/git/refs", writer, ref="refs/heads/pictures", sha=first)
    path = f"{ROCKET}/git/refs/heads/pictures"
    ours, theirs = (
        await commit(client, writer, first, data=b"ours"),
        await commit(client, writer, first, data=b"theirs"),
    )
    assert (await client.ask("PATCH", path, token=writer, json={"sha": theirs})).status == 200
    refused = await client.ask("PATCH", path, token=writer, json={"sha": ours, "force": False})
    assert (refused.status, refused.body["message"]) == (422, "Update is not a fast forward")
    assert (await client.ask("PATCH", path, token=writer, json={"sha": ours, "force": True})).status == 200


async def test_what_is_not_there_or_there_already_is_refused(client: Client, writer: str) -> None:
    first = await commit(client, writer)
    missing = await client.ask("PATCH", f"{ROCKET}/git/refs/heads/pictures", token=writer, json={"sha": first})
    assert (missing.status, missing.body["message"]) == (422, "Reference does not exist")
    begin = {"ref": "refs/heads/pictures", "sha": first}
    assert (await client.post(f"{ROCKET}/git/refs", writer, **begin)).status == 201
    again = await client.post(f"{ROCKET}/git/refs", writer, **begin)
    assert (again.status, again.body["message"]) == (422, "Reference already exists")
    nowhere = await client.post(f"{ROCKET}/git/refs", writer, ref="refs/heads/other", sha="0" * 40)
    assert nowhere.status == 422
    entry = {"path": "a.png", "mode": "100644", "type": "blob", "sha": "0" * 40}
    assert (await client.post(f"{ROCKET}/git/trees", writer, tree=[entry])).status == 422
    assert (await client.post(f"{ROCKET}/git/commits", writer, message="x", tree="0" * 40)).status == 422


async def test_reading_is_not_writing(client: Client, world: World, writer: str, acme: Installation) -> None:
    acme.permissions = {**acme.permissions, "contents": "read"}
    reply = await client.post(f"{ROCKET}/git/blobs", await client.token(acme), content="x")
    assert (reply.status, reply.body["message"]) == (403, "Resource not accessible by integration")
    assert reply.headers["X-Accepted-GitHub-Permissions"] == "contents=write"


async def test_a_repository_without_a_commit_has_no_git(client: Client, writer: str) -> None:
    reply = await client.post("/repos/acme/secret/git/blobs", writer, content="x")
    assert (reply.status, reply.body["message"]) == (409, "Git Repository is empty.")


async def test_a_file_of_a_commit_is_shown_to_people(client: Client, writer: str) -> None:
    first = await commit(client, writer)
    page = await client.get(f"/acme/rocket/blob/{first}/1-light.png?raw=true")
    assert page.status == 302
    shown = await client.get(page.headers["Location"])
    assert (shown.status, shown.headers["Content-Type"], shown.body) == (200, "image/png", PNG)
    assert (await client.get(f"/acme/rocket/blob/{first}/2-light.png?raw=true")).status == 404
