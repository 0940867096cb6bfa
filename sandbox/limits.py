"""GitHub's rate limits by the sandbox's clock: primary ones by the hour, secondary ones against bursts."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sandbox.callers import Caller
from sandbox.errors import SECONDARY_DOCS, Refusal

Resource = Literal["core", "graphql"]
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ANONYMOUS = 60  # requests an hour without a token
MOST = 12_500  # what an installation's hourly limit grows to
PRIMARY_DOCS = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api"
TOO_FAST = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. "
    "If you reach out to GitHub Support for help, please include the request ID."
)
TOO_MUCH_CONTENT = (
    "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. "
    "Please retry your request again later."
)


@dataclass(slots=True)
class Account:
    """What a bucket has used of one hourly limit."""

    limit: int
    used: int
    reset_at: datetime

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)

    def headers(self, resource: Resource) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Used": str(self.used),
            "X-RateLimit-Reset": str(int(self.reset_at.timestamp())),
            "X-RateLimit-Resource": resource,
        }


@dataclass(slots=True)
class Spent:
    """Points spent lately, added up as they come and go; those of one moment are one entry, should the clock stand."""

    total: int = 0
    entries: deque[tuple[datetime, int]] = field(default_factory=deque)

    def spent_since(self, moment: datetime) -> int:
        """Forget what was spent until `moment` and return what was since."""
        while self.entries and self.entries[0][0] <= moment:
            self.total -= self.entries.popleft()[1]
        return self.total

    def spend(self, now: datetime, points: int) -> None:
        if self.entries and self.entries[-1][0] == now:
            points_before = self.entries.pop()[1]
            self.entries.append((now, points_before + points))
        else:
            self.entries.append((now, points))
        self.total += points


@dataclass(slots=True)
class Limits:
    """Settings and state of every limit. `secondary_status` and `retry_after` shape the secondary refusal."""

    core: int = 5_000
    graphql: int = 5_000
    points_per_minute: int = 900
    graphql_per_minute: int = 2_000
    content_per_minute: int = 80
    content_per_hour: int = 500
    concurrent: int = 100
    secondary_status: int = 403
    retry_after: int | None = 60
    broken: Counter[str] = field(default_factory=Counter)
    """How often each secondary limit was met: `concurrent`, `points`, `content per minute`, `content per hour`."""
    most_content: int = 0
    """The most requests that created content within one minute."""
    _accounts: dict[tuple[str, str], Account] = field(default_factory=dict)
    _points: defaultdict[tuple[str, str], Spent] = field(default_factory=lambda: defaultdict(Spent))
    _content: defaultdict[str, deque[datetime]] = field(default_factory=lambda: defaultdict(deque))
    _running: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def account(self, caller: Caller, resource: Resource, now: datetime, repositories: int = 0) -> Account:
        """Return the bucket's hour, a new one if the last is over. Over 20 repositories the limit grows by 50 each."""
        key = (caller.bucket, resource)
        found = self._accounts.get(key)
        if found is None or found.reset_at <= now:
            base: int = getattr(self, resource)
            limit = min(max(MOST, base), base + 50 * max(0, repositories - 20)) if caller.installation else base
            if caller.bucket == "anonymous":
                limit = min(base, ANONYMOUS)
            found = self._accounts[key] = Account(limit, 0, (now + HOUR).replace(microsecond=0))
        return found

    def admit_primary(self, caller: Caller, account: Account, resource: Resource) -> None:
        """Refuse a request when the hour is used up."""
        if account.remaining == 0:
            raise Refusal(
                403, f"API rate limit exceeded for {caller.label}.",
                headers=account.headers(resource), documentation_url=PRIMARY_DOCS,
            )  # fmt: skip

    def admit_secondary(self, caller: Caller, resource: Resource, points: int, content: bool, now: datetime) -> None:  # noqa: FBT001
        """Refuse a request that comes too fast; count it otherwise."""
        if self._running[caller.bucket] >= self.concurrent:
            raise self._secondary("concurrent", TOO_FAST)
        window = self._points[caller.bucket, resource]
        allowed = self.graphql_per_minute if resource == "graphql" else self.points_per_minute
        if window.spent_since(now - MINUTE) + points > allowed:
            raise self._secondary("points", TOO_FAST)
        if content:
            self._admit_content(caller.bucket, now)
        window.spend(now, points)

    def begin(self, caller: Caller) -> None:
        """Count a request as running."""
        self._running[caller.bucket] += 1

    def end(self, caller: Caller) -> None:
        """Count it as answered."""
        self._running[caller.bucket] -= 1

    def use_up(self, bucket: str | None = None) -> None:
        """Spend what is left of the hour of one bucket, or of all: the next request meets the limit."""
        for (name, _), account in self._accounts.items():
            if bucket in (None, name):
                account.used = account.limit

    def _admit_content(self, bucket: str, now: datetime) -> None:
        created = self._content[bucket]
        while created and created[0] <= now - HOUR:
            created.popleft()
        last_minute = sum(moment > now - MINUTE for moment in created)
        if last_minute >= self.content_per_minute:
            raise self._secondary("content per minute", TOO_MUCH_CONTENT)
        if len(created) >= self.content_per_hour:
            raise self._secondary("content per hour", TOO_MUCH_CONTENT)
        created.append(now)
        self.most_content = max(self.most_content, last_minute + 1)

    def _secondary(self, limit: str, message: str) -> Refusal:
        self.broken[limit] += 1
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return Refusal(self.secondary_status, message, headers=headers, documentation_url=SECONDARY_DOCS)
