"""How much each caller may ask: a bucket that fills evenly, kept in this process's memory."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime

A_MINUTE = 60.0
MOST = 600
"""What a full bucket holds, and what flows into it in a minute."""
MOST_CALLERS = 10_000


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a request.

    left: what the bucket still holds · full, wait: in seconds, until it is full, and until the request may be sent
    again; wait is 0 for one that is let in.
    """

    left: int
    full: int
    wait: int

    @property
    def headers(self) -> dict[str, str]:
        """The headers of an answer (draft-ietf-httpapi-ratelimit-headers-05)."""
        return {
            "RateLimit-Limit": str(MOST),
            "RateLimit-Remaining": str(self.left),
            "RateLimit-Reset": str(self.full),
        }


class Buckets:
    """The buckets of the callers that asked most recently; whoever has none has a full one."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.held: OrderedDict[Hashable, tuple[float, datetime]] = OrderedDict()

    def take(self, caller: Hashable, cost: int) -> Taken:
        """Take what a request costs, if the bucket holds so much."""
        now = self.now()
        held, at = self.held.pop(caller, (float(MOST), now))
        # a clock that was set back fills nothing
        held = min(float(MOST), held + max(0.0, (now - at).total_seconds()) * MOST / A_MINUTE)
        allowed = held >= cost
        wait = 0 if allowed else math.ceil((cost - held) * A_MINUTE / MOST)
        held -= cost if allowed else 0
        self.held[caller] = (held, now)
        while len(self.held) > MOST_CALLERS:
            self.held.popitem(last=False)
        return Taken(int(held), math.ceil((MOST - held) * A_MINUTE / MOST), wait)
