"""Ask a server's /healthz every few milliseconds over one connection until told to stop: `python -m bench.probe PORT`.

What the slowest answer took is how long the server's event loop stood still at most, and a little more. It is a process
of its own, so that nothing else that the benchmark does delays it. Prints the milliseconds as a JSON list.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import time

EVERY_SECONDS = 0.005
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def main() -> None:
    """Probe until standard input ends."""
    taken: list[float] = []
    with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while not select.select([sys.stdin], [], [], EVERY_SECONDS)[0]:
            begun = time.perf_counter()
            line.sendall(REQUEST)
            if not line.recv(4096):
                raise ConnectionError("the server closed the connection")
            taken.append((time.perf_counter() - begun) * 1000)
    print(json.dumps(taken))


if __name__ == "__main__":
    main()
