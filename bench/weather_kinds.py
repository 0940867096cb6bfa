"""The kinds of bad weather: what each does to a request, as the sandbox's faults have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.faults import Fault, Kind, Match

SECONDARY = '{"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}'
PRIMARY = '{"message": "API rate limit exceeded for installation ID 1."}'
PARTIAL = (
    '{"data": {"repository": null}, "errors": [{"type": "RESOURCE_LIMITS_EXCEEDED", "path": ["repository"],'
    ' "message": "Resource limits for this query exceeded."}]}'
)
SUSPENDED = '{"message": "This installation has been suspended"}'
REFUSED = '{"message": "Resource not accessible by integration"}'
GRAPHQL = "*/graphql"
HOUR = timedelta(hours=1)
OVER_PATIENCE = 0.6
"""Seconds of the machine that a slow answer takes; who asks is made to wait for 0.4 instead of thirty."""


@dataclass(frozen=True)
class Weather:
    """One kind. shut: where it never stops, nobody may be answered and whoever asked then is not answered after it."""

    name: str
    kind: Kind = "status"
    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    path: str | None = None
    delay: float = 0.0
    until_reset: bool = False
    shut: bool = False

    def fault(self, chance: float, begun: datetime) -> Fault:
        """Return it as a fault that meets each request with this chance, in an hour that began then."""
        headers = dict(self.headers)
        if self.until_reset:
            reset = str(int((begun + HOUR).timestamp()))
            headers |= {"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "5000", "X-RateLimit-Reset": reset}
        match = Match(path=self.path)
        return Fault(
            match, self.kind, None, probability=chance, status=self.status, delay=self.delay, headers=headers,
            body=self.body,
        )  # fmt: skip


KINDS = (
    Weather("500", status=500),
    Weather("502", status=502),
    Weather("503, Retry-After 30", status=503, headers={"Retry-After": "30"}),
    Weather("429, Retry-After 60", status=429, headers={"Retry-After": "60"}, body=SECONDARY),
    Weather("429 without a time", status=429),
    Weather("403, secondary limit", status=403, body=SECONDARY),
    Weather("403, hour used up", status=403, body=PRIMARY, until_reset=True),
    Weather("no answer in time", "latency", delay=OVER_PATIENCE),
    Weather("slow body", "slow_body", delay=OVER_PATIENCE),
    Weather("connection dropped", "drop"),
    Weather("answer lost", "lose_response"),
    Weather("body cut off", "truncate"),
    Weather("no JSON", body="<html><body>Unicorn!</body></html>"),
    Weather("JSON of another shape", body='{"unicorn": []}'),
    Weather("wrong content type", "content_type"),
    Weather("partial GraphQL", body=PARTIAL, path=GRAPHQL),
    Weather("401, token revoked", status=401, body='{"message": "Bad credentials"}'),
    Weather("403, suspended", status=403, body=SUSPENDED, shut=True),
    Weather("403, permission removed", status=403, body=REFUSED, shut=True),
    Weather("404, repository gone", status=404, body='{"message": "Not Found"}', shut=True),
    Weather("301 to itself", "redirect", shut=True),
)
