"""Numbers that a process keeps of itself, and how Prometheus reads them: counters and histograms, nothing else.

Written here rather than taken from a library: it is a page of text, and the server counts its megabytes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
Labels = tuple[str, ...]


@dataclass
class Counter:
    """Something that is counted: `add(*labels)`, a value for each name in `labels`."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    values: dict[Labels, int] = field(default_factory=dict)

    def add(self, *labels: str) -> None:
        """Count one."""
        self.values[labels] = self.values.get(labels, 0) + 1

    def lines(self) -> Iterator[str]:
        """Yield what Prometheus reads."""
        # what never happened is 0, so that its first time shows as a change
        values = self.values or ({(): 0} if not self.labels else {})
        return family(self.name, "counter", self.help, self.labels, values.items())


@dataclass
class Histogram:
    """Durations in seconds: `observe(seconds, *labels)`."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = SECONDS
    counts: dict[Labels, list[int]] = field(default_factory=dict)
    sums: dict[Labels, float] = field(default_factory=dict)

    def observe(self, seconds: float, *labels: str) -> None:
        """Count one duration."""
        counts = self.counts.get(labels)
        if counts is None:
            counts = self.counts[labels] = [0] * (len(self.buckets) + 1)
        counts[bisect_left(self.buckets, seconds)] += 1
        self.sums[labels] = self.sums.get(labels, 0.0) + seconds

    def lines(self) -> Iterator[str]:
        """Yield what Prometheus reads: buckets are cumulative, the last has everything."""
        yield from head(self.name, "histogram", self.help)
        known = self.counts or ({(): [0] * (len(self.buckets) + 1)} if not self.labels else {})
        for labels, counts in known.items():
            below = 0
            for bound, count in zip((*map(repr, self.buckets), "+Inf"), counts, strict=True):
                below += count
                yield sample(f"{self.name}_bucket", (*self.labels, "le"), (*labels, bound), below)
            yield sample(f"{self.name}_sum", self.labels, labels, self.sums.get(labels, 0.0))
            yield sample(f"{self.name}_count", self.labels, labels, below)


def gauge(name: str, help_: str, labels: tuple[str, ...], values: Mapping[Labels, float]) -> Iterator[str]:
    """Yield what Prometheus reads of values that are so just now."""
    return family(name, "gauge", help_, labels, values.items())


def family(
    name: str, kind: str, help_: str, labels: tuple[str, ...], values: Iterable[tuple[Labels, float]]
) -> Iterator[str]:
    """Yield the lines of one metric."""
    yield from head(name, kind, help_)
    for given, value in values:
        yield sample(name, labels, given, value)


def head(name: str, kind: str, help_: str) -> Iterator[str]:
    """Yield what a metric is called and means."""
    yield f"# HELP {name} {help_}"
    yield f"# TYPE {name} {kind}"


def sample(name: str, labels: tuple[str, ...], given: Labels, value: float) -> str:
    """Return one line, the labels' values escaped as the format has it."""
    pairs = ",".join(f'{label}="{escaped(one)}"' for label, one in zip(labels, given, strict=True))
    return f"{name}{{{pairs}}} {value!r}" if pairs else f"{name} {value!r}"


def escaped(value: str) -> str:
    """Return a label's value as it may stand between quotes."""
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
