"""`/analytics status`: what is stored since when, when the next capture is due, and what went wrong and how to mend it.

In a thread it tells of repositories that the thread's readers may see, and of no other, not even how many there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from analytics.words import ago, day, number, plural
from reports import escape
from reports.capture_runs import NOT_OVER, any_under_way, is_under_way
from reports.capture_times import next_capture, today
from reports.capture_words import counted, is_lacking, settings_page
from reports.captured import lacks_permission
from reports.configuration import Configuration
from reports.configuration_status import settings_block
from reports.digest_status import reports_block
from reports.reconciled import reconciled_sentence
from reports.table import table
from reports.together import chosen
from storage.captures import CaptureRow, CaptureRun, last_capture, recent_runs, run_captures
from storage.connection import Connection
from storage.engine import Store
from storage.installations import Installation, Repository, installation, repositories_of
from storage.reconciling import Comparison, last_comparisons
from storage.traffic import TrafficDay, days
from storage.watermarks import Watermark, watermarks

RUNS = 5
MOST_FAULTS = 20
NOTHING = "\N{EN DASH}"
OVERTAKEN = "overtaken"
SAID = {"planned": "waits", "running": "under way", "done": "done", "stopped": "stopped"}


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store says of a repository and its installation; `seen` are repositories that may be named, by id."""

    repository: Repository
    owner: Installation | None
    seen: Mapping[int, str]
    days: list[TrafficDay]
    last: CaptureRow | None
    runs: list[tuple[CaptureRun, list[CaptureRow]]]
    marks: Mapping[str, Watermark]
    compared: Sequence[Comparison] = ()


async def status(
    store: Store, repository: Repository, now: datetime, web: str, configuration: Configuration | None = None
) -> str:
    """Return the status as Markdown. web: where people read GitHub, for the page where permissions are approved.

    configuration: what is set for the repository, None where that is not known.
    """
    parts = [page(await store.read(lambda conn: read(conn, repository)), now, web)]
    parts.append(await reports_block(store, repository.id, now))
    if configuration is not None:
        parts.append(settings_block(configuration))
    return "\n\n".join(part for part in parts if part)


async def read(conn: Connection, repository: Repository) -> Stored:
    """Read everything in one moment of the database."""
    of = repository.installation_id
    others = await repositories_of(conn, of)
    may = set(chosen(repository, others).ids)
    runs = [(run, await run_captures(conn, of, run.run)) for run in await recent_runs(conn, of, RUNS)]
    return Stored(
        repository=repository,
        owner=await installation(conn, of),
        seen={one.id: one.full_name for one in [*others, repository] if one.id in may},
        days=await days(conn, repository.id),
        last=await last_capture(conn, repository.id),
        runs=[(run, [row for row in rows if row.repository_id in may]) for run, rows in runs],
        marks=await watermarks(conn, repository.id),
        compared=await last_comparisons(conn, repository.id),
    )


def page(stored: Stored, now: datetime, web: str) -> str:
    """Return the status as Markdown; pure."""
    parts = [
        f"**{finding(stored)}** {captures(stored, now)}",
        *permission(stored, now, web),
        *runs(stored, now),
        *faults(stored),
        *datasets(stored.marks, now),
        *filter(None, [reconciled_sentence(stored.compared, now)]),
    ]
    return "\n\n".join(parts)


def finding(stored: Stored) -> str:
    """Return since when traffic is kept and how much of it is known."""
    name = escape.code(stored.repository.full_name)
    known = [one.day for one in stored.days if one.views is not None and one.clones is not None]
    if not known:
        return f"No traffic of {name} is stored yet."
    length = (known[-1] - known[0]).days + 1
    missing = length - len(known)
    gaps = f", {plural(missing, 'day')} unknown ({gap(known)})" if missing else ", none unknown"
    return f"Traffic of {name} is kept since {on(known[0])}: {plural(len(known), 'day')} known{gaps}."


def gap(known: list[date]) -> str:
    """Return the longest gap between known days."""
    pairs = pairwise(known)
    begin, end = max(pairs, key=lambda pair: pair[1] - pair[0])
    first, last = begin + timedelta(days=1), end - timedelta(days=1)
    return on(first) if first == last else f"the longest gap is {on(first)} to {on(last)}"


def on(when: date) -> str:
    """Return `19 Jun 2026`."""
    return day(datetime(when.year, when.month, when.day, tzinfo=UTC))


