"""What visitors looked at: GitHub's lists of paths, each over 14 days, and their places over time."""

from __future__ import annotations

from analytics.listed import DEFINITION, Lists, labels_of
from analytics.metric import Metric

PATHS = Lists("paths", "path", "most viewed is")

METRIC = Metric(
    name="paths",
    title="Paths",
    summary="which pages visitors looked at: GitHub's top ten, day by day",
    definition=DEFINITION,
    needs=frozenset({"paths"}),
    measure=PATHS.measure,
    finding=PATHS.finding,
    compare=PATHS.compare,
    charts=PATHS.charts,
    aliases=("path", "pages"),
    labels=labels_of("path"),
    audience="push",
)
