"""Style sheets and scripts: kept for good at an address with their hash, packed where the browser takes it."""

from __future__ import annotations

import gzip

import pytest

from dashboard.static_files import FOR_GOOD, HERE, address
from tests.dashboard.people import Place

OURS = sorted(path.name for path in HERE.iterdir() if path.suffix in {".css", ".js", ".svg"})


@pytest.mark.parametrize("name", OURS)
async def test_each_file_is_served_as_it_lies_there(place: Place, name: str) -> None:
    seen = await place.browser().get(address(name), Accept_Encoding="identity")
    assert seen.status == 200
    assert seen.text.encode() == (HERE / name).read_bytes()
    assert seen.headers["Cache-Control"] == FOR_GOOD
    assert "default-src 'none'" in seen.headers["Content-Security-Policy"]


async def test_without_the_right_hash_nobody_keeps_it(place: Place) -> None:
    browser = place.browser()
    for path in ("/static/almanac.css", "/static/almanac.css?v=0123456789abcdef"):
        assert (await browser.get(path)).headers["Cache-Control"] == "no-cache"


async def test_who_has_it_gets_nothing_and_who_takes_gzip_gets_less(place: Place) -> None:
    url = place.url + address("almanac.css")
    async with place.session.get(url, headers={"Accept-Encoding": "gzip"}, auto_decompress=False) as response:
        body = await response.read()
        tag = response.headers["ETag"]
    assert gzip.decompress(body) == (HERE / "almanac.css").read_bytes()
    async with place.session.get(url, headers={"If-None-Match": tag}) as response:
        assert (response.status, await response.read()) == (304, b"")


@pytest.mark.parametrize("name", ["nothing.css", "..%2fheaders.py", "almanac.css.gz", "almanac"])
async def test_nothing_else_is_served(place: Place, name: str) -> None:
    seen = await place.browser().get(f"/static/{name}")
    assert seen.status == 404
