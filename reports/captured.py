"""What captures have stored: how it stands with datasets for which GitHub cannot be asked when a question comes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from analytics import words
from analytics.words import ago, number
from reports.answer import DatasetState
from reports.capture_runs import any_under_way
from reports.capture_times import PERSONAL
from reports.capture_words import NO_PERMISSION, is_lacking, missing_permission
from storage import captures, retention
from storage.captures import READ, CaptureRow, CaptureRun
from storage.connection import Connection
from storage.engine import Store
from storage.installations import Installation, Repository, installation
from storage.traffic import days as stored_days
from storage.traffic import known_span, snapshots

ORGANISATION = "org-traffic"
SNAPSHOTS = "snapshots"
LISTS = frozenset({"referrers", "paths"})
TRAFFIC_PERMISSION = "administration"
LOOK_BACK = timedelta(days=400)  # where the latest snapshot is looked for
NEVER_CAPTURED = (
    "No traffic is stored. The command report captures nothing: install the App, and every day is kept from then on, "
    "or import history."
)


@dataclass(frozen=True, slots=True)
class Captured:
    """How complete captured datasets are, by name, and plain sentences that belong beside the figures."""

    states: Mapping[str, DatasetState]
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Log:
    """What the log says of one repository and its installation; None is what never was.

    imported_to: the last known day, where an import brought it and no capture · lists_since: the date before which
    lists of referrers and paths were dropped, of whatever repository.
    """

    owner: Installation | None
    run: CaptureRun | None
    last: CaptureRow | None
    span: tuple[date, date] | None
    snapshot_at: datetime | None
    imported_to: date | None
    installation_id: int
    lists_since: date | None


async def captured(  # noqa: PLR0917 - where from, of what, as of when, and with whom
    store: Store,
    repository: Repository,
    names: Collection[str],
    now: datetime,
    web: str,
    together: Collection[int] = (),
    edge: datetime | None = None,
) -> Captured:
    """Return how it stands with captured datasets of a repository, and of those counted `together` with it.

    edge: since when something is asked for · web is where people read GitHub: a missing permission is named with the
    page where it is approved.
    """
    log = await store.read(lambda conn: read_log(conn, repository, now))
    of_one = state_of(log, now, web)
    kept = kept_since(log, edge)
    states = {
        name: replace(of_one, dataset=name, kept_since=kept if name in LISTS else None)
        for name in names
        if name not in (ORGANISATION, SNAPSHOTS)
    }
    sentences = beside(log, now) if states and of_one.error is None and of_one.pending is None else ()
    if SNAPSHOTS in names:
        states[SNAPSHOTS] = DatasetState(SNAPSHOTS, 0, synced_at=log.snapshot_at)
    if ORGANISATION in names:
        found, said = await store.read(lambda conn: organisation(conn, repository, log, together, now, web))
        states[ORGANISATION] = found
        sentences = (*sentences, *said)
    return Captured(states, sentences)


async def read_log(conn: Connection, repository: Repository, now: datetime) -> Log:
    """Read what the log says; a few rows of this repository and this installation."""
    runs = await captures.recent_runs(conn, repository.installation_id, 1)
    taken = await snapshots(conn, repository.id, (now - LOOK_BACK).astimezone(UTC).date())
    last, span = await captures.last_capture(conn, repository.id), await known_span(conn, repository.id)
    return Log(
        owner=await installation(conn, repository.installation_id),
        run=runs[0] if runs else None,
        last=last,
        span=span,
        snapshot_at=taken[-1].taken_at if taken else None,
        imported_to=await imported_to(conn, repository.id, last, span),
        installation_id=repository.installation_id,
        lists_since=await retention.kept_since(conn, "traffic_lists"),
    )


def kept_since(log: Log, edge: datetime | None) -> datetime | None:
    """Return since when lists are kept if older ones are asked for and were there: days of then are known."""
    if log.lists_since is None or log.span is None or log.span[0] >= log.lists_since:
        return None
    since = midnight(log.lists_since)
    return since if edge is None or edge < since else None


async def imported_to(
    conn: Connection, repository_id: int, last: CaptureRow | None, span: tuple[date, date] | None
) -> date | None:
    """Return the last known day if it came by an import; None if GitHub itself told of it, or nothing is known."""
    if span is None or (last is not None and last.outcome in READ):
        return None
    newest = await stored_days(conn, repository_id, since=span[1])
    return span[1] if last is None or newest[-1].import_id is not None else None


def state_of(log: Log, now: datetime, web: str) -> DatasetState:
    """Return how it stands with one repository's traffic."""
    if log.last is not None and log.last.outcome in READ:
        return DatasetState("", 0, synced_at=log.last.captured_at)
    if log.imported_to is not None:  # an import's last day is no moment at which GitHub was asked
        return DatasetState("", 0)
    if log.span is not None:  # from earlier captures
        return DatasetState("", 0, synced_at=midnight(min(log.span[1], now.astimezone(UTC).date())))
    if log.owner is not None and lacks_permission(log.owner):
        return DatasetState("", 0, error=missing_permission(web, log.owner))
    return DatasetState("", 0, pending=never(log, now)) if log.last is None else in_vain(log, log.last, now)


