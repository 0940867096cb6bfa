"""From words, or options of the command line, to a question: which metrics, over which window, of which repository."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from analytics.filters import APPLIES_TO, Filters
from analytics.metric import Metric
from analytics.tables import DATASET_NOUNS
from analytics.window import Window, iso
from reports.against import PREVIOUS, Against, year_before
from reports.asked_for import asked_for, written
from reports.clash import Clash, Line
from reports.compared_windows import compared, too_many
from reports.escape import code
from reports.metric_names import (
    HELP,
    OF_ORGANISATION,
    default_metric,
    knowing,
    names_of,
    of_organisation,
    readable,
    unknown_metric,
)
from reports.mistake import Mistake
from reports.options import KEYS, SHAPE, UNFILTERED, Options, read, usage_of
from reports.period import EVERYTHING, Period, instant, period
from reports.sorted_words import sorted_out

__all__ = [
    "OF_ORGANISATION", "PREVIOUS", "USAGE", "Against", "Mistake", "Question", "names_of", "readable", "year_before",
]  # fmt: skip

USAGE = f"{SHAPE} [key=value …]"
DEFAULT_PERIOD = "30d"
WAITING = "waiting"
UNKNOWN_PATHS = "which files a pull request touches is not stored"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: metrics by name, the window, the repository by its numeric id and its present `owner/name`.

    notes: plain sentences about how the words were read ("the end was cut at now"); not part of the question ·
    sees_traffic: whether whoever asks may see the repository's traffic · repositories: the ids that figures of a whole
    organisation are counted over, empty where none are asked for · filters: which rows it is about · against: what the
    answer is compared with · whole_organisation: whether the figures are over all of `repositories` together ·
    compare: whether the answer shows every row of the comparison and a picture of both periods · elsewhere: by which
    name another repository than the thread's was asked for; whoever looks it up sets repository_id and repository, and
    leaves this, with which the question is written again · counted: the ids that everything but traffic is counted over
    where a whole organisation is asked about, in order; empty until somebody has decided.
    """

    metrics: tuple[str, ...]
    window: Window
    repository_id: int
    repository: str
    notes: tuple[str, ...] = field(default=(), compare=False)
    sees_traffic: bool = False
    repositories: tuple[int, ...] = ()
    filters: Filters = UNFILTERED
    against: Against = PREVIOUS
    whole_organisation: bool = False
    compare: bool = False
    elsewhere: str = ""
    counted: tuple[int, ...] = ()

    @classmethod
    def from_words(
        cls,
        words: Sequence[str],
        options: Options = (),
        *,
        now: datetime,
        repository_id: int,
        repository: str,
        metrics: Mapping[str, Metric],
        compare: bool = False,
        usage: str = USAGE,
        commands: Sequence[str] = HELP,
    ) -> Question:
        """Read what follows `/analytics`: any number of metrics and at most one period, in any order, and the options.

        Nothing said means the overview of the last 30 days. `compare` allows a second period, the earlier of which is
        what the later is compared with; `commands` may have been meant by a word that means nothing. Raises Mistake
        with the sentence to answer.
        """

        def ask(words: Sequence[str], options: Options, *, compare: bool) -> Question:
            return cls.understood(
                words,
                options,
                now=now,
                repository_id=repository_id,
                repository=repository,
                metrics=metrics,
                compare=compare,
                usage=usage,
                commands=commands,
            )

        try:
            return ask(words, options, compare=compare)
        except Clash as clash:
            again = clash.settled(lambda one: ask([*one.metrics, *one.periods], one.options, compare=one.compare))
            raise again from None

    @classmethod
    def understood(
        cls,
        words: Sequence[str],
        options: Options,
        *,
        now: datetime,
        repository_id: int,
        repository: str,
        metrics: Mapping[str, Metric],
        compare: bool,
        usage: str,
        commands: Sequence[str],
    ) -> Question:
        """Read words and options as `from_words` does; raises Clash where they are right and do not go together."""
        said = read(options, repository=repository, now=now, metrics=names_of(metrics))
        names, periods = sorted_out(words, names_of(metrics), now, usage, commands)
        line = Line(usage.partition(" [")[0], names, tuple(periods), tuple(options), compare)
        if len(periods) > (2 if compare else 1):
            raise too_many(line, usage)
        chosen = names or (default_metric(metrics),)
        if chosen == (WAITING,) and (periods or said.against is not None or compare):
            raise about_now(next(iter(periods), "vs=" if said.against is not None else "compare"))
        if said.organisation:
            chosen = of_organisation(chosen, metrics, usage_of("scope"))
        notes = narrowed(chosen, said.filters, metrics)
        window, against = compared(list(periods.values()) or [period(DEFAULT_PERIOD, now)], said, usage, line)
        if compare and against.window_for(window) is None:
            sentence = "Nothing lies before the whole history, so nothing can be compared with it."
            raise Clash(sentence, usage, EVERYTHING, (line.over("1y").text, line.over("1y")))
        return cls(
            chosen,
            window,
            repository_id,
            repository,
            tuple(dict.fromkeys(note for found in periods.values() for note in found.notes)) + said.notes + notes,
            filters=said.filters,
            against=against,
            whole_organisation=said.organisation and any(not name.startswith(OF_ORGANISATION) for name in chosen),
            compare=compare,
            elsewhere=said.elsewhere,
        )

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
        options: Options = (),
    ) -> Question:
        """Read the command line's --since, --until and --metric; `options` are further ones as a comment has them.

        Both ends are instants of the half-open window: a date is its midnight UTC, so `--since 2026-01-01 --until
        2026-04-01` is the first quarter; `2026-01-01T08:00:00Z` is that moment; `90d` and `12w` count back, for
        --since from the end, for --until from now; `--since all` is everything. Without --since, 30 days; without
        --until, now. No metric means all that GitHub can be asked for now and the options can narrow. Raises Mistake.
        """
        usage = "--since 2026-01-01 | 2026-01-01T08:00:00Z | 90d | 12w | 6m | 1y | ytd | all, --until likewise"
        said = read(options, repository=repository, now=now)
        end, end_notes = instant(until, now, now, usage) if until else (now, ())
        begin, begin_notes = instant(since or DEFAULT_PERIOD, end, now, usage)
        if begin >= end:
            sentence = f"The window must begin before it ends; {iso(begin)} is not before {iso(end)}."
            raise Mistake(sentence, usage, word=since or "")
        names = names_of(known)
        for word in metrics:
            if word.casefold() not in names:
                raise unknown_metric(word, names, USAGE, now)
        able = [name for name in readable(known) if all(name in knowing(known, key) for key in said.filters.used)]
        chosen = tuple(dict.fromkeys(names[word.casefold()] for word in metrics)) or tuple(able)
        narrowing = narrowed(chosen, said.filters, known)
        line = Line("", chosen, (), tuple(options), compare=False)
        window, against = compared([Period(Window(begin, end))], said, usage, line)
        notes = (*begin_notes, *end_notes, *said.notes, *narrowing)
        return cls(chosen, window, repository_id, repository, notes, filters=said.filters, against=against)

    @property
    def seed(self) -> int:
        """The seed of every bootstrap: the same for the same repository and window, whatever else is asked with it."""
        text = f"{self.repository_id} {iso(self.window.since)} {iso(self.window.until)}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")

    @property
    def previous(self) -> Window | None:
        """The window to compare with; None where nothing lies before the question's."""
        return self.against.window_for(self.window)


