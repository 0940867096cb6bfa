"""What changed for the worse and for the better: only what a test allowed the table to call a change. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from analytics.metric import Comparison
from analytics.stats import NO_CLEAR_CHANGE, TOO_FEW

Way = Literal["worse", "better", "neither"]

FLIPPED: Mapping[str, str] = {
    "more": "fewer", "fewer": "more", "higher": "lower", "lower": "higher", "longer": "shorter", "shorter": "longer",
}  # fmt: skip
# Rows of two counts in one, and what each is called alone.
PAIRS: Mapping[str, Mapping[str, str]] = {
    "merged / closed unmerged": {"merged": "pull requests merged", "closed": "pull requests closed unmerged"},
    "issues opened / closed": {"opened": "issues opened", "closed": "issues closed"},
}
# What is good news; the opposite is bad news. Of everything else, such as what is opened, neither is said.
GOOD: Mapping[str, str] = {
    "pull requests merged": "more",
    "issues closed": "more",
    "merged within": "higher",
    "closed within": "higher",
    "first review within 24 h": "higher",
    "first response within 24 h": "higher",
    "median time to merge": "shorter",
    "median time to first review": "shorter",
    "median time to close": "shorter",
    "median lead time": "shorter",
}
SHORT: Mapping[str, str] = {
    "pull requests merged": "merged",
    "pull requests closed unmerged": "closed unmerged",
    "first review within 24 h": "reviews within 24 h",
    "first response within 24 h": "responses within 24 h",
    "median time to merge": "time to merge",
    "median time to first review": "time to first review",
    "median time to close": "time to close",
}
"""How a title calls what the table says at length."""
ORDER: tuple[Way, ...] = ("worse", "better", "neither")
MOST = 2  # changes in a title
A_DAY = " a day"


@dataclass(frozen=True, slots=True)
class Change:
    """One clear change: what it is of, the verdict's word, both figures in words, and how it is meant."""

    what: str
    word: str
    now: str
    before: str
    way: Way

    @property
    def short(self) -> str:
        """How a title says it: `more merged (31)`, `fewer reviews (13 in all)`, `time to merge longer (5 d)`."""
        name = short_of(self.what)
        if self.word.startswith(("more", "fewer")):
            # a title has no room for how long both periods were: what it says is the whole period's count
            return f"{self.word.partition(' ')[0]} {name} ({self.now}{' in all' if self.by_day else ''})"
        return f"{name} {self.word} ({self.now})"

    @property
    def by_day(self) -> bool:
        """Whether the periods are not equally long, so that the verdict is about days; both figures are sums."""
        return self.word.endswith(A_DAY)


def changes(rows: Sequence[Comparison]) -> list[Change]:
    """Return the clear changes among the rows of a comparison, in their order."""
    return [change for row in rows for change in changes_in(row)]


def changes_in(row: Comparison) -> Iterator[Change]:
    """Yield the clear changes of one row: of two counts there may be two."""
    names = PAIRS.get(row.label)
    if names is None:
        word = row.verdict.rpartition(": ")[2]
        if word and word not in (NO_CLEAR_CHANGE, TOO_FEW) and word.split(" ")[0] in FLIPPED:
            yield change(plain(row.label), word, row.now, row.before)
        return
    sides = list(zip(names, row.now.split(" / "), row.before.split(" / "), strict=True))
    for clause in row.verdict.split("; "):
        word, _, rest = clause.partition(" ")
        if word not in FLIPPED:
            continue
        day = A_DAY if clause.endswith(A_DAY) else ""
        for name, now, before in sides:
            if name in rest.split() or "of both" in rest or "both" in rest.split():
                yield change(names[name], word + day, now, before)


def change(what: str, word: str, now: str, before: str) -> Change:
    """Return a change with how it is meant."""
    good = next((good for label, good in GOOD.items() if what.startswith(label)), None)
    bare = word.partition(" ")[0]
    way: Way = "neither" if good is None else "better" if bare == good else "worse"
    return Change(what, word, now, before, way)


def plain(label: str) -> str:
    """Return a row's label without what only its table needs to say."""
    return label.partition(", of those")[0].partition(" (")[0]


def headline(rows: Sequence[Comparison]) -> str:
    """Return the finding for a title: the clear changes first, and what has none where there are few.

    `more merged (31), reviews within 24 h no clear change`; `31 merged, no clear change`.
    """
    found = sorted(changes(rows), key=lambda one: ORDER.index(one.way))[:MOST]
    said = [one.short for one in found]
    if len(said) < MOST:
        named = {short_of(one.what) for one in found}
        said += steady(rows, named, any_clear=bool(said))
    return ", ".join(said) or "nothing known yet"


def steady(rows: Sequence[Comparison], named: set[str], *, any_clear: bool) -> list[str]:
    """Return what stands beside a clear change, or in place of one."""
    if any_clear:
        for row in rows:
            name = short_of(plain(row.label))
            if name in SHORT.values() and name not in named and row.verdict.endswith(NO_CLEAR_CHANGE):
                return [f"{name} {NO_CLEAR_CHANGE}"]
        return []
    for row in rows:
        if row.label == "merged / closed unmerged":
            return [f"{row.now.partition(' / ')[0]} merged", NO_CLEAR_CHANGE]
    return [NO_CLEAR_CHANGE] if rows else []


def short_of(what: str) -> str:
    """Return how a title calls something."""
    return next((short for long, short in SHORT.items() if what.startswith(long)), what)
