"""What tells whether two questions have one answer, and about how much of memory an answer takes."""

from __future__ import annotations

import asyncio
import hashlib
import importlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import msgspec

from analytics.metrics import all_metrics
from analytics.tables import CAPTURED
from analytics.window import Window
from reports.answer import Answer
from reports.compute_task import Task
from reports.question import Question
from storage.engine import Store
from storage.marks import read_marks

KILOBYTE = 1024
CELL = 64  # bytes
OBJECTS = 4  # times the bytes of its JSON is what a specification takes as objects
STORED_BESIDE = CAPTURED | {"stars"}
"""Datasets that come in by captures and webhooks, too, which no watermark tells of."""


async def key_of(store: Store, task: Task) -> str:
    """Return what all equal tasks have in common: everything they say, and what is stored of their repositories."""
    question = task.question
    ids = {question.repository_id, question.against.repository_id, *question.repositories, *task.together}
    stored = await store.read(lambda conn: read_marks(conn, ids))
    if any((all_metrics()[name].needs | all_metrics()[name].also) & STORED_BESIDE for name in question.metrics):
        # imported when first needed: an idle server does not carry the tables of traffic
        module = await asyncio.to_thread(importlib.import_module, "storage.captured_marks")
        stored += await store.read(lambda conn: module.captured_marks(conn, ids))
    said = repr(replace(task, question=within_the_minute(question, task.now), now=floored(task.now, task.now)))
    return hashlib.sha256(f"{said}\0{stored}".encode()).hexdigest()


def within_the_minute(question: Question, now: datetime) -> Question:
    """Return a question whose moments that count back from `now` are those of the whole minute."""
    against = question.against
    if against.window is not None:
        against = replace(against, window=floored_window(against.window, now))
    return replace(question, window=floored_window(question.window, now), against=against)


def floored_window(window: Window, now: datetime) -> Window:
    """Return a window with both ends as `floored`; one that would be empty then stays as it is."""
    since, until = floored(window.since, now), floored(window.until, now)
    return Window(since, until) if since < until else window


def floored(moment: datetime, now: datetime) -> datetime:
    """Return the minute of a moment that lies whole minutes from `now`; another one was written so, and stays."""
    if (moment.second, moment.microsecond) != (now.second, now.microsecond):
        return moment
    return moment.replace(second=0, microsecond=0)


def size_of(found: object) -> int:
    """Return about how many bytes an answer takes."""
    return sum(sizes(found)) if isinstance(found, Answer) else 0


def sizes(answer: Answer) -> Iterator[int]:
    """Yield about how many bytes each part of an answer takes: pictures, texts, and a few dozen for each cell."""
    for section in answer.sections:
        yield KILOBYTE
        for picture in section.pictures:
            yield len(picture.light) + len(picture.dark) + len(picture.svg) + 2 * (len(picture.alt) + len(picture.text))
            yield len(picture.values)
            if picture.spec is not None:
                yield OBJECTS * len(msgspec.json.encode(picture.spec))
        for measured in (section.now, section.before):
            for grid in measured.tables.values() if measured is not None else ():
                yield CELL * len(grid.columns) * len(grid.rows)
