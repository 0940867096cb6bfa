"""From words, or options of the command line, to a question: which metrics, over which window, of which repository."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from analytics.filters import Filters
from analytics.metric import Metric
from analytics.tables import CAPTURED
from analytics.window import Window, iso
from reports.escape import code
from reports.mistake import Mistake
from reports.nearest import nearest
from reports.period import Period, instant, looks_like_period, period

__all__ = ["USAGE", "Mistake", "Question"]

USAGE = "/analytics [metric …] [30d | 12w | 2026-01-01..2026-03-31] [scope=org]"
DEFAULT_METRIC = "overview"
DEFAULT_PERIOD = "30d"
SCOPE = "scope="
ORGANISATION = frozenset({"org", "organisation", "organization"})
ONE_REPOSITORY = frozenset({"repo", "repository"})
OF_ORGANISATION = "org-"
"""What the name of a metric over all repositories begins with: `org-traffic` is `traffic scope=org`."""
# Characters that come along when a word is marked up, listed or ends a sentence.
DRESSING = "`*,;"


@dataclass(frozen=True, slots=True)
class Against:
    """What an answer is compared with: the period just before, the same one a year before, another repository's same
    period, or another period.

    repository_id, repository: the other one's, 0 and empty where it is the same one · window: another period, None
    where it follows from the question's.
    """

    kind: Literal["previous", "year", "repository", "window"] = "previous"
    repository_id: int = 0
    repository: str = ""
    window: Window | None = None

    def window_for(self, asked: Window) -> Window | None:
        """Return the window that is compared with `asked`; None where nothing lies before it."""
        if self.window is not None or self.kind == "repository":
            return self.window or asked
        if asked.whole:
            return None
        if self.kind == "previous":
            return asked.previous()
        return Window(year_before(asked.since), year_before(asked.until))

    @property
    def spoken(self) -> str:
        """What it is called within a sentence: `in the period before`, `a year before`, `in o/r`."""
        if self.kind == "repository":
            return f"in {self.repository}"
        return {"previous": "in the period before", "year": "a year before"}.get(self.kind, "in the other period")


PREVIOUS = Against()


def year_before(moment: datetime) -> datetime:
    """Return the same moment of the year before; of 29 February, that of the day before."""
    try:
        return moment.replace(year=moment.year - 1)
    except ValueError:
        return moment.replace(year=moment.year - 1, day=28)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: metrics by name, the window, the repository by its numeric id and its present `owner/name`.

    notes: plain sentences about how the words were read ("the end was cut at now"); not part of the question ·
    sees_traffic: whether whoever asks may see the repository's traffic · repositories: the ids that figures of a whole
    organisation are counted over, empty where none are asked for · filters: which rows it is about · against: what the
    answer is compared with · whole_organisation: whether the figures are over all of `repositories` together.
    """

    metrics: tuple[str, ...]
    window: Window
    repository_id: int
    repository: str
    notes: tuple[str, ...] = field(default=(), compare=False)
    sees_traffic: bool = False
    repositories: tuple[int, ...] = ()
    filters: Filters = Filters()
    against: Against = PREVIOUS
    whole_organisation: bool = False

    @classmethod
    def from_words(
        cls,
        words: Sequence[str],
        *,
        now: datetime,
        repository_id: int,
        repository: str,
        metrics: Mapping[str, Metric],
    ) -> Question:
        """Read what follows `/analytics`: any number of metrics, at most one period and one scope, in any order.

        Nothing said means the overview of the last 30 days. Raises Mistake with the sentence to answer.
        """
        known = names_of(metrics)
        asked: list[str] = []
        said: Period | None = None
        whole_organisation = False
        for word in (plain for plain in (word.strip(DRESSING) for word in words) if plain):
            name = word.casefold()
            if name in known:
                asked.append(known[name])
            elif name.startswith(SCOPE):
                whole_organisation = is_organisation(word) or whole_organisation
            elif not looks_like_period(name):
                raise unknown_metric(word, known)
            elif said is not None:
                raise Mistake(f"{code(word)} is a second period; one command has one.", USAGE, word=word)
            else:
                said = period(name, now, USAGE)
        said = said or period(DEFAULT_PERIOD, now, USAGE)
        if whole_organisation:
            asked = of_organisation(asked, metrics)
        chosen = tuple(dict.fromkeys(asked)) or (default_metric(metrics),)
        return cls(chosen, said.window, repository_id, repository, said.notes)

    @classmethod
    def from_options(
        cls,
        *,
        since: str | None,
        until: str | None,
        metrics: Sequence[str],
        now: datetime,
        repository_id: int,
        repository: str,
        known: Mapping[str, Metric],
    ) -> Question:
        """Read the command line's --since, --until and --metric.

        Both ends are instants of the half-open window: a date is its midnight UTC, so `--since 2026-01-01 --until
        2026-04-01` is the first quarter; `2026-01-01T08:00:00Z` is that moment; `90d` and `12w` count back, for
        --since from the end, for --until from now; `--since all` is everything. Without --since, 30 days; without
        --until, now. No metric means all that GitHub can be asked for now. Raises Mistake.
        """
        usage = "--since 2026-01-01 | 2026-01-01T08:00:00Z | 90d | 12w | all, --until likewise"
        end, end_notes = instant(until, now, now, usage) if until else (now, ())
        begin, begin_notes = instant(since or DEFAULT_PERIOD, end, now, usage)
        if begin >= end:
            sentence = f"The window must begin before it ends; {iso(begin)} is not before {iso(end)}."
            raise Mistake(sentence, usage, word=since or "")
        names = names_of(known)
        chosen = []
        for word in metrics:
            if word.casefold() not in names:
                raise unknown_metric(word, names)
            chosen.append(names[word.casefold()])
        return cls(
            tuple(dict.fromkeys(chosen)) or readable(known),
            Window(begin, end),
            repository_id,
            repository,
            (*begin_notes, *end_notes),
        )

    @property
    def seed(self) -> int:
        """The seed of every bootstrap: the same for the same repository and window, whatever else is asked with it."""
        text = f"{self.repository_id} {iso(self.window.since)} {iso(self.window.until)}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")

    @property
    def previous(self) -> Window | None:
        """The window to compare with; None where nothing lies before the question's."""
        return self.against.window_for(self.window)


