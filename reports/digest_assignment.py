"""What one report is to be, looked up when its job runs: the settings may have changed since it was ordered."""

from __future__ import annotations

from dataclasses import dataclass

from reports.configuration import Configuration
from reports.configured import configuration_for
from reports.digest_order import Order, read
from reports.schedule import Due, Schedule, last_due, unit_key, unit_of
from reports.services import Services
from reports.subscribing import follow_file
from storage.installations import Repository
from storage.subscriptions import Subscription, subscription


@dataclass(frozen=True)
class Assignment:
    """A report that is to be written, after everything about it was looked up again.

    known: the subscription, None of a report that was asked for once · number: the thread it goes to, if to one ·
    again: somebody wants it now, be it there or not.
    """

    repository: Repository
    schedule: Schedule
    due: Due
    number: int | None
    known: Subscription | None
    configuration: Configuration
    again: bool

    @property
    def key(self) -> str:
        """The report's hidden key; one edited each time keeps its own, one in a thread is another report."""
        name = "rolling" if self.schedule.rolling else unit_key(self.due.period).lower()
        where = "" if self.number is None else f"-in-{self.number}"
        return f"report-{self.repository.id}-{self.schedule.slot}-{name}{where}"

    @property
    def stop(self) -> str:
        """What ends these reports."""
        if self.known is not None and self.known.source == "file":
            return "`reports:` in `.github/analytics.yml` says when"
        return "`/analytics report off` ends these reports"


async def assigned(services: Services, repository: Repository, order: Order) -> Assignment | None:
    """Look up what is wanted now: the settings may have changed since the report was ordered."""
    owners = services.github(repository.installation_id)
    found = await configuration_for(services, owners, repository)
    now = services.now()
    await services.store.write(lambda conn: follow_file(conn, repository.id, found.reports, now))
    if not order.source:
        schedule = read(order.schedule)
        return Assignment(repository, schedule, due_of(order), order.number, None, found, order.again)
    known = await services.store.read(lambda conn: subscription(conn, repository.id, order.source, order.slot))
    if known is None or known.rests or (known.ended_at is not None and not order.again):
        return None
    schedule = read(known.schedule)
    if not order.again and unit_key(last_due(schedule, now).period) < order.period:
        return None  # it was put off by now, and is due later
    return Assignment(repository, schedule, due_of(order), known.number, known, found, order.again)


def due_of(order: Order) -> Due:
    """Return the report of an order's period; when it was due does not matter any more."""
    unit = unit_of(order.period)
    return Due(unit.end, unit)
