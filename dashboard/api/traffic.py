"""/repositories/{owner}/{name}/traffic: what captures have kept, with a type for each row.

Days and weeks begin with the oldest, as charts want them. Uniques are as GitHub counted them, and are never added up.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from dashboard.api.operations import Asking, Format, Operation, Paged, Reply
from dashboard.api.problems import ProblemError
from dashboard.api.rows import Known, found_rows, traffic_of
from storage.previewed_catalogue import TABLES

Since = Annotated[date, Meta(description="The first UTC date.")]
Until = Annotated[date, Meta(description="The last UTC date, included.")]


class AsksTraffic(Paged, frozen=True, kw_only=True):
    """Which days, and in what order."""

    since: Since | None = None
    until: Until | None = None
    order: Annotated[Literal["asc", "desc"], Meta(description="The oldest first is asc.")] = "asc"
    format: Format = "json"


class Day(msgspec.Struct):
    """A UTC day; null is not known. A provisional count may still rise."""

    date: date
    views: int | None
    view_uniques: int | None
    clones: int | None
    clone_uniques: int | None
    views_provisional: bool | None
    clones_provisional: bool | None


class Week(msgspec.Struct):
    """A whole week by its Monday, with the weekly uniques as GitHub counted them; null is not known."""

    week: date
    views: int | None
    view_uniques: int | None
    clones: int | None
    clone_uniques: int | None


class Referrer(msgspec.Struct):
    """A site that readers came from, as GitHub listed it on a date for the 14 days before."""

    date: date
    position: int
    referrer: str
    count: int
    uniques: int


class Path(msgspec.Struct):
    """A page that was read, as GitHub listed it on a date for the 14 days before."""

    date: date
    position: int
    path: str
    count: int
    uniques: int


class Days(msgspec.Struct):
    """Days."""

    items: list[Day]
    completeness: Known
    next: str | None


class Weeks(msgspec.Struct):
    """Weeks."""

    items: list[Week]
    completeness: Known
    next: str | None


class Referrers(msgspec.Struct):
    """Referrers."""

    items: list[Referrer]
    completeness: Known
    next: str | None


class Paths(msgspec.Struct):
    """Paths."""

    items: list[Path]
    completeness: Known
    next: str | None


def of(table: str, kind: Any, whole: Any) -> Callable[[Asking, AsksTraffic], Awaitable[Reply]]:
    """Return what answers with a table's rows as values of a kind."""

    async def answer(asking: Asking, query: AsksTraffic) -> Reply:
        visible, day = await traffic_of(asking), TABLES[table].spans
        if query.since is not None and query.until is not None and query.since > query.until:
            raise ProblemError(422, "'since' is after 'until', so no day lies between them.")
        ends = [(f"{day}.from", query.since), (f"{day}.to", query.until)]
        words = [("order", query.order), *((name, at.isoformat()) for name, at in ends if at is not None)]
        found = await found_rows(asking, visible, TABLES[table], words, query)
        if query.format == "csv":
            return found.csv(table)
        items = [msgspec.convert(one, kind) for one in found.records]
        return Reply(whole(items, found.known, found.following), found.following)

    return answer


BASE = "/repositories/{owner}/{name}/traffic"
OPERATIONS = tuple(
    Operation(
        f"traffic-{word}", f"{BASE}/{word}", summary, whole, of(table, kind, whole), AsksTraffic, "read:traffic",
        tag="traffic",
    )
    for word, table, kind, whole, summary in (
        ("days", "traffic", Day, Days, "Views and clones of each day."),
        ("weeks", "weeks", Week, Weeks, "Views and clones of whole weeks."),
        ("referrers", "referrers", Referrer, Referrers, "The ten sites that most readers came from, by date."),
        ("paths", "paths", Path, Paths, "The ten pages that were read most, by date."),
    )
)  # fmt: skip
