"""What `report` prints and writes: Markdown, JSON, CSV, PNG, and nothing besides."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from analytics.metrics import all_metrics
from reports.keys import find_key
from reports.question import readable
from tests.bot.conftest import ROOT, Beside, report

Acme = tuple[Beside, str]
PNG_WIDTH = 1480


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file that keeps what was read, so that each test after the first reads next to nothing."""
    return str(tmp_path_factory.mktemp("kept") / "kept.db")


def test_markdown_is_a_comment_without_its_hidden_key_and_without_pictures(acme: Acme, store: str) -> None:
    github, name = acme
    said = report(github, name, "--store", store, "--metric", "overview")

    assert said.exit_code == 0
    assert said.stdout.startswith("**")
    assert "<!--" not in said.stdout
    assert find_key(said.stdout) is None
    assert "<picture" not in said.stdout
    assert "<img" not in said.stdout
    assert f"python -m bot report {name}" in said.stdout


def test_json_is_one_object_with_every_metric(acme: Acme, store: str) -> None:
    github, name = acme
    said = report(github, name, "--store", store, "--format", "json")

    parsed = json.loads(said.stdout)
    assert list(parsed["metrics"]) == list(readable(all_metrics())), "all that GitHub can be asked for"
    assert {"schema", "repository", "question", "window", "as_of", "completeness", "metrics"} == set(parsed)
    assert parsed["repository"]["full_name"] == name
    for metric in parsed["metrics"].values():
        assert {"facts", "tables", "definition"} <= set(metric)
        assert metric["definition"]


def test_metric_may_be_repeated_and_an_alias_is_its_metric(acme: Acme, store: str) -> None:
    github, name = acme
    chosen = ("--metric", "issues", "--metric", "PULLS", "--metric", "issues")
    said = report(github, name, "--store", store, "--format", "json", *chosen)

    assert list(json.loads(said.stdout)["metrics"]) == ["issues", "pulls"]


def test_filters_are_as_in_a_comment_and_said_in_the_line_that_repeats_it(acme: Acme, store: str) -> None:
    github, name = acme
    asked = ("--author", "Octocat", "--label", '"good first issue",bug', "--vs", "year")
    said = report(github, name, "--store", store, "--metric", "pulls", *asked)

    assert said.exit_code == 0, said.output
    assert 'author=octocat label="good first issue",bug vs=year\n' in said.stdout
    assert "--author octocat --label '\"good first issue\",bug' --vs year\n" in said.stdout


def test_a_window_of_weeks_counts_back_from_its_end(acme: Acme, store: str) -> None:
    github, name = acme
    window = ("--since", "2w", "--until", "2026-11-15")
    said = report(github, name, "--store", store, "--format", "json", "--metric", "issues", *window)

    assert json.loads(said.stdout)["window"] == {"since": "2026-11-01T00:00:00Z", "until": "2026-11-15T00:00:00Z"}


def test_csv_puts_a_file_per_table_into_the_folder(acme: Acme, store: str, tmp_path: Path) -> None:
    github, name = acme
    out = tmp_path / "new" / "folder"
    said = report(github, name, "--store", store, "--format", "csv", "--out", str(out))
    parsed = json.loads(report(github, name, "--store", store, "--format", "json").stdout)

    assert said.exit_code == 0
    assert sorted(said.stdout.splitlines()) == sorted(str(path) for path in out.iterdir())
    for metric, measured in parsed["metrics"].items():
        facts = read_csv((out / f"{metric}.facts.csv").read_bytes())
        assert facts[0] == ["fact", "value"]
        assert [row[0] for row in facts[1:]] == list(measured["facts"])
        for fact, text in facts[1:]:
            value = measured["facts"][fact]
            assert text == ("" if value is None else text)
            assert value is None or isinstance(value, list) or float(text) == pytest.approx(value)
        for table, rows in measured["tables"].items():
            written = read_csv((out / f"{metric}.{table}.csv").read_bytes())
            assert len(written) == len(rows) + 1
            assert not rows or written[0] == list(rows[0])


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def test_csv_without_a_folder_goes_to_standard_output_each_table_under_its_name(acme: Acme, store: str) -> None:
    github, name = acme
    said = report(github, name, "--store", store, "--format", "csv", "--metric", "issues")

    names = [line for line in said.stdout.splitlines() if line.startswith("# ")]
    assert names[0] == "# issues.facts.csv"
    assert "# issues.per_month.csv" in names


