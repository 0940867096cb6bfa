"""What came out of a question: frozen values that a pool worker can hand to the server, and every door can show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from analytics.metric import Comparison, Measured
from reports.question import Question


@dataclass(frozen=True, slots=True)
class PictureData:
    """One picture, drawn twice (PNG for light and for dark pages), and the same numbers for who cannot see it.

    light, dark: PNG bytes, empty where nothing was to be drawn · alt: one or two plain sentences ·
    text: the Markdown that stands in for the picture · kind: the chart's kind in lower case, such as `histogram` ·
    spec: the same as a Vega-Lite specification, None unless it was asked for · svg: the light picture as SVG, empty
    unless it was asked for · values: the chart that it is drawn from, as a worker packs and unpacks it, empty unless
    pages want it: whatever is drawn later is of the very rows of the answer.
    """

    light: bytes
    dark: bytes
    alt: str
    text: str
    kind: str
    spec: Mapping[str, object] | None = None
    svg: bytes = b""
    values: bytes = b""


@dataclass(frozen=True, slots=True)
class Section:
    """What one metric found: `title`, `definition` and `finding` are plain text, not yet Markdown."""

    metric: str
    title: str
    definition: str
    finding: str
    comparisons: tuple[Comparison, ...]
    now: Measured
    before: Measured | None
    pictures: tuple[PictureData, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    """What people call a fact, where its key does not say it well."""
    of_a_moment: bool = False
    """Whether the figures are what is at the window's end."""


@dataclass(frozen=True, slots=True)
class DatasetState:
    """How much of a dataset is stored: `stored` of `total` rows (None = GitHub did not say), read at `synced_at`.

    covered_since: everything updated since then is stored · whole_history: it reaches back to the beginning ·
    parts: what comes with the rows, such as {"reviews": 68} · error: a plain sentence if reading failed · pending: why
    nothing is known of it yet, and from when on something will be; it stands in place of a finding · first: the moment
    of the earliest row, where the whole history is asked for · kept_since: what was stored of the time before was
    dropped, and some of that is asked for.
    """

    dataset: str
    stored: int
    total: int | None = None
    synced_at: datetime | None = None
    covered_since: datetime | None = None
    whole_history: bool = False
    parts: Mapping[str, int] = field(default_factory=dict)
    error: str | None = None
    pending: str | None = None
    first: datetime | None = None
    kept_since: datetime | None = None

    @property
    def complete(self) -> bool:
        """True if nothing is known to be missing."""
        known = self.error is None and self.pending is None and self.kept_since is None
        return known and (self.total is None or self.stored >= self.total)


@dataclass(frozen=True, slots=True)
class Completeness:
    """How complete the data behind an answer is, by dataset, and plain sentences about what was left out.

    other: the same of another repository that the question compares with; of traffic, which is not compared, nothing.
    """

    datasets: Mapping[str, DatasetState] = field(default_factory=dict)
    sentences: tuple[str, ...] = ()
    other: Mapping[str, DatasetState] = field(default_factory=dict)

    @property
    def all_states(self) -> tuple[DatasetState, ...]:
        """The states of both repositories."""
        return (*self.datasets.values(), *self.other.values())

    @property
    def synced_at(self) -> datetime | None:
        """When the dataset that is furthest behind was read; None if one of them never was, refused ones aside."""
        times = [state.synced_at for state in self.datasets.values() if state.error is None and state.pending is None]
        known = [moment for moment in times if moment is not None]
        return min(known) if known and len(known) == len(times) else None


@dataclass(frozen=True, slots=True)
class Answer:
    """A question with everything that was found, as of a moment; nothing in it refers to a database or a frame."""

    question: Question
    as_of: datetime
    sections: tuple[Section, ...]
    completeness: Completeness = field(default_factory=Completeness)

    @property
    def pictures(self) -> tuple[PictureData, ...]:
        """Every picture, section after section: the order in which their addresses are given to the comment."""
        return tuple(picture for section in self.sections for picture in section.pictures)
