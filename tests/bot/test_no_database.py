"""A server whose database cannot be opened says so in a sentence, and does not start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.app import CLOSED
from sandbox.registration import register
from sandbox.world import World
from tests.keys import app_key

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "url", ["sqlite:///{0}", "sqlite:///{0}/other.db", "postgresql://almanac:hunter2@127.0.0.1:9/a"]
)
def test_it_says_why_and_ends(tmp_path: Path, url: str) -> None:
    """A folder where a file should be, a file that is no database, and nothing that listens."""
    (tmp_path / "other.db").write_bytes(b"Dear diary, " * 1000)
    keys = register(World(), key=app_key())
    environ = {
        "PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "DATABASE_URL": url.format(tmp_path), "PORT": "0",
        "GITHUB_API_URL": "http://127.0.0.1:9", "GITHUB_APP_ID": str(keys.app_id), "HOST": "127.0.0.1",
        "GITHUB_PRIVATE_KEY": keys.private_key, "GITHUB_WEBHOOK_SECRET": keys.webhook_secret,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "bot", "serve"], env=environ, cwd=ROOT, capture_output=True, text=True, check=False,
        timeout=60,
    )  # fmt: skip
    reason, *said = done.stderr.splitlines()
    assert done.returncode == 1
    assert CLOSED in said
    assert not any(line.startswith("Traceback") for line in said)
    assert json.loads(reason)["event"] == "the database cannot be opened"
    assert "hunter2" not in done.stderr