def test_png_writes_every_picture_for_light_and_dark_pages(acme: Acme, store: str, tmp_path: Path) -> None:
    github, name = acme
    said = report(
        github, name, "--store", store, "--format", "png", "--out", str(tmp_path), "--metric", "overview",
        "--metric", "commits",
    )  # fmt: skip

    assert said.exit_code == 0
    names = sorted(path.name for path in tmp_path.iterdir())
    assert [name.replace("-light", "-dark") for name in names if "light" in name] == [n for n in names if "dark" in n]
    assert {name.split("-")[0] for name in names} == {"overview", "commits"}
    for path in tmp_path.iterdir():
        data = path.read_bytes()
        assert data.startswith(b"\x89PNG\r\n\x1a\n")
        assert struct.unpack(">I", data[16:20]) == (PNG_WIDTH,)
        assert len(data) < 60_000
    assert (tmp_path / names[0]).read_bytes() != (tmp_path / names[1]).read_bytes()


def test_png_needs_a_folder(acme: Acme) -> None:
    github, name = acme
    said = report(github, name, "--format", "png")

    assert said.exit_code == 2
    assert "--format png needs --out DIR" in said.stderr


def test_a_kept_store_is_not_read_again(acme: Acme, tmp_path: Path) -> None:
    """The second time only the repository itself is looked up."""
    github, name = acme
    counts = []
    for _ in range(2):
        before = github.asked()
        assert report(github, name, "--store", str(tmp_path / "kept.db"), "--metric", "pulls").exit_code == 0
        counts.append(github.asked() - before)
    assert counts[1] == 1 < counts[0]


def test_nothing_is_left_behind(acme: Acme, tmp_path: Path) -> None:
    """Without --store even the temporary folder is gone, and without --out nothing is in the present one."""
    github, name = acme
    here, temporary = tmp_path / "here", tmp_path / "tmp"
    here.mkdir()
    temporary.mkdir()
    environment = {"TMPDIR": str(temporary), "PYTHONPATH": str(ROOT), "MPLCONFIGDIR": str(tmp_path / "mpl")}
    said = subprocess.run(
        [sys.executable, "-m", "bot", "report", name, "--metric", "issues"],
        env={**os.environ, **github.environment, **environment}, cwd=here, capture_output=True, check=False, timeout=60,
    )  # fmt: skip

    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith(b"**")
    assert list(here.iterdir()) == []
    assert list(temporary.iterdir()) == []


def test_off_a_terminal_progress_is_a_line_a_dataset(acme: Acme) -> None:
    github, name = acme
    said = report(github, name, "--metric", "pulls", "--metric", "commits")

    assert said.stderr.splitlines() == ["Reading commits …", "Reading pull requests …"]


def test_quiet_says_nothing_but_the_answer(acme: Acme) -> None:
    github, name = acme
    said = report(github, name, "--metric", "pulls", "--quiet")

    assert said.exit_code == 0
    assert said.stderr == ""


def test_on_a_terminal_progress_redraws_one_line_and_takes_it_away(acme: Acme) -> None:
    github, name = acme
    master, slave = pty.openpty()
    try:
        said = subprocess.run(
            [sys.executable, "-m", "bot", "report", name, "--metric", "commits"],
            env={**os.environ, **github.environment}, stdout=subprocess.PIPE, stderr=slave, cwd=ROOT, check=False,
            timeout=60,
        )  # fmt: skip
        shown = os.read(master, 100_000).decode()
    finally:
        os.close(slave)
        os.close(master)

    assert said.returncode == 0
    assert "\r\x1b[KReading [" in shown
    assert shown.endswith("\r\x1b[K")
    assert "\n" not in shown
