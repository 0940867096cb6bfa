"""What is installed from npm appears whole, however many test processes ask for it at once."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.dashboard import from_npm

ASK = """import sys
from pathlib import Path
from tests.dashboard.from_npm import installed

print(installed(Path(sys.argv[1]), "one", Path(sys.argv[2])))
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package that depends on nothing, with its lock file: no index is needed for it."""
    here = tmp_path / "package"
    here.mkdir()
    described = {"name": "one", "version": "1.0.0"}
    (here / "package.json").write_text(json.dumps(described))
    lock = {**described, "lockfileVersion": 3, "packages": {"": described}}
    (here / "package-lock.json").write_text(json.dumps(lock))
    return here


@pytest.mark.skipif(shutil.which("npm") is None, reason="no npm in the search path")
def test_processes_that_ask_at_once_get_one_whole_folder(package: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    asking = [
        subprocess.Popen([sys.executable, "-c", ASK, str(package), str(kept)], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    told = {one.communicate(timeout=100)[0].strip() for one in asking}
    assert {one.returncode for one in asking} == {0}
    (folder,) = told
    assert [one.name for one in kept.iterdir()] == [Path(folder).name]  # nothing half made is left beside it
    assert {"package.json", "package-lock.json"} <= {one.name for one in Path(folder).iterdir()}


@pytest.mark.skipif(shutil.which("npm") is None, reason="no npm in the search path")
def test_what_could_not_be_installed_leaves_nothing(package: Path, tmp_path: Path) -> None:
    (package / "package-lock.json").write_text("not a lock file")
    assert from_npm.installed(package, "one", tmp_path / "kept") is None
    assert list((tmp_path / "kept").iterdir()) == []
