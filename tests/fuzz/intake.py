"""Webhooks as anybody on the internet may send them, over the real HTTP parser into the real database."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.inbox import PATH, Inbox
from bot.serving import runner_of
from github.deliveries import payload_of, sign
from storage.engine import Store
from storage.intake import Intake, unpack
from storage.migrate import upgrade
from storage.queue import Wakeup
from tests.fuzz.target import Check, Target

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
CURRENT, PREVIOUS, STRANGER = b"the secret of now", b"the secret of before", b"somebody else's"
ANSWERS = {200, 202, 400, 401, 404, 405, 408, 413, 414, 417, 431}
KEPT = "SELECT jobs.lock, payloads.body FROM jobs JOIN payloads ON payloads.job_id = jobs.id WHERE jobs.key = ?"
AT_ONCE = 2_000  # rows are thrown away after so many, as a worker would
PLAIN = re.compile(rb"[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?")
TURNS = 12  # of the loop: a refusal has been written by then
STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3}) ")
PATIENCE = 10.0  # seconds: an answer that does not come is a failure, and must not keep the fuzzer waiting


@dataclass(frozen=True)
class Sent:
    """A request made of an input. guid and event are what its headers say, as bytes; signed: with a secret of ours."""

    raw: bytes
    guid: bytes
    event: bytes
    body: bytes
    signed: bool

    @property
    def plain(self) -> bool:
        """Whether the headers are such that HTTP carries them as they are."""
        return all(PLAIN.fullmatch(value) for value in (self.guid, self.event))


def request_of(data: bytes, number: int) -> Sent | None:
    """Return the request that an input stands for, None for one that is to be sent byte by byte.

    The first byte says who signs and what else the input has besides the body: an id, up to a zero byte, and an event.
    """
    kind, rest = (data[0], data[1:]) if data else (0, b"")
    if kind % 8 == 0:
        return None
    guid, event = f"{number:08d}".encode(), b"issues"
    if kind & 8:
        guid, _, rest = rest.partition(b"\0")
        guid += b"-" + str(number).encode() if guid else b""
    if kind & 16:
        event, _, rest = rest.partition(b"\0")
    secret = (CURRENT, PREVIOUS, STRANGER)[kind % 3]
    lines = (
        b"POST " + PATH.encode() + b" HTTP/1.1", b"Host: here", b"X-GitHub-Delivery: " + guid,
        b"X-GitHub-Event: " + event, b"X-Hub-Signature-256: " + sign(secret, rest).encode(),
        b"Content-Length: %d" % len(rest), b"Connection: close", b"", rest,
    )  # fmt: skip
    return Sent(b"\r\n".join(lines), guid, event, rest, secret != STRANGER)


def judged(body: bytes) -> dict[str, Any] | RecursionError | None:
    """Return the JSON object that the standard library reads, None where it is none; deep nesting is not judged."""
    try:
        value = json.loads(body.decode(), parse_constant=refused)
    except RecursionError as error:
        return error
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def refused(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


class Door:
    """The server's webhook address, without a network: each request has a pair of sockets of its own."""

    def __init__(self, loop: asyncio.AbstractEventLoop, database: sqlite3.Connection, inbox: Inbox) -> None:
        app = web.Application()
        app.router.add_post(PATH, self.receive)
        self.runner = runner_of(app)
        self.loop = loop
        self.database = database
        self.inbox = inbox
        self.number = 0
        self.under_way = 0
        self.idle = asyncio.Event()
        self.idle.set()

    async def receive(self, request: web.Request) -> web.StreamResponse:
        """Hand a request on, and know while it is worked on: that goes on when its sender has left."""
        self.under_way += 1
        self.idle.clear()
        try:
            return await self.inbox.receive(request)
        finally:
            self.under_way -= 1
            if not self.under_way:
                self.idle.set()

    def check(self, data: bytes) -> None:
        """Send one input and look at the answer and into the database."""
        self.number += 1
        before = self.stored()
        sent = request_of(data, self.number)
        raw = data[1:] if sent is None else sent.raw
        answer = self.loop.run_until_complete(self.ask(raw, ends=sent is None or not sent.plain))
        found = STATUS.match(answer)
        if sent is None or not sent.plain:
            assert found is None or int(found[1]) in ANSWERS, (raw, answer)
            assert sent is not None or self.stored() == before, raw
        else:
            assert found is not None, (raw, answer)
            self.judge(sent, int(found[1]), stored=self.stored() - before)
        if self.number % AT_ONCE == 0:
            self.database.execute("DELETE FROM payloads")
            self.database.execute("DELETE FROM jobs")

    def judge(self, sent: Sent, status: int, *, stored: int) -> None:
        """Hold a request whose headers are plain to what its body is."""
        if not sent.signed:
            assert (status, stored) == (401, 0), (sent, status, stored)
            return
        payload = judged(sent.body)
        if payload is None:
            assert (status, stored) == (400, 0), (sent, status, stored)
            return
        if isinstance(payload, RecursionError):
            assert (status, stored) in ((202, 1), (400, 0)), sent
            return
        assert (status, stored) == (202, 1), (sent, status, stored)
        (row,) = self.database.execute(KEPT, [sent.guid.decode()]).fetchall()
        assert unpack(row[1]) == (sent.event.decode(), sent.body), sent
        repository = payload.get("repository")
        number = repository.get("id") if isinstance(repository, dict) else None
        about = isinstance(number, int) and not isinstance(number, bool)
        assert row[0] == (f"repository:{number}" if about else None), (sent, row[0])
        json.dumps(payload_of(sent.body), ensure_ascii=False).encode()

    def stored(self) -> int:
        """Return how many deliveries the database has."""
        (count,) = self.database.execute("SELECT count(*) FROM jobs").fetchone()
        return int(count)

    async def ask(self, raw: bytes, *, ends: bool) -> bytes:
        """Send bytes and return all that comes back. ends: nothing comes after them, and after a while that is said.

        Whoever closes a connection is not answered any more, so a request that is whole waits for its answer.
        """
        ours, theirs = socket.socketpair()
        serving = self.runner.server
        assert serving is not None
        with ours:
            ours.setblocking(False)
            transport, _ = await self.loop.connect_accepted_socket(serving, theirs)
            parts = []
            async with asyncio.timeout(PATIENCE):
                await self.loop.sock_sendall(ours, raw)
                if ends:
                    for _ in range(TURNS):
                        await asyncio.sleep(0)
                    ours.shutdown(socket.SHUT_WR)
                while part := await self.loop.sock_recv(ours, 65536):
                    parts.append(part)
                await self.idle.wait()
            transport.close()
        return b"".join(parts)


