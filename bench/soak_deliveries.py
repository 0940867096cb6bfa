"""What a loud organisation sends: its people change issues and talk in them, without a pause and each time anew.

The repositories are followed, so what is told is kept: each delivery changes a row. Bodies are what the sandbox sends,
made as large as GitHub's with what GitHub sends besides.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from bench.load import BODY_BYTES, Signed
from bot.commands.demo import STILL_READING
from github.deliveries import sign
from sandbox.build import VISITOR
from sandbox.server import Sandbox
from sandbox.world import World

MOMENT = "1999-12-31T23:59:59Z"
"""Stands in a body for when the thing was changed: a second later in each delivery."""
PATIENCE = 120.0  # seconds
FIRST = datetime(2026, 9, 1, tzinfo=UTC)
ANOTHER = 900_000_000  # added to a comment's id: what was asked in that comment stays asked
EVENTS = ("issues", "issue_comment")


@dataclass(frozen=True)
class Changing:
    """A request of which each sending tells of another change."""

    path: str
    event: str
    body: bytes
    secret: bytes

    def at(self, number: int) -> Signed:
        """Return it as the delivery of this number has it."""
        moment = FIRST + timedelta(seconds=number % 1_000_000)
        body = self.body.replace(MOMENT.encode(), f"{moment:%Y-%m-%dT%H:%M:%SZ}".encode())
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\nContent-Type: application/json\r\n"
            f"User-Agent: GitHub-Hookshot/044aadd\r\nContent-Length: {len(body)}\r\nX-GitHub-Event: {self.event}\r\n"
            f"X-Hub-Signature-256: {sign(self.secret, body)}\r\nX-GitHub-Delivery: "
        )
        return Signed(head.encode(), body)


async def follow(sandbox: Sandbox, repositories: Sequence[str]) -> None:
    """Have somebody change each repository's first thread and ask about it, and wait for the answers."""
    world = sandbox.world
    for full_name in repositories:
        number, thread = next(iter(world.required(full_name).threads.items()))
        sandbox.hands.change_issue(thread, world.account(VISITOR), {"title": "Water in the shaft"})
        await sandbox.comment(full_name, number, VISITOR, "/analytics issues 30d")
    async with asyncio.timeout(PATIENCE):
        while heard(world, repositories) < len(repositories):  # noqa: ASYNC110 - another process answers
            await asyncio.sleep(0.1)


def heard(world: World, repositories: Sequence[str]) -> int:
    """Return how many finished answers stand in these repositories' threads."""
    threads = [one for name in repositories for one in world.required(name).threads.values()]
    comments = [one for thread in threads for one in thread.comments]
    return sum(
        one.author is not None and one.author.type == "Bot" and STILL_READING not in one.body for one in comments
    )


def kept(database: Path) -> int:
    """Return how many issues are stored as a delivery told of them."""
    with closing(sqlite3.connect(database)) as connection:
        told_of = "SELECT count(*) FROM issues WHERE title = 'Water in the shaft' AND updated_at > ?"
        return int(connection.execute(told_of, (FIRST.timestamp() * 1_000_000,)).fetchone()[0])


def told(sandbox: Sandbox, repositories: Sequence[str]) -> list[dict[str, str]]:
    """Return a body of each event for each of these repositories, of its first thread, as the sandbox tells of it."""
    templates = []
    for full_name in repositories:
        thread = next(iter(sandbox.world.required(full_name).threads.values()))
        sent = [one for one in sandbox.deliveries if one.event in EVENTS and concerns(one.body, thread.id)]
        for event in EVENTS:
            said = msgspec.json.decode(next(one.body for one in reversed(sent) if one.event == event))
            templates.append({"event": event, "body": as_large(changed(event, said))})
    return templates


def concerns(body: bytes, thread_id: int) -> bool:
    said = msgspec.json.decode(body)
    return bool(said.get("issue", {}).get("id") == thread_id)


def changed(event: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was said as a change of a moment that is still to be put in; a comment of it has no command."""
    issue = {**said["issue"], "created_at": "2026-08-01T08:00:00Z", "updated_at": MOMENT, "state": "open"}
    found = {**said, "action": "edited" if event == "issues" else "created", "issue": issue}
    if event == "issue_comment":
        found["comment"] = {
            **said["comment"], "id": ANOTHER + said["comment"]["id"], "body": "Water in the shaft again.",
            "created_at": MOMENT, "updated_at": MOMENT,
        }  # fmt: skip
    return found


def as_large(said: dict[str, Any]) -> str:
    """Return it as JSON of the size that GitHub's have, with the addresses that make most of it."""
    api = f"https://api.example.com/repos/{said['repository']['full_name']}"
    missing = BODY_BYTES - len(msgspec.json.encode(said))
    links = {f"link_{place}_url": f"{api}/part-{place}{{/number}}" for place in range(max(0, missing) // 80)}
    said["repository"] = {**said["repository"], **links}
    return msgspec.json.encode(said).decode()


def read(file: Path, path: str, secret: bytes) -> list[Changing]:
    """Return the requests whose bodies were written to a file."""
    return [Changing(path, one["event"], one["body"].encode(), secret) for one in json.loads(file.read_text())]
