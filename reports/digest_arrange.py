"""What `/analytics report` does: set a report up, stop it, have one written now, and say what is so then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from analytics.metrics import all_metrics
from github.client import GitHub
from github.reads.permission import permission
from reports.answering import ref
from reports.configuration import PATH, Configuration
from reports.configured import configuration_for
from reports.digest_order import order_now, read
from reports.digest_publish import LABEL
from reports.digest_status import lines
from reports.escape import code
from reports.metric_names import of_organisation
from reports.mistake import Mistake
from reports.period import quoted
from reports.schedule import Due, Schedule, next_due
from reports.schedule_words import USAGE, Options, Wish, about, described, moment, wish
from reports.services import Services
from reports.subscribing import COMMAND, follow_file, subscribe
from storage.connection import Connection
from storage.installations import Repository
from storage.subscriptions import Subscription, forget_subscriptions, subscriptions_of

OFF_LINE = "`/analytics report off` stops it, `/analytics report now` writes one at once."
FILE_SAYS = f"`reports:` in {code(PATH)} says here when reports are written, and comments do not; change it there."


@dataclass(frozen=True)
class Asker:
    """Who wants something of reports, and in which thread. mark: what tells this command from another one."""

    login: str
    thread: int
    mark: str


async def arrange(  # noqa: PLR0917 - the world, whom to ask, who asks what where and when
    services: Services,
    github: GitHub,
    repository: Repository,
    asker: Asker,
    words: Sequence[str],
    options: Options,
    now: datetime,
) -> str:
    """Do what the words after `report` say, and return what is so then, as Markdown. Raises Mistake and Later."""
    found = await configuration_for(services, services.github(repository.installation_id), repository)
    hours = found.terms.hours
    wanted = wish(words, options, all_metrics(), "UTC" if hours is None else hours.timezone)
    if wanted.verb != "show" and not (await permission(github, ref(repository), asker.login)).can_push:
        raise Mistake(f"Reports are for people to set up who may push to {code(repository.full_name)}.", USAGE)

    async def work(conn: Connection) -> str:
        await follow_file(conn, repository.id, found.reports, now)
        if wanted.verb == "set":
            return await set_up(conn, repository, found, wanted, asker, now)
        if wanted.verb == "off":
            return await put_off(conn, repository, found, wanted)
        if wanted.verb == "now":
            return await write_now(conn, repository, wanted, asker, now)
        return show(await subscriptions_of(conn, repository.id), now)

    said = await services.store.write(work)
    services.wakeup.set()
    return said


async def set_up(  # noqa: PLR0917 - where, what is set and wanted there, by whom and when
    conn: Connection, repository: Repository, found: Configuration, wanted: Wish, asker: Asker, now: datetime
) -> str:
    """Store a schedule and say when it begins, where it goes and what stops it."""
    schedule = wanted.schedule
    assert schedule is not None, "who sets up says what"
    if found.reports is not None:
        raise Mistake(FILE_SAYS, USAGE)
    allowed(schedule, found)
    number = asker.thread if schedule.place == "thread" else None
    await subscribe(conn, repository.id, schedule, number, now)
    parts = [
        f"**A {schedule.every} report, {described(schedule)}.**",
        f"The first one comes {first(schedule, now)}, {place(schedule, repository, number)}",
        "" if traffic_in(schedule, found) else "Traffic is not in it, as its readers are all who may read here.",
        OFF_LINE,
    ]
    return " ".join(part for part in parts if part)


def allowed(schedule: Schedule, found: Configuration) -> None:
    """Raise Mistake for metrics that a report cannot show to all its readers."""
    metrics = all_metrics()
    for name in schedule.metrics:
        if metrics[name].audience == "push" and (schedule.organisation or not traffic_in(schedule, found)):
            sentence = f"{quoted(name)} is for people who may push, and a report is read by all who may read here."
            near = f"traffic: everyone in {PATH}" if not schedule.organisation else None
            raise Mistake(sentence, USAGE, nearest=near, word=name)
    if schedule.organisation:
        of_organisation(schedule.metrics, metrics, USAGE)


def traffic_in(schedule: Schedule, found: Configuration) -> bool:
    """Tell whether a report says something of traffic."""
    return found.traffic != "off" and (found.traffic == "everyone" or schedule.traffic) and not schedule.organisation


def first(schedule: Schedule, now: datetime) -> str:
    """Return when the next report comes and what it is about, and why it comes later than is said, if it does."""
    due = next_due(schedule, now)
    said = f"{moment(schedule, due)}, about {about(due)}"
    if due.at == due.period.end and not on_time(schedule, due):
        return f"{said}, once that is over in UTC"
    return said


def on_time(schedule: Schedule, due: Due) -> bool:
    """Tell whether a report is due when the wall clock says so, and not later, when its period is over."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - beside the one use of it

    local = due.at.astimezone(ZoneInfo(schedule.timezone))
    return (local.hour, local.minute) == divmod(schedule.at, 60)


def place(schedule: Schedule, repository: Repository, number: int | None) -> str:
    """Return where the reports go, as the end of a sentence."""
    if number is not None:
        return "as a comment in this thread; so does each after it."
    where = f"of {code(repository.full_name)}, with the label {code(LABEL)}"
    if schedule.rolling:
        return f"as an issue {where}, which each report after it rewrites."
    return f"as an issue {where}; each report after it closes the one before."


async def put_off(conn: Connection, repository: Repository, found: Configuration, wanted: Wish) -> str:
    """Stop all that was asked for in comments, or what comes so often."""
    if found.reports is not None:
        raise Mistake(FILE_SAYS, USAGE)
    known = [one for one in await subscriptions_of(conn, repository.id) if one.source == COMMAND]
    kept = [one.slot for one in known if wanted.every is not None and read(one.schedule).every != wanted.every]
    await forget_subscriptions(conn, repository.id, COMMAND, kept)
    ended = len(known) - len(kept)
    if not ended:
        return "No such report was set up here, so there is none to stop."
    which = f"the {wanted.every} one" if wanted.every else "all of them" if ended > 1 else "it"
    rest = "; what is written stays as it is." if not kept else "; the others go on."
    return f"**Reports end:** {which}{rest}"


async def write_now(conn: Connection, repository: Repository, wanted: Wish, asker: Asker, now: datetime) -> str:
    """Order the newest report of each subscription, or one of the last whole week where there is none."""
    known = [
        one for one in await subscriptions_of(conn, repository.id)
        if not one.rests and wanted.every in (None, read(one.schedule).every)
    ]  # fmt: skip
    extra = None if known else (repository.id, Schedule(wanted.every or "weekly"), None)
    dues = await order_now(conn, known, extra, asker.mark, now)
    periods = " and ".join(dict.fromkeys(about(due) for due in dues))
    reports = "The report" if len(dues) == 1 else "Reports"
    written = "is" if len(dues) == 1 else "are"
    return f"{reports} about {periods} {written} being written; what is there already is rewritten."


def show(known: Sequence[Subscription], now: datetime) -> str:
    """Return what is set up."""
    said = lines(known, {}, now)
    if not said:
        return f"No report is set up here. `{USAGE.partition('|')[0]}` sets one up, by who may push."
    return "**Reports**\n\n" + "\n".join(said)
