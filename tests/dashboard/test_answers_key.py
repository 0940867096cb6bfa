"""The key of the shelf: two readers who differ in anything that an answer depends on never share an answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields, replace
from itertools import combinations
from typing import Any

import pytest
from aiohttp import web

from analytics.terms import Hours, Terms
from dashboard.access import Visible
from dashboard.answers import About, about_repository
from dashboard.asking import KEYS, Asked
from dashboard.front import Front
from dashboard.sessions import SignedIn
from dashboard.together import about_organisation
from reports.compute_task import Task
from reports.mistake import Mistake
from storage.watermarks import Watermark, save_watermark
from tests.dashboard.managing import Managed
from tests.dashboard.people import NOW, Browser, Place
from tests.dashboard.test_traffic_setting import set_file

OTHER_TERMS: Mapping[str, Any] = {
    "people": "hidden",
    "bots": ("robot",),
    "merge_markers": ("merged:",),
    "hours": Hours(),
    "targets": {"merge": 24.0},
    "language": "de",
}
"""Another value than the default for each of the terms; a new one of which nobody has thought is a KeyError below."""
OTHER_HOURS: Mapping[str, Any] = {
    "timezone": "Europe/Berlin",
    "days": (0, 1),
    "begin": 0,
    "end": 1,
    "holidays": "DE-BE",
    "dates": ("2026-12-24",),
}
SAID: Mapping[str, tuple[str, ...]] = {
    "period": ("30d", "2026-Q1"),
    "vs": ("year", "previous", "quartz/vault"),
    "author": ("octocat", "hubot"),
    "label": ("bug", "two words"),
    "base": ("main", "next"),
    "path": ("src/", "docs/"),
    "compare": ("yes", "2026-Q1"),
}
IN_FILES = (
    "people: hidden", "people: anonymous", "bots: [robot]", "targets:\n  merge: 24h", "language: de",
    "hours:\n  timezone: Europe/Berlin",
)  # fmt: skip


async def of_jade(place: Place) -> tuple[Front, SignedIn, dict[str, Visible]]:
    """Return the dashboard, somebody who sees both repositories, and what of these they see."""
    browser = place.browser()
    await browser.sign_in("jade")
    return await seen_by(place, browser)


async def seen_by(place: Place, browser: Browser) -> tuple[Front, SignedIn, dict[str, Visible]]:
    front = await place.front()
    signed = await signed_in(front, browser)
    seen = await front.access.repositories_for(signed.person)
    return front, signed, {one.repository.full_name: one for one in seen}


async def signed_in(front: Front, browser: Browser) -> SignedIn:
    """Return a browser's session as pages get it."""
    from aiohttp.test_utils import make_mocked_request  # noqa: PLC0415 - a request without a server

    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    found = await front.sessions.find(make_mocked_request("GET", "/", headers={"Cookie": cookie}))
    assert found is not None
    return found


def terms_of_all_kinds() -> list[Terms]:
    """Return the default terms, and for each thing that can be set terms that differ in it alone."""
    found = [Terms(), Terms(people="anonymous")]
    found += [replace(Terms(), **{one.name: OTHER_TERMS[one.name]}) for one in fields(Terms)]
    return found + [Terms(hours=replace(Hours(), **{one.name: OTHER_HOURS[one.name]})) for one in fields(Hours)]


def questions() -> list[Asked]:
    """Return the questions of an address: each word by itself, and each two words together."""
    words = [(key, value) for key in KEYS for value in SAID[key]]
    pairs = [pair for pair in combinations(words, 2) if pair[0][0] != pair[1][0]]
    clash = {"vs", "compare"}  # one comparison is enough for a question
    pairs = [pair for pair in pairs if {key for key, _ in pair} != clash]
    return [
        Asked(metric, said)
        for metric in ("overview", "pulls", "commits", "paths")
        for said in ((), *((word,) for word in words), *pairs)
    ]


async def shared(abouts: list[About]) -> dict[str, list[Task]]:
    """Return what would be computed, by the key that it would be kept by."""
    found: dict[str, list[Task]] = defaultdict(list)
    for about in abouts:
        task = await about.make(NOW)
        if task not in found[about.key]:
            found[about.key].append(task)
    return found


async def test_who_shares_an_answer_asks_for_the_very_same(managed: Managed) -> None:
    """Whatever is asked, of which repository, on which terms, with traffic or without: one key is one task.

    What a task says is all that a worker knows, so that nothing else can be in the answer.
    """
    front, signed, seen = await of_jade(managed.place)
    home = replace(seen["quartz/mine"], terms=Terms())
    visibles = [
        replace(home, sees_traffic=sees, terms=terms) for sees in (True, False) for terms in terms_of_all_kinds()
    ]
    of_others = ({"id": 4711}, {"name": "renamed"}, {"owner": "basalt"})  # a name may come to mean another repository
    visibles += [replace(home, repository=replace(home.repository, **one)) for one in of_others]
    plain = Asked("overview")
    abouts = [await about_repository(front, signed, one, plain) for one in visibles]
    used: set[tuple[str, str]] = set()
    for asked in questions():
        with suppress(Mistake, web.HTTPForbidden):  # not everything can be asked of everything, and by everybody
            for sees in (True, False):
                abouts.append(await about_repository(front, signed, replace(home, sees_traffic=sees), asked))
                used |= set(asked.said)
    assert used == {(key, value) for key, values in SAID.items() for value in values}
    found = await shared(abouts)
    assert [tasks for tasks in found.values() if len(tasks) > 1] == []
    assert len({one.key for one in abouts[: len(visibles)]}) == len(visibles)


async def test_terms_that_a_comparison_makes_stricter_are_part_of_it(managed: Managed) -> None:
    """The other repository's owners want nobody named: what was kept before they said so is nobody's any more."""
    place = managed.place
    front, signed, seen = await of_jade(place)
    asked = Asked("pulls", (("vs", "quartz/vault"),))
    before = await about_repository(front, signed, seen["quartz/mine"], asked)
    await set_file(place, "quartz/vault", "people: hidden\n", "people: hidden\n")
    after = await about_repository(front, signed, seen["quartz/mine"], asked)
    assert (before.terms.people, after.terms.people) == ("names", "hidden")
    assert before.key != after.key


@pytest.mark.parametrize("metric", ["overview", "org-traffic"])
async def test_together_the_repositories_and_terms_are_part_of_the_key(managed: Managed, metric: str) -> None:
    """Who sees one repository more, or the same on other terms, shares nothing with who does not."""
    place = managed.place
    for name in ("quartz/mine", "quartz/vault"):
        for dataset in ("pulls", "issues"):
            mark = Watermark(place.ids[name], dataset, synced_at=NOW, newest_at=NOW, whole_history=True)
            await place.store.write(lambda conn, mark=mark: save_watermark(conn, mark))  # type: ignore[misc]
    abouts = []
    for login in ("jade", "opal"):
        browser = place.browser()
        await browser.sign_in(login)
        front, signed, _ = await seen_by(place, browser)
        for text in ("", *IN_FILES):
            await set_file(place, "quartz/.github", f"{text}\n" if text else None, f"{text}\n" if text else None)
            for period in ("30d", "90d"):
                asked = Asked(metric, (("period", period),))
                abouts.append((await about_organisation(front, signed, place.ids["quartz"], asked)).about)
    found = await shared(abouts)
    assert [tasks for tasks in found.values() if len(tasks) > 1] == []
