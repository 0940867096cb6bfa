"""A skipped test says why it was skipped, and counts as a failure where everything is required."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SKIPS = {
    "in a test": "import pytest\ndef test_it() -> None:\n    pytest.skip('no browser here')\n",
    "by a fixture": "def test_it(shared_folder) -> None:\n    pass\n",
    "as a whole file": "import pytest\npytest.skip('no browser here', allow_module_level=True)\n",
}


def run(folder: Path, require_all: str) -> subprocess.CompletedProcess[str]:
    """Run pytest on `folder` with this project's conftest and nothing else of it, the reference data missing."""
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.conftest",
            "-c",
            os.devnull,
            "-rs",
            "-p",
            "no:cacheprovider",
            folder,
        ],
        cwd=ROOT,
        env={**os.environ, "ALMANAC_REQUIRE_ALL": require_all, "ALMANAC_SHARED": str(folder / "missing")},
        capture_output=True,
        check=False,
        text=True,
    )


@pytest.mark.parametrize("how", SKIPS)
def test_a_skip_is_a_failure_where_everything_is_required(tmp_path: Path, how: str) -> None:
    (tmp_path / "test_it.py").write_text(SKIPS[how])
    done = run(tmp_path, "1")
    assert done.returncode in (1, 2), done.stdout
    assert "skipped where everything is required" in done.stdout


@pytest.mark.parametrize("how", SKIPS)
def test_elsewhere_a_skip_gives_its_reason(tmp_path: Path, how: str) -> None:
    (tmp_path / "test_it.py").write_text(SKIPS[how])
    done = run(tmp_path, "0")
    assert done.returncode in (0, 5), done.stdout
    assert "no browser here" in done.stdout or "no reference data" in done.stdout
