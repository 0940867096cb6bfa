"""A small repository with rows in every table: ties, unknown values, formulas, a bot, the ghost, gaps in traffic."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from analytics.actors import GHOST, Actor, ActorKind
from analytics.rows import CommentRow, CommitRow, IssueRow, PullRow, ReleaseRow, ReviewRow, StarRow, TimelineRow
from analytics.traffic import Capture, Count, Listed, Snapshot
from storage import activity
from storage.connection import Connection
from storage.engine import Store
from storage.stars import save_stars
from storage.traffic import save_capture, save_days, save_snapshot, save_weeks

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PEOPLE = tuple(Actor(login, ActorKind.PERSON) for login in ("Opal", "topaz", "beryl", "Agate"))
DRILL = Actor("drill", ActorKind.BOT)
WATCHER = Actor("watcher", ActorKind.PERSON)  # comments and never contributes
TITLES = ("=1+1", "Shore up", "shore Up", "Größe", "-x", "a_b%c", 'Zoë\'s "quoted", text', "+2", "@opal", "plain")
LAST_DAY = date(2026, 11, 19)


def people(number: int) -> Actor:
    """Return somebody by number."""
    return (*PEOPLE, DRILL, GHOST)[number % 6]


def pulls(count: int) -> list[PullRow]:
    """Return pull requests, of which several were created at one moment."""
    made = []
    for number in range(1, count + 1):
        at = NOW - timedelta(days=40) + (number // 3) * 5 * HOUR
        closed = at + number * HOUR if number % 4 else None
        made.append(
            PullRow(
                number, TITLES[number % len(TITLES)], people(number), at, closed or at, closed,
                closed if number % 4 == 1 else None, people(number + 1) if number % 4 == 1 else None, number % 5 == 0,
                at if number % 5 else None, ("main", "next")[number % 2], number * 7 % 50 if number % 6 else None,
                None if number % 7 == 0 else number % 9, number % 3, ("bug", "Größe")[: number % 3],
            )
        )  # fmt: skip
    return made


async def save_rows(conn: Connection, repository_id: int, count: int) -> None:
    """Keep `count` pull requests and what belongs to them."""
    rows = pulls(count)
    await activity.save_pulls(conn, repository_id, rows)
    reviews = [
        ReviewRow(
            f"R{place}", row.number, people(place + 2), row.author, ("APPROVED", "COMMENTED", "PENDING")[place % 3],
            None if place % 3 == 2 else row.created_at + (place % 4) * HOUR,
        )
        for place, row in enumerate([*rows, *rows])
    ]  # fmt: skip
    await activity.save_reviews(conn, repository_id, reviews)
    subjects: Sequence[str | None] = ("topaz", "team:core", None, "stranger", "OPAL")
    turns = [
        TimelineRow(
            f"T{place}", row.number, ("review_requested", "closed")[place % 2], row.created_at + HOUR,
            people(place) if place % 5 else None, subjects[place % 5] if place % 2 == 0 else None,
        )
        for place, row in enumerate(rows)
    ]  # fmt: skip
    await activity.save_timeline(conn, repository_id, turns)
    issues = [
        IssueRow(
            1000 + place, TITLES[place % len(TITLES)], people(place), row.created_at, row.created_at + HOUR,
            row.created_at + DAY if place % 2 else None, "completed" if place % 2 else None, place % 4,
            row.created_at + HOUR if place % 3 else None, people(place + 1) if place % 3 else None,
        )
        for place, row in enumerate(rows)
    ]  # fmt: skip
    await activity.save_issues(conn, repository_id, issues)
    comments = [
        CommentRow(f"C{place}", row.number, place % 2 == 0, WATCHER if place % 4 == 0 else people(place), NOW, place)
        for place, row in enumerate(rows)
    ]
    await activity.save_comments(conn, repository_id, comments)
    commits = [
        CommitRow(f"{place:040x}", people(place), row.created_at, row.created_at + HOUR, place, None, 1 + place % 2)
        for place, row in enumerate(rows)
    ]
    await activity.save_commits(conn, repository_id, commits)
    releases = [
        ReleaseRow("RE1", "v1", "=cmd()", NOW - 9 * DAY, NOW - 8 * DAY, False, False, "ab" * 20),
        ReleaseRow("RE2", "v2", "Second", NOW - DAY, None, True, True, None),
    ]
    await activity.save_releases(conn, repository_id, releases)
    await save_stars(conn, repository_id, [StarRow(100 + place, NOW - (place % 4) * DAY) for place in range(12)])
    await save_traffic(conn, repository_id)


async def save_traffic(conn: Connection, repository_id: int) -> None:
    """Keep days with a gap, of which the last may still rise, weeks, lists, counters and a capture."""
    known = [LAST_DAY - DAY * back for back in (0, 1, 2, 6, 7, 30)]
    days = {day: Count(10 * place, place) for place, day in enumerate(known)}
    await save_days(conn, repository_id, "views", days, LAST_DAY + DAY)
    await save_days(conn, repository_id, "clones", {LAST_DAY - 6 * DAY: Count(3, 2)}, None)
    monday = LAST_DAY - DAY * LAST_DAY.weekday()
    await save_weeks(conn, repository_id, "views", {monday - 7 * DAY: Count(40, 9), monday - 28 * DAY: Count(0, 0)})
    lists = tuple(Listed(name, 50 - place, 20 - place) for place, name in enumerate(("=evil", "github.com", "Google")))
    capture = Capture(
        repository_id, NOW - HOUR, None, None, None, None, lists,
        (Listed("/quartz/mine", 9, 3),), {},
    )  # fmt: skip
    await save_capture(conn, capture, installation_id=1, run="2026-11-20", requests=6, outcome="captured")
    await save_snapshot(conn, Snapshot(repository_id, NOW - DAY, 7, 1, None, 3, 2))
    await save_snapshot(conn, Snapshot(repository_id, NOW, 12, 1, 4, 3, 2))


async def fill(store: Store, repository_id: int, count: int = 40) -> None:
    """Keep all of it in one transaction."""
    await store.write(lambda conn: save_rows(conn, repository_id, count))
