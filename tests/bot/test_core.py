"""Crash dumps and the list of processes hold no keys."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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
    assert done.stdout.split() == ["2", "0", "0"]
    assert "deaf-otter" not in done.stderr
