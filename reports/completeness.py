"""The line under every answer: how much data it rests on, how old it is, what was left out, over which window."""

from __future__ import annotations

from datetime import datetime

from analytics.tables import CAPTURED, DATASET_NOUNS
from analytics.window import Window
from analytics.words import ago, day, number, plural
from reports import escape, when
from reports.about import about
from reports.answer import Answer, Completeness, DatasetState

IMPORTABLE = CAPTURED - {"snapshots"}  # what an import can bring; without one, it is pending until it is captured


def line(answer: Answer) -> str:
    """Return the completeness line as `<sub>`; its parts are separated by middle dots."""
    return f"<sub>{' · '.join([*parts(answer), '`/analytics help`'])}</sub>"


def parts(answer: Answer) -> list[str]:
    """Return what stands in the completeness line, what it is about first; each a line of harmless Markdown."""
    notes = [note for section in answer.sections for note in section.now.notes]
    sentences = [*answer.completeness.sentences, *notes, *answer.question.notes]
    said = [
        *(escape.text(phrase) for phrase in about(answer.question)),
        stored(answer.completeness, answer.as_of),
        elsewhere(answer),
        *(escape.text(sentence.strip().rstrip(".")) for sentence in dict.fromkeys(sentences)),
        over(answer),
        f"as of {answer.as_of:%Y-%m-%d %H:%M} UTC",
    ]
    return [part for part in said if part]


def over(answer: Answer) -> str:
    """Return the window; where everything is what there is at its end, that moment, unless it is the answer's own.

    A whole history begins with its earliest row.
    """
    window = answer.question.window
    until = window.until
    if not answer.sections or not all(section.of_a_moment for section in answer.sections):
        firsts = [state.first for state in answer.completeness.datasets.values() if state.first is not None]
        return when.ends(Window(min(firsts), until) if firsts else window)
    return "" if until == answer.as_of else when.moment(until, answer.as_of)


def elsewhere(answer: Answer) -> str:
    """Return what the other side rests on where that is another repository: `in o/r: 12 issues, synced 2 h ago`."""
    other = answer.completeness.other
    found = stored(Completeness(other), answer.as_of) if other else ""
    return f"{escape.text(answer.question.against.spoken)}: {found}" if found else ""


def stored(completeness: Completeness, as_of: datetime) -> str:
    """Return what the answer rests on: `34 pull requests, 68 reviews, synced 3 min ago`, then what is not readable."""
    states = completeness.datasets.values()
    rows = [part for state in states if not state.error and not state.pending for part in dataset(state)]
    asked = [state for state in states if not state.error and not state.pending and not imported(state)]
    if rows and asked:
        times = [state.synced_at for state in asked if state.synced_at is not None]
        rows.append(f"synced {ago(min(times), as_of)}" if len(times) == len(asked) else "not all of it synced yet")
    return " · ".join(filter(None, [", ".join(rows), *(unreadable(state) for state in states if state.error)]))


def imported(state: DatasetState) -> bool:
    """Return whether it all came by an import, so that nothing of it is to be synced; a sentence says up to when."""
    return state.dataset in IMPORTABLE and state.synced_at is None


def unreadable(state: DatasetState) -> str:
    """Return which dataset GitHub does not let the App read, and why: `commits not readable: …`."""
    return f"{noun(state)}s not readable: {escape.text((state.error or '').rstrip('.'))}"


def dataset(state: DatasetState) -> list[str]:
    """Return the rows of one dataset: of how many, where GitHub said so, and since when they are known."""
    counted = plural(state.stored, noun(state))
    if state.total is not None:
        counted = f"{number(state.stored)} of {plural(state.total, noun(state))}"
    if not state.whole_history and state.covered_since:
        counted += f" (older than {day(state.covered_since)} still being read)"
    if state.kept_since:
        counted += f" (those before {day(state.kept_since)} are no longer kept)"
    return [counted, *(f"{number(count)} {escape.text(part)}" for part, count in state.parts.items())]


def noun(state: DatasetState) -> str:
    """Return what one row of the dataset is called."""
    return DATASET_NOUNS.get(state.dataset) or escape.text(state.dataset)
