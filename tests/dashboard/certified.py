"""npm's `oidc-provider`, installed from its committed lock file, run beside a test."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent / "provider"
CACHE = Path(__file__).parents[2] / "bench" / ".cache"  # what is installed for comparisons lies there, too
FILES = ("package.json", "package-lock.json", "provider.js")


@cache
def installed() -> Path | None:
    """Return the folder of the installed provider; None where there is no Node or no package index to be reached."""
    npm = shutil.which("npm")
    if shutil.which("node") is None or npm is None:
        return None
    content = b"".join((HERE / name).read_bytes() for name in FILES)
    folder = CACHE / f"oidc-provider-{hashlib.sha256(content).hexdigest()[:12]}"
    done = folder / "installed"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            shutil.copy(HERE / name, folder / name)
        command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        if subprocess.run(command, cwd=folder, check=False, capture_output=True).returncode:
            return None
        done.touch()
    return folder


@contextmanager
def provider(folder: Path, redirect_uri: str, secret: str, algorithm: str) -> Iterator[str]:
    """Run the provider until the context ends; yield its issuer."""
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "REDIRECT_URI": redirect_uri, "CLIENT_SECRET": secret, "ALGORITHM": algorithm,
    }  # fmt: skip
    with subprocess.Popen(
        ["node", "provider.js"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = next((one for one in process.stdout if one.startswith("listening ")), None)
            assert line is not None, "the provider did not start"
            yield line.split()[1]
        finally:
            process.terminate()
