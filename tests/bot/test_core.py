"""Crash dumps and the list of processes hold no keys."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.registration import register
from sandbox.world import World
from tests.keys import app_key

ROOT = Path(__file__).parents[2]
SERVE = """
import resource, sys
from bot.serving import run
status = run()
print(status, *resource.getrlimit(resource.RLIMIT_CORE))
"""


def test_a_server_that_dies_leaves_no_core(tmp_path: Path) -> None:
    """It says so to the kernel before it reads its first secret; what it starts inherits that."""
    given = {"GITHUB_WEBHOOK_SECRET": "deaf-otter", "DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", SERVE], env=given, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["2", "1", "1"], "bytes: no core has so few, and at 0 a program could get it all"
    assert "deaf-otter" not in done.stderr


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="no list of processes in /proc")
async def test_the_list_of_processes_shows_no_secret(tmp_path: Path) -> None:
    """Neither the server's own line, nor that of what checks its key, computes for it, or brings up its schema."""
    keys = register(World(), key=app_key())
    environ = {
        "PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "PORT": "0", "HOST": "127.0.0.1",
        "GITHUB_API_URL": "http://127.0.0.1:9", "GITHUB_APP_ID": str(keys.app_id), "SECRET_KEY": "k" * 40,
        "GITHUB_PRIVATE_KEY": keys.private_key, "GITHUB_WEBHOOK_SECRET": keys.webhook_secret, "TICK_TOKEN": "t" * 40,
    }  # fmt: skip
    pipe = asyncio.subprocess.PIPE
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", cwd=ROOT, env=environ, stderr=pipe
    )
    assert server.stderr is not None
    said = b""
    seen: set[str] = set()
    try:
        async with asyncio.timeout(60):
            while len(seen) < PROCESSES or b'"ready"' not in said:
                seen |= {line for pid in [server.pid, *below(server.pid)] for line in [shown(pid)] if line}
                try:
                    async with asyncio.timeout(0.005):
                        said += await server.stderr.readline()
                except TimeoutError:
                    continue
    finally:
        server.terminate()
        await server.wait()
    assert any("github.check_key" in line for line in seen), "each was looked at while it ran"
    assert any("migrate" in line for line in seen)
    written = "\n".join(seen) + said.decode()
    for secret in (keys.webhook_secret, *keys.private_key.split("\n")[1:-2], "k" * 40, "t" * 40):
        assert secret not in written


PROCESSES = 4
"""The server, what checks its key, what migrates, and one that computes."""


def shown(pid: int) -> str:
    """Return a process's line, empty where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def below(pid: int) -> list[int]:
    """Return the processes that one has started, and those that these have."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(re.sub(r".*\) \S ", "", path.read_text(), flags=re.DOTALL).split()[0])
        except OSError:
            continue
        if parent == pid:
            found.append(int(path.parent.name))
    return found + [deeper for one in found for deeper in below(one)]
