"""The page of a repository: the same answer as in a thread, for whoever may see it, asked for by an address."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from storage.roles import give_role
from storage.sessions import all_persons
from tests.dashboard.answering import BASE, READER, Watched, cells, links, watched_town, words
from tests.dashboard.people import NOW, Place
from tests.stories.town import LANTERN, OWNERS

HTML = "text/html"
TRAFFIC = re.compile(r"traffic|referrer|visitor|clones|\bviews\b", re.IGNORECASE)


def rows_of(comment: str) -> list[list[str]]:
    """Return the comparison of a comment: label, now, before, verdict."""
    lines = [line for line in comment.splitlines() if line.startswith("| ")]
    found = [[cell.strip().replace("\N{NO-BREAK SPACE}", " ") for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in found if len(row) == 4][1:]


async def test_a_page_shows_what_the_comment_says_and_the_export_has(watched: Watched) -> None:
    """Finding, comparison and completeness are the comment's word for word; the facts are the JSON's."""
    comment = await watched.read("/analytics time-to-merge 90d vs=year")
    seen = await watched.member.get(f"{BASE}/time-to-merge?period=90d&vs=year", Accept=HTML)
    assert seen.status == 200
    assert seen.headers["Cache-Control"] == "private, no-store"

    told = json.loads(await watched.data(watched.member, f"{BASE}/time-to-merge.json?period=90d&vs=year"))
    section = told["metrics"]["time-to-merge"]
    assert section["finding"] in words(seen)
    bold = re.search(r"^\*\*(.+?)\*\*", comment)
    assert bold is not None
    assert bold[1].replace("\\", "") in words(seen)

    shown = cells(seen, "comparison")
    in_comment = rows_of(comment)
    assert shown[1:] == in_comment[: len(shown) - 1]
    assert len(shown) > 2

    facts = cells(seen, "facts-time-to-merge")
    assert len(facts) - 1 == len(section["facts"])
    known = {key: value for key, value in section["facts"].items() if isinstance(value, int)}
    assert known
    assert {str(value) for value in known.values()} <= {row[1].replace(",", "") for row in facts[1:]}

    complete = re.search(r"<sub>(.*)</sub>", comment)
    assert complete is not None
    for part in complete[1].split(" · ")[:-1]:
        if "synced" not in part:
            assert part.replace("\\", "").replace("`", "") in words(seen)
    # what is code in a comment is code on the page: an element of its own, with room around it
    assert " ".join(section["definition"].replace("`", " ").split()) in " ".join(words(seen).split())


async def test_the_page_says_how_to_ask_the_same_elsewhere(watched: Watched) -> None:
    await watched.read("/analytics pulls 90d")
    seen = await watched.member.get(f"{BASE}/pulls?period=90d&author=quartz-otter&vs=&label=", Accept=HTML)
    assert (seen.status, seen.location) == (303, f"{BASE}/pulls?period=90d&author=quartz-otter")
    seen = await watched.member.get(seen.location, Accept=HTML)
    assert "/analytics pulls 90d author=quartz-otter" in words(seen)
    assert 'value="quartz-otter"' in seen.text
    # another tab keeps what it can be asked, and nothing else
    there = links(seen)
    assert there["Time to merge"] == f"{BASE}/time-to-merge?period=90d&author=quartz-otter"
    assert there["Traffic"] == f"{BASE}/traffic?period=90d"
    assert there["Waiting"] == f"{BASE}/waiting?author=quartz-otter"
    assert there["A year before"] == f"{BASE}/pulls?period=90d&vs=year&author=quartz-otter"


async def test_a_repository_leads_to_github_to_its_owner_and_members_to_its_captures(place: Place) -> None:
    opal, installation = place.browser(), place.ids["quartz"]
    await opal.sign_in("opal")

    async def ways(tail: str) -> set[str]:
        return set(links(await opal.get(f"/r/quartz/vault{tail}", Accept=HTML)).values())

    web, captures = (await place.front()).outside.endpoints.web, f"/i/{installation}/captures?repository=quartz%2Fvault"
    assert {f"{web}/quartz/vault", f"/i/{installation}/numbers/overview"} <= await ways("")
    assert captures not in await ways("")
    who = next(one.id for one in await place.store.read(all_persons) if one.login == "opal")
    await place.store.write(lambda conn: give_role(conn, who, installation, "member", by="jade", at=NOW))
    assert captures in await ways("")
    for tail in ("/data", "/data/pulls"):
        assert f"/i/{installation}/numbers/overview" in await ways(tail)


async def test_who_looks_after_a_repository_is_offered_a_capture_where_its_traffic_is(watched: Watched) -> None:
    watched.town.world.permit(LANTERN, READER, "admin")
    browser = await watched.signed_in(READER)
    offered = {}
    for name in ("traffic", "referrers", "paths", "pulls", "stars"):
        offered[name] = "Collect traffic now" in (await browser.get(f"{BASE}/{name}", Accept=HTML)).text
    assert offered == {"traffic": True, "referrers": True, "paths": True, "pulls": False, "stars": False}


async def test_a_mistake_is_said_beside_the_form_and_nothing_typed_is_lost(watched: Watched) -> None:
    seen = await watched.member.get(f"{BASE}/pulls?period=yesterweek&author=octocat&label=%3Cb%3E", Accept=HTML)
    assert seen.status == 422
    assert "yesterweek" in words(seen)
    for value in ("yesterweek", "octocat", "&lt;b&gt;"):
        assert f'value="{value}"' in seen.text
    assert "<b>" not in seen.text
    seen = await watched.member.get(f"{BASE}/pulls?user=octocat", Accept=HTML)
    assert seen.status == 422
    assert links(seen)["author=octocat"] == f"{BASE}/pulls?author=octocat"
    for query in ("scope=org", "team=@quartz-labs/makers", "in=quartz-labs/ember"):
        seen = await watched.member.get(f"{BASE}/pulls?{query}", Accept=HTML)
        assert seen.status == 422, query
        assert 'role="alert"' in seen.text


async def test_a_comparison_needs_a_repository_that_is_seen(watched: Watched) -> None:
    """What is not there and what is not theirs is one mistake; what is theirs is compared."""
    await watched.read("/analytics pulls 90d vs=quartz-labs/ember")
    seen = await watched.member.get(f"{BASE}/pulls?period=90d&vs=quartz-labs/ember", Accept=HTML)
    assert seen.status == 200
    assert "quartz-labs/ember" in cells(seen, "comparison")[0]
    reader = await watched.reader()
    said = set()
    for name in ("quartz-labs/strongroom", "quartz-labs/not-there"):
        seen = await reader.get(f"{BASE}/pulls?period=90d&vs={name}", Accept=HTML)
        assert seen.status == 422
        said.add(words(seen).replace(name, "NAME").replace(name.replace("/", "%2F"), "NAME"))
    assert len(said) == 1


async def test_nobody_without_the_right_sees_traffic_anywhere(watched: Watched) -> None:
    """No tab, no figure in the overview, no chart and no file by its address; the member sees all of it."""
    await watched.read("/analytics overview 30d")
    reader = await watched.reader()
    seen = await reader.get(BASE, Accept=HTML)
    assert seen.status == 200
    about = seen.text.replace("Traffic is part of it only for people who may see it", "")
    assert TRAFFIC.search(words(about)) is None
    told = json.loads(await watched.data(reader, f"{BASE}/overview.json"))
    assert not [key for key in told["metrics"]["overview"]["facts"] if TRAFFIC.search(key.replace("_", " "))]
    for metric in ("traffic", "referrers", "paths", "views"):
        for tail in ("", ".csv", ".json", "/chart/1.png", "/chart/1.json", "/chart/1.svg", "/freshness"):
            refused = await reader.get(f"{BASE}/{metric}{tail}", Accept=HTML)
            assert refused.status == 403, (metric, tail)
            assert "598" not in words(refused)  # of the page, whose hidden token may hold any digits
    # nor as a period, nor by what the member has had computed a moment ago
    assert (await reader.get(f"{BASE}/overview?period=30d+traffic", Accept=HTML)).status == 422
    member = await watched.member.get(BASE, Accept=HTML)
    assert "views" in words(member)
    again = await reader.get(BASE, Accept=HTML)
    assert TRAFFIC.search(words(again.text.replace("Traffic is part of it only for people who may see it", ""))) is None


async def test_traffic_has_its_days_and_weeks_as_tables(watched: Watched) -> None:
    """Days that nobody knows say so; the last ones may still grow; uniques are GitHub's own or bounds."""
    seen = await watched.member.get(f"{BASE}/traffic?period=30d", Accept=HTML)
    rows = cells(seen, "table-per-day")
    assert rows[0] == ["Day", "Views", "View uniques", "Clones", "Clone uniques"]
    assert rows[1][0] == "2026-11-20"
    assert rows[1][1].endswith("so far")
    assert rows[-1][1] == "not known"
    stored = {
        row["day"]: row["views"]
        for row in watched.town.rows(
            "SELECT day, views FROM traffic_days WHERE repository_id = ?", watched.town.repository_id(LANTERN)
        )
    }
    shown = [row[1].removesuffix(" so far") for row in rows[1:] if row[1] != "not known"]
    assert sorted(map(int, shown)) == sorted(stored.values())
    weeks = {row[0]: row for row in cells(seen, "table-per-week")[1:]}
    assert weeks["2026-W47"][2] == "not known"  # not over: no uniques of a part of a week
    assert "Between" in words(seen)


