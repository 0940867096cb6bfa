"""A load generator: signed webhooks over keep-alive connections, as fast as the server answers.

It runs as a process of its own (`python -m bench.load`), the same for every server: everything but the delivery's id
is built and signed beforehand, and one thread serves all connections from an epoll loop.
"""

from __future__ import annotations

import argparse
import json
import random
import select
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from github.deliveries import sign

CONNECTIONS = 64
BODIES = 64
BODY_BYTES = 14_000
FIRST_TICKS = 0x1F1C75CA3B8A000  # of 100 ns since 1582-10-15, where version 1 begins
END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True)
class Signed:
    """A body with its head up to the delivery's id."""

    head: bytes
    body: bytes


def bodies(secret: bytes, path: str, count: int = BODIES) -> list[Signed]:
    """Return signed requests like GitHub's `issue_comment`, of 14 kB and without a command in them."""
    made = []
    for number in range(count):
        body = payload(number)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\nContent-Type: application/json\r\n"
            f"User-Agent: GitHub-Hookshot/044aadd\r\nContent-Length: {len(body)}\r\nX-GitHub-Event: issue_comment\r\n"
            f"X-GitHub-Hook-ID: 1\r\nX-GitHub-Hook-Installation-Target-ID: 1\r\n"
            f"X-GitHub-Hook-Installation-Target-Type: integration\r\n"
            f"X-Hub-Signature-256: {sign(secret, body)}\r\nX-GitHub-Delivery: "
        )
        made.append(Signed(head.encode(), body))
    return made


def payload(number: int) -> bytes:
    """Return one payload; the many addresses that GitHub sends along stand in the repository and the users."""
    chance = random.Random(number)
    repository_id = 1_000_000 + number
    api = f"https://api.example.com/repos/basalt-works/quarry-{number}"
    addresses = {f"link_{part}_url": f"{api}/part-{part}{{/number}}" for part in range(90)}
    user = {"login": f"person-{number}", "id": 4000 + number, "type": "User"}
    user |= {f"{part}_url": f"https://api.example.com/users/person-{number}/{part}" for part in range(12)}
    owner = {**user, "login": "basalt-works", "id": 9, "type": "Organization"}
    at = "2026-11-22T08:00:00Z"
    text = {
        "action": "created",
        "issue": {"id": 1, "number": 7, "title": "Water in the shaft", "user": user, "state": "open", "created_at": at},
        "comment": {
            "id": number,
            "user": user,
            "author_association": "MEMBER",
            "created_at": at,
            "updated_at": at,
            "performed_via_github_app": None,
            "body": "",
        },
        "repository": {
            "id": repository_id,
            "name": f"quarry-{number}",
            "full_name": f"basalt-works/quarry-{number}",
            "private": False,
            "owner": owner,
            **addresses,
        },
        "installation": {"id": 1001},
        "sender": user,
    }
    words = ("layer", "vein", "shaft", "water", "pump", "seam", "lamp", "rope")
    missing = BODY_BYTES - len(msgspec.json.encode(text))
    said = ""
    while len(said) < missing:
        said += chance.choice(words) + " "
    comment = text["comment"]
    assert isinstance(comment, dict)
    comment["body"] = said[:missing]
    return msgspec.json.encode(text)


@dataclass
class Load:
    """Keeps every connection busy with one request at a time; ids count on from `first`."""

    port: int
    requests: list[Signed]
    first: int
    acknowledged: list[int] = field(default_factory=list)
    """The numbers of the deliveries that were answered 2xx; `guid` makes ids of them."""
    refused: dict[int, int] = field(default_factory=dict)
    """How many were answered with each other status."""

    def run(self, warm_up: float, seconds: float, connections: int = CONNECTIONS) -> tuple[int, float]:
        """Send for `warm_up` and then for `seconds`; return how many answers came in the latter, and how long it was.

        What is under way at the end is still waited for, and counted in `acknowledged` only.
        """
        poll = select.epoll()
        lines: dict[int, socket.socket] = {}
        for _ in range(connections):
            line = socket.create_connection(("127.0.0.1", self.port))
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            lines[line.fileno()] = line
            poll.register(line.fileno(), select.EPOLLIN)
        under_way: dict[int, int] = {}
        partial: dict[int, bytes] = {}
        number = self.first
        for handle, line in lines.items():
            self.send(line, number)
            under_way[handle] = number
            number += 1
        begin = time.perf_counter() + warm_up
        stop = begin + seconds
        counted, counting_from = 0, None
        while under_way:
            events = poll.poll(10)
            now = time.perf_counter()
            if not events:
                raise TimeoutError("the server answered nothing for ten seconds")
            for handle, _ in events:
                line = lines[handle]
                answer = partial.pop(handle, b"") + line.recv(65536)
                if not complete(answer):
                    if not answer:
                        raise ConnectionError("the server closed a connection")
                    partial[handle] = answer
                    continue
                self.note(under_way.pop(handle), int(answer[9:12]))
                if begin <= now < stop:
                    counting_from = counting_from or now
                    counted += 1
                    last = now
                if now < stop:
                    self.send(line, number)
                    under_way[handle] = number
                    number += 1
        for line in lines.values():
            line.close()
        return counted, last - counting_from if counting_from else 0.0

    def send(self, line: socket.socket, number: int) -> None:
        request = self.requests[number % len(self.requests)]
        line.sendall(b"%s%s%s%s" % (request.head, guid(number).encode(), END_OF_HEAD, request.body))

    def note(self, number: int, status: int) -> None:
        if 200 <= status < 300:
            self.acknowledged.append(number)
        else:
            self.refused[status] = self.refused.get(status, 0) + 1


def guid(number: int) -> str:
    """Return a delivery's id for its number: a UUID of version 1, as in GitHub's documentation, one every 100 us."""
    ticks = FIRST_TICKS + number * 1_000
    return f"{ticks & 0xFFFFFFFF:08x}-{ticks >> 32 & 0xFFFF:04x}-1{ticks >> 48 & 0xFFF:03x}-81ab-4c9367dc0958"


def complete(answer: bytes) -> bool:
    """Tell whether a response has arrived to its end."""
    head, end, body = answer.partition(END_OF_HEAD)
    if not end:
        return False
    lowered = head.lower()
    _, found, after = lowered.partition(b"content-length:")
    if found:
        return len(body) >= int(after.split(b"\r\n", 1)[0])
    if b"transfer-encoding: chunked" in lowered:
        return body.endswith(b"0\r\n\r\n")
    return True


def main() -> None:
    """Print one JSON object: requests, seconds, refused; write the acknowledged ids to --out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--secret-file", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--warm-up", type=float, default=2.0)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--first", type=int, default=1, help="the first delivery's number")
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    given = parser.parse_args()
    load = Load(given.port, bodies(given.secret_file.read_bytes(), given.path), first=given.first)
    counted, seconds = load.run(given.warm_up, given.seconds, given.connections)
    given.out.write_text("\n".join(guid(number) for number in load.acknowledged))
    print(json.dumps({"requests": counted, "seconds": seconds, "refused": load.refused}))


if __name__ == "__main__":
    main()
