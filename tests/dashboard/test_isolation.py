"""Every address before every kind of person: what is not theirs is what is not there, to the letter."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any

import pytest
import pytest_asyncio

from bot.browsing import BROWSING
from dashboard import csrf
from dashboard.access import NOT_THERE
from dashboard.analysis import ANALYSES
from dashboard.analysis import NOT_THERE as NO_ANALYSIS
from dashboard.sessions import COOKIE
from dashboard.static_files import address
from reports.pool import Pool
from storage.engine import Store
from storage.watermarks import Watermark, save_watermark
from tests.dashboard.every_address import PERSONS, SIGNED_IN, Row, filled, gaps, rows
from tests.dashboard.managing import Managed, open_managed, send
from tests.dashboard.people import NOW, Browser, Seen
from tests.storage import cluster

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOKEN = "ghp_" + "k3Rq9ZtLw0aPxVbN" * 2
ELSEWHERE = "Z" * 43
TURNS = 25
LONGER = 1.4
"""What measures alike differs by so much on a busy machine."""


@dataclass
class Here:
    """The place, everybody's browser, and what stands in the gaps of an address: there, and not there.

    forms: what a form has to say for the server to come to the question of who may send it.
    """

    managed: Managed
    browsers: dict[str, Browser]
    there: dict[str, str]
    not_there: dict[str, str]
    forms: dict[str, dict[str, str]] = field(default_factory=dict)

    def browser(self, person: str) -> Browser:
        return self.browsers.get(person) or self.managed.place.browser()

    async def ask(self, person: str, row: Row, path: str, *, page: bool, shows_token: bool = True) -> Seen:
        """Send a request as a browser does, for a page or for anything."""
        browser = self.browser(person)
        accept = {"Accept": "text/html"} if page else {}
        if row.method == "GET":
            return await browser.get(path, **accept)
        secret = browser.cookies.get(COOKIE)
        token = {"csrf": csrf.token(secret)} if secret and shows_token else {}
        return await browser.post(path, {**self.forms.get(row.path.rpartition("/")[2], {}), **token}, **accept)

    async def begin(self) -> None:
        """See that agate has an analysis that is done: each of them has one, and a row may have ended it."""
        agate = self.browsers["agate"]
        analyses = ANALYSES.of(await self.managed.place.front())
        if self.there.get("analysis") not in analyses.runs:
            seen = await send(agate, "/analyse", owner="basalt", repository="pit", token=TOKEN, period="all")
            assert seen.status == 303, seen.text
            self.there["analysis"] = seen.location.rpartition("/")[2]
            run = analyses.runs[self.there["analysis"]]
            async with asyncio.timeout(60):
                while not run.is_over:  # noqa: ASYNC110 - what is waited for tells nobody
                    await asyncio.sleep(0.02)
            assert run.state == "done", run.sentence


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database of the module's own, of each kind."""
    if request.param == "sqlite":
        file = tmp_path_factory.mktemp("isolation") / "almanac.db"
        yield f"sqlite:///{shutil.copyfile(request.getfixturevalue('empty_database'), file)}"
    else:
        with cluster.copied(request.getfixturevalue("postgresql")) as address_of_it:
            yield address_of_it


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory, database: str) -> AsyncIterator[Here]:
    """Everybody has signed in; quartz/vault was captured, and is read by whoever may."""
    folder = tmp_path_factory.mktemp("isolation")
    pool = Pool(1)
    async with open_managed(database, folder) as managed:
        place, world = managed.place, managed.place.world
        for login in ("beryl", "coral", "flint", "topaz"):
            world.account(login)
        world.add_personal_token(TOKEN, "agate")
        place.app[BROWSING].services = replace(managed.services, pool=pool)
        browsers = {
            "slate": await managed.signed_in("slate"),
            "agate": await managed.signed_in("agate"),
            "viewer": await managed.viewer("topaz", "quartz/vault"),
            "member": await managed.member("beryl"),
            "admin": await managed.member("coral", "admin"),
            "owner": await managed.signed_in("jade"),
            "operator": await managed.operator("flint"),
        }
        made = await send(browsers["agate"], "/account/tokens", name="a script", scope="read:metrics", days="7")
        assert made.status == 200, made.text
        run = (await send(browsers["owner"], f"{managed.quartz}/collect")).location.rpartition("/")[2]
        await managed.work()
        vault = str(place.ids["quartz/vault"])
        read = Watermark(place.ids["quartz/vault"], "pulls", synced_at=NOW, newest_at=NOW, whole_history=True)
        await place.store.write(lambda conn: save_watermark(conn, read))
        there = {
            "owner": "quartz", "name": "vault", "metric": "pulls", "table": "pulls", "form": "json", "number": "1",
            "installation": str(place.ids["quartz"]), "repository_id": vault, "run": run, "token": "1",
            "file": address("almanac.css").rpartition("/")[2],
        }  # fmt: skip
        away = {**there, "name": "nothing", "installation": "999999", "token": "999999",
                "run": run.replace(there["installation"], "999999"), "file": "nothing.css"}  # fmt: skip
        yield Here(managed, browsers, there, away, {"grant": {"do": "grant", "repository": vault}})
    pool.close()


