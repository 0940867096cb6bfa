"""The words of a question: which of them are metrics and which are periods, and what the others were meant to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from reports.escape import code
from reports.metric_names import joined, unknown_metric
from reports.mistake import Mistake
from reports.options import KEYS, example, usage_of
from reports.period import Period, looks_like_period, period, quoted

# Characters that come along when a word is marked up, listed or ends a sentence.
DRESSING = "`*,;"


def sorted_out(
    words: Sequence[str], known: Mapping[str, str], now: datetime, usage: str, commands: Sequence[str]
) -> tuple[tuple[str, ...], dict[str, Period]]:
    """Return the metrics that the words name, and their periods by how they are written; raises Mistake."""
    plain = [word for word in (word.strip(DRESSING) for word in words) if word]
    for place, word in enumerate(plain):
        if word.startswith("=") or word.endswith("="):
            raise spaced(plain, place, usage)
    asked: list[str] = []
    periods: dict[str, Period] = {}
    for place, word in enumerate(plain):
        name = word.casefold()
        if name in known:
            asked.append(known[name])
        elif any(name == said.casefold() for said in periods):
            raise Mistake(f"{quoted(word)} is said twice.", usage, word=word)
        else:
            try:
                if not looks_like_period(word):
                    raise unknown(word, known, now, usage, commands, first=not place)
                periods[word] = period(word, now)
            except Mistake as wrong:
                raise apart(plain[place:], wrong, known, now) from None
    return tuple(dict.fromkeys(asked)), periods


def unknown(
    word: str, known: Mapping[str, str], now: datetime, usage: str, commands: Sequence[str], *, first: bool
) -> Mistake:
    """Say that a word means nothing; the name of a command, which comes first, stands for the whole line elsewhere."""
    wrong = unknown_metric(word, known, usage, now, commands)
    if first or wrong.nearest not in commands or wrong.nearest in known:
        return wrong
    return Mistake(wrong.sentence, usage, nearest=f"/analytics {wrong.nearest}", word=word)


def apart(words: Sequence[str], wrong: Mistake, known: Mapping[str, str], now: datetime) -> Mistake:
    """Return what to say of the first word, unless it and the next ones are one thing that was written with spaces."""
    found = joined(words, known, now)
    if found is None:
        return wrong
    said, near = found
    return Mistake(f"{quoted(said)} is not written so here.", wrong.usage, nearest=near, word=said)


def spaced(words: Sequence[str], place: int, usage: str) -> Mistake:
    """Say that `author = octocat` is written without spaces."""
    key = words[place - 1].casefold() if place and words[place].startswith("=") else ""
    value = words[place].strip("=") or "".join(words[place + 1 : place + 2])
    near = (f"{key}={value}" if value else example(key)) if key in KEYS else None
    sentence = f"{code('=')} stands between a key and its value, without spaces."
    return Mistake(sentence, usage_of(key) if key in KEYS else usage, nearest=near, word=words[place])
