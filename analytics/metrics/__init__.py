"""Every metric there is: each module of this package ends in `METRIC = Metric(...)` and is found by being here."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from analytics.metric import Metric


@cache
def all_metrics() -> Mapping[str, Metric]:
    """Return every metric by name, in alphabetical order of their modules."""
    found: dict[str, Metric] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        metric: Metric = importlib.import_module(f"{__name__}.{module.name}").METRIC
        found[metric.name] = metric
    return found
