"""A load that keeps its pace whatever the server does: so many signed webhooks a second, and bursts of many more.

It runs as a process of its own (`python -m bench.steady`). A delivery is due at its moment; what it took is counted
from then, so that a server which stands still is charged for all that it kept waiting. Where every connection is busy
another is opened, as GitHub's senders know nothing of each other.
"""

from __future__ import annotations

import argparse
import heapq
import json
import resource
import select
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.load import END_OF_HEAD, Signed, bodies, complete, guid
from bench.soak_deliveries import Changing, read

MOST_CONNECTIONS = 6_000
LAST_ANSWER = 15.0  # seconds that answers are waited for in the end; GitHub waits for ten


def due_times(seconds: float, rate: float, burst: float, every: float, lasting: float) -> Iterator[float]:
    """Yield when deliveries are due, in seconds from the beginning: `burst` a second for `lasting` every so often."""
    moment = 0.0
    while moment < seconds:
        yield moment
        in_burst = every > 0 and moment % every >= every - lasting
        moment += 1 / (burst if in_burst else rate)


@dataclass
class Steady:
    """Sends deliveries when they are due; ids count on from `first`."""

    port: int
    requests: Sequence[Signed | Changing]
    first: int
    acknowledged: list[int] = field(default_factory=list)
    taken: list[float] = field(default_factory=list)
    """Seconds from the moment that a delivery was due to its answer, of whatever status."""
    statuses: Counter[int] = field(default_factory=Counter)
    unanswered: int = 0
    most_connections: int = 0
    behind: float = 0.0
    """Seconds that this process itself was late at most: sending is not the server's."""

    def run(self, due: Iterator[float]) -> None:
        poll, idle = select.epoll(), list[socket.socket]()
        lines: dict[int, socket.socket] = {}
        under_way: dict[int, tuple[int, float]] = {}
        number, begun = self.first, time.perf_counter()
        following = next(due, None)
        while following is not None or under_way:
            now = time.perf_counter() - begun
            while following is not None and following <= now and len(under_way) < MOST_CONNECTIONS:
                self.behind = max(self.behind, now - following)
                line = idle.pop() if idle else self.opened(poll, lines)
                under_way[line.fileno()] = number, following
                self.send(line, number)
                number, following = number + 1, next(due, None)
                now = time.perf_counter() - begun
            wait = 0.05 if following is None else max(0.0, min(0.05, following - now))
            self.collect(poll.poll(wait), lines, under_way, idle, begun)
            if following is None and under_way:
                latest = max(since for _, since in under_way.values())
                if time.perf_counter() - begun - latest > LAST_ANSWER:
                    self.unanswered = len(under_way)
                    return

    def opened(self, poll: select.epoll, lines: dict[int, socket.socket]) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self.port))
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines[line.fileno()] = line
        poll.register(line.fileno(), select.EPOLLIN)
        self.most_connections = max(self.most_connections, len(lines))
        return line

    def collect(
        self,
        events: list[tuple[int, int]],
        lines: dict[int, socket.socket],
        under_way: dict[int, tuple[int, float]],
        idle: list[socket.socket],
        begun: float,
    ) -> None:
        """Note the answers that have come; each is one small packet."""
        now = time.perf_counter() - begun
        for handle, _ in events:
            line = lines[handle]
            answer = line.recv(65536)
            if not answer:  # an idle connection that the server has closed, or one that it cut
                self.unanswered += under_way.pop(handle, None) is not None
                if line in idle:
                    idle.remove(line)
                lines.pop(handle).close()
                continue
            if not complete(answer):
                raise ConnectionError("an answer came in pieces")
            number, since = under_way.pop(handle)
            self.taken.append(now - since)
            status = int(answer[9:12])
            self.statuses[status] += 1
            if 200 <= status < 300:
                self.acknowledged.append(number)
            idle.append(line)

    def send(self, line: socket.socket, number: int) -> None:
        request = self.requests[number % len(self.requests)]
        request = request.at(number) if isinstance(request, Changing) else request
        line.sendall(b"%s%s%s%s" % (request.head, guid(number).encode(), END_OF_HEAD, request.body))

    def percentile(self, percent: float) -> float:
        """Return the milliseconds within which this share of the answers came."""
        if not self.taken:
            return float("nan")
        most = heapq.nlargest(max(1, round(len(self.taken) * (1 - percent / 100))), self.taken)
        return most[-1] * 1000


def main() -> None:
    """Print one JSON object; write the ids that were acknowledged to --out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--secret-file", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=200.0)
    parser.add_argument("--burst", type=float, default=2_000.0)
    parser.add_argument("--every", type=float, default=20.0, help="seconds from burst to burst, 0 for none")
    parser.add_argument("--lasting", type=float, default=1.0, help="seconds of a burst")
    parser.add_argument("--first", type=int, default=1, help="the first delivery's number")
    parser.add_argument("--bodies", type=Path, help="a JSON list of events and bodies to send instead of comments")
    given = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    secret = given.secret_file.read_bytes()
    requests = bodies(secret, given.path) if given.bodies is None else read(given.bodies, given.path, secret)
    steady = Steady(given.port, requests, given.first)
    steady.run(due_times(given.seconds, given.rate, given.burst, given.every, given.lasting))
    given.out.write_text("\n".join(guid(number) for number in steady.acknowledged))
    print(json.dumps({
        "sent": sum(steady.statuses.values()) + steady.unanswered, "statuses": steady.statuses,
        "unanswered": steady.unanswered, "connections": steady.most_connections, "behind": steady.behind * 1000,
        "p50": steady.percentile(50), "p99": steady.percentile(99), "p999": steady.percentile(99.9),
        "longest": max(steady.taken, default=0.0) * 1000,
    }, default=float), file=sys.stdout)  # fmt: skip


if __name__ == "__main__":
    main()
