"""`python -m bot import` and `export` as they are typed: dry run first, sentences for what is wrong, whole files."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import structlog
from click.testing import CliRunner, Result

from bot.cli import main
from storage.engine import Store
from storage.installations import Repository, save_repository

ROOT = Path(__file__).parents[2]
LANTERN = Repository(7, 1, "quartz", "lantern", "public", "main")
HEADER = "date,views,view_uniques,clones,clone_uniques"


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """What a command does to logging is undone."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def database(database_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with one repository in it, which the commands find."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{database_file}")
    monkeypatch.delenv("CLOCK_URL", raising=False)

    async def prepare() -> None:
        store = await Store.open(f"sqlite:///{database_file}")
        await store.write(lambda conn: save_repository(conn, LANTERN))
        await store.close()

    asyncio.run(prepare())
    return database_file


@pytest.fixture
def history(tmp_path: Path) -> Path:
    path = tmp_path / "history.csv"
    path.write_text(f"\ufeff{HEADER}\r\n2024-11-18,5,2,,\r\n2024-11-20 00:00:00+00:00,0,0,3,1\r\n", encoding="utf-8")
    return path


def bot(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], prog_name="python -m bot")


def good(*words: object) -> str:
    result = bot(*words)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_dry_run_says_what_would_be_written_and_writes_nothing(database: Path, history: Path) -> None:
    before = database.read_bytes()
    said = good("import", "plain", history, "--repository", "Quartz/Lantern")
    assert database.read_bytes() == before
    assert said.splitlines()[1:] == [
        "quartz/lantern (number 7, stored)",
        "            from        to          new  raised  lower  unchanged",
        "    views   2024-11-18  2024-11-20    2       0      0          0",
        "    clones  2024-11-20  2024-11-20    1       0      0          0",
        "Nothing was written yet: add --apply to write this.",
    ]


def test_applied_it_is_there_and_a_second_time_there_is_nothing_to_do(database: Path, history: Path) -> None:
    words = ("import", "plain", history, "--repository", "quartz/lantern", "--apply")
    assert good(*words).endswith("Written.\n")
    stored = good("export", "traffic", "quartz/lantern")
    assert stored.splitlines() == [HEADER, "2024-11-18,5,2,,", "2024-11-19,,,,", "2024-11-20,0,0,3,1"]
    again = good(*words)
    assert "The same content was imported on " in again
    assert again.endswith("Nothing to write: all of it is stored already.\n")
    assert good("export", "traffic", "quartz/lantern") == stored


def test_days_with_other_numbers_are_shown_with_both(database: Path, history: Path) -> None:
    good("import", "plain", history, "--repository", "quartz/lantern", "--apply")
    history.write_text(f"{HEADER}\n2024-11-18,4,3,,\n2024-11-20,0,0,2,1\n")
    said = good("import", "plain", history, "--repository", "quartz/lantern")
    assert "views   2024-11-18  2024-11-20    0       1      0          1" in said
    assert "clones  2024-11-20  2024-11-20    0       0      1          0" in said
    assert "    2024-11-18  views      5/2          4/3   5/3\n" in said
    assert "    2024-11-20  clones     3/1          2/1   3/1\n" in said


def test_of_very_many_differences_a_few_are_shown_unless_all_are_wanted(database: Path, history: Path) -> None:
    for views in (5, 4):
        rows = (f"2024-{month:02}-{day:02},{views},1,," for month in (1, 3) for day in range(1, 32))
        history.write_text("\n".join([HEADER, *rows]))
        words = ("import", "plain", history, "--repository", "quartz/lantern", "--apply")
        said = good(*words)
    assert "… and 42 more; --differences shows them all." in said
    assert good(*words, "--differences").count("5/1") == 2 * 62


def test_one_bad_row_keeps_the_whole_file_out(database: Path, history: Path) -> None:
    before = database.read_bytes()
    history.write_text(f"{HEADER}\n2024-11-18,5,2,,\n2024-11-19,5,x,,\n")
    result = bot("import", "plain", history, "--repository", "quartz/lantern", "--apply")
    assert result.exit_code == 1
    assert result.output == (
        "Error: history.csv, line 3: view_uniques is 'x', which is not a count\nNothing was written.\n"
    )
    assert database.read_bytes() == before


