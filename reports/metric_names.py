"""Which words name which metrics, and which metrics are meant where none is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from analytics.filters import APPLIES_TO
from analytics.metric import Metric
from analytics.tables import CAPTURED
from reports.mistake import Mistake
from reports.nearest import nearest
from reports.options import KEYS, example
from reports.period import quoted
from reports.period_meant import meant

DEFAULT_METRIC = "overview"
HELP = ("help",)
MOST_JOINED = 4  # words that make up the longest name
OF_ORGANISATION = "org-"
"""What the name of a metric over all repositories begins with: `org-traffic` is `traffic scope=org`."""


def names_of(metrics: Mapping[str, Metric]) -> dict[str, str]:
    """Return every word that names a metric, lower-cased -> the metric's name; a name wins over an alias."""
    aliases = {alias.casefold(): metric.name for metric in metrics.values() for alias in metric.aliases}
    return aliases | {name.casefold(): name for name in metrics}


def default_metric(metrics: Mapping[str, Metric]) -> str:
    """Return what is meant where no metric is named."""
    return DEFAULT_METRIC if DEFAULT_METRIC in metrics else next(iter(metrics))


def readable(metrics: Mapping[str, Metric]) -> tuple[str, ...]:
    """Return the metrics whose datasets GitHub can be asked for when the question comes."""
    return tuple(name for name, metric in metrics.items() if not metric.needs & CAPTURED)


def knowing(metrics: Mapping[str, Metric], key: str) -> tuple[str, ...]:
    """Return the metrics that a filter can narrow: one of their datasets has such data."""
    return tuple(name for name, metric in metrics.items() if metric.needs & APPLIES_TO[key])


def of_organisation(asked: Sequence[str], metrics: Mapping[str, Metric], usage: str) -> tuple[str, ...]:
    """Return the asked metrics as they are called over all repositories of the organisation; else a Mistake.

    Traffic has a metric of its own there. What else is captured, unique visitors or lists of ten, cannot be added up.
    """
    return tuple(dict.fromkeys(together(name, metrics, usage) for name in asked))


def together(name: str, metrics: Mapping[str, Metric], usage: str) -> str:
    """Return what one metric is called over all repositories; Mistake if its figures cannot be added up."""
    if name.startswith(OF_ORGANISATION):
        return name
    if OF_ORGANISATION + name in metrics:
        return OF_ORGANISATION + name
    if metrics[name].needs & CAPTURED:
        sentence = f"{quoted(name)} is asked of one repository: GitHub's figures of several cannot be added up."
        there_are = [other for other in metrics if OF_ORGANISATION + other in metrics]
        raise Mistake(sentence, usage, nearest=f"{there_are[0]} scope=org" if there_are else None, word=name)
    return name


def unknown_metric(
    word: str, known: Mapping[str, str], usage: str, now: datetime, commands: Sequence[str] = HELP
) -> Mistake:
    """Say that `word` names no metric, with the nearest word that means something here, a command's name included."""
    sentence = f"{quoted(word)} is neither a metric nor a period."
    return Mistake(sentence, usage, nearest=near(word, known, commands, now), word=word)


def near(word: str, known: Mapping[str, str], commands: Sequence[str], now: datetime) -> str | None:
    """Return what may have been meant: `author=x` by `--author=x` or `author:x`, a period by `week`, else a metric."""
    bare = word.lstrip("-")
    key, _, value = bare.replace(":", "=", 1).partition("=")
    if key.casefold() in KEYS:
        return f"{key.casefold()}={value}" if value else example(key.casefold())
    pieces = [piece for piece in bare.casefold().split(",") if piece]
    if len(pieces) > 1:
        several = [known.get(piece) or nearest(piece, list(known)) for piece in pieces]
        return " ".join(dict.fromkeys(known.get(one, one) for one in filter(None, several))) or None
    found = meant(bare, now)
    if found is not None:
        return found
    found = nearest(word, [*known, *commands])
    return known.get(found, found) if found else None


def joined(words: Sequence[str], known: Mapping[str, str], now: datetime) -> tuple[str, str] | None:
    """Return how many of the first words, with a space between them, are one thing here, and that thing.

    `time to merge` is `time-to-merge`, `last 30 days` is `30d`.
    """
    for count in range(min(len(words), MOST_JOINED), 1, -1):
        said = " ".join(words[:count])
        found = known.get("-".join(words[:count]).casefold()) or meant(said, now)
        if found is not None:
            return said, found
    return None
