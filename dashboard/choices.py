"""What stands beside an answer so that another can be asked for: tabs, periods, comparisons, filters. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from analytics.metric import Metric
from analytics.metrics import all_metrics
from dashboard.asking import COMMAND, FILTERS, YES, Asked, suggestions
from dashboard.inline import inline
from reports.metric_names import knowing
from reports.mistake import Mistake
from reports.options import KEYS, MEANINGS, example
from reports.question import DEFAULT_PERIOD, WAITING
from storage.installations import Repository

PERIODS: Mapping[str, str] = {
    "30d": "30 days", "90d": "90 days", "6m": "6 months", "1y": "1 year", "ytd": "This year", "all": "All",
}  # fmt: skip
TAB_NAMES: Mapping[str, str] = {"stars": "Stars", "org-traffic": "Traffic"}
"""What a tab says where a metric's title is longer than there is room for: all tabs of a repository fit on one line."""
COMPARISONS: Mapping[str, str] = {"": "The period before", "year": "A year before"}
FILTER_NAMES: Mapping[str, str] = {
    "author": "Author", "label": "Label", "base": "Base branch", "path": "Path",
}  # fmt: skip

MADE_UP = frozenset(example(key) for key, written in KEYS.items() if "|" not in written)
"""Examples that name somebody or something: shown as a way to write it, never as what was meant."""


@dataclass(frozen=True)
class Choice:
    """A link among others of its kind; chosen: it is what the page shows."""

    name: str
    address: str
    chosen: bool


@dataclass(frozen=True)
class Field:
    """A filter's field. example: how a value is written · meaning: what it does."""

    key: str
    name: str
    value: str
    example: str
    meaning: str


@dataclass(frozen=True)
class Wrong:
    """What was wrong with a question, what may have been meant, where that leads, and how it is written."""

    sentence: Markup
    nearest: str
    address: str
    usage: str


def keys_of(metric: Metric) -> tuple[str, ...]:
    """Return what can be said of a metric: what waits has no period, and not every filter narrows everything."""
    filters = tuple(key for key in FILTERS if metric.name in knowing(all_metrics(), key))
    return filters if metric.name == WAITING else ("period", "vs", *filters, "compare")


def choices(asked: Asked, names: Sequence[str], base: str, now: datetime, home: Repository) -> dict[str, Any]:
    """Return what a page's template needs to ask something else; what is offered can be asked `now` of `home`."""

    def can_be(one: Asked) -> bool:
        return is_right(one, now, home)

    metric = all_metrics()[asked.metric]
    keys = keys_of(metric)
    return {
        "metric": metric,
        "asked": asked,
        "action": f"{base}/{asked.metric}",
        "tabs": [tab(name, asked, base) for name in names],
        "periods": periods(asked, base, can_be) if "period" in keys else [],
        "comparisons": comparisons(asked, base, can_be) if "vs" in keys else [],
        "fields": [field(key, asked) for key in FILTERS if key in keys],
        "narrowed": any(asked.value(key) for key in FILTERS) or asked.value("vs") not in COMPARISONS or asked.compares,
        "compare": asked.value("compare") or YES,
        "default_period": DEFAULT_PERIOD,
    }


def tab(name: str, asked: Asked, base: str) -> Choice:
    """Return a metric's tab, which asks of it as much of the question as it can be asked."""
    metric = all_metrics()[name]
    kept = asked.but(metric=name).only(keys_of(metric))
    return Choice(TAB_NAMES.get(name, metric.title), kept.address(base), name == asked.metric)


def periods(asked: Asked, base: str, can_be: Callable[[Asked], bool]) -> list[Choice]:
    """Return the usual periods, without what else was compared with where the two would overlap."""
    compare = asked.value("compare")
    now = asked.value("period") or DEFAULT_PERIOD
    found = []
    for word, name in PERIODS.items():
        said = asked.but(period="" if word == DEFAULT_PERIOD else word, compare="" if second(asked) else compare)
        if word == "all" and "/" not in said.value("vs"):
            said = said.but(vs="", compare="")  # nothing lies before it
        # the last is right beside whatever else was wrong
        less = (said, said.but(vs=""), said.but(vs="", compare=""), said.only(("period",)))
        possible = next((one for one in less if can_be(one)), less[-1])
        found.append(Choice(name, possible.address(base), now.casefold() == word))
    return found


def comparisons(asked: Asked, base: str, can_be: Callable[[Asked], bool]) -> list[Choice]:
    """Return the usual comparisons that can be asked; none for the whole history, before which nothing lies."""
    now = asked.value("vs").casefold().replace("previous", "")
    of_two = second(asked)
    kept = asked.but(compare=YES) if of_two else asked
    offered = [(kept.but(vs=word), word, name) for word, name in COMPARISONS.items()]
    if asked.value("period").casefold() == "all":
        return []
    return [Choice(name, one.address(base), now == word and not of_two) for one, word, name in offered if can_be(one)]


def is_right(asked: Asked, now: datetime, home: Repository) -> bool:
    """Tell whether a question can be asked."""
    try:
        asked.question(now=now, repository_id=home.id, repository=home.full_name, metrics=all_metrics())
    except Mistake:
        return False
    return True


def second(asked: Asked) -> bool:
    """Return whether a second period is compared with, as `compare=2026-Q1` says; `compare=yes` names none."""
    return asked.value("compare").casefold() not in ("", YES)


def field(key: str, asked: Asked) -> Field:
    """Return a filter's field with what was typed."""
    return Field(key, FILTER_NAMES[key], asked.value(key), KEYS[key].partition("=")[2], MEANINGS[key])


def wrong_of(wrong: Mistake, asked: Asked, base: str, now: datetime, home: Repository) -> Wrong:
    """Return a mistake as a page shows it; what may have been meant is a link if it can be asked."""
    nearest = wrong.nearest or ""
    if nearest in MADE_UP and nearest.partition("=")[2] not in wrong.word:
        nearest = ""
    possible = (one for one in suggestions(asked, wrong, all_metrics()) if is_right(one, now, home))
    address = next((one.address(base) for one in possible), "") if nearest else ""
    usage = wrong.usage.replace(COMMAND, "").strip()
    return Wrong(inline(wrong.sentence), nearest, address, usage)
