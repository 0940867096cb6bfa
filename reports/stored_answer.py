"""An answer from what is stored alone: for pages and files, where somebody waits and GitHub is not asked."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial

from analytics.tables import CAPTURED
from analytics.terms import Terms
from reports.answer import DatasetState
from reports.bringing import edge_of, needs_of, state_of
from reports.compute_task import Task
from reports.question import Question
from reports.services import Services
from reports.whole import combined
from storage.installations import Repository
from storage.watermarks import Watermark, watermarks


async def stored_task(  # noqa: PLR0917 - what is asked, of which repositories, on which terms, and when
    services: Services,
    question: Question,
    home: Repository,
    terms: Terms,
    asked_at: datetime,
    together: tuple[int, ...] = (),
) -> Task:
    """Return what a worker is asked, with how complete everything is by now; nothing is drawn unless that is changed.

    home: the repository that is asked about · together: the repositories that a whole organisation's figures are over.
    Whoever calls has made sure that all of it may be shown.
    """
    needs, edge = needs_of(question), edge_of(question)
    states = await states_of(services, together or (home.id,), needs - CAPTURED, edge)
    other: Mapping[str, DatasetState] = {}
    if question.against.kind == "repository" and question.previous is not None:
        ids = (question.against.repository_id,)
        other = await states_of(services, ids, needs - CAPTURED, question.previous.since)
    if needs & CAPTURED:
        captures = await asyncio.to_thread(importlib.import_module, "reports.captured")
        web = services.github(home.installation_id).endpoints.web
        found = await captures.captured(
            services.store, home, needs & CAPTURED, services.now(), web, question.repositories, edge
        )
        states |= found.states
    return Task(
        services.store.url,
        question,
        asked_at,
        states,
        pictures=False,
        most_pictures=0,
        terms=terms,
        other_states=other,
        together=together,
    )


async def states_of(
    services: Services, ids: Collection[int], needs: Collection[str], edge: datetime
) -> dict[str, DatasetState]:
    """Return how complete the datasets of repositories are together, as it was noted when they were read last."""
    of_each = []
    for number in ids:
        marks = await services.store.read(partial(watermarks, repository_id=number))
        of_each.append({name: state_of(marks.get(name) or Watermark(number, name), edge) for name in sorted(needs)})
    return {name: combined([one[name] for one in of_each]) for name in sorted(needs)}
