"""The list of repositories: what a person may see, in order, fifty at a time, with figures that cost little."""

from __future__ import annotations

import re
from datetime import date, timedelta

from dashboard.pages.overview import by_day, by_week
from dashboard.sparks import path
from storage.installations import Repository, save_repositories
from tests.dashboard.answering import Watched, links, words
from tests.dashboard.people import Place
from tests.stories.town import LANTERN

HTML = "text/html"
NAMES = re.compile(r'<th scope="row"><a href="/r/([^"]+)">')
BODY = re.compile(r"<tbody>(.*?)</tbody>", re.DOTALL)


def rows(text: str) -> dict[str, str]:
    """Return what the list says of each repository."""
    body = BODY.search(text)
    assert body is not None
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", body[1], re.DOTALL):
        name = NAMES.search(row)
        assert name is not None
        found[name[1]] = words(row)
    return found


async def test_the_list_says_what_is_stored_of_each_repository(watched: Watched) -> None:
    await watched.read("/analytics pulls 90d")
    town = watched.town
    seen = await watched.member.get("/", Accept=HTML)
    assert seen.status == 200
    said = rows(seen.text)
    assert list(said) == sorted(said)
    number = town.repository_id(LANTERN)
    (opened,) = town.rows("SELECT count(*) AS n FROM pulls WHERE repository_id = ? AND closed_at IS NULL", number)
    (views,) = town.rows("SELECT views, view_uniques FROM captures WHERE repository_id = ?", number)
    assert f" {opened['n']} {views['views']} by {views['view_uniques']} just now" in said[LANTERN]
    # of what nobody has read nothing is claimed
    assert "not known" in said["quartz-labs/strongroom"]
    # a line of 30 days of which 14 are known is broken
    spark = re.search(r'class="spark"[^>]*aria-label="([^"]+)"', seen.text)
    assert spark is not None
    assert "days not known" in spark[1]


async def test_without_the_right_there_is_no_traffic_in_the_list(watched: Watched) -> None:
    await watched.read("/analytics pulls 1y")
    reader = await watched.reader()
    for sort in ("name", "views", "captured", "open"):
        seen = await reader.get(f"/?sort={sort}", Accept=HTML)
        said = rows(seen.text)
        assert list(said) == [LANTERN]
        assert "598" not in said[LANTERN]
        assert said[LANTERN].count("not shown to you") == 2
        assert "Views a day" not in seen.text
        assert "opened in 13 weeks" in seen.text


async def test_the_list_is_searched_and_sorted(watched: Watched) -> None:
    await watched.read("/analytics pulls 90d")
    seen = await watched.member.get("/?q=STRONG", Accept=HTML)
    assert list(rows(seen.text)) == ["quartz-labs/strongroom"]
    assert "1 repository with" in words(seen)
    by_views = list(rows((await watched.member.get("/?sort=views", Accept=HTML)).text))
    town = watched.town
    order = town.rows(
        "SELECT owner || '/' || name AS name FROM repositories JOIN captures ON repository_id = repositories.id "
        "ORDER BY views DESC"
    )
    assert by_views == [row["name"] for row in order]
    # only what is stored whole is in order; the others follow by name
    by_open = list(rows((await watched.member.get("/?sort=open", Accept=HTML)).text))
    assert by_open[0] == LANTERN
    # what makes no sense is as if it was not said
    assert (await watched.member.get("/?sort=nonsense&page=-7", Accept=HTML)).status == 200


async def test_a_long_list_has_pages(place: Place) -> None:
    """An operator sees everything that is stored: 130 repositories are three pages."""
    front = await place.front()
    object.__setattr__(front.access, "operators", frozenset({"slate"}))
    installation = place.ids["quartz"]
    many = [Repository(9_000 + one, installation, "quartz", f"r{one:03d}", "public", "main") for one in range(127)]
    await place.store.write(lambda conn: save_repositories(conn, many))
    browser = place.browser()
    await browser.sign_in("slate")
    found: list[str] = []
    address = "/"
    for _ in range(3):
        seen = await browser.get(address, Accept=HTML)
        found += rows(seen.text)
        address = links(seen).get("Further in the list", "")
    assert address == ""
    assert len(found) == len(set(found)) == 130
    assert len(rows((await browser.get("/?page=99", Accept=HTML)).text)) == 30


async def test_each_sees_their_own(place: Place) -> None:
    for login, theirs in (("opal", ["quartz/mine", "quartz/vault"]), ("agate", ["basalt/pit"])):
        browser = place.browser()
        await browser.sign_in(login)
        assert list(rows((await browser.get("/", Accept=HTML)).text)) == theirs


async def test_who_sees_nothing_is_told_what_to_do(place: Place) -> None:
    browser = place.browser()
    await browser.sign_in("slate")
    seen = await browser.get("/", Accept=HTML)
    assert seen.status == 200
    assert "Install the App" in words(seen)
    assert "quartz" not in seen.text
    assert "basalt" not in seen.text


async def test_whoever_looks_after_an_installation_finds_it(place: Place) -> None:
    jade, opal = place.browser(), place.browser()
    place.world.account("jade")
    await jade.sign_in("jade")
    await opal.sign_in("opal")
    number = place.ids["quartz"]
    assert f'href="/i/{number}/numbers/overview"' in (await opal.get("/", Accept=HTML)).text
    assert f'href="/i/{number}"' not in (await opal.get("/", Accept=HTML)).text


def test_a_line_is_broken_where_a_day_is_not_known() -> None:
    assert path([]) == path([None, None]) == ""
    assert path([0, 1, 2]).count("M") == 1
    assert path([1, None, 2, 2]).count("M") == 2
    assert path([1, None, 2, 2]).count("h0.1") == 1  # a lone day is a dot
    assert path([0, 0]) == "M2.0 26.0L118.0 26.0"  # nothing is the bottom line, not the top


def test_what_a_line_shows_is_said_in_words() -> None:
    since = date(2026, 10, 22)
    counts, said = by_day({since: 3, since + timedelta(days=29): 7}, since)
    assert (len(counts), counts[0], counts[1], counts[29]) == (30, 3, None, 7)
    assert said == "Views a day since 22 Oct 2026: 3 to 7, 28 days not known"
    assert by_week(None) == ([], "")
    assert by_week({0: 2, 12: 1})[1] == "3 pull requests opened in 13 weeks, the last not over"
