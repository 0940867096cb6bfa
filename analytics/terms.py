"""What a repository's owners have set that changes what numbers mean or how they are said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

People = Literal["names", "anonymous", "hidden"]
STRICTEST_FIRST: tuple[People, ...] = ("hidden", "anonymous", "names")
TARGETS = ("first_review", "merge", "first_response", "close")
"""What a target can be set for; each is a number of hours."""


@dataclass(frozen=True, slots=True)
class Hours:
    """When a team works: the second clock, shown beside the calendar's.

    timezone: an IANA name · days: working days, 0 = Monday · begin, end: minutes after local midnight · holidays: a
    country, with a subdivision after a hyphen (`DE-BE`), or none · dates: further days off, ISO dates.
    """

    timezone: str = "UTC"
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    begin: int = 9 * 60
    end: int = 17 * 60
    holidays: str | None = None
    dates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms an answer is given on.

    people: whether persons are named, numbered, or not shown · bots: further logins that count as bots, lower case ·
    merge_markers: beginnings of titles by which a closed pull request counts as merged · hours: the second clock, if
    there is one · targets: hours by what they are for (`TARGETS`) · language: how numbers and dates are written, an
    identifier of Unicode's CLDR such as `de` or `pt_BR`; words stay English.
    """

    people: People = "names"
    bots: tuple[str, ...] = ()
    merge_markers: tuple[str, ...] = ()
    hours: Hours | None = None
    targets: Mapping[str, float] = field(default_factory=dict, hash=False)
    language: str = "en"


DEFAULT_TERMS = Terms()


def strictest(people: Iterable[People]) -> People:
    """Return the most careful of how several repositories want persons shown; ValueError without any."""
    return min(people, key=STRICTEST_FIRST.index)