def is_organisation(word: str) -> bool:
    """Tell whether `scope=…` means the whole organisation, or the repository, which is meant anyway; else a Mistake."""
    scope = word.casefold().removeprefix(SCOPE)
    if scope not in ORGANISATION | ONE_REPOSITORY:
        sentence = f"{code(word)} is no scope: there is {code('scope=org')}, all repositories together."
        raise Mistake(sentence, USAGE, nearest="scope=org", word=word)
    return scope in ORGANISATION


def of_organisation(asked: Sequence[str], metrics: Mapping[str, Metric]) -> list[str]:
    """Return the asked metrics over all repositories, where none is asked all there are; else a Mistake."""
    there_are = [name for name in metrics if name.startswith(OF_ORGANISATION)]
    for name in asked:
        if name not in there_are and OF_ORGANISATION + name not in there_are:
            sentence = f"{code(name)} is asked of one repository, not of all of them together."
            near = f"{there_are[0].removeprefix(OF_ORGANISATION)} scope=org" if there_are else None
            raise Mistake(sentence, USAGE, nearest=near, word=name)
    return [name if name in there_are else OF_ORGANISATION + name for name in asked] or there_are


def readable(metrics: Mapping[str, Metric]) -> tuple[str, ...]:
    """Return the metrics whose datasets GitHub can be asked for when the question comes."""
    return tuple(name for name, metric in metrics.items() if not metric.needs & CAPTURED)


def default_metric(metrics: Mapping[str, Metric]) -> str:
    return DEFAULT_METRIC if DEFAULT_METRIC in metrics else next(iter(metrics))


def names_of(metrics: Mapping[str, Metric]) -> dict[str, str]:
    """Return every word that names a metric, lower-cased -> the metric's name; a name wins over an alias."""
    aliases = {alias.casefold(): metric.name for metric in metrics.values() for alias in metric.aliases}
    return aliases | {name.casefold(): name for name in metrics}


def unknown_metric(word: str, known: Mapping[str, str]) -> Mistake:
    """Say that `word` names no metric, with the nearest one that does."""
    near = nearest(word, [*known, "help"])
    sentence = f"{code(word)} is neither a metric nor a period."
    return Mistake(sentence, USAGE, nearest=known.get(near, near) if near else None, word=word)
