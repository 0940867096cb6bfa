"""The data API over real HTTP: each operation of its description, pages, ETags, rates, and mistakes."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
from datetime import datetime, timedelta
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator, validate
from structlog.testing import capture_logs

from dashboard.access import NOT_THERE
from dashboard.api import replies
from dashboard.api.answers_at_once import AT_ONCE, AnswersAtOnce
from dashboard.api.cursors import opened, sealed
from dashboard.api.door import WENT_WRONG
from dashboard.api.problems import ProblemError
from dashboard.api.rates import MOST, Buckets
from dashboard.api.table import OPERATIONS
from github.cipher import Cipher
from storage.captures import plan_run
from storage.connection import Connection
from storage.previewed_catalogue import TABLES
from tests.dashboard.answering import BASE, Watched
from tests.dashboard.people import NOW, Browser, Place
from tests.dashboard.programs import API, Program, program, validator
from tests.storage.filled import fill
from tests.stories.town import LANTERN

VAULT = "/repositories/quartz/vault"
OWNER = "calm-owner"
WORDS = {
    "limit": "2", "q": "LANT", "order": "asc", "sort": "number", "format": "csv", "since": "2026-11-01",
    "until": "2026-11-19", "period": "60d", "vs": "year", "compare": "yes", "author": "quartz-otter", "label": "bug",
    "base": "main", "path": "docs",
}  # fmt: skip
"""Something that can be asked, for each word of a query."""


@pytest.fixture
async def opal(place: Place) -> Browser:
    """Somebody who writes in quartz/vault and reads quartz/mine; both have rows in every table."""
    await fill(place.store, place.ids["quartz/vault"], 250)
    await fill(place.store, place.ids["quartz/mine"], 8)
    browser = place.browser()
    await browser.sign_in("opal")
    return browser


@pytest.fixture
async def script(opal: Browser) -> Program:
    """A script of hers that may read everything."""
    return await program(opal)


async def owner_of(watched: Watched) -> Browser:
    """Sign in an owner of the organisation: GitHub says so of whoever administers all of it."""
    for name in {one.full_name for one in watched.town.world.repositories.values()}:
        watched.town.world.permit(name, OWNER, "admin")
    return await watched.signed_in(OWNER)


# the description


async def test_the_description_is_there_for_everybody_and_is_openapi(place: Place) -> None:
    nobody = Program(place.session, place.url)
    told = await nobody.get("/openapi.json")
    document = told.json
    validate(document, cls=OpenAPIV31SpecValidator)
    assert document["openapi"] == "3.1.0"
    assert {"title", "version"} <= document["info"].keys()
    assert document["servers"] == [{"url": place.url + API}]
    # JSON Schema 2020-12 is what OpenAPI 3.1 has schemas in
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
    names = []
    for path, item in document["paths"].items():
        assert path.startswith("/")
        assert list(item) == ["get"]
        found = item["get"]
        names.append(found["operationId"])
        in_path = [one["name"] for one in found["parameters"] if one["in"] == "path"]
        assert in_path == re.findall(r"\{(\w+)\}", path)
        assert all(one["required"] is True for one in found["parameters"] if one["in"] == "path")
        assert all({"name", "in", "schema"} <= one.keys() for one in found["parameters"])
        assert len({one["name"] for one in found["parameters"]}) == len(found["parameters"])
        assert all("description" in one or "$ref" in one for one in found["responses"].values())
        schemes = {name for needed in found["security"] for name in needed}
        assert schemes == set(document["components"]["securitySchemes"])
    assert len(set(names)) == len(names) == len(OPERATIONS)
    for reference in re.findall(r'"\$ref":"([^"]+)"', told.body.decode()):
        target: Any = document
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]
    assert (await nobody.get("/openapi.json", 304, If_None_Match=told.headers["ETag"])).body == b""


def address_of(path: str, table: str) -> str:
    """Return a path with what stands in it; the table is one of the answer's, or of the data."""
    owner, _, name = LANTERN.partition("/")
    known = {"owner": owner, "name": name, "metric": "overview", "table": table}
    return re.sub(r"\{(\w+)\}", lambda found: known[found[1]], path)