async def test_files_have_the_numbers_of_the_page(watched: Watched) -> None:
    await watched.read("/analytics issues 90d")
    seen = await watched.member.get(f"{BASE}/issues?period=90d", Accept=HTML)
    packed = zipfile.ZipFile(io.BytesIO(await watched.data(watched.member, f"{BASE}/issues.csv?period=90d")))
    assert "about.csv" in packed.namelist()
    weeks = list(csv.reader(io.StringIO(packed.read("issues.per_week.csv").decode())))
    shown = cells(seen, "table-per-week")
    assert [row[0] for row in shown[1:]] == [row[0] for row in reversed(weeks[1:])]
    assert [row[1:] for row in shown[1:]] == [row[1:] for row in reversed(weeks[1:])]


@pytest.mark.usefixtures("quiet")
async def test_a_repository_that_nobody_asked_about_says_so_and_is_read(folder: Path) -> None:
    """No zeros stand for what is not known; a job brings it, and the page asks whether it has."""
    async with watched_town(folder, traffic=False) as watched:
        await watched.read("/analytics help")
        # a slow GitHub: nobody waits for it
        watched.town.break_("latency", path="/graphql", times=1, delay=1.0)
        seen = await watched.member.get(f"{BASE}/issues?period=90d", Accept=HTML)
        assert seen.status == 200
        assert "Not known yet" in words(seen)
        assert "Its issues have not been read yet." in words(seen)
        assert 'id="comparison"' not in seen.text
        assert (await watched.member.get(f"{BASE}/issues.json?period=90d")).status == 503
        await watched.town.settled()
        assert [job["state"] for job in watched.town.jobs("freshen")] == ["done"]
        seen = await watched.member.get(f"{BASE}/issues?period=90d", Accept=HTML)
        assert "Not known yet" not in words(seen)
        assert cells(seen, "comparison")


