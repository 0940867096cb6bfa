"""From a page's address to its answer: who may see it, on which terms, whether enough is stored, and the shelf.

Everything that shows an answer, as a page, a file or a picture, comes through `about_repository` or
`dashboard.together.about_organisation`, so that who may see one form of it may see the others, and nobody else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from aiohttp import web

from analytics.metrics import all_metrics
from analytics.tables import CAPTURED, DATASET_NOUNS
from analytics.terms import Terms, strictest
from analytics.words import day
from dashboard.access import Visible, not_there
from dashboard.asking import Asked
from dashboard.front import Front
from dashboard.sessions import SignedIn
from dashboard.shelf import Make
from reports.answer import Answer
from reports.bringing import edge_of, needs_of
from reports.compute_task import Task
from reports.freshening import freshen_if_old
from reports.known_settings import known_settings
from reports.metric_names import DEFAULT_METRIC, OF_ORGANISATION, names_of
from reports.mistake import Mistake
from reports.options import usage_of
from reports.question import Question
from reports.sentences import no_single_person, no_such_repository, same_repository, traffic_refused
from reports.stored_answer import stored_task
from storage.columns import from_micros, to_micros
from storage.installations import Repository
from storage.watermarks import Watermark, watermarks

PUSH = "push"


@dataclass(frozen=True)
class About:
    """A question that somebody may have answered.

    asked: as the address has it · home: the repository that is asked about, of several one of them · key: what the
    answer depends on besides what is stored and the moment · ids: the repositories it rests on · missing: sentences
    about what must be read from GitHub before there is an answer, none if enough is stored · fresh: whether nothing
    has to be brought up to date.
    """

    asked: Asked
    question: Question
    home: Repository
    terms: Terms
    key: str
    ids: tuple[int, ...]
    make: Make
    missing: tuple[str, ...] = ()
    fresh: bool = True


def metrics_for(*, sees_traffic: bool) -> tuple[str, ...]:
    """Return the metrics of one repository that a person may ask, the overview first."""
    named = [one for one in all_metrics().values() if not one.name.startswith(OF_ORGANISATION)]
    names = [one.name for one in named if sees_traffic or one.audience != PUSH]
    return tuple(sorted(names, key=lambda name: (name != DEFAULT_METRIC, place(name))))


# What people come for first; whatever is not named here follows by its name.
IN_ORDER = (
    "traffic", "referrers", "paths", "pulls", "time-to-merge", "first-review", "review-matrix", "sizes", "issues",
    "waiting", "commits", "authors", "releases", "stars",
)  # fmt: skip


def place(name: str) -> tuple[int, str]:
    """Return where a metric's tab stands."""
    return (IN_ORDER.index(name) if name in IN_ORDER else len(IN_ORDER), name)


def metric_named(word: str) -> str:
    """Return the metric of one repository that a part of an address names; raises 404 for any other word."""
    name = names_of(all_metrics()).get(word.casefold())
    if name is None or name.startswith(OF_ORGANISATION):
        raise not_there()
    return name


async def about_repository(front: Front, signed: SignedIn, visible: Visible, asked: Asked) -> About:
    """Return what an address asks of a repository; raises Mistake, and 403 for traffic that is not theirs to see."""
    home, now = visible.repository, front.services.now()
    if all_metrics()[asked.metric].audience == PUSH and not visible.sees_traffic:
        raise web.HTTPForbidden(text=plain(traffic_refused(home.full_name)))
    question = asked.question(now=now, repository_id=home.id, repository=home.full_name, metrics=all_metrics())
    assert question.metrics == (asked.metric,), "an address names one metric"
    other = await compared(front, signed, home, question)
    terms = visible.terms or (await known_settings(front.services.store, home)).terms
    if other is not None:
        beside = (await known_settings(front.services.store, other)).terms
        terms = replace(terms, people=strictest([terms.people, beside.people]))
    one_person(question, terms)

    def at(moment: datetime) -> Question:
        found = asked.question(now=moment, repository_id=home.id, repository=home.full_name, metrics=all_metrics())
        if other is not None:
            against = replace(found.against, repository_id=other.id, repository=other.full_name)
            found = replace(found, against=against)
        return replace(found, sees_traffic=visible.sees_traffic and adds_traffic(found))

    question = at(now)

    async def make(moment: datetime) -> Task:
        task = await stored_task(front.services, at(moment), home, terms, moment)
        return replace(task, most_pictures=None, specs=True)

    ids = (home.id,) if other is None else (home.id, other.id)
    missing = await lacking(front, question, home, other)
    fresh = not await freshen_if_old(front.services, question, home)
    if other is not None and await freshen_if_old(front.services, question, other):
        fresh = False
    key = key_of("repository", ids, home.full_name, asked, question.sees_traffic, terms, question.against.repository)
    return About(asked, question, home, terms, key, ids, make, missing, fresh)


