"""Programs and scripts from npm that only tests need: installed once from a committed lock file, into a cache."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

CACHE = Path(__file__).parents[2] / "bench" / ".cache"  # what is installed for comparisons lies there, too


@cache
def installed(here: Path, name: str, kept: Path = CACHE) -> Path | None:
    """Return a folder with the files of `here` and what its lock file names; None without npm or a package index.

    Test processes ask at the same time: each installs beside, and the folder appears complete or not at all.
    """
    npm = shutil.which("npm")
    if shutil.which("node") is None or npm is None:
        return None
    files = sorted(one for one in here.iterdir() if one.is_file())
    digest = hashlib.sha256(b"".join(one.read_bytes() for one in files)).hexdigest()[:12]
    folder = kept / f"{name}-{digest}-whole"
    if folder.exists():
        return folder
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept, prefix=f"{name}-") as made:
        beside = Path(made) / "whole"
        beside.mkdir()
        for one in files:
            shutil.copy(one, beside / one.name)
        command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        if subprocess.run(command, cwd=beside, check=False, capture_output=True).returncode:
            return None
        try:
            beside.rename(folder)
        except OSError:
            # another process was faster: its folder is as good
            if not folder.exists():
                raise
    return folder
