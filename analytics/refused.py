"""What GitHub refuses to show is unknown, not nothing: no zero may be published for it."""

from __future__ import annotations

from collections.abc import Collection

from analytics.comparing import listing
from analytics.metric import Grid, Measured, Metric, Scene
from analytics.tables import DATASET_NOUNS, DATASETS


def refused(metric: Metric, scene: Scene) -> frozenset[str]:
    """Return the datasets that the metric needs and GitHub does not show."""
    return metric.needs & scene.refused


def unknown(measured: Measured) -> Measured:
    """Return the same facts, all unknown, and the same tables without rows; nothing is noted of what is not known."""
    return Measured(
        facts=dict.fromkeys(measured.facts),
        tables={name: Grid(grid.columns) for name, grid in measured.tables.items()},
    )


def finding(metric: Metric, scene: Scene) -> str:
    """Say what is unknown; why GitHub does not show it stands in the completeness line."""
    missing = refused(metric, scene)
    without = "" if missing == metric.needs else f", so there are no figures for {lower(metric.title)}"
    return f"{clause(missing)}{without}."


def clause(datasets: Collection[str]) -> str:
    """Return `Commits are unknown: GitHub did not let the App read them`."""
    names = listing([f"{DATASET_NOUNS[name]}s" for name in DATASETS if name in datasets])
    return f"{names[:1].upper()}{names[1:]} are unknown: GitHub did not let the App read them"


def lower(title: str) -> str:
    """Return a title as it stands inside a sentence."""
    return f"{title[:1].lower()}{title[1:]}"