def key_of(*parts: object) -> str:
    """Return what stands for all that an answer depends on besides what is stored and the moment."""
    return "\0".join(map(repr, parts))


DIGITS = 16  # of microseconds, until the year 2286


def adds_traffic(question: Question) -> bool:
    """Tell whether traffic belongs to an answer: it is asked for, or it stands beside what nothing narrows."""
    return not question.filters or any(all_metrics()[name].audience == PUSH for name in question.metrics)


async def compared(front: Front, signed: SignedIn, home: Repository, question: Question) -> Repository | None:
    """Return the repository that a question compares with, None if it is none; raises Mistake for one not seen."""
    if question.against.kind != "repository":
        return None
    name = question.against.repository
    owner, _, short = name.partition("/")
    try:
        found = (await front.access.repository_for(signed.person, owner, short)).repository
    except web.HTTPNotFound:
        raise Mistake(no_such_repository(name, home.visibility), usage_of("vs"), word=name) from None
    if found.id == home.id:
        raise Mistake(same_repository(name), usage_of("vs"), nearest="vs=previous", word=name)
    return found


def one_person(question: Question, terms: Terms) -> None:
    """Raise Mistake where one person alone would be shown and the owners do not want persons named."""
    if terms.people != "names" and question.filters.authors:
        raise Mistake(no_single_person(terms.people), usage_of("author"), word=f"author={question.filters.authors[0]}")


async def lacking(front: Front, question: Question, home: Repository, other: Repository | None) -> tuple[str, ...]:
    """Return a sentence for each dataset that does not reach back far enough: unknown is not nothing."""
    needs = needs_of(question) - CAPTURED
    store = front.services.store
    marks = await store.glance(lambda conn: watermarks(conn, home.id))
    found = unread(marks, needs, edge_of(question))
    if other is None or question.previous is None:
        return found
    there = await store.glance(lambda conn: watermarks(conn, other.id))
    more = unread(there, needs, question.previous.since)
    return (*found, *(f"Of {other.full_name}: {sentence}" for sentence in more))


def unread(marks: Mapping[str, Watermark], needs: Collection[str], edge: datetime) -> tuple[str, ...]:
    """Return a sentence for each dataset of which too little is stored; what GitHub refuses is known to be. Pure."""
    said = []
    for name in sorted(needs):
        noun, mark = f"{DATASET_NOUNS[name]}s", marks.get(name)
        if mark is not None and mark.error:
            continue
        if mark is None or mark.synced_at is None:
            said.append(f"its {noun} have not been read yet.")
        elif not (mark.whole_history or (mark.covered_since is not None and mark.covered_since <= edge)):
            # while the first pages come, nothing but open ones may be there, and no day is covered yet
            reached = day(mark.covered_since) if mark.covered_since is not None else "today"
            said.append(f"its {noun} are read back to {reached}, and the question reaches further.")
    return tuple(f"{sentence[0].upper()}{sentence[1:]}" for sentence in said)


async def answer_of(front: Front, about: About) -> Answer:
    """Return the answer, from the shelf if it has one; only for what enough is stored of."""
    assert not about.missing, "enough is stored"
    return await front.shelf.answer(about.key, about.ids, about.make, pending=not about.fresh)


async def answer_as_of(front: Front, about: About, moment: str) -> Answer:
    """Return the answer that a page shows, so that what stands on it says the same; the newest once that is gone.

    moment: of the page, as `moment_of` writes it; nothing for the newest.
    """
    if moment.isascii() and moment.isdigit() and len(moment) <= DIGITS:
        found = front.shelf.as_of(about.key, from_micros(int(moment)))
        if found is not None:
            return found
    return await answer_of(front, about)


def moment_of(answer: Answer) -> str:
    """Return an answer's moment as it stands in an address: microseconds since 1970."""
    return str(to_micros(answer.as_of))


def plain(markdown: str) -> str:
    """Return a sentence of ours without its marks of code."""
    return markdown.replace("`", "")
