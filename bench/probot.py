"""Probot, installed from its committed lock file into a folder beside the benchmarks, and what runs it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent / "probot"
CACHE = Path(__file__).parent / ".cache"
FILES = ("package.json", "package-lock.json", "app.js")


@dataclass(frozen=True)
class Probot:
    """An installed Probot: the command that starts it, and what it is."""

    command: tuple[str, ...]
    version: str
    node: str


def installed() -> Probot | None:
    """Return Probot, installing it if need be; None where there is no Node or no package index to be reached."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    content = b"".join((HERE / name).read_bytes() for name in FILES)
    folder = CACHE / f"probot-{hashlib.sha256(content).hexdigest()[:12]}"
    done = folder / "installed"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            shutil.copy(HERE / name, folder / name)
        ended = subprocess.run([npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder, check=False)
        if ended.returncode:
            return None
        done.touch()
    package = json.loads((folder / "node_modules" / "probot" / "package.json").read_bytes())
    version = subprocess.run([node, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    return Probot((node, str(folder / "app.js")), package["version"], version)


def environment(app_id: int, private_key: str, secret: str, path: str, port: int) -> dict[str, str]:
    """Return Probot's configuration: as in production, and without a log line per request."""
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "NODE_ENV": "production",
        "LOG_LEVEL": "fatal",
        "APP_ID": str(app_id),
        "PRIVATE_KEY": private_key,
        "WEBHOOK_SECRET": secret,
        "WEBHOOK_PATH": path,
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }
