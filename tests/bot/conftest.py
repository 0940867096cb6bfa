"""`python -m bot report` run against a small GitHub in a process of its own."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import CliRunner, Result

from bot.commands.report import command
from sandbox.clock import iso, parse_iso
from sandbox.dataset import Dataset
from sandbox.generate import generate
from storage.engine import Store
from tests.bot.bench import Bench

ROOT = Path(__file__).parents[2]
TOKEN = "ghp_judgesjudgesjudgesjudgesjudges000000"
SNAPSHOT = parse_iso("2026-11-22T08:00:00Z")


@dataclass(frozen=True)
class Beside:
    """A GitHub in another process, its clock stopped; a person may read it with TOKEN."""

    url: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_API_URL": self.url,
            "GITHUB_GRAPHQL_URL": "",
            "GITHUB_URL": "",
            "CLOCK_URL": f"{self.url}/_sandbox/clock",
        }

    def control(self, name: str, body: object = None) -> Any:
        """Ask the control interface."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_sandbox/{name}", data=data)
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.loads(response.read())

    def stop_at(self, moment: datetime) -> None:
        """Stop its clock."""
        self.control("clock", {"now": iso(moment), "frozen": True})

    def asked(self) -> int:
        """Return how often its API was asked so far."""
        return len(self.control("requests"))


@contextmanager
def beside(*folders: Path, now: datetime) -> Iterator[Beside]:
    """Serve data sets until the context ends."""
    arguments = [part for folder in folders for part in ("--data", str(folder))]
    command_line = [sys.executable, "-u", "-m", "sandbox", *arguments, "--token", TOKEN, "--now", iso(now)]
    with subprocess.Popen(command_line, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            found = next(filter(None, (re.search(r"http://127\.0\.0\.1:\d+", line) for line in process.stdout)))
            github = Beside(found.group())
            github.stop_at(now)
            yield github
        finally:
            process.terminate()


def report(github: Beside, *arguments: str, **environment: str) -> Result:
    """Run `report` in this process, as the command line would; what it does to logging is undone."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    try:
        return CliRunner().invoke(
            command, list(arguments), env={**github.environment, **environment}, prog_name="python -m bot report"
        )
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()


def report_process(github: Beside, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run `python -m bot report` for real."""
    return subprocess.run(
        [sys.executable, "-m", "bot", "report", *arguments],
        env={**os.environ, **github.environment, **options.pop("environment", {})},
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        timeout=100,
        **options,
    )


@pytest.fixture(scope="session")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Beside, str]]:
    """A GitHub with one small generated repository, and its name."""
    folder = tmp_path_factory.mktemp("acme")
    busiest = max(generate(3, SNAPSHOT, months=3, scale=0.2), key=lambda one: len(one.commits))
    Dataset.write(replace(busiest, repo={"full_name": "acme/rocket", "snapshot_at": iso(SNAPSHOT)}), folder / "rocket")
    with beside(folder / "rocket", now=SNAPSHOT) as github:
        yield github, "acme/rocket"


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    """What was logged."""
    with structlog.testing.capture_logs() as lines:
        yield lines


@pytest.fixture
def bench(store: Store, database_file: Path) -> Bench:
    return Bench(store, database_file)
