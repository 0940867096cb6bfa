"""A pool whose workers draw a picture once: most stories ask the same questions of the same town."""

from __future__ import annotations

import importlib
import multiprocessing
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from analytics.charts.chart import Chart
from analytics.charts.theme import ThemeName
from analytics.words import speaks_english
from reports.pool import COMPUTE, Pool, end_with_the_server


class DrawingOnce(Pool):
    """As `Pool`, but equal charts are the same picture, as `tests.analytics.charts` shows they are."""

    def start(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([COMPUTE])
        return ProcessPoolExecutor(self.workers, mp_context=context, initializer=draw_once)


def draw_once() -> None:
    """Keep what is drawn in this worker."""
    compute: Any = importlib.import_module(COMPUTE)

    end_with_the_server()
    render: Callable[[Chart, ThemeName], bytes] = compute.render
    kept: dict[tuple[bytes, str], bytes] = {}

    def rendered(chart: Chart, theme: ThemeName) -> bytes:
        if not speaks_english():
            return render(chart, theme)
        key = (pickle.dumps(chart), theme)
        if key not in kept:
            kept[key] = render(chart, theme)
        return kept[key]

    compute.render = rendered