def about_now(word: str) -> Mistake:
    """Say that what waits has no period."""
    sentence = f"{code(WAITING)} is about what waits now; it has no period and nothing to compare with."
    return Mistake(sentence, f"/analytics {WAITING} [key=value …]", nearest=f"/analytics {WAITING}", word=word)


def narrowed(chosen: Sequence[str], filters: Filters, metrics: Mapping[str, Metric]) -> tuple[str, ...]:
    """Return a note for each filter that narrows a part of what is asked only; where it narrows nothing, a Mistake."""
    notes = []
    for key in sorted(filters.used, key=list(KEYS).index):
        able = knowing(metrics, key)
        for name in chosen:
            if name not in able:
                every = [one for one in able if all(one in knowing(metrics, other) for other in filters.used)]
                raise cannot_narrow(key, name, able, filters, every)
        whole = {dataset for name in chosen for dataset in metrics[name].needs} - APPLIES_TO[key]
        if whole:
            nouns = " and ".join(sorted(f"{DATASET_NOUNS[dataset]}s" for dataset in whole))
            notes.append(f"{key}= does not narrow {nouns}")
    return tuple(notes)


def cannot_narrow(key: str, name: str, able: Sequence[str], filters: Filters, every: Sequence[str]) -> Mistake:
    """Say which metric a filter can do nothing for, and which ones it can; `every`: those that all filters narrow."""
    can = ", ".join(code(other) for other in able)
    sentence = (
        f"{code(key + '=')} cannot narrow {code(name)}; it filters {can}." if can else f"Nothing has a {key} here."
    )
    if key == "path":
        sentence = f"{sentence.removesuffix('.')}; {UNKNOWN_PATHS}."
    near = f"{every[0]} {key}={','.join(written(value) for value in asked_for(filters)[key])}" if every else None
    return Mistake(sentence, usage_of(key), nearest=near, word=name.removeprefix(OF_ORGANISATION))
