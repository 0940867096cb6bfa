"""The data of a repository in a browser: lists, previews, files; who may have them; over real HTTP."""

from __future__ import annotations

import asyncio
import codecs
import csv
import io
import json
import re
import subprocess
import sys
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from sqlalchemy import text

from analytics.rows import ReviewRow
from dashboard.access import NOT_THERE
from dashboard.data_files import AT_ONCE, ROOMS
from storage.activity import save_reviews
from storage.configurations import KnownFile, save_file
from storage.previewed import Row, Wanted, chunks
from storage.previewed_catalogue import TABLES
from tests.dashboard.people import NOW, Browser, Place
from tests.storage.filled import DAY, DRILL, PEOPLE, fill

VAULT, MINE = "/r/quartz/vault", "/r/quartz/mine"
TRAFFIC = sorted(table.name for table in TABLES.values() if table.traffic)
FORMS = ("csv", "json", "parquet")


class Rows(HTMLParser):
    """The cells of a page's table, its heads, links and the addresses that they lead to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.heads: list[str] = []
        self.sorts: dict[str, str] = {}
        self.rows: list[list[str]] = []
        self.links: dict[str, str] = {}
        self.inside = ""
        self.href = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.inside = tag
            (self.heads if tag == "th" and given.get("scope") == "col" else self.rows[-1]).append("")
            self.head = tag == "th" and given.get("scope") == "col"
        elif tag == "a":
            self.href = given.get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.inside = ""
        elif tag == "a":
            self.href = ""

    def handle_data(self, data: str) -> None:
        if self.href:
            self.links[data.strip()] = self.href
        if self.inside:
            if self.head:
                self.heads[-1] += data
            else:
                self.rows[-1][-1] += data

    @property
    def body(self) -> list[list[str]]:
        return [row for row in self.rows if row]


@pytest.fixture
async def opal(place: Place) -> Browser:
    """Somebody who writes in quartz/vault and only reads quartz/mine; both have rows in every table."""
    await fill(place.store, place.ids["quartz/vault"], 250)
    await fill(place.store, place.ids["quartz/mine"], 8)
    browser = place.browser()
    await browser.sign_in("opal")
    return browser


async def rows_of(place: Place, table: str, name: str = "quartz/vault") -> list[Row]:
    wanted = Wanted(place.ids[name], TABLES[table])
    return [row async for rows in chunks(place.store, wanted) for row in rows]


async def fetched(place: Place, browser: Browser, path: str) -> tuple[aiohttp.ClientResponse, bytes]:
    """Return a response with its bytes, as they are."""
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    async with place.session.get(place.url + path, headers={"Cookie": cookie}) as response:
        return response, await response.read()


async def test_the_list_says_what_there_is(opal: Browser) -> None:
    seen = await opal.get(f"{VAULT}/data")
    assert seen.status == 200
    listed = Rows(seen.text)
    assert [" ".join(row[0].split()) for row in listed.body] == [f"{one.title}{one.what}" for one in TABLES.values()]
    pulls, traffic = listed.body[0], next(row for row in listed.body if row[0].startswith("Traffic by day"))
    assert pulls[1:3] == ["250", "2026-10-11 to 2026-10-28"]
    assert traffic[1:3] == ["31", "2026-10-20 to 2026-11-19"]
    assert listed.links["Commits"] == f"{VAULT}/data/commits"


async def test_whoever_may_not_push_finds_no_traffic(opal: Browser) -> None:
    seen = await opal.get(f"{MINE}/data")
    assert "Pull requests" in seen.text
    assert not any(TABLES[name].title in seen.text for name in TRAFFIC)
    for name in TRAFFIC:
        for end in ("", *(f".{form}" for form in FORMS)):
            there = await opal.get(f"{MINE}/data/{name}{end}")
            assert (there.status, there.text) == (404, NOT_THERE)
        assert (await opal.get(f"{VAULT}/data/{name}")).status == 200


async def test_not_theirs_and_not_there_are_the_same(place: Place, opal: Browser) -> None:
    del opal
    for login in ("slate", "agate"):
        browser = place.browser()
        await browser.sign_in(login)
        addresses = [
            f"{base}{path}"
            for base in (f"{VAULT}/data", f"{MINE}/data", "/r/no/where/data")
            for path in (
                "",
                "/pulls",
                "/traffic",
                "/pulls.csv",
                "/pulls.json",
                "/pulls.parquet",
                "/nothing",
                "/nothing.csv",
            )
        ]
        refused = [await browser.get(address) for address in addresses]
        assert {(seen.status, seen.text) for seen in refused} == {(404, NOT_THERE)}
        assert len({tuple(sorted(set(seen.headers) - {"Date"})) for seen in refused}) == 1
    assert (await place.browser().get(f"{VAULT}/data/pulls.csv")).status == 303


async def test_a_page_has_fifty_rows_and_leads_to_the_others(place: Place, opal: Browser) -> None:
    first = await opal.get(f"{VAULT}/data/pulls")
    assert "250 rows" in first.text
    pages = [Rows(first.text)]
    while "Rows after" in pages[-1].links:
        pages.append(Rows((await opal.get(pages[-1].links["Rows after"])).text))
    assert [len(one.body) for one in pages] == [50] * 5
    assert [row[0] for one in pages for row in one.body] == [str(row[0]) for row in await rows_of(place, "pulls")]
    before = Rows((await opal.get(pages[2].links["Rows before"])).text)
    assert before.body == pages[1].body
    assert "Rows before" not in pages[0].links


async def test_the_names_of_columns_sort(opal: Browser) -> None:
    page = Rows((await opal.get(f"{VAULT}/data/pulls")).text)
    largest = Rows((await opal.get(page.links["additions"])).text)
    numbers = [row[largest.heads.index("additions ↓")] for row in largest.body]
    assert numbers[0] == "49"
    assert numbers == sorted(numbers, key=int, reverse=True)
    smallest = await opal.get(largest.links["additions"])
    assert 'aria-sort="ascending"' in smallest.text
    assert Rows(smallest.text).body[0][Rows(smallest.text).heads.index("additions ↑")] == "0"


async def test_filters_narrow_the_page_and_its_files_alike(place: Place, opal: Browser) -> None:
    query = "?author=OPA&number.from=10&number.to=60&is_draft=no&created_at.from=2026-10-12"
    seen = await opal.get(f"{VAULT}/data/pulls{query}")
    page = Rows(seen.text)
    expected = [
        row
        for row in await rows_of(place, "pulls")
        if row[2] in ("Opal", "topaz") and 10 <= row[0] <= 60 and not row[5] and row[6].date() >= date(2026, 10, 12)
    ]
    assert [row[0] for row in page.body] == [str(row[0]) for row in expected]
    assert f"{len(expected)} rows fit" in seen.text
    file = (await opal.get(page.links["CSV"])).text.removeprefix("\ufeff")
    assert [line["number"] for line in csv.DictReader(io.StringIO(file))] == [str(row[0]) for row in expected]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?nothing=1", "cannot be narrowed by"),
        ("?sort=title;--", "cannot be sorted by"),
        ("?sort=author_kind", "cannot be sorted by"),
        ("?order=up", "asc or desc"),
        ("?number.from=many", "must be a whole number"),
        *((f"?number={one}", "must be a whole number") for one in ("9" * 20, "1,5", "1_000", "%D9%A1", "1e3", "%2B1")),
        ("?created_at.to=soon", "must be a date or time"),
        ("?title.from=a", "cannot be narrowed by"),
        ("?is_draft=perhaps", "yes or no"),
        ("?title=%00", "no text"),
        ("?title=a&title=b", "once"),
        ("?after=abc", "no place"),
    ],
)
async def test_what_cannot_be_looked_for_is_said(opal: Browser, query: str, sentence: str) -> None:
    seen = await opal.get(f"{VAULT}/data/pulls{query}")
    assert (seen.status, sentence in seen.text) == (422, True)
    file = await opal.get(f"{VAULT}/data/pulls.csv{query}")
    assert (file.status, sentence in file.text) == (422, True)


async def test_a_place_of_one_table_is_none_in_another(opal: Browser) -> None:
    after = urlsplit(Rows((await opal.get(f"{VAULT}/data/pulls")).text).links["Rows after"]).query
    there = await opal.get(f"{VAULT}/data/issues?{after.split('&')[-1]}")
    assert there.status == 200
    assert len(Rows(there.text).body) == 50


@pytest.mark.parametrize("name", sorted(TABLES))
async def test_files_hold_the_rows_that_are_stored(place: Place, opal: Browser, name: str) -> None:
    table, expected = TABLES[name], await rows_of(place, name)
    assert expected
    names = [column.name for column in table.columns]

    response, data = await fetched(place, opal, f"{VAULT}/data/{name}.json")
    assert response.headers["Content-Type"] == "application/json"
    assert json.loads(data) == [dict(zip(names, map(said, row), strict=True)) for row in expected]

    response, data = await fetched(place, opal, f"{VAULT}/data/{name}.csv")
    assert response.headers["Content-Disposition"] == f'attachment; filename="quartz-vault-{name}.csv"'
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert data.startswith(codecs.BOM_UTF8), "by which Excel knows UTF-8"
    head, *lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert head == names
    assert lines == [[in_csv(cell) for cell in row] for row in expected]


READ = """
import sys, json, pyarrow.parquet as parquet
for path in sys.argv[1:]:
    table = parquet.read_table(path)
    rows = [list(map(str, row.values())) for row in table.to_pylist()]
    print(json.dumps([table.schema.names, list(map(str, table.schema.types)), rows]))
