"""GET /metrics: what this process has counted and how the whole server stands, for Prometheus.

No name of a person, an account or a repository is in it. It is for whoever shows METRICS_TOKEN.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Iterator, Mapping
from datetime import datetime

import structlog
from aiohttp import web

from bot.measured import Measured
from bot.numbers import Labels, gauge
from github.budget import CORE, GRAPHQL, Budget
from github.wire import VERSION
from reports.services import Services
from storage.capture_age import CaptureAge, capture_age
from storage.connection import Connection
from storage.database_facts import DatabaseFacts, database_facts
from storage.dead_letters import KindCount, count_kinds

PATH = "/metrics"
TYPE = "text/plain; version=0.0.4"
BEARER = "Bearer "
PATIENCE = 5.0  # seconds: whoever reads this gives up after ten
STATES = {"ready": "waiting"}

log = structlog.get_logger(__name__)


def is_let_in(request: web.Request, token: bytes) -> bool:
    """Tell whether this request shows the token."""
    given = request.headers.get("Authorization", "")
    shown = given.removeprefix(BEARER).strip().encode("utf-8", "surrogateescape")
    return given.startswith(BEARER) and hmac.compare_digest(shown, token)


async def answer(services: Services, measured: Measured) -> web.Response:
    """Answer with every metric; what the database would not tell is left out, and `almanac_database_up` is 0."""
    lines = [line for one in measured.all() for line in one.lines()]
    now = services.now()
    try:
        async with asyncio.timeout(PATIENCE):
            facts, kinds, age = await services.store.read(lambda conn: read(conn, now))
            budgets = await services.budgets()
    except Exception as error:  # any fault of the database is something that these numbers are there to tell
        log.exception("the database does not answer", error=repr(error))
        lines += gauge("almanac_database_up", "Whether the database answers.", (), {(): 0})
    else:
        lines += gauge("almanac_database_up", "Whether the database answers.", (), {(): 1})
        lines += gauge("almanac_database_bytes", "Size of the database.", (), {(): facts.size})
        lines += of_jobs(kinds, now)
        lines += of_captures(age, now)
        lines += of_limits(budgets, now)
    lines += gauge("almanac_info", "Which version this is.", ("version",), {(VERSION,): 1})
    return web.Response(body=("\n".join(lines) + "\n").encode(), headers={"Content-Type": TYPE})


async def read(conn: Connection, now: datetime) -> tuple[DatabaseFacts, list[KindCount], CaptureAge]:
    """Ask the database for all that is told of it."""
    return await database_facts(conn), await count_kinds(conn), await capture_age(conn, now)


def of_jobs(kinds: list[KindCount], now: datetime) -> Iterator[str]:
    """Yield how many jobs there are and how old the oldest is; a delivery that is put off waits as others do."""
    counts: dict[Labels, float] = {}
    ages: dict[Labels, float] = {}
    for one in kinds:
        label = (one.kind, STATES.get(one.state, one.state))
        counts[label] = counts.get(label, 0) + one.count
        ages[label] = max(ages.get(label, 0.0), (now - one.oldest).total_seconds())
    # an empty queue says so: a line that is not there raises no alarm and draws no picture
    for label in (("delivery", "waiting"), ("delivery", "dead")):
        counts.setdefault(label, 0)
        ages.setdefault(label, 0.0)
    yield from gauge("almanac_jobs", "Jobs in the queue.", ("kind", "state"), counts)
    yield from gauge("almanac_job_age_seconds", "Age of the oldest job.", ("kind", "state"), ages)


def of_captures(age: CaptureAge, now: datetime) -> Iterator[str]:
    """Yield how long ago captures were done; how old the oldest is stays unsaid where there is none."""
    oldest: dict[Labels, float] = {} if age.oldest is None else {(): (now - age.oldest).total_seconds()}
    yield from gauge("almanac_installations", "Installations that are at work.", (), {(): age.installations})
    help_ = "Installations without a capture that came to its end in 14 days."
    yield from gauge("almanac_installations_without_capture", help_, (), {(): age.without})
    help_ = "Time since the latest capture of that installation whose latest capture is the oldest."
    yield from gauge("almanac_capture_age_seconds", help_, (), oldest)


def of_limits(budgets: Mapping[int, Budget], now: datetime) -> Iterator[str]:
    """Yield the least that any installation has left of GitHub's hourly limits, and how many must wait."""
    left: dict[Labels, float] = {}
    held: dict[Labels, float] = {}
    for name in (CORE, GRAPHQL):
        known = [one.allowances[name] for one in budgets.values() if name in one.allowances]
        shares = [one.remaining / one.limit for one in known if one.reset_at > now and one.limit > 0]
        left[name,] = min(shares, default=1.0)
        held[name,] = sum(one.held_until(name, now) is not None for one in budgets.values())
    help_ = "The least share of GitHub's hourly limit that an installation has left; 1 where none has asked."
    yield from gauge("almanac_github_limit_left_ratio", help_, ("resource",), left)
    help_ = "Installations for which nothing may be asked just now."
    yield from gauge("almanac_github_installations_held", help_, ("resource",), held)
