"""`report --format json` over real HTTP says what others computed from the same data, whatever was read before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from analytics.window import parse_iso
from tests.bot.conftest import beside, report, report_process
from tests.bot.figures import (
    NOT_OURS,
    NOT_OURS_IN_A_WINDOW,
    WHOLE,
    WINDOW,
    YEAR,
    Reckon,
    Report,
    at,
    leaves,
    size,
    told,
)

MILLIONTH = 1e-6
DATA = ("tlswg__tls13-spec", "quicwg__multipath")
DAYS = ("7", "30", "90", "365")
FEWEST_FIGURES = {"tlswg__tls13-spec": 1_961, "quicwg__multipath": 1_090}  # compared in one sweep; may only grow


@dataclass(frozen=True)
class Judged:
    """A data set, what others computed from it, and what was reported: at once, and window by window with a store."""

    folder: str
    expected: dict[str, Any]
    cold: Report
    windows: Mapping[str, Report]
    years: Mapping[str, Report]
    whole: Report
    asked: Mapping[str, int]
    """How often each report of a kept store asked GitHub."""


@pytest.fixture(scope="session", params=DATA)
def judged(request: pytest.FixtureRequest, shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """Ask for the shortest window first, so that each further one has to read on from what the last one kept."""
    folder = shared_folder / "data" / request.param
    expected = msgspec.json.decode((folder / "expected.json").read_bytes())
    snapshot, name = expected["snapshot_at"], expected["dataset"]
    store = str(tmp_path_factory.mktemp("kept") / "report.db")
    asked: dict[str, int] = {}
    with beside(folder, now=parse_iso(snapshot)) as github:

        def kept(since: str, until: str, *more: str) -> Report:
            before = github.asked()
            said = report(github, name, "--format", "json", "--store", store, "--since", since, "--until", until, *more)
            assert said.exit_code == 0, said.stderr
            asked[since] = github.asked() - before
            parsed: Report = json.loads(said.stdout)
            return parsed

        spans = {days: expected["windows_before_snapshot_days"][days] for days in DAYS}
        windows = {days: kept(span["from"], span["until"]) for days, span in spans.items()}
        whole = kept("all", snapshot)
        years = {
            year: kept(f"{year}-01-01", f"{int(year) + 1}-01-01", "--metric", "time-to-merge")
            for year in expected["pulls"]["time_to_merge_hours"]["by_merge_year"]
        }
        process = report_process(github, name, "--format", "json", "--since", "all", "--until", snapshot)
        assert process.returncode == 0, process.stderr
    return Judged(request.param, expected, json.loads(process.stdout), windows, years, whole, asked)


def close(said: Any, expected: Any) -> bool:
    """Tell whether a figure is the expected one; what is unknown here must be so there."""
    if said is None or expected is None:
        return said is expected
    if isinstance(expected, float):
        return abs(float(said) - expected) <= MILLIONTH
    return bool(said == expected)


def compared(judged: Judged) -> Iterator[tuple[str, Any, Any]]:
    """Yield every figure that both define: its name, what was reported, what others computed."""

    def each(where: str, figures: Mapping[str, Reckon], said: Report, expected: Mapping[str, Any]) -> Any:
        for path, reckon in figures.items():
            ours, theirs = reckon(said), told(expected, path)
            if path == "issues.open_at_month_end":
                # the reference ends with the last month in which something happened
                ours = {month: ours.get(month) for month in theirs}
            yield f"{where}: {path}", ours, theirs

    yield from each("whole history", WHOLE, judged.whole, judged.expected)
    yield from each("whole history, nothing kept", WHOLE, judged.cold, judged.expected)
    for days, said in judged.windows.items():
        yield from each(f"{days} days", WINDOW, said, judged.expected["windows_before_snapshot_days"][days])
    for year, said in judged.years.items():
        by_year = judged.expected["pulls"]["time_to_merge_hours"]["by_merge_year"]
        yield from each(f"merged in {year}", YEAR, said, by_year[year])


def test_every_figure_that_both_define_is_equal(judged: Judged) -> None:
    figures = list(compared(judged))

    wrong = [f"{name}: {said} is not {expected}" for name, said, expected in figures if not close(said, expected)]
    assert not wrong, "\n".join(wrong)
    assert sum(size(expected) for _, _, expected in figures) >= FEWEST_FIGURES[judged.folder]


def test_nothing_that_the_reference_has_is_passed_over(judged: Judged) -> None:
    """A figure of the reference is compared, or named as one that this report does not define."""
    assert set(leaves(judged.expected, WHOLE)) == WHOLE.keys() | NOT_OURS
    for days in DAYS:
        window = judged.expected["windows_before_snapshot_days"][days]
        assert set(leaves(window, WINDOW)) == WINDOW.keys() | NOT_OURS_IN_A_WINDOW


def test_a_report_that_reads_everything_anew_says_the_same_as_one_that_read_on(judged: Judged) -> None:
    """Windows of 7, 30, 90 and 365 days were asked before: the pieces make the same whole."""
    assert judged.cold["metrics"] == judged.whole["metrics"]


def test_the_window_is_the_one_that_was_asked_for_to_the_second(judged: Judged) -> None:
    for days, said in judged.windows.items():
        span = judged.expected["windows_before_snapshot_days"][days]
        assert said["window"] == {"since": span["from"], "until": span["until"]}
        assert said["as_of"] == judged.expected["snapshot_at"]


def test_the_overview_repeats_what_the_metrics_say(judged: Judged) -> None:
    for said in (judged.cold, judged.whole, *judged.windows.values()):
        overview = said["metrics"]["overview"]["facts"]
        assert overview["pulls.opened"] == at(said, "metrics.pulls.facts.opened")
        median = at(said, "metrics.time-to-merge.facts.merged_median_hours")
        assert overview["time-to-merge.merged_median_hours"] == median
        assert overview["review-matrix.reviews"] == at(said, "metrics.review-matrix.facts.reviews")


def test_first_contributions_are_unknown_until_the_whole_history_is(judged: Judged) -> None:
    assert judged.windows["90"]["metrics"]["authors"]["facts"]["new_authors_n"] is None
    assert judged.whole["metrics"]["authors"]["facts"]["new_authors_n"] is not None


def test_a_kept_store_answers_what_it_covers_without_a_list(judged: Judged) -> None:
    """Every question looks the repository up; once the whole history is kept nothing else is asked."""
    for year in judged.years:
        assert judged.asked[f"{year}-01-01"] == 1
    assert judged.asked["all"] > judged.asked[judged.windows["7"]["window"]["since"]]


def test_completeness_says_that_nothing_is_missing(judged: Judged) -> None:
    counts = {"pulls": "pulls.total", "issues": "issues.total", "commits": "commits.total"}
    for said in (judged.cold, judged.whole):
        assert said["schema"] == 1
        assert said["completeness"]["complete"] is True
        rows = {name: state["rows"] for name, state in said["completeness"]["datasets"].items()}
        assert (rows.pop("stars"), rows.pop("releases")) == (0, 0)
        assert rows == {name: at(judged.expected, path) for name, path in counts.items()}
