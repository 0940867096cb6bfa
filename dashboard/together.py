"""The whole-organisation question on a page: over the repositories of an installation that one person may see.

Which they are follows from who asks, so an answer is shared only between people who may see the very same ones. Uniques
are never added up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from aiohttp import web

from analytics.metrics import all_metrics
from analytics.tables import CAPTURED
from analytics.terms import strictest
from analytics.words import number, plural
from dashboard.access import Visible, not_there
from dashboard.answers import PUSH, About, key_of, one_person, place, unread
from dashboard.asking import Asked
from dashboard.front import Front
from dashboard.sessions import SignedIn
from reports.bringing import edge_of, needs_of
from reports.compute_task import Task
from reports.configuration_file import OWNERS_REPOSITORY
from reports.freshening import freshen_if_old, lacking
from reports.known_settings import known_settings
from reports.metric_names import DEFAULT_METRIC, OF_ORGANISATION, names_of
from reports.question import Question
from reports.stored_answer import stored_task
from storage.glimpses import marks_of
from storage.installations import Repository
from storage.watermarks import Watermark

MOST = 100
"""Repositories in one answer, as in a thread."""
MOST_FRESHENED = 20
"""Repositories that one look at a page has brought up to date: the others follow with the next."""
MOST_NAMED = 12
APART = "."
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
NO_TRAFFIC = "Traffic is for people who may push, as on GitHub; there is no repository here of which you may."
NO_UNIQUES = (
    "Uniques are never added up: somebody who visits two repositories would count twice. So there are none here."
)

Marks = Mapping[int, Mapping[str, Watermark]]


@dataclass(frozen=True)
class Together:
    """A question over several repositories. owner: whose they are · said: sentences about which of them are counted."""

    about: About
    owner: str
    said: tuple[str, ...]


def metrics_together(*, sees_traffic: bool) -> tuple[str, ...]:
    """Return the metrics that can be asked of several repositories together, the overview first."""
    names = [
        name
        for name, metric in all_metrics().items()
        if not metric.needs & CAPTURED or (sees_traffic and name.startswith(OF_ORGANISATION))
    ]
    return tuple(sorted(names, key=lambda name: (name != DEFAULT_METRIC, place(name.removeprefix(OF_ORGANISATION)))))


def metric_together(word: str) -> str:
    """Return the metric of several repositories that a part of an address names; raises 404 for any other word."""
    name = names_of(all_metrics()).get(word.casefold(), "")
    name = OF_ORGANISATION + name if OF_ORGANISATION + name in all_metrics() else name
    if name not in metrics_together(sees_traffic=True):
        raise not_there()
    return name


async def visible_in(front: Front, signed: SignedIn, installation_id: int) -> list[Visible]:
    """Return the repositories of an installation that a person may see; raises 404 for none."""
    everything = await front.access.repositories_for(signed.person)
    found = [one for one in everything if one.repository.installation_id == installation_id]
    if not found:
        raise not_there()
    return found


async def about_organisation(
    front: Front, signed: SignedIn, installation_id: int, asked: Asked, over: str = ""
) -> Together:
    """Return what an address asks of an installation; raises Mistake, 404, and 403 for traffic that is not theirs.

    over: the repositories that a page is about, as `spelled` writes them, for its charts: more may be read meanwhile.
    """
    seen = await visible_in(front, signed, installation_id)
    store, now = front.services.store, front.services.now()
    captured = all_metrics()[asked.metric].audience == PUSH
    if captured:
        seen = [one for one in seen if one.sees_traffic]
        if not seen:
            raise web.HTTPForbidden(text=NO_TRAFFIC)
    candidates = [one.repository for one in seen]
    owner = candidates[0].owner
    question = question_of(asked, candidates[0], now)
    needs, edge = needs_of(question) - CAPTURED, edge_of(question)
    marks = await store.read(lambda conn: marks_of(conn, [one.id for one in candidates], needs))
    known = [one for one in candidates if not unread(marks.get(one.id, {}), needs, edge)]
    same = [one for one in known if str(one.id) in over.split(APART)]
    counted = most_active(same or known, marks)[:MOST]
    home = counted[0] if counted else candidates[0]
    ids = tuple(sorted(one.id for one in counted))
    terms = (await known_settings(store, replace(home, name=OWNERS_REPOSITORY))).terms
    people = [(await known_settings(store, one)).terms.people for one in counted]
    terms = replace(terms, people=strictest([terms.people, *people]))
    one_person(question, terms)

    def at(moment: datetime) -> Question:
        found = replace(question_of(asked, home, moment), sees_traffic=captured, counted=() if captured else ids)
        return replace(found, repositories=ids if captured else ())

    async def make(moment: datetime) -> Task:
        task = await stored_task(front.services, at(moment), home, terms, moment, () if captured else ids)
        return replace(task, most_pictures=None, specs=True)

    fresh = await freshened(front, question, candidates, marks)
    key = key_of("organisation", installation_id, ids, owner, asked, captured, terms)
    missing = (
        () if counted else (f"None of {plural(len(candidates), 'repository', 'repositories')} is read far enough.",)
    )
    about = About(asked, at(now), home, terms, key, ids, make, missing, fresh)
    said = which(counted, owner, len(known), len(candidates))
    return Together(about, owner, (*said, NO_UNIQUES) if captured else said)


def spelled(ids: Sequence[int]) -> str:
    """Return repositories as they stand in the address of a chart."""
    return APART.join(map(str, ids))


def question_of(asked: Asked, home: Repository, now: datetime) -> Question:
    """Return the question of all repositories together."""
    found = asked.question(
        now=now, repository_id=home.id, repository=home.full_name, metrics=all_metrics(), organisation=True
    )
    assert found.metrics == (asked.metric,), "an address names one metric"
    return found


def most_active(repositories: Sequence[Repository], marks: Marks) -> list[Repository]:
    """Return repositories in order, the one in which something changed last first."""

    def changed(one: Repository) -> datetime:
        return max((mark.newest_at or LONG_AGO for mark in marks.get(one.id, {}).values()), default=LONG_AGO)

    return sorted(repositories, key=lambda one: (LONG_AGO - changed(one), one.id))


async def freshened(front: Front, question: Question, repositories: Sequence[Repository], marks: Marks) -> bool:
    """Have some of what is old brought up to date; return whether nothing was."""
    needs, now, edge = needs_of(question) - CAPTURED, front.services.now(), edge_of(question)
    old = [one for one in repositories if lacking(needs, marks.get(one.id, {}), edge, now)]
    for one in old[:MOST_FRESHENED]:
        await freshen_if_old(front.services, replace(question, repository_id=one.id), one)
    return not old


def which(counted: Sequence[Repository], owner: str, known: int, seen: int) -> tuple[str, ...]:
    """Return the sentences that say over which repositories the figures are, and which are left out."""
    names = sorted(one.name for one in counted)
    rest = f" and {number(len(names) - MOST_NAMED)} more" if len(names) > MOST_NAMED else ""
    listed = f"{', '.join(names[:MOST_NAMED])}{rest}"
    said = []
    if counted:
        of = plural(len(counted), "repository", "repositories")
        said.append(f"Over {of} of {owner} that you may see: {listed}.")
    if seen > known:
        many = "is" if seen - known == 1 else "are"
        said.append(f"{number(seen - known)} of them {many} not read far enough yet and {many} left out.")
    if known > len(counted):
        said.append(f"Only the {number(len(counted))} in which something changed last are counted.")
    return tuple(said)
