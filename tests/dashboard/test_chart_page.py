"""Charts by address: PNG in both themes, SVG and specification, drawn once, never shown without being asked for."""

from __future__ import annotations

import asyncio
import html
import json
import re
import sqlite3
from contextlib import closing
from io import BytesIO

from PIL import Image

from dashboard.shelf import FRESH
from reports.pool import Pool
from tests.dashboard.answering import BASE, Watched
from tests.dashboard.people import Browser

QUERY = "?period=90d"


async def fetch(watched: Watched, browser: Browser, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    given = {"Cookie": cookie, **{name.replace("_", "-"): value for name, value in headers.items()}}
    async with watched.town.session.get(watched.town.url + path, headers=given) as response:
        return response.status, dict(response.headers), await response.read()


async def test_a_chart_is_drawn_for_light_and_dark_pages(watched: Watched) -> None:
    await watched.read("/analytics pulls 90d")
    pictures = {}
    for theme in ("light", "dark"):
        status, headers, data = await fetch(watched, watched.member, f"{BASE}/pulls/chart/1.png{QUERY}&theme={theme}")
        assert (status, headers["Content-Type"]) == (200, "image/png")
        assert (headers["Cache-Control"], headers["Vary"]) == ("private, no-cache", "Cookie")
        picture = Image.open(BytesIO(data)).convert("L")
        pictures[theme] = picture.getpixel((0, 0))
    assert pictures["light"] == 255
    assert pictures["dark"] < 40  # type: ignore[operator]
    page = (await watched.member.get(f"{BASE}/pulls{QUERY}", Accept="text/html")).text
    large = re.findall(r'<a href="([^"]+)"><picture>', page)  # where no script draws, a phone opens the picture itself
    assert large
    assert (await fetch(watched, watched.member, html.unescape(large[0])))[1]["Content-Type"] == "image/png"


async def test_a_chart_that_the_browser_has_is_not_sent_again(watched: Watched) -> None:
    await watched.read("/analytics pulls 90d")
    path = f"{BASE}/pulls/chart/1.png{QUERY}"
    _, headers, data = await fetch(watched, watched.member, path)
    status, again, nothing = await fetch(watched, watched.member, path, If_None_Match=headers["Etag"])
    assert (status, nothing, again["Etag"]) == (304, b"", headers["Etag"])
    assert data


async def test_a_chart_is_a_specification_and_an_svg_too(watched: Watched) -> None:
    await watched.read("/analytics pulls 90d")
    _, headers, data = await fetch(watched, watched.member, f"{BASE}/pulls/chart/1.json{QUERY}")
    assert headers["Content-Type"].startswith("application/json")
    spec = json.loads(data)
    assert "vega-lite" in spec["$schema"]
    told = json.loads(await watched.data(watched.member, f"{BASE}/pulls.json{QUERY}"))
    assert spec["description"]
    assert str(told["metrics"]["pulls"]["facts"]["opened"]) in spec["description"]
    _, headers, data = await fetch(watched, watched.member, f"{BASE}/pulls/chart/1.svg{QUERY}")
    assert headers["Content-Type"].startswith("image/svg+xml")
    assert b"<svg" in data[:400]


async def test_many_who_ask_at_once_have_it_drawn_once(watched: Watched, pool: Pool) -> None:
    """One task computes the answer, one draws it; later charts of the same answer cost nothing."""
    await watched.read("/analytics pulls 90d")
    ran: list[str] = []
    original = pool.run

    async def counted(function: str, task: object) -> object:
        ran.append(function)
        return await original(function, task)

    pool.run = counted  # type: ignore[method-assign]
    try:
        paths = [f"{BASE}/pulls/chart/1.png{QUERY}&theme={theme}" for theme in ("light", "dark")] * 4
        found = await asyncio.gather(*(fetch(watched, watched.member, path) for path in paths))
    finally:
        pool.run = original  # type: ignore[method-assign]
    assert {status for status, _, _ in found} == {200}
    assert ran == ["answer", "draw"]


async def test_there_is_no_chart_beyond_the_last_nor_for_nonsense(watched: Watched) -> None:
    await watched.read("/analytics pulls 90d")
    for tail, status in (("0.png", 404), ("99.png", 404), ("1.gif", 404), ("1.png?period=nonsense", 422)):
        assert (await fetch(watched, watched.member, f"{BASE}/pulls/chart/{tail}"))[0] == status
    # too little is stored: no picture of nothing
    assert (await fetch(watched, watched.member, f"{BASE}/stars/chart/1.png"))[0] == 503


async def test_pictures_are_of_the_rows_that_the_page_was_made_of(watched: Watched) -> None:
    """Rows change while an answer is shown: what is drawn of it afterwards says what the page says."""
    await watched.read("/analytics pulls 90d")
    path = f"{BASE}/pulls/chart/1"
    spec = json.loads(await watched.data(watched.member, f"{path}.json{QUERY}"))
    with closing(sqlite3.connect(watched.town.database)) as conn, conn:
        conn.execute("DELETE FROM pulls WHERE number % 2 = 0")
    svg = (await watched.data(watched.member, f"{path}.svg{QUERY}")).decode()
    assert json.loads(await watched.data(watched.member, f"{path}.json{QUERY}")) == spec
    shown = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", svg)).split())
    figures = [int(one) for one in re.findall(r"\d+", spec["description"])]
    assert len(figures) > 1
    assert [one for one in figures if str(one) not in shown] == []


async def test_a_page_keeps_its_charts_when_a_newer_answer_is_there(watched: Watched) -> None:
    """The page names its moment in the addresses of its charts; without one the newest is meant."""
    await watched.read("/analytics pulls 90d")
    page = html.unescape((await watched.member.get(f"{BASE}/pulls{QUERY}", Accept="text/html")).text)
    (address,) = set(re.findall(r'"(/r/[^"]+/chart/1\.json[^"]*)"', page))
    opened = json.loads(await watched.data(watched.member, f"{BASE}/pulls.json{QUERY}"))["metrics"]["pulls"]["facts"]
    with closing(sqlite3.connect(watched.town.database)) as conn, conn:
        conn.execute("DELETE FROM pulls WHERE number % 2 = 0")
        conn.execute("UPDATE watermarks SET rows = rows + 1")
    watched.town.sandbox.clock.advance(FRESH)
    shown = (await watched.member.get(f"{BASE}/pulls{QUERY}", Accept="text/html")).text
    assert "This page shows what was known at" in shown
    newest = json.loads(await watched.data(watched.member, address))
    async with asyncio.timeout(30):
        while str(opened["opened"]) in newest["description"]:
            newest = json.loads(await watched.data(watched.member, f"{BASE}/pulls/chart/1.json{QUERY}"))
    kept = json.loads(await watched.data(watched.member, address))
    assert str(opened["opened"]) in kept["description"]