@pytest.mark.parametrize("row", list(rows()), ids=str)
async def test_an_address_answers_whom_it_should_and_nobody_else(here: Here, row: Row) -> None:
    await here.begin()
    here.managed.place.wait(minutes=1)  # which gives everybody new requests
    there, away = addresses(here, row)
    for person in PERSONS:
        seen = await here.ask(person, row, there, page=False)
        if row.is_open:
            assert seen.status == (200 if "vega-" not in row.path else 404), "that library is not made here"
        elif person in row.doers:
            assert seen.status not in (401, 403, 404), (person, there, seen.status, seen.text[:500])
            assert seen.status < 500 or seen.status == 503, (person, there, seen.status, seen.text[:500])
            assert "/login" not in seen.headers.get("Location", "")
            next_person_gets_nothing_of_it(seen, there)
        elif person == "nobody":
            is_page = row.method == "GET" and not row.is_api
            assert seen.status == (303 if is_page else 401), (there, seen.status)
            assert not is_page or seen.location.startswith("/login?next=")
            assert "vault" not in seen.text
        elif person in row.seers:
            assert seen.status == 403, (person, there, seen.status, seen.text[:500])
        else:
            for page in (False, True):
                theirs = await here.ask(person, row, there, page=page)
                nothing = await here.ask(person, row, away, page=page)
                assert theirs.status == 404, (person, there, theirs.status, theirs.text[:500])
                assert any(one in theirs.text for one in (NOT_THERE, NO_ANALYSIS))
                assert not gaps(row.path) or (nothing.status, nothing.text) == (404, theirs.text), (person, away)


@pytest.mark.parametrize("row", [one for one in rows() if one.method == "GET"], ids=str)
async def test_head_says_what_get_would_without_a_body(here: Here, row: Row) -> None:
    """Files and streams, which are made while they are sent, have none, whoever asks."""
    await here.begin()
    here.managed.place.wait(minutes=1)
    there, _ = addresses(here, row)
    for person in ("nobody", "slate", "owner"):
        head = await here.browser(person).ask("HEAD", there, headers={})
        if row.path.endswith(("/events", "}.{form:csv|json}", "}.{form:csv|json|parquet}")) and not row.is_api:
            assert (head.status, head.headers["Allow"]) == (405, "GET"), person
        else:
            seen = await here.ask(person, row, there, page=False)
            assert (head.status, head.text) == (seen.status, ""), person
            assert head.headers.get("Location") == seen.headers.get("Location")


@pytest.mark.parametrize("row", [one for one in rows() if one.method == "POST"], ids=str)
async def test_a_form_that_no_page_of_ours_sent_changes_nothing(here: Here, row: Row) -> None:
    await here.begin()
    there, _ = addresses(here, row)
    for person in SIGNED_IN:
        seen = await here.ask(person, row, there, page=False, shows_token=False)
        assert (seen.status, seen.text) == (403, csrf.REFUSED), (person, there)
    assert (await here.ask("nobody", row, there, page=False, shows_token=False)).status == 401


@pytest.mark.parametrize(
    "path",
    [
        "/r/quartz/vault/traffic", "/r/quartz/vault/referrers.json", "/r/quartz/vault/traffic/chart/1.svg",
        "/r/quartz/vault/data/traffic", "/r/quartz/vault/data/traffic.csv", "/r/quartz/vault/data/captures.json",
        "/i/{installation}/numbers/org-traffic", "/api/v1/repositories/quartz/vault/metrics/traffic",
        "/api/v1/repositories/quartz/vault/data/traffic", "/api/v1/repositories/quartz/vault/traffic/days",
    ],
)  # fmt: skip
async def test_traffic_is_for_those_who_may_push_or_were_given_it(here: Here, path: str) -> None:
    """Whoever sees the repository without its traffic is told so, or finds nothing; others find nothing."""
    address = filled(path, here.there)
    assert (await here.browsers["viewer"].get(address)).status in (403, 404)
    assert (await here.browsers["slate"].get(address)).status == 404
    assert (await here.browsers["agate"].get(address)).status == 404
    for person in ("member", "admin", "owner", "operator"):
        assert (await here.browsers[person].get(address)).status in (200, 503), person


