"""A page's address and the same question as a command. Pure.

`/r/o/n/time-to-merge?period=90d&vs=year&author=octocat` asks what `/analytics time-to-merge 90d vs=year author=octocat`
asks: values are written exactly as in a comment and read by the same reader, `Question.from_words`. `compare=yes` is
the command `compare`; `compare=2026-Q1` is its second period.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from analytics.metric import Metric
from reports import when
from reports.asked_for import written
from reports.asking_again import options_of
from reports.metric_names import OF_ORGANISATION
from reports.mistake import Mistake
from reports.options import pieces, unknown_key
from reports.period import USAGE as PERIODS
from reports.period import looks_like_period, period, quoted
from reports.question import WAITING, Question, names_of

FILTERS = ("author", "label", "base", "path")
KEYS = ("period", "vs", *FILTERS, "compare")
YES = "yes"
OURS = frozenset({"theme", "at", "over"})
"""What an address says besides the question."""
COMMAND = "/analytics"
USAGE = f"{COMMAND} [metric] [period] [{'=… '.join(('vs', *FILTERS))}=…]"
ELSEWHERE: Mapping[str, str] = {
    "team": "Teams are asked about in a comment: only GitHub knows who belongs to one, and a page does not ask it.",
    "in": "Each repository has a page of its own; the list of repositories leads there.",
    "scope": "All repositories together have a page of their own, the organisation's.",
}
"""What a comment can ask and an address cannot, and why."""
TOKEN = re.compile(r'(?:[^\s"]|"[^"]*")+')
OPTION = re.compile(r"([a-z]+)=(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks: the metric, and what is said of it, by key, in order and as it was written."""

    metric: str
    said: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of_query(cls, metric: str, query: Iterable[tuple[str, str]]) -> Asked:
        """Read an address; fields of a form that were left empty say nothing."""
        said = ((key.strip().lower(), value.strip()) for key, value in query)
        return cls(metric, tuple((key, value) for key, value in said if value and key not in OURS))

    @classmethod
    def of_question(cls, question: Question) -> Asked:
        """Return what asks exactly this again, whenever that is: its window by its days or moments."""
        against, said = question.against, dict[str, str]()
        if question.metrics != (WAITING,):
            said["period"] = when.typed(question.window)
        said |= {key: value for key, value in options_of(question).items() if key in KEYS}
        if question.compare:
            said["compare"] = when.typed(against.window) if against.window is not None else YES
        elif against.window is not None:
            said["vs"] = when.typed(against.window)
        return cls(question.metrics[0], tuple(said.items()))

    def value(self, key: str) -> str:
        """Return what is said of a key, as one field of a form shows it; empty where nothing is."""
        return ",".join(value for name, value in self.said if name == key)

    @property
    def compares(self) -> bool:
        """Whether every row of the comparison is asked for."""
        return bool(self.value("compare"))

    def but(self, metric: str | None = None, **changed: str) -> Asked:
        """Return the same with other values; an empty one takes a key away."""
        kept = [(key, value) for key, value in self.said if key not in changed]
        said = (*kept, *((key, value) for key, value in changed.items() if value))
        return Asked(self.metric if metric is None else metric, tuple(said))

    def only(self, keys: Iterable[str]) -> Asked:
        """Return the same with these keys alone."""
        return Asked(self.metric, tuple(pair for pair in self.said if pair[0] in set(keys)))

    @property
    def query(self) -> str:
        """What stands behind the path, with its question mark; empty where nothing is said."""
        in_order = sorted(self.said, key=lambda pair: KEYS.index(pair[0]) if pair[0] in KEYS else len(KEYS))
        return f"?{urlencode(in_order)}" if in_order else ""

    def address(self, base: str, *, tail: str = "") -> str:
        """Return the address of this question below `base`; tail stands between the metric and the query."""
        return f"{base}/{self.metric}{tail}{self.query}"

    def question(
        self,
        *,
        now: datetime,
        repository_id: int,
        repository: str,
        metrics: Mapping[str, Metric],
        organisation: bool = False,
    ) -> Question:
        """Return the question, as a comment of the repository would ask it; raises Mistake."""
        for key in ELSEWHERE:
            if self.value(key):
                raise Mistake(ELSEWHERE[key], USAGE, word=f"{key}={self.value(key)}")
        known = names_of(metrics)
        for key, value in self.said:
            if key not in KEYS:
                sentence = (
                    f"{quoted(key + '=')} is no key of a page; there are {', '.join(f'`{one}=`' for one in KEYS)}."
                )
                near = unknown_key(key, value, repository, known, now).nearest
                raise Mistake(sentence, USAGE, nearest=near, word=f"{key}={value}")
        words = self.words
        for word in words:
            if word.casefold() in known:
                raise Mistake(f"{quoted(word)} is no period; each metric has its own page.", PERIODS, word=word)
        if len(words) == 1 and not looks_like_period(words[0]):
            period(words[0], now)  # which says what is wrong with it as a period
        options = [pair for pair in self.said if pair[0] not in ("period", "compare")]
        if organisation:
            options.append(("scope", "org"))
        name = self.metric.removeprefix(OF_ORGANISATION) if organisation else self.metric
        return Question.from_words(
            [name, *words],
            options,
            now=now,
            repository_id=repository_id,
            repository=repository,
            metrics=metrics,
            compare=self.compares,
            usage=USAGE.replace(COMMAND, f"{COMMAND} compare", 1) if self.compares else USAGE,
        )

    @property
    def words(self) -> list[str]:
        """The words that are no options: one period, or two to compare."""
        periods = [value for key, value in self.said if key == "period"]
        periods += [value for key, value in self.said if key == "compare" and value.casefold() != YES]
        return [word for value in periods for word in value.split()]

    def line(self, *, organisation: bool = False) -> str:
        """Return the command that asks the same, with its periods as they were written; of a question that is right."""
        first = [COMMAND, *(["compare"] if self.compares else []), self.metric]
        said = [
            f"{key}={','.join(written(piece) for piece in pieces(key, value))}"
            for key, value in self.said
            if key not in ("period", "compare")
        ]
        scope = ["scope=org"] if organisation and not self.metric.startswith(OF_ORGANISATION) else []
        return " ".join([*first, *self.words, *said, *scope])


