"""What a run has still to capture, in its turn, and what it has done so far."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import structlog

from github.budget import CORE
from github.client import GitHub
from github.errors import Later
from reports.capture_rules import DEFAULTS, CaptureRules
from reports.capture_times import today
from reports.configuration import read_owners_configuration
from reports.services import Services
from scheduler import plan
from storage.capture_choices import capture_choices_of
from storage.capture_orders import CaptureOrder, capture_order
from storage.captures import CaptureRow, CaptureRun, run_captures
from storage.connection import Connection
from storage.installations import Installation, Repository, repositories_of
from storage.tries import Tries, last_tries

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Turns:
    """`due`: what is still to be captured, in order · `done`: what the run's log holds · `tries`: by repository.

    seen: all repositories of the installation, also those that are not due.
    """

    due: list[Repository]
    done: list[CaptureRow]
    seen: list[Repository]
    tries: dict[int, Tries]


@dataclass(frozen=True, slots=True)
class Known:
    """What the store says: what is done, what there is, when it was tried, what was chosen here, and who asked."""

    done: list[CaptureRow]
    seen: list[Repository]
    tries: dict[int, Tries]
    chosen: dict[int, str]
    order: CaptureOrder | None


async def turns(
    services: Services, github: GitHub, run: CaptureRun, installation: Installation, first: Collection[int]
) -> Turns:
    """Return what a run has still to capture, those in `first` before the others, as its owner has set."""
    rules = await rules_of(services, github, installation)
    day, asked = today(services.now()), plan.is_asked(run.run, run.day)

    async def read(conn: Connection) -> Known:
        of = run.installation_id
        return Known(
            await run_captures(conn, of, run.run),
            await repositories_of(conn, of),
            await last_tries(conn, of),
            {one.repository_id: one.frequency for one in (await capture_choices_of(conn, of)).values()},
            await capture_order(conn, of, run.run),
        )

    known = await services.store.read(read)
    done, seen, tries = known.done, known.seen, known.tries
    over = {row.repository_id for row in done}
    only = None if known.order is None else known.order.repository_id
    wanted = {
        one.id: one
        for one in seen
        if one.id not in over
        and only in (None, one.id)
        and plan.is_due(one, rules, tries.get(one.id), day, known.chosen.get(one.id), asked=asked)
    }
    tried = {one_id: one.tried for one_id, one in tries.items()}
    return Turns([wanted[one_id] for one_id in plan.in_turn(wanted.values(), tried, day, first)], done, seen, tries)


async def rules_of(services: Services, github: GitHub, installation: Installation) -> CaptureRules:
    """Read what the owner has set; where GitHub cannot show it just now, everything is captured as usual."""
    try:
        return (await read_owners_configuration(github, installation.account_login)).capture
    except Later as later:
        if is_limited(services, github):
            raise
        log.warning("the owner's settings could not be read", installation=installation.id, reason=later.reason)
        return DEFAULTS


def is_limited(services: Services, github: GitHub) -> bool:
    """Tell whether GitHub has asked to wait, or the hour's requests are used up."""
    return github.budget.held_until(CORE, services.now()) is not None
