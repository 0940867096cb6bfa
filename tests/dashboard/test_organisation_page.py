"""One question over all repositories that a person may see: which they are is said, and differs by who asks."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from tests.dashboard.answering import BASE, Watched, cells, words
from tests.dashboard.people import Browser, Place
from tests.stories.town import LANTERN
from tests.stories.visits import installed

HTML = "text/html"
ALL = ("ember", "lantern", "strongroom", "sundial")


async def read_all(watched: Watched) -> str:
    """Have every repository's pull requests read; return the address of the organisation's numbers."""
    for name in ALL:
        number = watched.town.open_issue(f"quartz-labs/{name}")
        await watched.town.say("/analytics overview 90d", repository=f"quartz-labs/{name}", number=number)
    return f"/i/{installed(watched.town).id}/numbers"


async def test_the_figures_are_those_of_the_repositories_together(watched: Watched) -> None:
    base = await read_all(watched)
    seen = await watched.member.get(f"{base}/pulls?period=90d", Accept=HTML)
    assert seen.status == 200
    assert f"Over 4 repositories of quartz-labs that you may see: {', '.join(ALL)}." in words(seen)
    assert "/analytics pulls 90d scope=org" in words(seen)
    together = json.loads(await watched.data(watched.member, f"{base}/pulls.json?period=90d"))
    each = [
        json.loads(await watched.data(watched.member, f"/r/quartz-labs/{name}/pulls.json?period=90d")) for name in ALL
    ]
    opened = [one["metrics"]["pulls"]["facts"]["opened"] for one in each]
    assert together["metrics"]["pulls"]["facts"]["opened"] == sum(opened) > max(opened)
    assert together["question"]["scope"] == "organisation"
    status, _ = await png(watched, watched.member, f"{base}/pulls/chart/1.png?period=90d")
    assert status == 200


async def test_only_what_a_person_may_see_is_counted(watched: Watched) -> None:
    """A reader of one repository gets its figures alone, although the member's answer has just been computed."""
    base = await read_all(watched)
    whole = json.loads(await watched.data(watched.member, f"{base}/pulls.json?period=90d"))
    reader = await watched.reader()
    seen = await reader.get(f"{base}/pulls?period=90d", Accept=HTML)
    assert "Over 1 repository of quartz-labs that you may see: lantern." in words(seen)
    assert "strongroom" not in seen.text
    part = json.loads(await watched.data(reader, f"{base}/pulls.json?period=90d"))
    alone = json.loads(await watched.data(watched.member, f"{BASE}/pulls.json?period=90d"))
    facts = [one["metrics"]["pulls"]["facts"]["opened"] for one in (whole, part, alone)]
    assert facts[0] > facts[1] == facts[2]


async def test_traffic_together_is_of_those_whose_traffic_is_theirs(watched: Watched) -> None:
    base = f"/i/{installed(watched.town).id}/numbers"
    seen = await watched.member.get(f"{base}/traffic?period=30d", Accept=HTML)
    assert seen.status == 200
    assert "Uniques are never added up" in words(seen)
    rows = {row[0]: row[1] for row in cells(seen, "table-per-repository")[1:]}
    assert rows[LANTERN] == "598"
    assert len(rows) == 4
    assert "unique" not in " ".join(" ".join(row) for row in cells(seen, "table-per-day")).lower()
    reader = await watched.reader()
    for tail in ("", ".csv", ".json", "/chart/1.png"):
        refused = await reader.get(f"{base}/org-traffic{tail}", Accept=HTML)
        assert refused.status == 403, tail
        assert "598" not in words(refused)  # of the page, whose hidden token may hold any digits
    assert "Traffic of the organisation" not in (await reader.get(f"{base}/overview", Accept=HTML)).text


async def test_repositories_that_are_not_read_are_left_out_and_it_is_said(watched: Watched) -> None:
    await watched.read("/analytics pulls 90d")
    base = f"/i/{installed(watched.town).id}/numbers"
    seen = await watched.member.get(f"{base}/pulls?period=90d", Accept=HTML)
    assert "Over 1 repository of quartz-labs that you may see: lantern." in words(seen)
    assert "3 of them are not read far enough yet and are left out." in words(seen)
    (chart, *_) = (unescape(found) for found in re.findall(r'"([^"]+/chart/1\.json[^"]*)"', seen.text))
    await watched.town.settled()
    seen = await watched.member.get(f"{base}/pulls?period=90d", Accept=HTML)
    assert "Over 4 repositories" in words(seen)
    assert "left out." not in words(seen).partition("What it means")[0]
    # the page that was open meanwhile shows its charts only now
    status, spec = await png(watched, watched.member, chart)
    assert status == 200
    assert b"quartz-labs (1 repository)" in spec


async def test_mistakes_are_said_here_too(watched: Watched) -> None:
    base = await read_all(watched)
    seen = await watched.member.get(f"{base}/pulls?period=nonsense", Accept=HTML)
    assert seen.status == 422
    assert 'value="nonsense"' in seen.text
    assert (await watched.member.get(f"{base}/pulls?vs=quartz-labs/ember", Accept=HTML)).status == 422
    for metric in ("referrers", "paths", "nonsense"):
        assert (await watched.member.get(f"{base}/{metric}", Accept=HTML)).status == 404


async def png(watched: Watched, browser: Browser, path: str) -> tuple[int, bytes]:
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    async with watched.town.session.get(watched.town.url + path, headers={"Cookie": cookie}) as response:
        return response.status, await response.read()


@pytest.mark.parametrize(
    "tail", ["overview", "traffic", "overview.json", "overview/chart/1.png", "pulls?period=nonsense"]
)
async def test_another_installation_is_as_one_that_is_not_there(place: Place, tail: str) -> None:
    for login in ("slate", "agate"):
        browser = place.browser()
        await browser.sign_in(login)
        seen = [await browser.get(f"/i/{number}/numbers/{tail}", Accept=HTML) for number in (place.ids["quartz"], 77)]
        assert [one.status for one in seen] == [404, 404]
        assert seen[0].text == seen[1].text
