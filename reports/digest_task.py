"""What a pool's worker is asked for a report beside its questions, and what it answers; importable without pandas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from analytics.terms import DEFAULT_TERMS, Terms
from analytics.window import Window
from reports.answer import DatasetState, PictureData


@dataclass(frozen=True)
class UnusualTask:
    """Which days of a period stand out from the same weekdays of a longer time around it.

    period: whose days are named · around: all that is stored and may be looked at, the period included · states: how
    complete each dataset is over that time; one that is not among them is not counted · sees_traffic: whether views and
    clones count, too.
    """

    database: str
    repository_id: int
    period: Window
    around: Window
    now: datetime
    states: Mapping[str, DatasetState]
    sees_traffic: bool = False
    terms: Terms = DEFAULT_TERMS


@dataclass(frozen=True, slots=True)
class UnusualDay:
    """A day that stands out: how many of what there were, and how many of it are usual on that weekday.

    known: of how many days of that weekday the usual is the median.
    """

    day: date
    what: str
    count: int
    usual: float
    known: int


@dataclass(frozen=True)
class RepositoriesTask:
    """The figures of each repository of an organisation for one period, and a small picture of each over a longer time.

    repositories: ids with their full names · pictures: whether to draw PNGs.
    """

    database: str
    organisation: str
    repositories: tuple[tuple[int, str], ...]
    period: Window
    around: Window
    now: datetime
    pictures: bool
    terms: Terms = DEFAULT_TERMS


@dataclass(frozen=True, slots=True)
class RepositoryFigures:
    """One repository's row: counts of the period, how many open pull requests wait for a reviewer at its end.

    first_review: the share reviewed within a day of those followed so long, which are `followed`; None of none.
    """

    name: str
    opened: int
    merged: int
    issues_opened: int
    waiting: int
    first_review: float | None
    followed: int

    @property
    def active(self) -> bool:
        return bool(self.opened or self.merged or self.issues_opened or self.waiting)


@dataclass(frozen=True, slots=True)
class RepositoriesFound:
    """The rows, the most active first, and the picture, None where nothing was merged in all that time."""

    rows: tuple[RepositoryFigures, ...]
    picture: PictureData | None