def captures(stored: Stored, now: datetime) -> str:
    """Return when this repository was last captured and when the installation is next."""
    last, owner = stored.last, stored.owner
    if last is None:
        before = "It has not been captured so far"
    else:
        why = f" ({escape.text(last.reason)})" if last.reason else ""
        before = f"The last capture was {ago(last.captured_at, now)}: {last.outcome}{why}"
    if owner is None or owner.removed_at is not None:
        return f"{before}; the App is not installed here any more."
    if owner.suspended_at is not None:
        return f"{before}; the App is suspended since {day(owner.suspended_at)}, so nothing is captured."
    if any_under_way([run for run, _ in stored.runs], now):
        return f"{before}; a capture is under way."
    planned = any(run.run == today(now).isoformat() for run, _ in stored.runs)
    due = next_capture(owner.id, now, planned=planned)
    return f"{before}; the next is due {due:%Y-%m-%d}, about {due:%H:%M} UTC."


def permission(stored: Stored, now: datetime, web: str) -> Iterable[str]:
    """Say that the App may not read traffic, and where its owner allows it."""
    owner = stored.owner
    if owner is not None and is_refused(stored, owner, now):
        where = settings_page(web, owner)
        yield (
            "The App may not read traffic here: the repository permission **Administration (read-only)** is missing, "
            f"the only one under which GitHub shows it. An owner approves it on [the installation's page]({where}); "
            "if it is not offered there, the App's registration has to ask for it first."
        )


def is_refused(stored: Stored, owner: Installation, now: datetime) -> bool:
    """Tell whether the App may not read traffic: what GitHub did in the latest capture counts before what it lists."""
    runs = [run for run, _ in stored.runs]
    latest = next((run for run in runs if run.state == "done" and run.repositories), None)
    if latest is None or not is_lacking(latest.reason):
        return latest is None and lacks_permission(owner)
    return lacks_permission(owner) or not any_under_way(runs, now)  # one is ordered when it is granted


def runs(stored: Stored, now: datetime) -> Iterable[str]:
    """Show the latest captures of the installation."""
    if not stored.runs:
        return
    rows = []
    for run, tries in stored.runs:
        outcomes = Counter(row.outcome for row in tries)
        requests = sum(row.requests for row in tries)
        begun = ago(run.started_at, now) if run.started_at else NOTHING
        rows.append([escape.code(run.run), begun, state(run, stored, now), counted(outcomes), number(requests)])
    header = ["capture", "began", "state", "repositories", "requests"]
    yield "**The latest captures of this installation**\n\n" + table(header, rows, numbers=[4])


def state(run: CaptureRun, stored: Stored, now: datetime) -> str:
    """Return how a run stands; one whose place another has taken will do nothing more."""
    waits = run.state in NOT_OVER and not is_under_way(run, [other for other, _ in stored.runs], now)
    return OVERTAKEN if waits else SAID[run.state]


def faults(stored: Stored) -> Iterable[str]:
    """Show what went wrong in the latest capture, repository by repository."""
    for run, tries in stored.runs:
        wrong = [row for row in tries if row.outcome != "captured"]
        if run.state == "planned" or not tries:
            continue
        if wrong:
            shown = sorted(wrong, key=lambda row: stored.seen[row.repository_id].lower())[:MOST_FAULTS]
            cells = [
                [escape.code(stored.seen[row.repository_id]), row.outcome, escape.text(row.reason or NOTHING)]
                for row in shown
            ]
            more = f"\n\nand {number(len(wrong) - len(shown))} more" if len(wrong) > len(shown) else ""
            yield f"**What went wrong in {escape.code(run.run)}**\n\n{table(['repository', '', 'why'], cells)}{more}"
        return


def datasets(marks: Mapping[str, Watermark], now: datetime) -> Iterable[str]:
    """Say in one line each how far the other datasets have been read."""
    lines = [f"- {name}: {mark(one, now)}" for name, one in sorted(marks.items())]
    if lines:
        yield "**Read from GitHub when somebody asks**\n\n" + "\n".join(lines)


def mark(one: Watermark, now: datetime) -> str:
    """Return how much of a dataset is stored."""
    if one.error:
        return f"not readable: {escape.text(one.error)}"
    synced = f"synced {ago(one.synced_at, now)}" if one.synced_at else "never read to the end"
    if one.whole_history:
        return f"{synced}, the whole history"
    return f"{synced}, complete since {day(one.covered_since)}" if one.covered_since else synced
