"""What `/analytics status` says of reports: which are set up, when each comes next, and why one has ended. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from analytics.words import day
from reports import escape
from reports.digest_order import read
from reports.schedule import Schedule, next_due
from reports.schedule_words import about, described, moment
from storage.connection import Connection
from storage.engine import Store
from storage.subscriptions import Subscription, subscriptions_of
from storage.written_reports import WrittenReport, reports_of


async def reports_block(store: Store, repository_id: int, now: datetime) -> str:
    """Return what is set up in a repository as Markdown, nothing where nothing is."""

    async def work(conn: Connection) -> tuple[list[Subscription], list[WrittenReport]]:
        return await subscriptions_of(conn, repository_id), await reports_of(conn, repository_id)

    known, written = await store.read(work)
    newest: dict[str, WrittenReport] = {}
    for one in written:
        newest.setdefault(one.slot, one)
    said = lines(known, newest, now)
    return "**Reports**\n\n" + "\n".join(said) if said else ""


def lines(known: Iterable[Subscription], newest: Mapping[str, WrittenReport], now: datetime) -> list[str]:
    """Return a line for each subscription. newest: the last written report by slot."""
    return [f"- {line(one, newest.get(one.slot), now)}" for one in known]


def line(one: Subscription, last: WrittenReport | None, now: datetime) -> str:
    """Return how it stands with one subscription."""
    schedule = read(one.schedule)
    name = f"{schedule.every}{' for the organisation' if schedule.organisation else ''}, {described(schedule)}"
    before = "" if last is None else f"; the last is {escape.code(f'#{last.number}')}, {escape.text(last.period)}"
    if one.ended_at is not None:
        why = f", since {escape.text(one.reason)}" if one.reason else ""
        return f"{name}: ended {day(one.ended_at)}{why}. {again(schedule, one)}{before.replace('; t', ' T', 1)}"
    if one.rests:
        return f"{name}: rests, as `.github/analytics.yml` says what is written here"
    due = next_due(schedule, now)
    where = f" in {escape.code(f'#{one.number}')}" if one.number is not None else ""
    unwritten = f"; {escape.text(one.reason)}" if one.reason else ""
    return f"{name}: the next comes {moment(schedule, due)}{where}, about {about(due)}{before}{unwritten}"


def again(schedule: Schedule, one: Subscription) -> str:
    """Return what lets ended reports begin again."""
    if one.source == "file":
        return f"`/analytics report now {schedule.every}` lets them begin again."
    return f"`/analytics report {schedule.every}` sets them up again."