def test_a_file_that_is_not_utf8_is_refused_by_line(database: Path, history: Path) -> None:
    history.write_bytes(f"{HEADER}\n2024-11-18,5,2,,\n".encode() + b"\xff\xfe")
    result = bot("import", "plain", history, "--repository", "quartz/lantern")
    assert "history.csv, line 3: this is not UTF-8 text" in result.output


def test_a_repository_that_is_not_stored_needs_its_number(database: Path, history: Path) -> None:
    words = ("import", "plain", history, "--repository", "acme/hut", "--apply")
    result = bot(*words)
    assert result.exit_code == 1
    assert "acme/hut is not stored here" in result.output
    assert "--repository-id N" in result.output
    assert "acme/hut (number 12, new here)" in good(*words, "--repository-id", 12)
    assert good("export", "traffic", "acme/hut").splitlines()[1] == "2024-11-18,5,2,,"
    assert good(*words, "--repository-id", 12).endswith("Nothing to write: all of it is stored already.\n")


def test_a_file_of_many_repositories_fills_those_that_are_stored(database: Path, tmp_path: Path) -> None:
    path = tmp_path / "repostats.csv"
    header = "RID,ORGNAME,REPONAME,TDATE,VIEWCOUNT,VUNIQUES,CLONECOUNT,CUNIQUES"
    path.write_text(f"{header}\n1,Quartz,Lantern,2019-03-01,5,2,3,1\n2,acme,hut,2019-03-01,5,2,3,1\n")
    result = bot("import", "repostats", path, "--apply")
    assert result.exit_code == 0
    assert "acme/hut is left out: it is not stored here" in result.stderr
    assert "quartz/lantern (number 7, stored)" in result.stdout
    one = bot("import", "repostats", path, "--repository", "quartz/compass")
    assert "quartz/compass is not stored here" in one.output
    other = bot("import", "repostats", path, "--repository", "quartz/compass", "--repository-id", 8)
    assert "there is no quartz/compass in it; there is acme/hut, Quartz/Lantern" in other.output


def test_a_file_that_does_not_say_whose_it_is_needs_a_name(database: Path, history: Path) -> None:
    result = bot("import", "plain", history)
    assert result.exit_code == 1
    assert "the file does not say whose it is; add --repository OWNER/REPO" in result.output


def test_ghstats_knows_githubs_numbers(database: Path, tmp_path: Path) -> None:
    path = tmp_path / "ghstats.db"
    with closing(sqlite3.connect(path)) as made:
        made.executescript("""
            CREATE TABLE repos (id, name);
            CREATE TABLE repo_stats (repo_id, date, stars, forks, watchers, issues,
                clones_count, clones_uniques, views_count, views_uniques);
            CREATE TABLE repo_referrers (repo_id, date, referrer, count, uniques);
            CREATE TABLE repo_popular_paths (repo_id, date, path, count, uniques);
            INSERT INTO repos VALUES (7, 'quartz/old-name'), (12, 'acme/hut');
            INSERT INTO repo_stats VALUES (7, '2024-08-01T00:00:00Z', 0, 0, 0, 0, 0, 0, 5, 2);
            INSERT INTO repo_stats VALUES (12, '2024-08-01T00:00:00Z', 0, 0, 0, 0, 0, 0, 9, 2);
        """)
    assert "quartz/lantern (number 7, stored)" in bot("import", "ghstats", path).stdout
    assert "--repository-id 12, as the file says" in bot("import", "ghstats", path, "--repository", "acme/hut").output