def in_vain(log: Log, last: CaptureRow, now: datetime) -> DatasetState:
    """Return how it stands where captures have brought nothing so far."""
    granted = last.reason == NO_PERMISSION and log.owner is not None and bool(log.owner.permissions)
    if granted and is_at_work(log, now):  # a capture is ordered when the permission is granted
        return DatasetState("", 0, pending=never(log, now))
    if last.outcome == "refused":
        of_all = log.run.reason if log.run is not None and is_lacking(log.run.reason) else None
        return DatasetState("", 0, error=of_all or last.reason or "GitHub did not say why")
    why = f" ({last.reason.rstrip('.')})" if last.reason else ""
    return DatasetState("", 0, pending=f"No traffic is stored: the last capture brought none{why}.")


def never(log: Log, now: datetime) -> str:
    """Say that there is no capture yet, and from when on there will be data; with a personal token there never is."""
    if log.installation_id == PERSONAL:
        return NEVER_CAPTURED
    due = "is under way" if is_at_work(log, now) else f"is due by {now + timedelta(days=1):%Y-%m-%d}"
    return (
        f"No traffic has been captured yet. The first capture {due}; it brings the 14 days before it, "
        "and from then on every day is kept."
    )


def is_at_work(log: Log, now: datetime) -> bool:
    """Tell whether the installation's latest run is under way."""
    return log.run is not None and any_under_way([log.run], now)


def beside(log: Log, now: datetime) -> tuple[str, ...]:
    """Return what must be said beside figures: that the latest try brought less than it should, and why."""
    last = log.last
    origin = () if log.imported_to is None else (imported_up_to(log.imported_to),)
    if last is None or last.outcome == "captured" or not last.reason:
        return origin
    brought = "only a part" if last.outcome == "partly" else "no traffic"
    return (
        *origin,
        f"the latest capture, {ago(last.captured_at, now)}, brought {brought}: {last.reason}",
    )


def imported_up_to(day: date) -> str:
    """Say that the last of it was imported, not captured, and how far it reaches."""
    return f"imported up to {words.day(midnight(day))}"


async def organisation(  # noqa: PLR0917 - what is read, of whom, and what is known already
    conn: Connection, repository: Repository, log: Log, together: Collection[int], now: datetime, web: str
) -> tuple[DatasetState, tuple[str, ...]]:
    """Return how it stands with the traffic of several repositories of one installation."""
    dates = await captures.last_captured(conn, repository.installation_id)
    days = [dates[one] for one in together if one in dates]
    if days:
        some = f"{number(len(days))} of these {number(len(together))} repositories have been captured so far"
        synced = await ended_at(conn, repository.installation_id) or midnight(min(days))
        return DatasetState(ORGANISATION, 0, synced_at=synced), () if len(days) == len(together) else (some,)
    ends = [span[1] for one in together if (span := await known_span(conn, one)) is not None]
    if ends:
        return DatasetState(ORGANISATION, 0), (imported_up_to(max(ends)),)
    if log.owner is not None and lacks_permission(log.owner):
        return DatasetState(ORGANISATION, 0, error=missing_permission(web, log.owner)), ()
    return DatasetState(ORGANISATION, 0, pending=never(log, now)), ()


async def ended_at(conn: Connection, installation_id: int) -> datetime | None:
    """Return when the latest whole run ended, None if none of the last ones did."""
    runs = await captures.recent_runs(conn, installation_id)
    return next((run.finished_at for run in runs if run.state == "done"), None)


def lacks_permission(owner: Installation) -> bool:
    """Tell whether it is known that the App may not read this installation's traffic."""
    return bool(owner.permissions) and TRAFFIC_PERMISSION not in (owner.permissions or {})


def midnight(day: date) -> datetime:
    """Return the beginning of a UTC date."""
    return datetime.combine(day, time(), UTC)
