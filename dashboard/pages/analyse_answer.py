"""/analyse/{run}: what a done analysis says, a tab for each metric, and its charts."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import msgspec
from aiohttp import web

from dashboard.access import not_there
from dashboard.analysis import ANALYSES
from dashboard.analysis_run import Run
from dashboard.analysis_wanted import PERIODS, Wanted
from dashboard.answers import place
from dashboard.asking import Asked
from dashboard.chart_library import library
from dashboard.choices import TAB_NAMES
from dashboard.front import Front
from dashboard.layout import show as shown
from dashboard.own_analysis import base_of, not_yet, opened
from dashboard.pages import chart as charts
from dashboard.presented import Presented, presented
from dashboard.sessions import SignedIn
from reports import asking_again
from reports.answer import Answer
from reports.metric_names import DEFAULT_METRIC

WITH_ONE = "With the token in the variable GITHUB_TOKEN."


def show(front: Front, request: web.Request, signed: SignedIn, run: Run, answer: Answer) -> web.StreamResponse:
    """Show what an analysis says: `?metric=` is the tab."""
    names = ((each.metric, TAB_NAMES.get(each.metric, each.title)) for each in answer.sections)
    tabs = sorted(names, key=lambda tab: order(tab[0]))
    name = request.query.get("metric", tabs[0][0])
    one = section(answer, name)
    question, web = as_asked(run.wanted, one), front.outside.endpoints.web
    return shown(
        request, signed, "analyse_answer.html", run.wanted.full_name, here="analyse", run=run, base=base_of(run),
        library=library(front), answer=in_terminal(presented(one, question, base_of(run), "en", web), one), tabs=tabs,
        metric=name,
    )  # fmt: skip


def in_terminal(answer: Presented, of: Answer) -> Presented:
    """Return an answer with the line for a terminal: the App need not be installed where somebody could comment."""
    line = "\n".join(asking_again.in_terminal(of.question))
    return replace(answer, where="Ask the same in a terminal", beside=WITH_ONE, line=line, exactly=line)


def order(metric: str) -> tuple[bool, tuple[int, str]]:
    """Return where a metric's tab stands: as on a repository's own page."""
    return metric != DEFAULT_METRIC, place(metric)


def as_asked(wanted: Wanted, answer: Answer) -> Asked:
    """Return a metric's question as an address and a comment have it."""
    if wanted.since in PERIODS and not wanted.until:
        return Asked(answer.question.metrics[0], (("period", wanted.since),))
    return Asked.of_question(answer.question)


def section(answer: Answer, metric: str) -> Answer:
    """Return the part of an answer that is about one metric; 404 for one that was not asked."""
    found = tuple(one for one in answer.sections if one.metric == metric)
    if not found:
        raise not_there()
    return replace(answer, question=replace(answer.question, metrics=(metric,)), sections=found)


async def chart(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Answer with one chart: drawn for all metrics when the first picture is asked for."""
    run = await opened(front, request, signed)
    if run.answer is None or run.task is None:
        raise not_yet()
    metric, nth = request.match_info["metric"], int(request.match_info["number"])
    kind = request.match_info["form"]
    pictures = section(run.answer, metric).pictures
    if not 1 <= nth <= len(pictures):
        raise not_there()
    if kind == "json":
        data = msgspec.json.encode(pictures[nth - 1].spec)
    else:
        drawing = run.drawing.get(kind)
        if drawing is None or (drawing.done() and drawing.exception() is not None):
            task = replace(run.task, pictures=kind == "png", svgs=kind == "svg", specs=False)
            drawing = run.drawing[kind] = asyncio.create_task(drawn(front, task))
        found = section(await asyncio.shield(drawing), metric).pictures[nth - 1]
        data = charts.in_form(found, kind, dark=request.query.get("theme") == "dark")
    until = run.answer.question.window.until
    return charts.sent(request, data, kind, f"{run.wanted.owner}-{run.wanted.name}-{metric}-{until:%Y-%m-%d}-{nth}")


async def drawn(front: Front, task: Any) -> Answer:
    """Return the answer once more, with its pictures."""
    answered = await ANALYSES.of(front).world.services.pool.run("answer", task)
    assert isinstance(answered, Answer), "what compute.answer returns"
    return answered