def test_a_folder_of_github_repo_stats_is_imported(database: Path, tmp_path: Path) -> None:
    data = tmp_path / "branch" / "quartz" / "lantern" / "ghrs-data"
    (data / "snapshots").mkdir(parents=True)
    series = "time_iso8601,clones_total,clones_unique,views_total,views_unique\n2024-11-18 00:00:00+00:00,1,1,5,2\n"
    (data / "views_clones_aggregate.csv").write_text(series)
    (data / "forks.csv").write_text("time_iso8601,forks_cumulative\n")
    said = good("import", "github-repo-stats", tmp_path / "branch", "--apply")
    assert "forks.csv was left out" in said
    assert said.endswith("Written.\n")
    (data / "views_clones_aggregate.csv").unlink()
    (data / "forks.csv").unlink()
    empty = bot("import", "github-repo-stats", tmp_path / "branch")
    assert "there is no .csv file in this folder" in empty.output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("import", "plain", "{file}", "--repository", "lantern"), "'lantern' is not a repository"),
        (("import", "plain", "{file}", "--repository-id", "7"), "--repository-id needs --repository"),
        (("import", "matomo", "{file}"), "'matomo' is not one of"),
        (("import", "plain", "missing.csv"), "does not exist"),
        (("export", "traffic"), "name one repository as OWNER/REPO, or every one by --all"),
        (("export", "traffic", "quartz/lantern", "--all"), "name one repository as OWNER/REPO, or every one by --all"),
        (("export", "traffic", "--all", "--format", "parquet"), "--format parquet needs --out FILE"),
        (("export", "traffic", "--all", "--since", "2026-01-01", "--until", "2026-01-01"), "is not before --until"),
        (("export", "traffic", "--all", "--since", "soon"), "does not match the format"),
        (("export", "visits", "--all"), "'visits' is not one of"),
    ],
)
def test_a_mistake_of_usage_is_said(database: Path, history: Path, words: tuple[str, ...], sentence: str) -> None:
    result = bot(*(word.format(file=history) for word in words))
    assert result.exit_code == 2
    assert sentence in result.output


def test_an_export_of_what_is_not_stored_or_cannot_be_written_says_so(database: Path, tmp_path: Path) -> None:
    assert "nothing is stored of acme/hut" in bot("export", "traffic", "acme/hut").output
    result = bot("export", "traffic", "quartz/lantern", "--out", tmp_path / "nowhere" / "x.csv")
    assert result.exit_code == 1
    assert "the export cannot be written" in result.output


def test_a_missing_or_old_database_is_not_made_anew(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(database)) as old:
        old.execute("UPDATE alembic_version SET version_num = '0001'")
        old.commit()
    assert "`python -m bot migrate` brings it up to date" in bot("export", "traffic", "--all").output
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/none/almanac.db")
    result = bot("export", "traffic", "--all")
    assert result.exit_code == 1
    assert "there is no database at" in result.output
    assert not (tmp_path / "none").exists()
    monkeypatch.setenv("DATABASE_URL", "mysql://nowhere")
    assert "Almanac knows sqlite:// and postgresql://" in bot("export", "traffic", "--all").output


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_a_file_is_put_in_its_place_when_it_is_whole(database: Path, history: Path, tmp_path: Path, form: str) -> None:
    good("import", "plain", history, "--repository", "quartz/lantern", "--apply")
    out = tmp_path / f"traffic.{form}"
    out.write_text("of yesterday")
    good("export", "traffic", "--all", "--format", form, "--out", out)
    assert sorted(path.name for path in tmp_path.glob("traffic*")) == [out.name]
    starts = {"csv": b"repository,date,", "json": b'[\n{"repository":"quartz/lantern"', "parquet": b"PAR1"}
    assert out.read_bytes().startswith(starts[form])
    if form == "json":
        assert len(json.loads(out.read_bytes())) == 3


def test_a_plain_export_never_imports_what_only_parquet_needs(database: Path) -> None:
    code = (
        "import sys\nfrom bot.cli import main\n"
        "main(['export', 'traffic', '--all', '--format', 'json'], standalone_mode=False)\n"
        "assert not {'pyarrow', 'pandas', 'numpy', 'alembic', 'matplotlib'} & set(sys.modules), sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=dict(os.environ), cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


@contextmanager
def clock_at(now: str) -> Iterator[str]:
    """Serve a clock that stands still; yield its address."""

    class Clock(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"now": now}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Clock) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def test_what_lies_in_the_future_depends_on_the_clock(
    database: Path, history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history.write_text(f"{HEADER}\n2030-11-18,5,2,,\n")
    words = ("import", "plain", history, "--repository", "quartz/lantern")
    with clock_at("2026-11-22T08:00:00Z") as url:
        monkeypatch.setenv("CLOCK_URL", url)
        assert "history.csv, line 2: date is 2030-11-18, which is in the future" in bot(*words).output
    with clock_at("2031-01-01T00:00:00Z") as url:
        monkeypatch.setenv("CLOCK_URL", url)
        assert "Nothing was written yet" in good(*words)
    assert "CLOCK_URL does not answer with a time" in bot(*words).output
