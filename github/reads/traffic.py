"""A repository's traffic as GitHub shows it at one moment: six answers, read at once and kept as they came.

Views and clones by day and by week, referrers and paths. All totals are GitHub's own and nothing is added up here: the
uniques of days do not make the uniques of a week.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Annotated, TypeVar

import msgspec

from analytics.traffic import Capture, Count, Listed, Traffic
from github.client import GitHub
from github.errors import Gone, Later, Refused
from github.reads.repository import RepoRef
from github.refusals import Cause, cause_of
from github.route import Address, Route

VIEWS = Route("GET", "/repos/{owner}/{repo}/traffic/views")
CLONES = Route("GET", "/repos/{owner}/{repo}/traffic/clones")
REFERRERS = Route("GET", "/repos/{owner}/{repo}/traffic/popular/referrers")
PATHS = Route("GET", "/repos/{owner}/{repo}/traffic/popular/paths")
PARTS = ("views", "clones", "view_weeks", "clone_weeks", "referrers", "paths")
NOT_THERE = 404  # what stands in a fault for 404, 410 and 451 alike

T = TypeVar("T")
Natural = Annotated[int, msgspec.Meta(ge=0)]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one part could not be read: its name, GitHub's status (200: an answer that made no sense) and its sentence.

    `permission` is what GitHub would accept, such as `administration=read`, where it says so.
    """

    part: str
    status: int
    reason: str
    permission: str | None = None

    @property
    def cause(self) -> Cause:
        """Return what kind of refusal this is."""
        return cause_of(self.status, self.reason, self.permission)


class _Line(msgspec.Struct):
    timestamp: str
    count: Natural
    uniques: Natural


class _Views(msgspec.Struct):
    count: Natural
    uniques: Natural
    views: list[_Line]


class _Clones(msgspec.Struct):
    count: Natural
    uniques: Natural
    clones: list[_Line]


class _Referrer(msgspec.Struct):
    referrer: str
    count: Natural
    uniques: Natural


class _Path(msgspec.Struct):
    path: str
    count: Natural
    uniques: Natural
    title: str | None = None


async def traffic_of(gh: GitHub, repo: RepoRef, captured_at: datetime) -> tuple[Capture, tuple[Fault, ...]]:
    """Read all six parts at once, and tell why of each part that could not be read; such a part is None.

    captured_at: the moment just before, aware UTC; it says which days the answers cover. Raises Later (nothing is given
    back then, and nothing goes on in the background), Gone where no part is there, and Refused where none was given.
    """
    began = gh.now()
    reading = _Reading(gh, repo)
    try:
        async with asyncio.TaskGroup() as group:
            views = group.create_task(reading.part("views", _at(VIEWS, repo), _views, per="day"))
            clones = group.create_task(reading.part("clones", _at(CLONES, repo), _clones, per="day"))
            view_weeks = group.create_task(reading.part("view_weeks", _at(VIEWS, repo), _view_weeks, per="week"))
            clone_weeks = group.create_task(reading.part("clone_weeks", _at(CLONES, repo), _clone_weeks, per="week"))
            referrers = group.create_task(reading.part("referrers", _at(REFERRERS, repo), _referrers))
            paths = group.create_task(reading.part("paths", _at(PATHS, repo), _paths))
    except BaseExceptionGroup as failed:
        raise _worst(failed.exceptions) from failed
    reading.raise_if_nothing_came()
    if gh.now().astimezone(UTC).date() != began.astimezone(UTC).date():
        # Some of the answers are the new day's: the oldest day would look like one without traffic.
        raise Later(gh.now(), "the day ended while GitHub was being asked for traffic")
    capture = Capture(
        repository_id=repo.id,
        captured_at=captured_at,
        views=views.result(),
        clones=clones.result(),
        view_weeks=view_weeks.result(),
        clone_weeks=clone_weeks.result(),
        referrers=referrers.result(),
        paths=paths.result(),
        raw={part: reading.raw[part] for part in PARTS if part in reading.raw},
    )
    return capture, tuple(reading.faults[part] for part in PARTS if part in reading.faults)


