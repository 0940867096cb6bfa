"""People who read pages: each keeps one connection busy, and goes from page to page as soon as one has come.

It runs as a process of its own (`python -m bench.reading`), told on standard input what to ask for, so that nothing
else that the benchmark does delays it; one thread serves all connections from an epoll loop.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.load import END_OF_HEAD, complete

PATIENCE = 60.0  # seconds without any answer


@dataclass
class Readers:
    """Readers of a server on `port`; each shows one of the cookies, so that several sit before the same account."""

    port: int
    cookies: Sequence[str]
    paths: Sequence[str]
    count: int
    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Milliseconds of each answer, by path."""
    refused: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """How many answers had another status than 200, by status and path."""
    sizes: dict[str, int] = field(default_factory=dict)

    def run(self, seconds: float) -> float:
        """Read for so long, and let what was asked for arrive; return the seconds until the last answer."""
        poll = select.epoll()
        lines: dict[int, socket.socket] = {}
        asked: dict[int, tuple[str, float]] = {}
        partial: dict[int, list[bytes]] = defaultdict(list)
        turn: dict[int, int] = {}
        begun = time.perf_counter()
        for number in range(self.count):
            line = socket.create_connection(("127.0.0.1", self.port))
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            handle = line.fileno()
            lines[handle] = line
            poll.register(handle, select.EPOLLIN)
            # each begins elsewhere: they are not all on the same page at once
            turn[handle] = number
            asked[handle] = self.ask(line, number, number), time.perf_counter()
        stop, last = begun + seconds, begun
        readers = {handle: number for number, handle in enumerate(lines)}
        while asked:
            events = poll.poll(PATIENCE)
            now = time.perf_counter()
            if not events:
                raise TimeoutError("the server answered nothing for a minute")
            for handle, _ in events:
                line, parts = lines[handle], partial[handle]
                part = line.recv(1 << 20)
                if not part:
                    raise ConnectionError("the server closed a connection")
                parts.append(part)
                answer = parts[0] if len(parts) == 1 else b"".join(parts)
                if not complete(answer):
                    parts[:] = [answer]
                    continue
                parts.clear()
                path, since = asked.pop(handle)
                last = time.perf_counter()
                self.note(path, answer, (last - since) * 1000)
                if now < stop:
                    turn[handle] += 1
                    asked[handle] = self.ask(line, readers[handle], turn[handle]), time.perf_counter()
        for line in lines.values():
            line.close()
        return last - begun

    def ask(self, line: socket.socket, reader: int, turn: int) -> str:
        """Send the next request of a reader; return its path."""
        path = self.paths[turn % len(self.paths)]
        cookie = self.cookies[reader % len(self.cookies)]
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAccept: text/html\r\nCookie: {cookie}"
        line.sendall(head.encode() + END_OF_HEAD)
        return path

    def note(self, path: str, answer: bytes, milliseconds: float) -> None:
        status = answer[9:12].decode()
        if status == "200":
            self.taken[path].append(milliseconds)
            self.sizes[path] = len(answer)
        else:
            self.refused[f"{status} {path}"] += 1


def main() -> None:
    """Read a JSON object (port, cookies, paths, readers, seconds); print one: taken, refused, sizes, seconds."""
    told = json.load(sys.stdin)
    readers = Readers(told["port"], told["cookies"], told["paths"], told["readers"])
    seconds = readers.run(told["seconds"])
    print(json.dumps({"taken": readers.taken, "refused": readers.refused, "sizes": readers.sizes, "seconds": seconds}))


if __name__ == "__main__":
    main()
