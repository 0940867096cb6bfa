"""The line under every answer: how much data it rests on, how old it is, what was left out, over which window."""

from __future__ import annotations

from datetime import datetime

from analytics.words import ago, day, number, plural
from reports import escape, when
from reports.answer import Answer, Completeness, DatasetState

NOUNS = {"pulls": "pull request", "issues": "issue", "commits": "commit", "releases": "release"}


def line(answer: Answer) -> str:
    """Return the completeness line as `<sub>`; its parts are separated by middle dots."""
    notes = [note for section in answer.sections for note in section.now.notes]
    sentences = [*answer.completeness.sentences, *notes, *answer.question.notes]
    parts = [
        stored(answer.completeness, answer.as_of),
        *(escape.text(sentence.strip().rstrip(".")) for sentence in dict.fromkeys(sentences)),
        when.ends(answer.question.window),
        f"as of {answer.as_of:%Y-%m-%d %H:%M} UTC",
        "`/analytics help`",
    ]
    return f"<sub>{' · '.join(part for part in parts if part)}</sub>"


def stored(completeness: Completeness, as_of: datetime) -> str:
    """Return what the answer rests on: `34 of 34 pull requests, 68 reviews, synced 3 min ago`."""
    if not completeness.datasets:
        return ""
    rows = [part for state in completeness.datasets.values() for part in dataset(state)]
    synced = completeness.synced_at
    return ", ".join([*rows, f"synced {ago(synced, as_of)}" if synced else "not all of it synced yet"])


def dataset(state: DatasetState) -> list[str]:
    """Return the rows of one dataset, and why some may be missing."""
    noun = NOUNS.get(state.dataset, escape.text(state.dataset))
    if state.error:
        return [f"no {noun}s ({escape.text(state.error.rstrip('.'))})"]
    if state.total is None:
        counted = plural(state.stored, noun)
    else:
        counted = f"{number(state.stored)} of {plural(state.total, noun)}"
    if not state.whole_history and state.covered_since:
        counted += f" (older than {day(state.covered_since)} still being read)"
    return [counted, *(f"{number(count)} {escape.text(part)}" for part, count in state.parts.items())]