"""
KINDS = {
    "text": "string", "count": "int64", "day": "date32[day]", "moment": "timestamp[us, tz=UTC]", "yes-no": "bool",
}  # fmt: skip


async def test_parquet_holds_the_rows_with_their_types(place: Place, opal: Browser, tmp_path: Path) -> None:
    before = "pyarrow" in sys.modules  # another test of this process may have imported it
    paths = {name: tmp_path / f"{name}.parquet" for name in ("pulls", "traffic", "stars", "releases")}
    for name, path in paths.items():
        response, data = await fetched(place, opal, f"{VAULT}/data/{name}.parquet")
        assert response.status == 200, data
        assert response.headers["Content-Type"] == "application/vnd.apache.parquet"
        path.write_bytes(data)
    # read by a process of its own: nothing here may bring PyArrow into the server
    command = [sys.executable, "-c", READ, *map(str, paths.values())]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=True)
    for name, line in zip(paths, done.stdout.splitlines(), strict=True):
        names, types, rows = json.loads(line)
        table, expected = TABLES[name], await rows_of(place, name)
        assert names == [column.name for column in table.columns]
        assert types == [KINDS[column.kind] for column in table.columns]
        assert rows == [list(map(str, row)) for row in expected], name
    assert ("pyarrow" in sys.modules) == before, "the server process has no PyArrow of its own"


async def test_narrowed_parquet_has_the_rows_that_fit(place: Place, opal: Browser) -> None:
    response, data = await fetched(
        place, opal, f"{VAULT}/data/traffic.parquet?date.from=2026-11-18&views_provisional=yes"
    )
    assert response.status == 200
    script = "import sys, io, pyarrow.parquet as p; print(p.read_table(io.BytesIO(sys.stdin.buffer.read())).num_rows)"
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", script], input=data, capture_output=True, check=True
    )
    assert done.stdout.strip() == b"1"


def said(cell: Any) -> Any:
    """Return a cell as JSON has it."""
    if isinstance(cell, datetime):
        return cell.isoformat().replace("+00:00", "Z")
    return cell.isoformat() if isinstance(cell, date) else cell


def in_csv(cell: Any) -> str:
    """Return a cell as CSV has it: what a spreadsheet would run begins with an apostrophe."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    text = "" if cell is None else str(said(cell))
    return f"'{text}" if isinstance(cell, str) and text[:1] in "=+-@'" and text else text


