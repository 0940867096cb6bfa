"""How often each repository of an installation is captured, who says so, and how that went: the lines of a page. Pure.

The file of the owner counts wherever it names a repository; what was chosen here counts for the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.moments import Moment, moment
from reports.capture_rules import CaptureRules, Frequency
from storage.capture_choices import CaptureChoice
from storage.installations import Repository
from storage.last_captures import LastCapture

SORTS = ("name", "often", "captured", "outcome")
SHOWN = ("all", "trouble", "daily", "weekly", "off")
WELL = "captured"
ORDER: Mapping[str, int] = {"daily": 0, "weekly": 1, "off": 2}


@dataclass(frozen=True, slots=True)
class Line:
    """One repository of the page.

    source: who says how often, `file`, `here` or `usual` · pattern: of the file · choice: what was chosen here, also
    where the file has the say · outcome: of the latest try, None before the first · why: what keeps it from being
    captured, or from being whole, None if nothing does.
    """

    repository: Repository
    often: Frequency
    source: str
    pattern: str | None
    choice: CaptureChoice | None
    outcome: str | None
    why: str | None
    tried: Moment | None
    tried_at: datetime | None
    read: Moment | None

    @property
    def name(self) -> str:
        return self.repository.full_name

    @property
    def is_in_trouble(self) -> bool:
        """Whether it should be captured, and the latest try was not whole, or there was none."""
        return self.often != "off" and self.outcome != WELL


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address asks of the list."""

    search: str = ""
    show: str = "all"
    sort: str = "name"

    @classmethod
    def of_query(cls, query: Mapping[str, str]) -> Wanted:
        """Read an address; what is not known there counts as not said."""
        show, sort = query.get("show", ""), query.get("sort", "")
        return cls(
            query.get("q", "").strip()[:200],
            show if show in SHOWN else SHOWN[0],
            sort if sort in SORTS else SORTS[0],
        )

    @property
    def query(self) -> dict[str, str]:
        """What stands in the address; what is usual does not."""
        show, sort = self.show, self.sort
        return {"q": self.search, "show": "" if show == SHOWN[0] else show, "sort": "" if sort == SORTS[0] else sort}


def lines(
    repositories: Iterable[Repository],
    rules: CaptureRules,
    choices: Mapping[int, CaptureChoice],
    last: Mapping[int, LastCapture],
    now: datetime,
) -> list[Line]:
    """Return a line for each repository, in the order given."""
    return [line(one, rules, choices.get(one.id), last.get(one.id), now) for one in repositories]


def line(
    repository: Repository, rules: CaptureRules, choice: CaptureChoice | None, last: LastCapture | None, now: datetime
) -> Line:
    """Return how it stands with one repository."""
    said = rules.said(repository.name, repository.full_name)
    chosen = None if choice is None else choice.frequency
    often = rules.of(repository.name, repository.full_name, archived=repository.archived, chosen=chosen)
    return Line(
        repository=repository,
        often=often,
        source="file" if said is not None else "here" if choice is not None else "usual",
        pattern=None if said is None else said[0],
        choice=choice,
        outcome=None if last is None else last.outcome,
        why=None if last is None else last.reason,
        tried=None if last is None else moment(last.captured_at, now),
        tried_at=None if last is None else last.captured_at,
        read=None if last is None else moment(last.read_at, now),
    )


def found(all_lines: Sequence[Line], wanted: Wanted) -> list[Line]:
    """Return the lines that are asked for, in order."""
    search = wanted.search.casefold()
    kept = [one for one in all_lines if search in one.name.casefold() and shows(one, wanted.show)]
    kept.sort(key=lambda one: one.name.casefold())
    if wanted.sort == "often":
        kept.sort(key=lambda one: ORDER[one.often])
    elif wanted.sort == "captured":
        # what was tried last comes first, what was never tried at the end
        kept.sort(key=lambda one: (one.tried_at is None, -one.tried_at.timestamp() if one.tried_at else 0.0))
    elif wanted.sort == "outcome":
        kept.sort(key=lambda one: (one.outcome == WELL, one.outcome or ""))
    return kept


def shows(one: Line, show: str) -> bool:
    """Tell whether a line belongs to a part of the list."""
    if show == "trouble":
        return one.is_in_trouble
    return show in ("all", one.often)
