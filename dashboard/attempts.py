"""How often sign-ins may fail after the provider was asked: there is no password to guess, but each one asks for it.

What a stranger can send for nothing, an answer without a question, costs nothing here and is not counted: nobody closes
the door for others with it. Counted in this process's memory by the address that a request comes from.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import datetime, timedelta

from aiohttp import web

MOST_FAILURES = 60
WITHIN = timedelta(minutes=10)
MOST_ADDRESSES = 10_000
UNKNOWN = "unknown"


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


def origin(request: web.Request) -> str | None:
    """Return the address that a request comes from, beyond the proxy that stands before the server.

    Only the last entry of X-Forwarded-For counts, which the proxy itself has written, and only from a neighbour on this
    machine or in its private network: a server that is asked directly believes nobody.
    """
    remote = request.remote
    said = request.headers.getall("X-Forwarded-For", [])
    if not said or not is_private(remote):
        return remote
    last = said[-1].rpartition(",")[2].strip()
    return remote if network(last) == UNKNOWN else last


def is_private(remote: str | None) -> bool:
    """Tell whether an address is of this machine or of a network that the internet does not reach."""
    try:
        return ipaddress.ip_address(remote or "").is_private
    except ValueError:
        return False


def network(remote: str | None) -> str:
    """Return what counts as one: an IPv4 address, or an IPv6 network of 64 bits, which one person may have whole."""
    try:
        address = ipaddress.ip_address(remote or "")
    except ValueError:
        return UNKNOWN
    return str(address) if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))