async def test_unknown_days_and_those_that_may_rise_are_marked(opal: Browser) -> None:
    page = Rows((await opal.get(f"{VAULT}/data/traffic")).text)
    assert page.body[0] == ["2026-11-19", "0", "0", "not known", "not known", "yes", "-"]
    assert page.body[3] == ["2026-11-16", *["not known"] * 4, "-", "-"]
    weeks = Rows((await opal.get(f"{VAULT}/data/weeks")).text)
    assert weeks.body[1] == ["2026-11-02"] + ["not known"] * 4


@pytest.mark.parametrize("people", ["anonymous", "hidden"])
async def test_owners_decide_whether_persons_are_named(place: Place, opal: Browser, people: str) -> None:
    text = f"people: {people}\n"
    number = place.ids["quartz"]
    file = KnownFile(number, "quartz/vault", text=text, good=text, good_at=NOW, read_at=NOW)
    await place.store.write(lambda conn: save_file(conn, file))
    for name in TABLES:
        for end in ("", ".csv", ".json"):
            seen = (await opal.get(f"{VAULT}/data/{name}{end}")).text
            said_there = re.sub(r"@opal|>opal<|\"quoted\", text", "", seen)  # a title, and who is signed in
            assert not re.search(r"\b(opal|topaz|beryl|agate|watcher|stranger)\b", said_there, re.IGNORECASE), (
                name,
                end,
            )
    pulls = (await opal.get(f"{VAULT}/data/pulls.csv")).text
    assert ("person 1" in pulls) is (DRILL.login in pulls) is (people == "anonymous")
    assert (await opal.get(f"{VAULT}/data/pulls?sort=author")).status == 422
    stars = (await opal.get(f"{VAULT}/data/stars.json")).text
    assert "user_id" not in stars
    assert len(json.loads(stars)) == 12


