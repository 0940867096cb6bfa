"""The script that draws charts: made once by a child process, served packed and for good, at an address of its own."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from dashboard.chart_script import PATH, ChartScript

ROOT = Path(__file__).parents[2]
Client = TestClient[web.Request, web.Application]
ALONE = """
import asyncio, sys
from pathlib import Path
from dashboard.chart_script import ChartScript
assert asyncio.run(ChartScript(Path(sys.argv[1])).make())
assert "vl_convert" not in sys.modules, "the server would hold a JavaScript runtime"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
async def client(folder: Path) -> AsyncIterator[Client]:
    app = web.Application()
    app.router.add_get(PATH, ChartScript(folder).serve)
    async with TestClient(TestServer(app), auto_decompress=False) as opened:
        yield opened


async def test_it_is_made_once_and_named_by_its_content(folder: Path) -> None:
    script = ChartScript(folder)
    before = script.address
    address = await script.make()
    made = script.file.stat().st_mtime_ns
    digest = hashlib.sha256(script.file.read_bytes()).hexdigest()[:16]
    assert (before, address, script.address) == (None, f"/static/vega-{digest}.js", f"/static/vega-{digest}.js")
    assert await ChartScript(folder).make() == address
    assert script.file.stat().st_mtime_ns == made
    kept = await asyncio.to_thread(lambda: [file.name for file in folder.iterdir()])
    assert kept == [script.file.name]


async def test_it_is_sent_packed_and_kept_for_good(client: Client, folder: Path) -> None:
    address = await ChartScript(folder).make()
    assert address
    answer = await client.get(address, headers={"Accept-Encoding": "gzip"})
    packed = await answer.read()
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert len(packed) < 330_000
    plain = await client.get(address, headers={"Accept-Encoding": "identity"})
    assert await plain.read() == gzip.decompress(packed)
    assert b"vegaEmbed" in gzip.decompress(packed)
    again = await client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")


async def test_an_address_of_another_content_is_not_there(client: Client) -> None:
    assert (await client.get("/static/vega-0123456789abcdef.js")).status == 404


async def test_where_it_cannot_be_made_pages_go_without(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file, where a folder should be")
    script = ChartScript(tmp_path / "cache")
    assert await script.make() is None
    assert script.address is None


async def test_several_at_once_make_one(tmp_path: Path) -> None:
    script = ChartScript(tmp_path)
    assert len(set(await asyncio.gather(*(script.make() for _ in range(5))))) == 1


async def test_the_server_never_holds_the_runtime(folder: Path) -> None:
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", ALONE, str(folder / "own"), cwd=ROOT)
    assert await child.wait() == 0


@pytest.mark.parametrize("left", [b"", b"half", None])
async def test_a_broken_file_is_made_anew(client: Client, folder: Path, left: bytes | None) -> None:
    """Emptied, cut off by a full disk, or changed: who starts next makes it anew, and so does a server that runs."""
    script = ChartScript(folder)
    address = await script.make()
    assert address
    whole = script.file.read_bytes()
    assert (await client.get(address)).status == 200  # this server knows the file
    broken = whole[: len(whole) // 2] if left == b"half" else left
    if broken is None:
        script.file.unlink()
    else:
        script.file.write_bytes(broken)
    if left == b"half":
        assert await ChartScript(folder).make() == address
    else:
        answer = await client.get(address, headers={"Accept-Encoding": "gzip"})
        assert (answer.status, await answer.read()) == (200, whole)
    assert script.file.read_bytes() == whole