def suggestions(asked: Asked, wrong: Mistake, metrics: Mapping[str, Metric]) -> list[Asked]:
    """Return what a mistake's nearest right words may lead to, the most of what was said kept first; none without."""
    if not wrong.nearest:
        return []
    whole = wrong.nearest.startswith(COMMAND)
    metric, said = read(wrong.nearest.removeprefix(COMMAND), asked.metric, metrics)
    if set(said) == {"period"} and wrong.word == asked.value("compare"):
        said = {"compare": said["period"]}  # the second of two periods was wrong
    alone = [] if "compare" in said and not whole else [Asked(metric, tuple(said.items()))]  # one period is no second
    if whole:
        return alone
    kept = [(key, value) for key, value in asked.said if key in KEYS and key not in said]
    unharmed = [(key, value) for key, value in kept if not wrong.word or wrong.word not in (value, f"{key}={value}")]
    return [Asked(metric, (*some, *said.items())) for some in (unharmed, kept)] + alone


def read(command: str, metric: str, metrics: Mapping[str, Metric]) -> tuple[str, dict[str, str]]:
    """Return the metric and the keys of a command that was suggested, with `metric` where it names none."""
    known, said = names_of(metrics), dict[str, str]()
    for word in TOKEN.findall(command):
        option = OPTION.fullmatch(word)
        if option is not None:
            said[option[1]] = option[2]
        elif word == "compare":
            said["compare"] = YES
        elif word.casefold() in known:
            metric = known[word.casefold()]
        elif "period" in said and "compare" in said:
            said["compare"] = word
        else:
            said["period"] = word
    return metric, said
