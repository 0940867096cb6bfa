"""Every metric describes itself, and reading the descriptions costs no heavy library."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from analytics.metric import Metric
from analytics.metrics import all_metrics
from analytics.tables import DATASETS

ROOT = Path(__file__).parents[3]


def test_importing_the_metrics_imports_no_heavy_library() -> None:
    """The server process reads names, help and needs of every metric, but never measures."""
    program = (
        "import sys; from analytics.metrics import all_metrics; all_metrics(); "
        "print(*{'pandas', 'numpy', 'scipy', 'matplotlib', 'PIL'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_the_metrics_of_the_manual_exist() -> None:
    assert {"overview", "pulls", "time-to-merge", "review-matrix", "authors", "commits", "issues"} <= set(all_metrics())


@pytest.mark.parametrize("metric", all_metrics().values(), ids=list(all_metrics()))
def test_a_metric_describes_itself(metric: Metric) -> None:
    assert metric.needs
    assert metric.needs <= set(DATASETS)
    assert not metric.summary.endswith(".")
    assert metric.definition.endswith(".")
    assert "  " not in metric.definition
    assert len(metric.summary) <= 80


def test_names_and_aliases_are_all_different() -> None:
    names = [name for metric in all_metrics().values() for name in (metric.name, *metric.aliases)]
    assert len(names) == len(set(names))