@contextmanager
def opened(folder: Path) -> Iterator[Check]:
    """Serve the webhook's address over a new database."""
    path = folder / "intake.db"
    url = f"sqlite:///{path}"
    upgrade(url)
    with asyncio.Runner() as running, ExitStack() as open_ones:
        loop = running.get_loop()

        async def open_door() -> Door:
            store = await Store.open(url)
            intake = await Intake(store).__aenter__()
            open_ones.callback(lambda: running.run(close(intake, store)))
            database = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE)
            open_ones.callback(database.close)
            door = Door(loop, database, Inbox([CURRENT, PREVIOUS], intake, Wakeup(), lambda: NOW))
            await door.runner.setup()
            open_ones.callback(lambda: running.run(door.runner.cleanup()))
            return door

        yield running.run(open_door()).check


async def close(intake: Intake, store: Store) -> None:
    await intake.__aexit__(None, None, None)
    await store.close()


SIGNED, BEFORE, OURS_NOT, ALL = b"\x03", b"\x01", b"\x02", b"\x1b"
BODY = b'{"action":"created","repository":{"id":7,"full_name":"o/r"},"comment":{"body":"/analytics"}}'
TARGET = Target(
    "202 exactly for a JSON object with our signature, and then it is on disk as it came; nothing else is; never a 500",
    opened,
    seeds=(
        SIGNED + BODY, BEFORE + BODY, OURS_NOT + BODY, ALL + b"guid\0issue_comment\0" + BODY, SIGNED + b"[]",
        SIGNED + b"null", SIGNED + b"", SIGNED + b'{"repository":{"id":1.0}}', SIGNED + b'{"repository":null}',
        SIGNED + b'{"repository":{"id":true}}', SIGNED + b'{"repository":{"id":99999999999999999999}}',
        SIGNED + b'{"a":"\\ud800","repository":{"id":3}}', SIGNED + b'{"a":NaN}', SIGNED + b'{"a":"\\u0000"}',
        SIGNED + b'{"repository":{"id":1},"repository":{"id":2}}', SIGNED + b'\xef\xbb\xbf{}',
        SIGNED + b'{"a":"\xff"}', SIGNED + b'{"x":' + b"[" * 300 + b"]" * 300 + b"}", SIGNED + b'{"x":01}',
        SIGNED + b'{"x":1e999}', SIGNED + b" {} ", ALL + "gü\0".encode() + b"issues\0{}",
        ALL + b"a\r\nX-GitHub-Event: push\0issues\0{}", ALL + b"\0\0{}",
        b"\0POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
        b"\0POST /webhooks/github HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"\0POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 99\r\n\r\nabc",
        b"\0GET /webhooks/github HTTP/1.0\r\n\r\n", b"\0PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\0\x16\x03\x01\x00\xa5\x01",
    ),
    words=(
        b"{", b"}", b"[", b"]", b":", b",", b'"', b'"repository"', b'"id"', b'{"repository":{"id":', b"null", b"true",
        b"NaN", b"-Infinity", b"1.0", b"1e5", b"-0", b"\\u0000", b"\\ud800", b"\\udc00", b"\\u00e9", b"\\",
        b"/analytics", b"\0", b"\r\n", b"\r\n\r\n", b"Content-Length: ", b"Transfer-Encoding: chunked",
        b"Content-Encoding: gzip", b"Expect: 100-continue", b"Host: ", b"X-Hub-Signature-256: sha256=",
        b"X-GitHub-Event: ", b"X-GitHub-Delivery: ", b"HTTP/1.1", b"HTTP/1.0", b"POST ", b"GET ", b"OPTIONS * ",
        b"/webhooks/github", b"?a=b", b"%2f", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"9" * 25, b"\t",
    ),
)  # fmt: skip
