"""Programs and scripts from npm that only tests need: installed once from a committed lock file, into a cache."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from functools import cache
from pathlib import Path

CACHE = Path(__file__).parents[2] / "bench" / ".cache"  # what is installed for comparisons lies there, too


@cache
def installed(here: Path, name: str) -> Path | None:
    """Return a folder with the files of `here` and what its lock file names; None without npm or a package index."""
    npm = shutil.which("npm")
    if shutil.which("node") is None or npm is None:
        return None
    files = sorted(one for one in here.iterdir() if one.is_file())
    digest = hashlib.sha256(b"".join(one.read_bytes() for one in files)).hexdigest()[:12]
    folder = CACHE / f"{name}-{digest}"
    done = folder / "installed"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        for one in files:
            shutil.copy(one, folder / one.name)
        command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        if subprocess.run(command, cwd=folder, check=False, capture_output=True).returncode:
            return None
        done.touch()
    return folder