async def test_nothing_that_people_wrote_is_run_by_a_browser(place: Place, opal: Browser) -> None:
    await place.store.write(
        lambda conn: conn.exec_driver_sql("UPDATE pulls SET title = '<script>alert(1)</script>' WHERE number = 250")
    )
    seen = await opal.get(f"{VAULT}/data/pulls?title=<script")
    assert "<script>alert" not in seen.text
    assert Rows(seen.text).body[0][1] == "<script>alert(1)</script>"


async def test_a_few_files_at_a_time(place: Place, opal: Browser) -> None:
    """Whoever reads slowly holds a place; others are told to come back."""
    room = ROOMS.of(await place.front())
    room.sent = AT_ONCE
    seen = await opal.get(f"{VAULT}/data/pulls.csv")
    assert (seen.status, seen.headers["Retry-After"]) == (503, "10")
    room.sent = 0
    assert (await opal.get(f"{VAULT}/data/pulls.csv")).status == 200
    assert room.sent == 0


async def test_who_takes_nothing_keeps_no_place_for_long_and_nobody_has_all(
    place: Place, opal: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two connections that never read: their person gets no third file, others get theirs, and then they are ended."""
    from dashboard.data_files import OF_ONE, ROOMS  # noqa: PLC0415

    monkeypatch.setattr("dashboard.data_files.PATIENCE", 1.5)
    large = "x" * 200_000  # more than what lies between a server and a reader holds
    await place.store.write(lambda conn: conn.execute(text("UPDATE pulls SET title = :title"), {"title": large}))
    jade, room = place.browser(), ROOMS.of(await place.front())
    await jade.sign_in("jade")
    cookie = "; ".join(f"{name}={value}" for name, value in opal.cookies.items())
    host, port = place.url.removeprefix("http://").split(":")
    asking = f"GET {VAULT}/data/pulls.json HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {cookie}\r\n\r\n"
    writers = []
    for _ in range(OF_ONE):
        _, writer = await asyncio.open_connection(host, int(port), limit=1024)
        writer.write(asking.encode())
        writers.append(writer)
    async with asyncio.timeout(20):
        while room.sent < OF_ONE:  # noqa: ASYNC110 - a server does not tell
            await asyncio.sleep(0.01)
        seen = await opal.get(f"{VAULT}/data/releases.csv")
        assert (seen.status, seen.headers["Retry-After"]) == (429, "10")
        assert (await jade.get(f"{VAULT}/data/releases.csv")).status == 200
        while room.sent:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert (await opal.get(f"{VAULT}/data/releases.csv")).status == 200
    assert not room.of_person
    for writer in writers:
        writer.close()


async def test_rows_that_come_while_a_file_is_sent_move_no_others(place: Place, opal: Browser) -> None:
    del opal
    number = place.ids["quartz/vault"]
    seen: list[Row] = []
    before = await rows_of(place, "reviews")
    async for rows in chunks(place.store, Wanted(number, TABLES["reviews"]), 50):
        seen += rows
        new = [
            ReviewRow(f"N{len(seen)}-{back}", 1, PEOPLE[0], PEOPLE[1], "APPROVED", NOW - back * DAY)
            for back in range(40)
        ]
        await place.store.write(lambda conn, new=new: save_reviews(conn, number, new))  # type: ignore[misc]
    assert len({row[-1] for row in seen}) == len(seen)
    assert [row for row in seen if not row[-1].startswith("N")] == before


async def test_what_the_database_cannot_answer_is_a_status_and_no_broken_file(place: Place, opal: Browser) -> None:
    await place.store.write(lambda conn: conn.exec_driver_sql("ALTER TABLE reviews RENAME TO elsewhere"))
    for form in ("csv", "json"):
        assert (await opal.get(f"{VAULT}/data/reviews.{form}")).status == 500


async def test_whoever_stops_fetching_leaves_no_error_behind(
    place: Place, opal: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    many = "number, reviewer_id, author_id, state"
    await place.store.write(
        lambda conn: conn.exec_driver_sql(
            f"INSERT INTO reviews (repository_id, id, {many}) SELECT repository_id, 'M' || copy || '-' || id, {many} "
            "FROM reviews, (SELECT DISTINCT number AS copy FROM pulls WHERE number <= 60)"
        )
    )
    room = ROOMS.of(await place.front())
    cookie = "; ".join(f"{name}={value}" for name, value in opal.cookies.items())
    async with place.session.get(f"{place.url}{VAULT}/data/reviews.csv", headers={"Cookie": cookie}) as response:
        assert response.status == 200
        await response.content.readany()
        response.close()
    async with asyncio.timeout(10):
        while room.sent:  # noqa: ASYNC110 - a place that is free tells nobody
            await asyncio.sleep(0.02)
    assert [one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == []


async def test_a_count_that_is_kept_is_of_the_tables_that_a_reader_may_see(
    place: Place, opal: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """jade's list of a large repository, with its traffic, is kept a minute; opal, who may not push, gets their own."""
    monkeypatch.setattr("dashboard.pages.data.LARGE", 0)
    jade = place.browser()
    await jade.sign_in("jade")
    seen = {}
    for browser in (jade, opal):
        for _ in range(2):
            found = await browser.get("/r/quartz/mine/data")
            assert found.status == 200, found.text
            seen[browser] = found.text
    assert ("/data/traffic" in seen[jade], "/data/traffic" in seen[opal]) == (True, False)