@pytest.mark.parametrize(
    ("person", "path"),
    [
        ("slate", "/r/{owner}/{name}/{metric}"), ("slate", "/r/{owner}/{name}/data/{table}.csv"),
        ("slate", "/api/v1/repositories/{owner}/{name}/metrics/{metric}"), ("slate", "/i/{installation}"),
        ("slate", "/collect/{run}"), ("agate", "/r/{owner}/{name}/{metric}"), ("agate", "/i/{installation}/people"),
    ],
)  # fmt: skip
async def test_that_something_is_there_takes_no_longer_to_deny(
    here: Here, person: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is asked as often, and this process computes as long: what others do here adds nothing to that."""
    browser, spent = here.browsers[person], {True: [0.0], False: [0.0]}
    asked: list[str] = []
    for name in ("read", "glance", "look"):
        monkeypatch.setattr(Store, name, noting(getattr(Store, name), asked, name))
    addresses_of = {True: filled(path, here.there), False: filled(path, here.not_there)}
    of_database: dict[bool, list[str]] = {}
    for turn in range(2 * TURNS):
        if not turn % 10:
            here.managed.place.wait(minutes=1)
        asked.clear()
        began = time.process_time()
        assert (await browser.get(addresses_of[bool(turn % 2)])).status == 404
        spent[bool(turn % 2)].append(time.process_time() - began)
        of_database[bool(turn % 2)] = list(asked)
    assert of_database[True] == of_database[False]
    theirs, nothing = (median(spent[one][2:]) for one in (True, False))
    assert theirs < nothing * LONGER, f"{theirs * 1000:.2f} ms instead of {nothing * 1000:.2f}"
    assert nothing < theirs * LONGER, f"{nothing * 1000:.2f} ms instead of {theirs * 1000:.2f}"


def noting(method: Callable[..., Any], asked: list[str], name: str) -> Callable[..., Any]:
    """Return a way to the database that notes that it was taken."""

    def taken(*arguments: Any) -> Any:
        asked.append(name)
        return method(*arguments)

    return taken


def next_person_gets_nothing_of_it(seen: Seen, address: str) -> None:
    """Check that a browser shows an answer to nobody but whoever asked for it, also where it keeps one for a while."""
    kept = {one.strip().lower() for one in seen.headers["Cache-Control"].split(",")}
    assert "public" not in kept, address
    if not kept & {"no-store", "no-cache"}:
        vary = {one.strip().lower() for one in seen.headers.get("Vary", "").split(",")}
        assert {"private", "cookie"} <= kept | vary, (address, kept, vary)


def addresses(here: Here, row: Row) -> tuple[str, str]:
    """Return an address of what is there, and the same of what is not."""
    there, away = dict(here.there), dict(here.not_there)
    if row.path.startswith("/analyse/"):
        there["run"], away["run"] = there["analysis"], ELSEWHERE
    if "/tables/" in row.path:
        there["table"] = away["table"] = "facts"
    if "vega-" in row.path:
        there["file"] = "vega-0000000000000000.js"
    if not gaps(row.path):
        return row.path, row.path + "/nothing"
    return filled(row.path, there), filled(row.path, away)


IMPOSSIBLE = {
    **dict.fromkeys(("owner", "name", "metric", "table"), ("%00", "a%00b", "%ED%A0%80", "..%2f", "a" * 300)),
    **dict.fromkeys(("installation", "token"), ("0", "2147483648", "9" * 19)),
    "run": ("9" * 80, "%00"),
}
"""What stands in no address of ours, by the gap that it would stand in."""
WORDS = (
    "period", "vs", "compare", "author", "label", "base", "path", "in", "q", "sort", "order", "page", "title", "state",
    "after", "before", "cursor", "limit", "format", "number", "show", "metric", "letters", "outcome", "repository",
)  # fmt: skip


def with_gaps() -> list[Row]:
    """Return the addresses in which something can stand; an answer that nothing was read for has no tables."""
    found = [one for one in rows() if IMPOSSIBLE.keys() & {name for _, name in gaps(one.path)}]
    return [one for one in found if not one.path.endswith("/tables/{table}")]


@pytest.mark.parametrize("row", with_gaps(), ids=str)
async def test_what_can_stand_in_no_address_is_not_there(here: Here, row: Row) -> None:
    """Not for whoever sees everything either."""
    await here.begin()
    here.managed.place.wait(minutes=1)
    values = {**here.there, "run": here.there["analysis"] if row.path.startswith("/analyse/") else here.there["run"]}
    for gap in [name for _, name in gaps(row.path) if name in IMPOSSIBLE]:
        for value in IMPOSSIBLE[gap]:
            seen = await here.ask("operator", row, filled(row.path, {**values, gap: value}), page=False)
            assert seen.status == 404, (gap, value, seen.status, seen.text[:500])


@pytest.mark.parametrize("row", [one for one in rows() if one.method == "GET" and not one.is_open], ids=str)
async def test_nothing_that_an_address_asks_goes_wrong(here: Here, row: Row) -> None:
    """What cannot be asked is refused with a sentence, or means nothing there."""
    await here.begin()
    here.managed.place.wait(minutes=1)
    there, _ = addresses(here, row)
    person = "agate" if row.path.startswith("/analyse/") else "operator"
    for word in WORDS:
        seen = await here.ask(person, row, f"{there}?{word}=a%00b", page=False)
        assert seen.status == 422, (word, seen.status, seen.text[:500])
        assert "no text" in seen.text
    for query in ("number=2147483648", "limit=" + "9" * 30, "page=" + "9" * 30, "q=" + "x" * 500):
        seen = await here.ask(person, row, f"{there}?{query}", page=False)
        assert seen.status < 500 or seen.status == 503, (query, seen.status, seen.text[:500])
