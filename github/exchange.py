"""Asking until there is an answer: the loop around single requests that waits, repeats, renews and counts.

Which of these to do is decided by `limits.decide`; here it is done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from analytics.window import parse_iso
from github import limits
from github.budget import EVERYTHING, GRAPHQL, Budget
from github.credentials import Credentials, Now
from github.errors import Later, Overloaded, Refused, Unsure
from github.graphql import cost_of, errors_of, limit_of
from github.pace import Urgency
from github.request import Request, content_of, message_of, refusal
from github.resting import resting
from github.usage import Usage
from github.wire import LostError, NotSentError, Reply, Wire

PATIENCE = timedelta(seconds=60)  # longer waits belong to the job queue
BEARS = {Urgency.UNASKED: timedelta(0), Urgency.PASSING: timedelta(seconds=10)}
"""How long a write waits for its turn where that is not as long as everything else: then it is to come again later."""
COME_BACK = timedelta(minutes=1)  # after an outage that outlasted the retries
MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 307, 308})
TIMED_OUT = frozenset({502, 504})  # GraphQL: GitHub stopped its own work after 10 s
HELD = "GitHub's rate limit"

log = structlog.get_logger()


@dataclass(slots=True)
class _Effort:
    """How much waiting one call may still do, and what it has tried."""

    left: timedelta
    attempts: int = 0
    renewed: bool = False


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What one attempt came to; a failure without an answer has the status it amounts to.

    `seen` is False where GitHub certainly never got the request.
    """

    reply: Reply
    content: Any = None
    failure: str | None = None
    seen: bool = True


@dataclass(frozen=True, slots=True)
class Exchange:
    """Everything a client needs to get an answer; `budget` is shared by all who speak for one installation."""

    wire: Wire
    credentials: Credentials
    now: Now
    budget: Budget
    usage: Usage
    patience: timedelta
    jitter: Callable[[], float]

    async def answer(self, request: Request) -> tuple[Reply, Any]:
        """Return the answer (status under 400) and its parsed body, or raise what it amounts to."""
        effort = _Effort(self.patience)
        if request.urgency is None:
            return await self._insist(request, effort)
        patience = min(effort.left, BEARS.get(request.urgency, effort.left))
        with resting.get()():
            effort.left -= await self.budget.writers.turn(request.urgency, patience, self.now, self.wire.sleep)
        async with self.budget.writing:
            return await self._insist(request, effort)

    async def _insist(self, request: Request, effort: _Effort) -> tuple[Reply, Any]:
        while True:
            await self._until_free(request, effort)
            header = await self.credentials.header()
            outcome = await self._attempt(request, header)
            if outcome is None:
                continue
            effort.attempts += 1
            if outcome.reply.status == 401 and not effort.renewed and await self.credentials.renew(header):
                effort.renewed = True
                continue
            match self._decide(request, outcome, effort):
                case limits.Proceed():
                    return outcome.reply, outcome.content
                case limits.Wait(until, reason):
                    await self.budget.turns.tell(_held(request, outcome.reply), until)
                    if effort.attempts >= limits.MOST_ATTEMPTS:
                        raise Later(until, reason)
                case limits.Retry(after, reason):
                    _raise_unless_repeatable(request, outcome)
                    await self._pause(after, f"GitHub stumbled: {reason}", effort)
                case limits.GiveUp(reason):
                    _raise_unless_repeatable(request, outcome)
                    if outcome.reply.status >= 500:
                        answered = bool(outcome.reply.headers)
                        raise Later(self.now() + COME_BACK, reason if answered else outcome.failure or reason)
                    raise refusal(request, outcome.reply, outcome.content)

    async def _attempt(self, request: Request, header: str | None) -> _Outcome | None:
        """Send the request once; None if GitHub has asked to rest while this one waited for its turn."""
        try:
            async with self.budget.turns.hold(request.resource, request.points) as wait:
                if wait:
                    self.budget.block(self.now() + timedelta(seconds=wait), request.resource)
                if self.budget.held_until(request.resource, self.now()) is not None:
                    return None
                reply = await self._follow(request, header)
            content = content_of(reply)
        except NotSentError as error:
            return _Outcome(Reply(503, {}, b""), failure=str(error), seen=False)
        except LostError as error:
            return _Outcome(Reply(error.status, {}, b""), failure=str(error))
        self._account(request, reply, content)
        return _Outcome(reply, content, message_of(content))

    async def _follow(self, request: Request, header: str | None) -> Reply:
        """Send the request, verbatim again to wherever GitHub redirects it (a renamed repository)."""
        url = request.url
        for _ in range(MOST_REDIRECTS):
            self.usage.requests += 1
            reply = await self.wire.exchange(request.method, url, header, request.body, request.etag)
            location = reply.headers.get("location")
            if reply.status not in REDIRECTS or not location:
                return reply
            try:
                url = self.wire.redirected(url, location)
            except ValueError as error:
                raise Refused(reply.status, f"{request.method} {request.template}: {error}") from error
        raise Refused(310, f"{request.method} {request.template}: more than {MOST_REDIRECTS} redirects")

    def _decide(self, request: Request, outcome: _Outcome, effort: _Effort) -> limits.Decision:
        reply = outcome.reply
        decision = limits.decide(
            reply.status,
            reply.headers,
            self.now(),
            attempt=effort.attempts,
            graphql_errors=errors_of(outcome.content) if request.resource == GRAPHQL else None,
            message=outcome.failure,
            jitter=self.jitter(),
        )
        if isinstance(decision, limits.Wait):
            self.budget.block(decision.until, _held(request, reply))
        return decision

    async def _until_free(self, request: Request, effort: _Effort) -> None:
        now = self.now()
        until = self.budget.held_until(request.resource, now)
        if until is not None:
            await self._pause(until - now, HELD, effort)
            self.budget.lift(until)

    async def _pause(self, span: timedelta, reason: str, effort: _Effort) -> None:
        if span > timedelta(0):
            self._check(span, reason, effort)
            effort.left -= span
            with resting.get()():
                await self.wire.sleep(span.total_seconds())

    def _check(self, span: timedelta, reason: str, effort: _Effort) -> None:
        if span > effort.left:
            raise Later(self.now() + span, reason)

    def _account(self, request: Request, reply: Reply, content: Any) -> None:
        points = cost_of(content) if request.resource == GRAPHQL else 0
        self.usage.points += points
        allowance = self.budget.learn(request.resource, reply.headers)
        said = limit_of(content) if request.resource == GRAPHQL else None
        if allowance is None and said is not None:
            allowance = self.budget.learn_points(said[0], parse_iso(said[1]))
        if allowance is not None:
            self.usage.remaining = allowance.remaining
            self.usage.limit = allowance.limit
            self.usage.reset_at = allowance.reset_at
        log.debug(
            "asked GitHub",
            method=request.method,
            path=request.template,
            status=reply.status,
            points=points,
            remaining=self.usage.remaining,
        )


def _held(request: Request, reply: Reply) -> str:
    """Return what a limit stops: a used-up hour its own kind of request, any other limit everything."""
    return request.resource if limits.used_up(reply.headers) else EVERYTHING


def _raise_unless_repeatable(request: Request, outcome: _Outcome) -> None:
    """Raise for what went wrong on GitHub's side and must not, or need not, be sent again as it is."""
    status = outcome.reply.status
    if status < 500 and status != 408:
        return
    failure = f"{request.method} {request.template}: {outcome.failure or f'GitHub answered {status}'}"
    if outcome.seen and not request.repeatable:
        raise Unsure(failure)
    if request.smaller and status in TIMED_OUT:
        raise Overloaded(failure)
