"""Measure what is to be spoken of and put it into words: the work of a pool's process, as in `reports.compute`."""

from __future__ import annotations

from datetime import datetime

from analytics.merged_pull import pull_waits
from analytics.milestone_items import milestone_items, place_of
from analytics.release_contents import release_contents
from analytics.tables import Tables
from analytics.words import speaking
from reports.completeness import stored
from reports.compute import completeness
from reports.escape import text
from reports.speaking_task import NOT_THERE_YET, NOTHING_TO_SAY, SpeakingTask, Spoken
from reports.speaking_words import merged_words, milestone_words, pull_words, release_words
from storage.loading import load

TABLES = {
    "merged": ("pulls", "reviews"),
    "label": ("pulls", "reviews"),
    "release": ("pulls", "reviews", "releases", "commits"),
    "milestone": ("pulls", "reviews", "issues"),
}


def spoken(asked: SpeakingTask) -> Spoken:
    """Return what is to be said of an event, with numbers and days as the owners' language writes them.

    All history that is stored is loaded: what was merged within the usual's window may have been reviewed before it.
    """
    task = asked.task
    terms = task.terms
    tables = Tables.of(
        load(
            task.database,
            task.question.repository_id,
            TABLES[asked.kind],
            None,
            task.question.window.until,
            terms=terms,
        )
    )
    with speaking(terms.language):
        said = OF_KIND[asked.kind](asked, tables)
        if said.markdown is None or asked.kind == "label":  # there the overview's own line follows
            return said
        return Spoken(said.place, f"{said.markdown}\n\n{line(asked, tables)}")


def of_merged(asked: SpeakingTask, tables: Tables) -> Spoken:
    """A pull request that was merged."""
    waits = pull_waits(tables, asked.number, asked.task.question.window.until)
    if waits is None or not waits.merged:
        return NOT_THERE_YET
    return Spoken(asked.number, merged_words(waits))


def of_label(asked: SpeakingTask, tables: Tables) -> Spoken:
    """A pull request that was labelled, wherever it stands."""
    waits = pull_waits(tables, asked.number, asked.task.question.window.until)
    return NOT_THERE_YET if waits is None else Spoken(asked.number, pull_words(waits))


def of_release(asked: SpeakingTask, tables: Tables) -> Spoken:
    """A release; one that holds nothing is not spoken of, and one that is not listed yet comes again."""
    if not (tables.releases["tag"] == asked.name).any():
        return NOT_THERE_YET
    contents = release_contents(tables, asked.name, in_threads_of_programs=asked.bots)
    if contents is None or contents.place is None:
        return NOTHING_TO_SAY
    return Spoken(contents.place, release_words(contents, asked.task.terms.people))


def of_milestone(asked: SpeakingTask, tables: Tables) -> Spoken:
    """A milestone; one in which nothing was closed is not spoken of."""
    place = place_of(asked.items, in_threads_of_programs=asked.bots)
    if place is None:
        return NOTHING_TO_SAY
    items = milestone_items(tables, asked.items, asked.at)
    return Spoken(place, milestone_words(asked.name, items, asked.at, asked.opened_at, asked.due_at))


OF_KIND = {"merged": of_merged, "label": of_label, "release": of_release, "milestone": of_milestone}


def line(asked: SpeakingTask, tables: Tables) -> str:
    """Return the small line under it: how much it rests on, how old that is, and what switches it off."""
    task = asked.task
    complete = completeness(task, tables)
    parts = [
        stored(complete, task.now),
        *(text(sentence.strip().rstrip(".")) for sentence in complete.sentences),
        as_of(task.now),
        f"`on: {asked.kind}` in `.github/analytics.yml`",
    ]
    return f"<sub>{' · '.join(part for part in parts if part)}</sub>"


def as_of(now: datetime) -> str:
    """Return the moment that the figures are of."""
    return f"as of {now:%Y-%m-%d %H:%M} UTC"
