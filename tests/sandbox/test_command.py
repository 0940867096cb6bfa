"""`python -m sandbox` serves data sets from folders, with an App and a personal token."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from sandbox.__main__ import main
from sandbox.dataset import Dataset
from tests.sandbox.test_traffic_replay import write_folder

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("one", "two"):
        issue = {"number": 1, "title": "Hello", "state": "open", "author": "a", "created_at": "2026-01-01T00:00:00Z"}
        repo = {"full_name": f"acme/{name}", "snapshot_at": "2026-02-01T00:00:00Z", "visibility": "private"}
        Dataset(repo, issues=[issue]).write(tmp_path / "data" / name)
    return tmp_path / "data"


@contextmanager
def running(*arguments: str) -> Iterator[str]:
    """Start it, give its address, end it."""
    command = [sys.executable, "-u", "-m", "sandbox", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            for line in process.stdout:
                found = re.search(r"http://127\.0\.0\.1:\d+", line)
                if found:
                    yield found.group()
                    return
            raise AssertionError("it ended without an address")
        finally:
            process.terminate()


def fetched(url: str, token: str) -> object:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.loads(response.read())


def test_a_folder_of_folders_is_served_to_a_personal_token(folder: Path, tmp_path: Path) -> None:
    app = tmp_path / "app"
    with running("--data", str(folder), "--token", "ghp_mine", "--app-dir", str(app)) as url:
        issues = fetched(f"{url}/repos/acme/two/issues", "ghp_mine")
        clock = fetched(f"{url}/_sandbox/clock", "ghp_mine")

    assert isinstance(issues, list)
    assert [one["title"] for one in issues] == ["Hello"]
    assert isinstance(clock, dict)
    assert clock["now"].startswith("2026-02-01T00:")
    files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in app.iterdir()}
    assert files == dict.fromkeys(("app-id", "client-id", "private-key.pem", "webhook-secret"), 0o600)
    assert (app / "private-key.pem").read_text().startswith("-----BEGIN RSA PRIVATE KEY-----")


def test_the_clock_starts_where_it_is_told(folder: Path) -> None:
    with running("--data", str(folder / "one"), "--now", "2026-03-04T05:06:07Z") as url:
        clock = fetched(f"{url}/_sandbox/clock", "")

    assert isinstance(clock, dict)
    assert clock["now"].startswith("2026-03-04T05:")


def test_captured_traffic_is_served_as_of_its_last_capture(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_folder(tmp_path / "traffic" / name, f"acme/{name}")
    with running("--data", str(tmp_path / "traffic"), "--token", "ghp_mine") as url:
        views = fetched(f"{url}/repos/acme/two/traffic/views", "ghp_mine")
        installations = fetched(f"{url}/_sandbox/installations", "ghp_mine")
        clock = fetched(f"{url}/_sandbox/clock", "")

    assert views == {"count": 0, "uniques": 0, "views": []}
    assert isinstance(installations, list)
    assert [(one["login"], one["repositories"]) for one in installations] == [("acme", 2)]
    assert isinstance(clock, dict)
    assert clock["now"].startswith("2026-11-09T23:")


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["--data", str(tmp_path)])

    assert result.exit_code == 1
    assert str(tmp_path) in result.output


def test_a_time_that_is_none_is_named() -> None:
    result = CliRunner().invoke(main, ["--now", "soon"])

    assert result.exit_code == 2
    assert "soon is not a time such as 2026-11-22T08:00:00Z" in result.output