@dataclass(slots=True)
class _Reading:
    """What has come of one repository so far: bodies, and why parts are missing."""

    gh: GitHub
    repo: RepoRef
    raw: dict[str, bytes] = field(default_factory=dict)
    refusals: dict[str, Gone | Refused] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)

    async def part(self, name: str, path: Address, read: Callable[[bytes], T], per: str | None = None) -> T | None:
        """Ask for one part and read it; None where it was refused or made no sense, of which the body is kept."""
        try:
            body = await self.gh.raw(path, {"per": per} if per else None)
        except Refused as refused:
            self.refusals[name] = refused
            said = _sentence(refused.reason, path)
            self.faults[name] = Fault(name, refused.status, said, refused.permission)
            return None
        except Gone as gone:
            self.refusals[name] = gone
            self.faults[name] = Fault(name, NOT_THERE, _sentence(gone.reason, path))
            return None
        self.raw[name] = body
        try:
            return read(body)
        except (msgspec.DecodeError, ValueError) as error:
            self.faults[name] = Fault(name, 200, f"GitHub's answer could not be read: {error}")
            return None

    def raise_if_nothing_came(self) -> None:
        """Raise what GitHub said if it gave none of the parts: Refused if it says no, Gone if nothing is there."""
        if len(self.refusals) < len(PARTS):
            return
        in_order = [self.refusals[part] for part in PARTS]
        # A mixture is no proof that the repository is gone.
        raise next((one for one in in_order if isinstance(one, Refused)), in_order[0])


def _at(route: Route, repo: RepoRef) -> Address:
    return route.at(owner=repo.owner, repo=repo.name)


def _worst(errors: Sequence[BaseException]) -> BaseException:
    """Return the error that six requests at once amount to: one nobody expected, else the longest wait."""
    waits = [error for error in errors if isinstance(error, Later)]
    unexpected = (error for error in errors if not isinstance(error, Later))
    return next(unexpected, None) or max(waits, key=lambda wait: wait.until)


def _sentence(reason: str, path: Address) -> str:
    """Return GitHub's own words, without the request they were an answer to."""
    return reason.removeprefix(f"GET {path.template}: ")


def _views(body: bytes) -> Traffic:
    said = msgspec.json.decode(body, type=_Views)
    return Traffic(Count(said.count, said.uniques), _days(said.views))


def _clones(body: bytes) -> Traffic:
    said = msgspec.json.decode(body, type=_Clones)
    return Traffic(Count(said.count, said.uniques), _days(said.clones))


def _view_weeks(body: bytes) -> Mapping[date, Count]:
    return _weeks(msgspec.json.decode(body, type=_Views).views)


def _clone_weeks(body: bytes) -> Mapping[date, Count]:
    return _weeks(msgspec.json.decode(body, type=_Clones).clones)


def _days(lines: Iterable[_Line]) -> dict[date, Count]:
    """Return the listed days in order; of a day that is listed twice, the most."""
    days: dict[date, Count] = {}
    for line in lines:
        day = _date(line.timestamp)
        known = days.get(day, Count(0, 0))
        days[day] = Count(max(known.count, line.count), max(known.uniques, line.uniques))
    return dict(sorted(days.items()))


def _weeks(lines: Iterable[_Line]) -> dict[date, Count]:
    """Return the listed weeks by Monday; any other day means that the answer does not have weeks at all."""
    weeks = _days(lines)
    wrong = next((day for day in weeks if day.weekday() != 0), None)
    if wrong is not None:
        raise ValueError(f"{wrong} is listed as a week and is not a Monday")
    return weeks


def _date(timestamp: str) -> date:
    """Return the UTC date of `2026-11-22T00:00:00Z`; a time without an offset is taken for UTC."""
    moment = datetime.fromisoformat(timestamp)
    return moment.date() if moment.tzinfo is None else moment.astimezone(UTC).date()


def _referrers(body: bytes) -> tuple[Listed, ...]:
    said = msgspec.json.decode(body, type=list[_Referrer])
    return tuple(Listed(one.referrer, one.count, one.uniques) for one in said)


def _paths(body: bytes) -> tuple[Listed, ...]:
    said = msgspec.json.decode(body, type=list[_Path])
    return tuple(Listed(one.path, one.count, one.uniques, one.title) for one in said)