async def test_each_operation_answers_as_its_description_says(watched: Watched) -> None:
    """Every operation with each word of its query; every answer fits its schema."""
    await watched.read("/analytics overview 2y")
    script = await program(await owner_of(watched))
    document = (await script.get("/openapi.json")).json
    (installation,) = {one["id"] for one in (await script.get("/installations")).json["items"]}
    for path, item in document["paths"].items():
        found = item["get"]
        ok = found["responses"]["200"]["content"]
        fits = validator(document, ok["application/json"]["schema"])
        tables = list(TABLES) if path.endswith("/data/{table}") else ["facts"]
        for table in tables:
            address = address_of(path.replace("{installation}", str(installation)), table)
            told = await script.get(address)
            fits.validate(told.json)
            assert told.headers["Content-Type"] == "application/json"
            assert told.headers["Cache-Control"] == "private, max-age=60"
            assert told.headers["Vary"] == "Authorization, Cookie"
            assert {"ETag", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"} <= told.headers.keys()
            for word in (one["name"] for one in found["parameters"] if one["in"] == "query"):
                if word in ("cursor", "more") or (word == "sort" and table not in ("pulls", "issues")):
                    continue
                value = str(installation) if word == "installation" else WORDS[word]
                # of all metrics `paths` alone has paths
                asked = address.replace("/overview", "/paths") if word == "path" else address
                answered = await script.get(f"{asked}?{word}={value}")
                if word == "format":
                    assert answered.headers["Content-Type"] == "text/csv; charset=utf-8"
                else:
                    fits.validate(answered.json)
    for status, said in document["components"]["responses"].items():
        assert said["content"].keys() == {"application/problem+json"}, status


async def test_every_problem_fits_its_schema(script: Program, place: Place) -> None:
    document = (await script.get("/openapi.json")).json
    fits = validator(document, {"$ref": "#/components/schemas/Problem"})
    nobody = Program(place.session, place.url)
    for who, path, status in (
        (nobody, "/me", 401), (script, "/nothing", 404), (script, f"{VAULT}/data/pull", 404),
        (script, "/repositories?limit=0", 422), (script, f"{VAULT}/metrics/pulls?period=soon", 422),
        (script, "/repositories/quartz/mine/traffic/days", 403), (script, f"{VAULT}/metrics/pulls", 503),
    ):  # fmt: skip
        told = await who.get(path, status)
        fits.validate(told.json)
        assert told.json["status"] == status
        assert str(status) in document["components"]["responses"]
        assert told.detail
        assert told.headers["Cache-Control"] == "no-store"


# answers


async def test_an_answer_is_that_of_the_page(watched: Watched) -> None:
    await watched.read("/analytics time-to-merge 90d vs=year")
    script = await program(watched.member)
    query = "time-to-merge{}?period=90d&vs=year&author=quartz-otter&author=dry-otter"
    filed = await watched.data(watched.member, f"{BASE}/{query.format('.json')}")
    told = (await script.get(f"/repositories/{LANTERN}/metrics/{query.format('')}")).json
    assert told["completeness"].pop("fresh") is True
    assert told == json.loads(filed)
    assert sorted(told["question"]["filters"]["author"]) == ["dry-otter", "quartz-otter"]


async def test_a_table_of_an_answer_is_flat_rows_and_the_same_as_csv(watched: Watched) -> None:
    await watched.read("/analytics commits 90d")
    script = await program(watched.member)
    at = f"/repositories/{LANTERN}/metrics/commits"
    whole = (await script.get(at)).json["metrics"]["commits"]["tables"]
    name, rows = next((name, rows) for name, rows in whole.items() if len(rows) > 3)
    assert await script.every(f"{at}/tables/{name}?limit=3") == rows
    text = (await script.get(f"{at}/tables/{name}?format=csv")).body.decode()
    head, *lines = csv.reader(io.StringIO(text, newline=""))
    assert head == list(rows[0])
    assert len(lines) == len(rows)
    wrong = await script.get(f"{at}/tables/{name}x", 404)
    assert wrong.json["nearest"] == name


async def test_old_rows_are_answered_said_to_be_old_and_read_anew_behind(watched: Watched) -> None:
    await watched.read("/analytics commits 90d")
    script = await program(watched.member)
    at = f"/repositories/{LANTERN}"
    assert (await script.get(f"{at}/data/commits")).json["completeness"]["stale"] == []
    watched.town.sandbox.clock.advance(timedelta(hours=2))
    then = (await script.get(f"{at}/data/commits")).json["completeness"]
    assert then["stale"] == ["commits"]
    assert (await script.get(f"{at}/metrics/commits")).json["completeness"]["fresh"] is False
    await watched.town.settled()
    now = (await script.get(f"{at}/data/commits")).json["completeness"]
    assert now["stale"] == []
    assert now["synced_at"] > then["synced_at"]


async def test_what_was_not_read_yet_is_being_read(watched: Watched) -> None:
    script = await program(watched.member)
    told = await script.get(f"/repositories/{LANTERN}/metrics/issues", 503)
    assert told.headers["Retry-After"] == "10"
    assert "have not been read yet" in told.detail
    await watched.town.settled()
    assert (await script.get(f"/repositories/{LANTERN}/metrics/issues")).json["metrics"]["issues"]["facts"]


# rows


@pytest.mark.parametrize("table", ["pulls", "reviews", "commits", "traffic", "comments"])
async def test_pages_of_rows_are_the_file_of_the_page(opal: Browser, script: Program, table: str) -> None:
    filed = json.loads((await opal.get(f"/r/quartz/vault/data/{table}.json")).text)
    assert await script.every(f"{VAULT}/data/{table}?limit=17") == filed
    assert len(filed) > 17
    first = (await script.get(f"{VAULT}/data/{table}?limit=1000&format=csv")).body.decode()
    assert f"\ufeff{first}" == (await opal.get(f"/r/quartz/vault/data/{table}.csv")).text  # Excel's mark, for people


async def test_rows_are_narrowed_and_sorted_as_on_the_page(script: Program) -> None:
    told = (await script.get(f"{VAULT}/data/pulls?author=opal&number.from=20&sort=number&order=asc&limit=5")).json
    numbers = [one["number"] for one in told["items"]]
    assert numbers == sorted(numbers)
    assert numbers[0] >= 20
    assert {one["author"] for one in told["items"]} == {"Opal"}
    for query in (
        "athor=opal",
        "sort=nothing",
        "number.from=x",
        "order=up",
        "after=x",
        "limit=1001",
        "limit=1&limit=2",
        "limit=1e1",
        "limit=5.0",
        "limit=%D9%A1",
        "number=1,5",
    ):
        assert (await script.get(f"{VAULT}/data/pulls?{query}", 422)).detail


async def test_traffic_has_a_type_for_each_row_and_unknown_is_null(script: Program) -> None:
    days = await script.every(f"{VAULT}/traffic/days?limit=10&since=2026-10-25&until=2026-11-10")
    assert [one["date"] for one in days] == [f"{datetime(2026, 10, 25) + timedelta(n):%Y-%m-%d}" for n in range(17)]  # noqa: DTZ001
    assert all(one["views"] is None or one["views"] >= 0 for one in days)
    assert any(one["views"] is None for one in await script.every(f"{VAULT}/traffic/days"))
    told = (await script.get(f"{VAULT}/traffic/days?until=soon", 422)).json
    assert told["detail"] == "'until' must be a date such as 2026-01-31."
    turned = await script.get(f"{VAULT}/traffic/days?since=2026-11-02&until=2026-11-01", 422)
    assert turned.detail.startswith("'since' is after 'until'")


async def test_no_spreadsheet_takes_a_name_for_a_formula(script: Program) -> None:
    text = (await script.get(f"{VAULT}/data/pulls?format=csv&title=1%2B1")).body.decode()
    head, *rows = csv.reader(io.StringIO(text, newline=""))
    assert {row[head.index("title")] for row in rows} == {"'=1+1"}


async def test_no_answer_is_larger_than_promised(script: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = len((await script.get(f"{VAULT}/data/pulls")).body)
    monkeypatch.setattr(replies, "MOST_BYTES", whole)
    await script.get(f"{VAULT}/data/pulls")
    told = await script.get(f"{VAULT}/data/pulls?limit=101", 422)
    assert told.detail == replies.TOO_LARGE


# lists


async def test_repositories_are_listed_filtered_and_paged(script: Program, place: Place) -> None:
    names = [one["full_name"] for one in await script.every("/repositories?limit=1")]
    assert names == ["quartz/mine", "quartz/vault"]
    only = (await script.get("/repositories?q=VAULT")).json["items"]
    assert [(one["full_name"], one["sees_traffic"], one["manages"]) for one in only] == [("quartz/vault", True, False)]
    assert (await script.get(f"/repositories?installation={place.ids['basalt']}")).json["items"] == []
    cursor = (await script.get("/repositories?limit=1")).json["next"]
    assert (await script.get(f"/repositories?limit=1&cursor={cursor}")).json["next"] is None
    for wrong in (f"cursor={cursor}&q=mine", "cursor=abc", "cursor=%C3%A9", f"cursor={cursor[:-2]}AA"):
        assert "cursor" in (await script.get(f"/repositories?{wrong}", 422)).detail
    jade = await program(await signed_in(place, "jade"))
    assert "cursor" in (await jade.get(f"/repositories?limit=1&cursor={cursor}", 422)).detail


async def test_captures_are_paged(place: Place) -> None:
    quartz = place.ids["quartz"]
    days = [NOW.date() - timedelta(days=number) for number in range(7)]

    async def work(conn: Connection) -> None:
        for day in days:
            await plan_run(conn, quartz, day.isoformat(), day, NOW)

    await place.store.write(work)
    jade = await program(await signed_in(place, "jade"))
    runs = await jade.every(f"/installations/{quartz}/captures?limit=3")
    assert [one["run"] for one in runs] == [day.isoformat() for day in days]
    assert {one["state"] for one in runs} == {"planned"}


async def signed_in(place: Place, login: str) -> Browser:
    browser = place.browser()
    await browser.sign_in(login)
    return browser


# what stays the same is not sent again


async def test_an_answer_that_has_not_changed_is_not_sent_again(script: Program, place: Place) -> None:
    for path in ("/repositories?limit=1", f"{VAULT}/data/pulls?limit=5", f"{VAULT}/traffic/days", "/me"):
        told = await script.get(path)
        same = await script.get(path)
        assert same.body == told.body, "a cursor for the same place is the same text"
        tag = told.headers["ETag"]
        assert re.fullmatch(r'"[0-9a-f]{32}"', tag)
        for said in (tag, f'"x", W/{tag}', "*"):
            known = await script.get(path, 304, If_None_Match=said)
            assert (known.body, known.headers["ETag"]) == (b"", tag)
            assert known.headers.get("Link") == told.headers.get("Link")
        assert (await script.get(path, If_None_Match='"x"')).body == told.body
    before = (await script.get(f"{VAULT}/data/pulls")).headers["ETag"]
    await fill(place.store, place.ids["quartz/vault"], 251)
    assert (await script.get(f"{VAULT}/data/pulls", If_None_Match=before)).headers["ETag"] != before


# how much may be asked


async def test_whoever_asks_too_much_is_told_when_to_go_on(script: Program, opal: Browser, place: Place) -> None:
    """The sandbox's clock stands still, so nothing flows into the bucket."""
    other = await program(opal)
    left = [int((await script.get("/me")).headers["RateLimit-Remaining"]) for _ in range(3)]
    assert left == [MOST - 1, MOST - 2, MOST - 3]
    costly = await script.get(f"{VAULT}/metrics/pulls", 503)
    assert int(costly.headers["RateLimit-Remaining"]) == MOST - 8
    for _ in range(MOST - 8):
        await script.get("/me")
    told = await script.get("/me", 429)
    assert (told.headers["RateLimit-Remaining"], told.headers["Retry-After"]) == ("0", "1")
    assert told.headers["RateLimit-Reset"] == "60"
    await script.get("/nothing", 429)
    await other.get("/me")  # each token has its own
    place.wait(seconds=1)
    assert (await script.get("/me")).headers["RateLimit-Remaining"] == "9"


async def test_of_one_persons_answers_few_are_computed_at_once() -> None:
    """Whoever else asks has turns of their own, and nobody is remembered after that."""
    turns, at_work, most = AnswersAtOnce(), [0, 0], [0, 0]

    async def compute(person: int) -> None:
        async with turns.of(person):
            at_work[person] += 1
            most[person] = max(most[person], at_work[person])
            await asyncio.sleep(0)
            at_work[person] -= 1

    await asyncio.gather(*(compute(number % 2) for number in range(20)))
    assert most == [AT_ONCE, AT_ONCE]
    assert not turns.held


@given(st.lists(st.tuples(st.integers(1, 20), st.floats(-5, 30)), max_size=200))
def test_nobody_gets_more_than_flows_in(asked: list[tuple[int, float]]) -> None:
    """Whatever is asked, when: what was let in is at most a full bucket and what flowed into it since."""
    clock = [NOW]
    buckets = Buckets(lambda: clock[0])
    let_in, passed = 0, 0.0
    for cost, seconds in asked:
        clock[0] += timedelta(seconds=seconds)
        passed += max(0.0, seconds)
        taken = buckets.take("somebody", cost)
        let_in += 0 if taken.wait else cost
        assert 0 <= taken.left <= MOST
        assert taken.full <= 60
    assert let_in <= MOST + passed * MOST / 60 + 0.001


# cursors

PLACES = st.tuples(st.booleans(), st.lists(st.integers(-(2**63), 2**63 - 1) | st.text(max_size=50), max_size=3))
CIPHER = Cipher(b"a secret of the tests")


@given(PLACES, st.text(max_size=80), st.text(max_size=80))
def test_a_cursor_comes_back_for_its_own_question_only(
    place: tuple[bool, list[int | str]], question: str, other: str
) -> None:
    cursor = sealed(CIPHER, question, place)
    assert cursor == sealed(CIPHER, question, place)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", cursor)
    assert opened(CIPHER, question, cursor, tuple[bool, list[int | str]]) == place
    if other != question:
        with pytest.raises(ProblemError, match="does not belong"):
            opened(CIPHER, other, cursor, tuple[bool, list[int | str]])


@given(st.text(max_size=200))
def test_what_is_no_cursor_is_told_so(text: str) -> None:
    with pytest.raises(ProblemError, match="does not belong"):
        opened(CIPHER, "a question", text, tuple[str, int])


async def test_any_limit_gives_pages_of_all_rows_once(script: Program) -> None:
    every = [one["number"] for one in await script.every(f"{VAULT}/data/pulls?limit=1000")]
    for limit in (1, 7, 50, 249, 250, 251):
        found = await script.every(f"{VAULT}/data/pulls?limit={limit}" + ("&number.from=230" if limit == 1 else ""))
        assert [one["number"] for one in found] == (every[:21] if limit == 1 else every)


# mistakes


async def test_a_mistake_names_the_nearest_word(script: Program) -> None:
    for path, nearest in (
        ("/repositories?limt=5", "limit"),
        (f"{VAULT}/traffic/days?ordr=asc", "order"),
        (f"{VAULT}/traffic/days?order=ascc", "asc"),
        (f"{VAULT}/data/pulls?before=x", "cursor"),
    ):
        told = await script.get(path, 422)
        assert told.json["nearest"] == nearest, told.json
    told = (await script.get(f"{VAULT}/metrics/pulls?period=yesterweek", 422)).json
    assert "yesterweek" in told["detail"]
    assert told["usage"]
    told = (await script.get(f"{VAULT}/metrics/pulls?team=quartz/core", 422)).json
    assert told["detail"].startswith("Teams are asked about in a comment")


async def test_whatever_goes_wrong_is_a_problem_and_the_log_says_what(script: Program, place: Place) -> None:
    document = (await script.get("/openapi.json")).json
    fits = validator(document, {"$ref": "#/components/schemas/Problem"})
    await place.store.write(lambda conn: conn.exec_driver_sql("ALTER TABLE pulls RENAME TO elsewhere"))
    with capture_logs() as logged:
        told = await script.get(f"{VAULT}/data/pulls", 500)
    fits.validate(told.json)
    assert told.detail == WENT_WRONG
    assert told.headers["X-Content-Type-Options"] == "nosniff"
    assert "RateLimit-Remaining" in told.headers
    assert {"path": f"{API}{VAULT}/data/pulls", "exc_info": True}.items() <= logged[-1].items()
    assert document["components"]["responses"].keys() >= {"500"}


@pytest.mark.parametrize("path", ["", "/", "/me/", "//", "/nothing"])
async def test_all_that_lies_below_the_address_is_the_apis(script: Program, place: Place, path: str) -> None:
    assert (await script.get(path, 404)).detail == NOT_THERE
    assert (await Program(place.session, place.url).get(path, 401)).detail
    async with place.session.post(f"{place.url}{API}{path}") as response:
        assert (response.status, response.content_type) == (405, "application/problem+json")


async def test_only_reading_is_there(script: Program, place: Place) -> None:
    headers = {"Authorization": f"Bearer {script.token}"}
    document = (await script.get("/openapi.json")).json
    assert "405" in document["components"]["responses"]
    assert not any("405" in item["get"]["responses"] for item in document["paths"].values()), "GET never gets it"
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        async with place.session.request(method, f"{place.url}{API}/me", headers=headers) as response:
            assert (response.status, response.content_type) == (405, "application/problem+json")
            assert response.headers["Allow"] == "GET, HEAD"
