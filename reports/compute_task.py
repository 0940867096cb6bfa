"""What a pool's worker is asked: small and picklable, and importable without pandas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from analytics.terms import DEFAULT_TERMS, Terms
from reports.answer import DatasetState
from reports.question import Question


@dataclass(frozen=True)
class Task:
    """A question and where its answer lies.

    database: the store's address · states: how complete each needed dataset is · pictures: whether to draw
    PNGs; without, a picture is its text alone · workflow_runs: how many there were from one UTC day up to, but without,
    another, where that was read · terms: what the owners have set that changes numbers or words · other_states: how
    complete the datasets of the repository are that the question compares with · together: the repositories that the
    figures of a whole organisation are over, empty where one is asked about · specs: whether pages want interactive
    charts · svgs: whether somebody takes pictures away as SVG.
    """

    database: str
    question: Question
    now: datetime
    states: Mapping[str, DatasetState]
    pictures: bool = True
    most_pictures: int | None = None
    workflow_runs: Mapping[tuple[date, date], int] = field(default_factory=dict)
    terms: Terms = DEFAULT_TERMS
    other_states: Mapping[str, DatasetState] = field(default_factory=dict)
    together: tuple[int, ...] = ()
    specs: bool = False
    svgs: bool = False


@dataclass(frozen=True)
class Drawing:
    """Charts of an answer that was computed before, to be drawn.

    charts: what its pictures have as `values` · language: of the terms on which it was given.
    """

    charts: tuple[bytes, ...]
    form: Literal["png", "svg"]
    language: str = "en"
