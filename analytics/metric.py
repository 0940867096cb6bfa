"""A metric and its description in one value: what it needs, how it is measured, said, compared and drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from analytics.charts.chart import Chart
from analytics.tables import Tables
from analytics.terms import DEFAULT_TERMS, Terms
from analytics.window import Window

Cell = str | int | float | None
Audience = Literal["everyone", "push"]
Fact = Cell | list[float] | list[int] | list[float | None]


@dataclass(frozen=True, slots=True)
class Grid:
    """A small table without pandas: column names and rows of plain cells; times are ISO 8601 text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...] = ()

    def records(self) -> list[dict[str, Cell]]:
        """Return one mapping per row, keyed by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a metric found in one window: `facts` and `tables` are published, `samples` only feed comparisons.

    A fact that cannot be known is None, never NaN. `notes` are sentences for the completeness line
    ("2 negative durations left out").
    """

    facts: Mapping[str, Fact]
    tables: Mapping[str, Grid] = field(default_factory=dict)
    samples: Mapping[str, Sequence[float]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """What is being asked about: the repository, the window, the moment of the answer, what history is complete."""

    repository: str
    window: Window
    now: datetime
    whole_history: frozenset[str] = frozenset()
    """Datasets whose whole history is stored; "first ever" may be said only of these."""
    refused: frozenset[str] = frozenset()
    """Datasets that GitHub does not show here: nothing may be said of them, least of all that there is nothing."""
    seed: int = 0
    """Seed of every bootstrap, made from the question, so that the same question gives the same answer."""
    sees_traffic: bool = False
    """True where the asker may see the repository's traffic; an overview says nothing of it otherwise."""
    workflow_runs: Mapping[tuple[date, date], int] = field(default_factory=dict, hash=False)
    """How many workflow runs were created from one UTC day up to, but without, another, where that could be read."""
    against: str = "in the period before"
    """What `before` is, as it stands in a sentence: "in the period before", "a year before", "in o/r"."""
    exposure: float = 1.0
    """How many times as long as `before` the window is: counts of uneven windows are compared by the day."""
    terms: Terms = DEFAULT_TERMS
    """What the repository's owners have set: the second clock, targets, whether people are named."""
    on_page: bool = False
    """True where a page asks, which has room for more pictures than a comment."""
    began: datetime | None = None
    """When the earliest row of a whole history is from."""

    @property
    def named(self) -> Window:
        """The window as a picture names it: a whole history begins with its earliest row."""
        return Window(self.began, self.window.until) if self.window.whole and self.began else self.window


@dataclass(frozen=True, slots=True)
class Comparison:
    """One row of the answer's table: a figure now and before, already in words, and a verdict that a test allows.

    figures: the same two as numbers, for a picture of both, None where the row holds no single figure or where one is
    unknown · durations: these are hours.
    """

    label: str
    now: str
    before: str
    verdict: str = ""
    figures: tuple[float | None, float | None] | None = field(default=None, kw_only=True)
    durations: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Metric:
    """A question that can be asked of the tables, with everything that help, docs, pages and answers say about it.

    name: what people type, such as `time-to-merge` · title: its heading · summary: one line for help, no full stop ·
    definition: the sentences under the figure · needs: datasets (see `analytics.tables.DATASETS`).
    measure(tables, window, scene) -> Measured; finding(now, before, scene) -> a plain sentence with its numbers and n;
    compare(now, before, scene) -> rows of the table, most important first; charts(now, scene) -> pictures, best first.
    """

    name: str
    title: str
    summary: str
    definition: str
    needs: frozenset[str]
    measure: Callable[[Tables, Window, Scene], Measured]
    finding: Callable[[Measured, Measured | None, Scene], str]
    compare: Callable[[Measured, Measured, Scene], tuple[Comparison, ...]]
    charts: Callable[[Measured, Scene], tuple[Chart, ...]]
    aliases: tuple[str, ...] = ()
    names_people: bool = False
    """True where the question is about persons, so that logins may stand in the answer."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What people call a fact whose key says too little or reads badly; the other keys are read as words."""
    leaves_out_refused: bool = False
    """True where the metric itself leaves out what GitHub refuses to show; any other is unknown as a whole then."""
    audience: Audience = "everyone"
    """Who may ask: traffic is what GitHub shows to people with push access only."""
    also: frozenset[str] = frozenset()
    """Datasets that add to the answer and are loaded as far as they are stored, traffic's only for whom `audience`
    push admits; the metric speaks without them too."""
    of_a_moment: bool = False
    """True where the figures are what is at the window's end, not what happened in it."""
    reads: frozenset[str] = frozenset()
    """Tables of its datasets that are only loaded for metrics that say so: `timeline`, `comments`, `titles`."""
