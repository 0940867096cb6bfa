"""The script that draws interactive charts: Vega-Lite from the bundle that `vl-convert-python` carries, served by us.

The bundle is put together by a JavaScript runtime. That runs in a child process, once per version of the library, and
leaves a packed file in a folder for what can be made again; the server reads that file and never holds the runtime.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import os
import sys
import zlib
from importlib.metadata import version
from pathlib import Path

import structlog
from aiohttp import web

VEGA_LITE = "6.4"
LIBRARY = "vl-convert-python"
PATH = "/static/{file:vega-[0-9a-f]{16}\\.js}"
FOR_GOOD = "public, max-age=31536000, immutable"
LONGEST = 120  # seconds that putting it together may take
HERE = Path(__file__).parents[1]
NOTICE = (
    "/*! Vega, Vega-Lite, Vega-Embed and Vega-Tooltip: (c) University of Washington Interactive Data Lab, "
    "BSD-3-Clause. D3: (c) Mike Bostock, ISC. Put together by vl-convert, BSD-3-Clause. */\n"
)

log = structlog.get_logger(__name__)


class ChartScript:
    """The script's file in a folder of its own, made when it is first needed.

    folder: where what can be made again is kept, such as `DATA_DIR/cache`.
    """

    def __init__(self, folder: Path) -> None:
        self.file = folder / f"vega-lite-{VEGA_LITE}-{version(LIBRARY)}.js.gz"
        self.digest: str | None = None
        self.failed = False
        self.making = asyncio.Lock()

    @property
    def address(self) -> str | None:
        """The script's address, which changes with its content; None until it is there. A page goes without it."""
        return None if self.digest is None else f"/static/vega-{self.digest}.js"

    async def make(self) -> str | None:
        """Return the address; makes the file where there is none, or none that is whole: a few seconds, once.

        None where it cannot be made: the log says why, and it is not tried again before the next start.
        """
        async with self.making:
            if self.digest is None and not self.failed:
                self.digest = await asyncio.to_thread(_digest, self.file)
                if self.digest is None:
                    await self._in_child()
                    self.digest = None if self.failed else await asyncio.to_thread(_digest, self.file)
        return self.address

    async def _in_child(self) -> None:
        # without our environment: nothing in there is the library's business
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "dashboard.chart_script", str(self.file.absolute())),
            cwd=HERE,
            env={},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            _, said = await asyncio.wait_for(child.communicate(), LONGEST)
        except TimeoutError:
            child.kill()
            await child.wait()
            said = b"it took too long"
        if child.returncode:
            self.failed = True
            log.error("the script for interactive charts cannot be made", why=said.decode(errors="replace")[-500:])

    async def serve(self, request: web.Request) -> web.Response:
        """Answer with the script, packed for whoever takes that; 404 at any other address than the present one."""
        await self.make()
        if self.digest is None or request.match_info["file"] != f"vega-{self.digest}.js":
            raise web.HTTPNotFound(text="There is no such file.")
        tag = f'"{self.digest}"'
        headers = {"ETag": tag, "Vary": "Accept-Encoding", "Cache-Control": FOR_GOOD}
        headers["X-Content-Type-Options"] = "nosniff"
        if tag in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        data = await asyncio.to_thread(_read, self.file)
        if _name(data) != self.digest:
            # somebody has emptied the folder, or the disk has lost something: it is made again for whoever asks next
            log.warning("the script for interactive charts is broken and made anew", file=str(self.file))
            self.digest = None
            address = await self.make()
            data = await asyncio.to_thread(_read, self.file)
            if address != f"/static/vega-{_name(data)}.js":
                raise web.HTTPServiceUnavailable(text="This file is being made anew.")
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
        else:
            data = await asyncio.to_thread(gzip.decompress, data)
        return web.Response(body=data, headers=headers, content_type="text/javascript", charset="utf-8")


def _read(file: Path) -> bytes:
    """Return what a file holds; nothing where there is none."""
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _name(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _digest(file: Path) -> str | None:
    """Return the name of a file's content, None where it is missing or not whole: a packed file ends with its sum."""
    data = _read(file)
    try:
        return _name(data) if gzip.decompress(data) else None
    except (OSError, EOFError, zlib.error):
        return None


def write(file: Path) -> None:
    """Put the bundle together and keep it packed; a file that is there is whole."""
    import vl_convert  # noqa: PLC0415 - a JavaScript runtime, which only the child may hold

    script = NOTICE + vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", VEGA_LITE)
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    part.write_bytes(gzip.compress(script.encode(), 9, mtime=0))
    part.replace(file)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
