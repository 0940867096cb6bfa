"""GET /: the repositories that a person may see, fifty at a time, each with what is stored of it and cheap to say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Literal
from urllib.parse import urlencode

from aiohttp import web

from analytics.words import ago, date_name, number, plural
from dashboard.access import Visible
from dashboard.counted import Counted
from dashboard.front import Front
from dashboard.kept_lines import KeptLines
from dashboard.layout import show as shown
from dashboard.of_fronts import OfFronts
from dashboard.sessions import SignedIn
from dashboard.sparks import path
from storage.connection import Connection
from storage.glimpses import daily_views, last_captures, open_pulls, opened_by_week

EACH_PAGE = 50
DAYS, WEEKS = 30, 13
LARGE = 1_000  # pull requests that take long enough to count
Sort = Literal["name", "open", "views", "captured"]
SORTS: Mapping[Sort, str] = {
    "name": "name", "open": "open pull requests", "views": "views of 14 days", "captured": "last captured",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A repository in the list. What is None is not known, or not this person's to see."""

    name: str
    owner: str
    address: str
    visibility: str
    archived: bool
    open_pulls: str | None
    views: str | None
    visitors: str | None
    captured: str | None
    spark: str
    spark_about: str
    sees_traffic: bool


@dataclass(frozen=True)
class Wanted:
    """What part of the list is asked for, and in which order. page: from 1."""

    search: str
    sort: Sort
    page: int

    def address(self, **changed: str | int) -> str:
        """Return the address of the list with other wishes."""
        said = {"q": self.search, "sort": "" if self.sort == "name" else self.sort, "page": self.page, **changed}
        kept = {
            key: value for key, value in said.items() if value and (key, value) not in (("page", 1), ("sort", "name"))
        }
        return f"/?{urlencode(kept)}" if kept else "/"