async def test_an_old_page_is_shown_at_once_and_tells_when_there_is_a_newer_one(watched: Watched) -> None:
    await watched.read("/analytics issues 90d")
    first = await watched.member.get(f"{BASE}/issues?period=90d", Accept=HTML)
    assert "Being brought up to date" not in words(first)
    watched.town.sandbox.clock.advance(timedelta(minutes=61))
    before = len(watched.town.jobs("freshen"))
    second = await watched.member.get(f"{BASE}/issues?period=90d", Accept=HTML)
    assert "Being brought up to date" in words(second)
    assert len(watched.town.jobs("freshen")) == before + 1
    as_of = re.search(r'data-as-of="([^"]+)"', second.text)
    poll = re.search(r'data-freshness="([^"]+)"', second.text)
    assert as_of is not None
    assert poll is not None
    await watched.town.settled()
    address = f"{poll[1].replace('&amp;', '&')}&as_of={as_of[1].replace('+', '%2B')}"
    for _ in range(200):
        said = json.loads((await watched.member.get(address)).text)
        if said["newer"]:
            break
        await asyncio.sleep(0.05)
    assert said == {"newer": True, "fresh": True, "missing": []}


async def test_persons_are_shown_as_the_owners_want_it(watched: Watched) -> None:
    """Where nobody is named a page names nobody, and asks for no single person."""
    found = watched.town.world.repository(OWNERS) or watched.town.world.required(LANTERN)
    found.files[".github/analytics.yml"] = "people: hidden\n"
    await watched.read("/analytics authors 90d")
    seen = await watched.member.get(f"{BASE}/authors?period=90d", Accept=HTML)
    logins = {row["login"] for row in watched.town.rows("SELECT login FROM actors")}
    assert logins
    assert not [login for login in logins if login in words(seen) and login != "visitor"]
    assert (await watched.member.get(f"{BASE}/pulls?author=quartz-otter", Accept=HTML)).status == 422


ADDRESSES = (
    "", "/pulls", "/traffic", "/nonsense", "/overview.json", "/traffic.csv", "/pulls/chart/1.png",
    "/traffic/chart/1.json", "/pulls/chart/1.svg", "/pulls/freshness", "/pulls?period=nonsense",
    "/pulls?vs=quartz/mine",
)  # fmt: skip


@pytest.mark.parametrize("tail", ADDRESSES)
async def test_who_may_not_see_a_repository_gets_what_is_not_there(place: Place, tail: str) -> None:
    """The same status and the same text for a hidden repository, one of nobody's, and somebody of another place."""
    for login in ("slate", "agate"):
        browser = place.browser()
        await browser.sign_in(login)
        seen = {
            name: await browser.get(f"/r/{name}{tail}", Accept=HTML) for name in ("quartz/vault", "quartz/not-there")
        }
        assert [one.status for one in seen.values()] == [404, 404]
        assert len({one.text for one in seen.values()}) == 1
