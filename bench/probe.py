"""Ask a server's /healthz every few milliseconds until told to stop: `python -m bench.probe PORT PID`.

What the slowest answer took is how long the server's event loop stood still at most, and a little more. It is a process
of its own, so that nothing else that the benchmark does delays it. Where more wants to run than there are CPUs, an
answer is also late because the server's thread, or this one, waits for a CPU; the kernel counts that time.

Prints a JSON list of pairs: milliseconds that an answer took, and how much of it was waiting for a CPU.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import time
from collections.abc import Iterable
from pathlib import Path

EVERY_SECONDS = 0.005
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def main() -> None:
    """Probe until standard input ends."""
    taken: list[tuple[float, float]] = []
    threads = (Path(f"/proc/{sys.argv[2]}/schedstat"), Path("/proc/self/schedstat"))
    with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while not select.select([sys.stdin], [], [], EVERY_SECONDS)[0]:
            waited = waiting(threads)
            begun = time.perf_counter()
            line.sendall(REQUEST)
            if not line.recv(4096):
                raise ConnectionError("the server closed the connection")
            took = (time.perf_counter() - begun) * 1000
            taken.append((took, min(took, waiting(threads) - waited)))
    print(json.dumps(taken))


def waiting(threads: Iterable[Path]) -> float:
    """Return the milliseconds so far that the processes' main threads were ready to run and had no CPU."""
    return sum(int(thread.read_text().split()[1]) for thread in threads) / 1e6


if __name__ == "__main__":
    main()
