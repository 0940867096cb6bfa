"""Where visitors came from: GitHub's lists of referrers, each over 14 days, and their places over time."""

from __future__ import annotations

from analytics.listed import DEFINITION, Lists, labels_of
from analytics.metric import Metric

REFERRERS = Lists("referrers", "referrer", "most views come from")

METRIC = Metric(
    name="referrers",
    title="Referrers",
    summary="where visitors came from: GitHub's top ten, day by day",
    definition=DEFINITION,
    needs=frozenset({"referrers"}),
    measure=REFERRERS.measure,
    finding=REFERRERS.finding,
    compare=REFERRERS.compare,
    charts=REFERRERS.charts,
    aliases=("referrer", "referers"),
    labels=labels_of("referrer"),
    audience="push",
)
