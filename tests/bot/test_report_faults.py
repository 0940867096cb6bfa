"""What keeps `report` from answering is said in one sentence, without a traceback and without the token."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import Result

from tests.bot.conftest import TOKEN, Beside, report

Acme = tuple[Beside, str]


def assert_told(said: Result, *words: str) -> None:
    """It failed with a sentence that has these words."""
    assert said.exit_code in (1, 2)
    assert isinstance(said.exception, SystemExit), said.exception
    assert said.stdout == ""
    error = said.stderr.splitlines()[-1]
    assert error.startswith("Error: ")
    for word in words:
        assert word in error
    assert "Traceback" not in said.stderr
    assert TOKEN not in said.output


def test_a_missing_token_is_named(acme: Acme) -> None:
    github, name = acme
    assert_told(report(github, name, GITHUB_TOKEN=""), "GITHUB_TOKEN is missing")
    assert_told(report(github, name, GITHUB_TOKEN="  "), "GITHUB_TOKEN is missing")


def test_a_wrong_token_is_not_repeated(acme: Acme) -> None:
    github, name = acme
    wrong = "ghp_wrongwrongwrongwrongwrongwrongwrong00"
    said = report(github, name, GITHUB_TOKEN=wrong)

    assert_told(said, name, "GitHub does not accept GITHUB_TOKEN")
    assert wrong not in said.output


def test_a_repository_that_is_not_there(acme: Acme) -> None:
    github, _ = acme
    assert_told(report(github, "acme/nowhere"), "acme/nowhere", "no such repository")


@pytest.mark.parametrize("text", ["acme", "acme/", "/rocket", "acme/rocket/issues", "https://example.com/acme/rocket"])
def test_what_is_not_owner_slash_repo(acme: Acme, text: str) -> None:
    github, _ = acme
    said = report(github, text)

    assert_told(said, repr(text), "OWNER/REPO")
    assert said.exit_code == 2


def test_an_unknown_metric_gets_the_nearest_one(acme: Acme) -> None:
    github, name = acme
    assert_told(report(github, name, "--metric", "comits"), "`comits`", "Did you mean `commits`?")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--since", "yesterday"], ["`yesterday` is not a period"]),
        (["--since", "2026-02-30"], ["There is no day `2026-02-30`"]),
        (["--until", "2026-13-01"], ["There is no day `2026-13-01`"]),
        (["--since", "2026-11-20T25:00Z"], ["is not a date"]),
        (["--since", "3mo"], ["`3mo` is not a period", "`3m`"]),
        (["--since", "2026-Q1"], ["`2026-Q1` is a stretch of time", "`2026-01-01`"]),
        (["--since", "2026-03-01", "--until", "2026-02-01"], ["must begin before it ends"]),
        (["--since", "2027-01-01"], ["must begin before it ends"]),
    ],
)
def test_a_wrong_date_is_named(acme: Acme, options: list[str], words: list[str]) -> None:
    github, name = acme
    before = github.asked()
    assert_told(report(github, name, *options), *words)
    assert github.asked() == before, "what is wrong by itself is said before anything is asked"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--metric", "commits", "--label", "bug"], ["`label=` cannot narrow `commits`"]),
        (["--author", "a/b"], ["`a/b` cannot be a login"]),
        (["--since", "all", "--vs", "year"], ["Nothing lies before the whole history"]),
        (["--vs", "o/r"], ["'previous', 'year'"]),
    ],
)
def test_a_filter_that_cannot_be_is_named(acme: Acme, options: list[str], words: list[str]) -> None:
    github, name = acme
    before = github.asked()
    assert_told(report(github, name, *options), *words)
    assert github.asked() == before


def test_an_unknown_format_lists_those_there_are(acme: Acme) -> None:
    github, name = acme
    assert_told(report(github, name, "--format", "xml"), "markdown", "json", "csv", "png")


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address at which nothing answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: it stays refused
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def test_a_clock_that_does_not_answer_is_named(acme: Acme, nobody: str) -> None:
    github, name = acme
    assert_told(report(github, name, CLOCK_URL=f"{nobody}/clock"), f"{nobody}/clock")


def test_an_address_that_is_none_is_named(acme: Acme) -> None:
    github, name = acme
    assert_told(report(github, name, GITHUB_API_URL="not an address"), "'not an address'")


class Greeter(BaseHTTPRequestHandler):
    """Answers everything with JSON that has nothing to do with GitHub."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def test_an_address_that_is_not_github(acme: Acme) -> None:
    github, name = acme
    with ThreadingHTTPServer(("127.0.0.1", 0), Greeter) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        assert_told(report(github, name, GITHUB_API_URL=address), address, "is not GitHub's REST API")
        server.shutdown()


def test_a_store_that_is_no_database_is_left_as_it_is(acme: Acme, tmp_path: Path) -> None:
    github, name = acme
    notes = tmp_path / "notes.txt"
    notes.write_text("dear diary")

    assert_told(report(github, name, "--store", str(notes)), "notes.txt", "another kind")
    assert notes.read_text() == "dear diary"


def test_a_store_where_no_file_can_be(acme: Acme, tmp_path: Path) -> None:
    github, name = acme
    (tmp_path / "file").write_text("")
    assert_told(report(github, name, "--store", str(tmp_path / "file" / "kept.db")), "--store")


def test_a_folder_for_the_answer_where_none_can_be(acme: Acme, tmp_path: Path) -> None:
    github, name = acme
    (tmp_path / "file").write_text("")
    out = str(tmp_path / "file" / "out")
    said = report(github, name, "--metric", "issues", "--format", "json", "--quiet", "--out", out)
    assert_told(said, "the answer cannot be written")


def test_a_used_up_limit_says_when_to_come_back(acme: Acme) -> None:
    """An hour's limit is longer than anybody waits at a command line."""
    github, name = acme
    github.control("limits", {"use_up": True})
    try:
        assert_told(report(github, name), "again at 2026-11-22T0")
    finally:
        github.control("clock", {"advance": 3601})
