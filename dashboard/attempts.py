"""How often somebody may fail to sign in: there is no password to guess, but each attempt asks a database and GitHub.

Counted in this process's memory by address; people behind one proxy have one address, so the limit is a wide one.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import datetime, timedelta

MOST_FAILURES = 60
WITHIN = timedelta(minutes=10)
MOST_ADDRESSES = 10_000


class Attempts:
    """Remembers failures by address, the most recent addresses of them."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.failures: OrderedDict[str, deque[datetime]] = OrderedDict()

    def wait(self, remote: str | None) -> timedelta | None:
        """Return how long an address must wait before it may try again, None if it may now."""
        failed = self.failures.get(network(remote))
        if failed is None or len(failed) < MOST_FAILURES:
            return None
        left = failed[0] + WITHIN - self.now()
        return left if left > timedelta(0) else None

    def failed(self, remote: str | None) -> None:
        """Note a failure."""
        key = network(remote)
        self.failures.setdefault(key, deque(maxlen=MOST_FAILURES)).append(self.now())
        self.failures.move_to_end(key)
        while len(self.failures) > MOST_ADDRESSES:
            self.failures.popitem(last=False)


def network(remote: str | None) -> str:
    """Return what counts as one: an IPv4 address, or an IPv6 network of 64 bits, which one person may have whole."""
    try:
        address = ipaddress.ip_address(remote or "")
    except ValueError:
        return "unknown"
    return str(address) if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))
