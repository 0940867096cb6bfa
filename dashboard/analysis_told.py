"""What replicas tell each other of an analysis, as JSON in the database: what is asked, how far it is, what was found.

There is no field for the token.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import cast

import msgspec

from dashboard.analysis_run import TOLD, Run, State
from dashboard.analysis_wanted import Wanted
from reports.answer import DatasetState
from storage.analyses import Shared
from storage.installations import Repository

STOPPED = f"The server that read it stopped. {TOLD} Please begin it again."


class Progress(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far an analysis is, as the fields of `Run` that are called so."""

    phase: str = "Looking the repository up"
    noun: str = ""
    done: int = 0
    total: int | None = None
    until: datetime | None = None
    sentence: str = ""
    ended: datetime | None = None


class Found(msgspec.Struct, frozen=True):
    """What the rows of a done analysis are of: enough to answer the same from them again.

    states: how complete each dataset is · sentences: what is said of that beside the answer.
    """

    repository: Repository
    moment: datetime
    states: Mapping[str, DatasetState]
    sentences: tuple[str, ...]


def told_wanted(wanted: Wanted) -> str:
    """Return what is asked."""
    return msgspec.json.encode(asdict(wanted)).decode()


def progress_of(run: Run | None, *, done: datetime | None = None) -> str:
    """Return how far an analysis is; None is one that begins. done: it is done, since then."""
    if run is None:
        told = Progress()
    elif done is not None:
        told = Progress("Done", run.noun, run.done, run.total, ended=done)
    else:
        told = Progress(run.phase, run.noun, run.done, run.total, run.until, run.sentence, run.ended)
    return msgspec.json.encode(told).decode()


def stopped(at: datetime) -> str:
    """Return the progress of an analysis whose reader is gone."""
    return msgspec.json.encode(Progress("It could not be done", sentence=STOPPED, ended=at)).decode()


def told_found(run: Run) -> str:
    """Return what a done analysis rests on."""
    assert run.repository is not None, "it is done"
    assert run.task is not None, "it is done"
    assert run.answer is not None, "it is done"
    found = Found(run.repository, run.task.now, run.task.states, run.answer.completeness.sentences)
    return msgspec.json.encode(found).decode()


def found_of(told: str) -> Found:
    """Read what `told_found` wrote."""
    return msgspec.json.decode(told, type=Found)


def run_of(row: Shared, folder: Path) -> Run:
    """Return an analysis that another replica reads, or has read, as far as it has told; it has no token."""
    progress = msgspec.json.decode(row.progress, type=Progress)
    wanted = msgspec.json.decode(row.wanted, type=Wanted)
    run = Run(row.key, row.person_id, wanted, row.begun_at, row.used_at, folder, token=None)
    run.say(cast("State", row.state), **msgspec.structs.asdict(progress))
    return run