async def show(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Answer with the page."""
    wanted = wanted_in(request)
    everything = await front.access.repositories_for(signed.person)
    found = [one for one in everything if wanted.search.casefold() in one.repository.full_name.casefold()]
    now = front.services.now()
    pages = max(1, -(-len(found) // EACH_PAGE))
    first = (min(wanted.page, pages) - 1) * EACH_PAGE
    store = front.services.store
    ordered = await store.look(lambda conn: in_order(conn, found, wanted.sort)) if wanted.sort != "name" else found
    listed = ordered[first : first + EACH_PAGE]
    lines = await lines_of(front, listed, now)
    installations = await front.access.installations_for(signed.person)
    return shown(
        request,
        signed,
        "overview.html",
        "Repositories",
        here="repositories",
        lines=lines,
        count=plural(len(found), "repository", "repositories"),
        total=len(everything),
        wanted=wanted,
        sorts=SORTS,
        pages=pages,
        first=first,
        looked_after=[one.installation for one in installations if one.role is not None],
        counted=[one.installation for one in installations],
        apps=f"{front.outside.endpoints.web}/settings/installations",
    )


def wanted_in(request: web.Request) -> Wanted:
    """Read what part is asked for; what makes no sense is as if it was not said."""
    said = request.query
    sort: Sort = next((one for one in SORTS if one == said.get("sort")), "name")
    page = said.get("page", "1")
    return Wanted(
        said.get("q", "").strip()[:100],
        sort,
        max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 7 else 1,
    )


async def in_order(conn: Connection, found: Sequence[Visible], sort: Sort) -> list[Visible]:
    """Return the repositories in order, unknown ones last; by name where nothing else parts them."""
    if sort == "name":
        return list(found)
    ids = [one.repository.id for one in found if sort == "open" or one.sees_traffic]
    known: dict[int, float] = {}
    if sort == "open":
        known = {one: -count for one, count in (await open_pulls(conn, ids)).items()}
    elif sort == "views":
        taken = await last_captures(conn, ids)
        known = {one: -each.views for one, each in taken.items() if each.views is not None}
    else:
        known = {one: -each.at.timestamp() for one, each in (await last_captures(conn, ids)).items()}
    return sorted(found, key=lambda one: known.get(one.repository.id, float("inf")))


@dataclass(frozen=True, slots=True)
class Pulls:
    """Pull requests of one repository: how many are open, and how many were opened by week; None: not known."""

    open: int | None
    by_week: Mapping[int, int] | None


def is_large(pulls: Pulls) -> bool:
    """Tell whether a repository has so many that they are counted once a minute."""
    return (pulls.open or 0) + sum((pulls.by_week or {}).values()) >= LARGE


COUNTED: OfFronts[Counted[Pulls]] = OfFronts(lambda _: Counted(is_large))


async def pulls_of(front: Front, ids: Sequence[int], now: datetime) -> dict[int, Pulls]:
    """Return the counts of pull requests by repository: of all small repositories at once, of large ones kept."""
    store, counted, today = front.services.store, COUNTED.of(front), now.astimezone(UTC).date()
    monday = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)

    async def read(some: Sequence[int]) -> dict[int, Pulls]:
        async def work(conn: Connection) -> dict[int, Pulls]:
            opened = await opened_by_week(conn, some, datetime.combine(monday, time(), UTC), WEEKS)
            counts = await open_pulls(conn, some)
            return {number: Pulls(counts.get(number), opened.get(number)) for number in some}

        return await store.look(work) if some else {}

    async def alone(number: int) -> Pulls:
        return (await read([number]))[number]

    large = [one for one in ids if counted.is_known_large((one, monday))]
    found = await read([one for one in ids if one not in large])
    for one, pulls in found.items():
        counted.note((one, monday), now, pulls)
    return found | {one: await counted.of((one, monday), now, partial(alone, one)) for one in large}


KEPT: OfFronts[KeptLines[Line]] = OfFronts(lambda _: KeptLines())


async def lines_of(front: Front, listed: Sequence[Visible], now: datetime) -> list[Line]:
    """Return the lines of some repositories; those that nobody has asked for just now are made."""

    async def make(lacking: Sequence[Visible]) -> list[Line]:
        pulls = await pulls_of(front, [one.repository.id for one in lacking], now)
        return await front.services.store.look(lambda conn: lines(conn, lacking, pulls, now))

    return await KEPT.of(front).of(listed, now, make)


async def lines(conn: Connection, found: Sequence[Visible], pulls: Mapping[int, Pulls], now: datetime) -> list[Line]:
    """Make the lines of some repositories; of traffic only what each of them may show this person."""
    traffic = [one.repository.id for one in found if one.sees_traffic]
    today = now.astimezone(UTC).date()
    since = today - timedelta(days=DAYS - 1)
    taken = await last_captures(conn, traffic)
    views = await daily_views(conn, traffic, since)
    found_lines = []
    for one in found:
        repository = one.repository
        key = repository.id
        lately = by_day(views[key], since) if key in views else by_week(pulls[key].by_week)
        capture = taken.get(key)
        found_lines.append(
            Line(
                name=repository.name,
                owner=repository.owner,
                address=f"/r/{repository.owner}/{repository.name}",
                visibility=repository.visibility,
                archived=repository.archived,
                open_pulls=said(pulls[key].open),
                views=None if capture is None else said(capture.views),
                visitors=None if capture is None else said(capture.view_uniques),
                captured=None if capture is None else ago(capture.at, now),
                spark=path(lately[0]),
                spark_about=lately[1],
                sees_traffic=one.sees_traffic,
            )
        )
    return found_lines


def said(count: int | None) -> str | None:
    """Return a count as it is written, None where it is not known."""
    return None if count is None else number(count)


def by_day(views: Mapping[date, int], since: date) -> tuple[list[int | None], str]:
    """Return the views of each day, and what they are in words."""
    counts = [views.get(since + timedelta(days=place)) for place in range(DAYS)]
    known = [count for count in counts if count is not None]
    unknown = "" if len(known) == DAYS else f", {plural(DAYS - len(known), 'day')} not known"
    return counts, f"Views a day since {date_name(since)}: {number(min(known))} to {number(max(known))}{unknown}"


def by_week(opened: Mapping[int, int] | None) -> tuple[list[int | None], str]:
    """Return the pull requests opened in each week, and what they are in words; nothing where that is not stored."""
    if opened is None:
        return [], ""
    counts: list[int | None] = [opened.get(place, 0) for place in range(WEEKS)]
    total = sum(opened.values())
    return counts, f"{plural(total, 'pull request')} opened in {WEEKS} weeks, the last not over"
