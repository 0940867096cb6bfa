"""Every address before every kind of person: what is not theirs is what is not there, to the letter."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio

from dashboard import csrf
from dashboard.access import NOT_THERE
from dashboard.analysis import NOT_THERE as NO_ANALYSIS
from storage.engine import Store
from tests.dashboard.every_address import DENIED, OF_REPOSITORY, PERSONS, SIGNED_IN, Row, filled, gaps, rows
from tests.dashboard.everybody import Here, addresses, everybody
from tests.dashboard.people import Seen
from tests.storage import cluster

pytestmark = pytest.mark.asyncio(loop_scope="module")


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
    """Everybody, before a database of each kind."""
    async with everybody(database, tmp_path_factory.mktemp("isolation")) as opened:
        yield opened


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
            assert person in OF_REPOSITORY or "vault" not in seen.text, "a list names what they may not see"
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
                assert not gaps(row.path) or told_in(theirs) == told_in(nothing), (person, away)


@pytest.mark.parametrize("row", [one for one in rows() if gaps(one.path) and not one.is_open], ids=str)
async def test_who_sees_one_installation_sees_nothing_of_another(here: Here, row: Row) -> None:
    """Also not as its owner or administrator, with whose role everything else could be done."""
    ids = here.managed.place.ids
    of_basalt = {
        "owner": "basalt", "name": "pit", "installation": str(ids["basalt"]), "repository_id": str(ids["basalt/pit"]),
    }  # fmt: skip
    if not {name for _, name in gaps(row.path)} & of_basalt.keys():
        return
    here.managed.place.wait(minutes=1)
    there, away = filled(row.path, here.there | of_basalt), filled(row.path, here.not_there)
    for person in ("viewer", "member", "admin", "owner"):
        seen = await here.ask(person, row, there, page=False)
        nothing = await here.ask(person, row, away, page=False)
        assert (seen.status, seen.text) == (404, nothing.text), (person, there, seen.status)
        assert told_in(seen) == told_in(nothing), (person, there)


def told_in(seen: Seen) -> dict[str, str]:
    """Return the headers that could tell something: not those that count this person's own requests."""
    return {name: value for name, value in seen.headers.items() if name != "Date" and "RateLimit" not in name}


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


@pytest.mark.parametrize(("person", "path"), DENIED)
async def test_that_something_is_there_is_denied_without_asking_more(
    here: Here, person: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is asked the same, there or not; how long it takes is measured by `python -m bench isolation`."""
    browser, asked = here.browsers[person], list[str]()
    for name in ("read", "glance", "look"):
        monkeypatch.setattr(Store, name, noting(getattr(Store, name), asked, name))
    of_database = []
    here.managed.place.wait(minutes=1)
    for values in (here.there, here.not_there) * 2:
        asked.clear()
        assert (await browser.get(filled(path, values))).status == 404
        of_database.append(list(asked))
    assert of_database[2] == of_database[3], "the first two may have to look anew at what the person sees"
    assert of_database[2]


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
