"""The data folder of github-repo-stats: the aggregate, what each run saw, and which days that covers."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from analytics.traffic import Count, Kind, Listed, known_days
from reports.importing.github_repo_stats import parse
from reports.importing.imported import Standing, larger
from reports.importing.sheet import TextFile, Unreadable
from tests.reports.history import TODAY, file, on, series

SERIES = "time_iso8601,clones_total,clones_unique,views_total,views_unique"
DATA = "quartz/lantern/ghrs-data/"


def test_the_aggregate_alone_knows_the_days_it_lists() -> None:
    for name in (f"{DATA}views_clones_aggregate.csv", "views_clones_aggregate.csv", "renamed.csv"):
        (one,) = parse(
            [file(name, SERIES, "2024-11-01 00:00:00+00:00,1,1,5,2", "2024-11-04 00:00:00+00:00,0,0,7,3")], TODAY
        )
        assert one.repository == ("quartz/lantern" if name.startswith(DATA) else None)
        assert one.views == series(d20241101=(5, 2), d20241104=(7, 3))
        assert one.clones == series(d20241101=(1, 1), d20241104=(0, 0))


def test_a_fragment_is_an_answer_and_what_it_covers_and_does_not_list_is_zero() -> None:
    fragment = f"{DATA}snapshots/2024-11-20_081500_views_clones_series_fragment.csv"
    (one,) = parse(
        [file(fragment, SERIES, "2024-11-06 00:00:00+00:00,,,1.0,1.0", "2024-11-18 00:00:00+00:00,2.0,1.0,,")], TODAY
    )
    assert min(one.views) == on("2024-11-06")
    assert min(one.clones) == on("2024-11-07")
    assert max(one.views) == max(one.clones) == on("2024-11-20")
    assert {day: count for day, count in one.views.items() if count.count} == series(d20241106=(1, 1))
    assert {day: count for day, count in one.clones.items() if count.count} == series(d20241118=(2, 1))


def test_a_list_proves_an_answer_within_the_span_of_the_aggregate() -> None:
    (one,) = parse(
        [
            file(
                f"{DATA}views_clones_aggregate.csv",
                SERIES,
                "2024-11-01 00:00:00+00:00,0,0,5,2",
                "2024-11-02 00:00:00+00:00,0,0,5,2",
                "2024-11-30 00:00:00+00:00,0,0,7,3",
            ),
            file(f"{DATA}snapshots/2024-11-15_235959_top_paths_snapshot.csv", "url_path,views_total,views_unique"),
        ],
        TODAY,
    )
    # 2 to 15 November are covered; the 1st was listed a day beyond, so its zero clones are not known
    assert list(one.views) == [date(2024, 11, day) for day in range(1, 16)] + [on("2024-11-30")]
    assert list(one.clones) == list(one.views)[1:]
    assert one.views[on("2024-11-03")] == one.clones[on("2024-11-03")] == Count(0, 0)


def test_lists_of_a_date_are_those_of_its_last_run_and_old_columns_are_known() -> None:
    lists = f"{DATA}snapshots/2024-11-15_"
    (one,) = parse(
        [
            file(
                f"{lists}235959_top_referrers_snapshot.csv",
                "referrer,views_total,views_unique",
                "b,2,1",
                "a,2,2",
                "c,9,1",
            ),
            file(f"{lists}080000_top_referrers_snapshot.csv", "referrers,count_total,count_unique", "early,1,1"),
            file(f"{lists}080000_top_paths_snapshot.csv", "url_path,count_total,count_unique", "/x,1,1"),
        ],
        TODAY,
    )
    assert one.referrers == {on("2024-11-15"): (Listed("c", 9, 1), Listed("a", 2, 2), Listed("b", 2, 1))}
    assert one.paths == {on("2024-11-15"): (Listed("/x", 1, 1),)}
    assert one.views == {}


def test_counts_of_stars_that_were_shown_are_taken_and_reconstructions_are_left_out() -> None:
    (one,) = parse(
        [
            file(
                f"{DATA}stargazer-snapshots.csv",
                "time_iso8601,stargazers_cumulative_snapshot",
                "2020-01-01 13:37:37+01:00,50",
                "2020-01-01 23:00:00+00:00,51",
                "2023-08-10 16:50:32+00:00,1000",
            ),
            file(f"{DATA}stargazers.csv", "time_iso8601,stars_cumulative", "2018-02-02 00:00:00+00:00,1"),
            file(f"{DATA}forks.csv", "time_iso8601,forks_cumulative", "2018-02-02 00:00:00+00:00,1"),
        ],
        TODAY,
    )
    assert one.standings == {
        on("2020-01-01"): Standing(datetime(2020, 1, 1, 23, tzinfo=UTC), stars=51),
        on("2023-08-10"): Standing(datetime(2023, 8, 10, 16, 50, 32, tzinfo=UTC), stars=1000),
    }
    assert [note.partition(" ")[0] for note in one.notes] == ["forks.csv", "stargazers.csv"]


def test_a_data_branch_holds_many_repositories_and_other_files() -> None:
    row = "2024-11-01 00:00:00+00:00,1,1,5,2"
    found = parse(
        [
            file("quartz/lantern/ghrs-data/views_clones_aggregate.csv", SERIES, row),
            file("acme/hut/ghrs-data/views_clones_aggregate.csv", SERIES, row),
            file("acme/hut/latest-report/table.csv", "a,b", "1,2"),
            file("notes.csv", "whatever"),
        ],
        TODAY,
    )
    assert [one.repository for one in found] == ["acme/hut", "quartz/lantern"]


@pytest.mark.parametrize(
    ("name", "lines", "sentence"),
    [
        (
            "views_clones_aggregate.csv",
            [SERIES, "2024-11-01,1,1,5,6"],
            "line 2: view_uniques (6) is more than views (5)",
        ),
        (
            "views_clones_aggregate.csv",
            [SERIES, "2024-11-01,1,1,5,5", "2024-11-01,1,1,5,5"],
            "line 3: 2024-11-01 is there twice",
        ),
        ("views_clones_aggregate.csv", [f"{SERIES},bots", "2024-11-01,1,1,5,5,0"], "line 1: unknown column 'bots'"),
        ("2024-13-15_080000_top_paths_snapshot.csv", ["url_path,views_total,views_unique"], "time data"),
        ("2029-11-15_080000_top_paths_snapshot.csv", ["url_path,views_total,views_unique"], "in the future"),
        (
            "2024-11-15_080000_top_paths_snapshot.csv",
            ["url_path,views_total,views_unique", "/a,1,1", "/a,1,1"],
            "'/a' is there twice on 2024-11-15",
        ),
        (
            "2024-11-15_080000_top_paths_snapshot.csv",
            ["url_path,views_total,views_unique", ",1,1"],
            "line 2: the name is empty",
        ),
        (
            "stargazer-snapshots.csv",
            ["time_iso8601,stargazers_cumulative_snapshot", "2024-11-15,"],
            "line 2: stars is empty",
        ),
    ],
)
def test_a_bad_row_is_named(name: str, lines: list[str], sentence: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse([file(name, *lines)], TODAY)
    assert caught.value.faults[0].startswith(name)
    assert sentence in caught.value.faults[0]


@pytest.mark.parametrize("name", ["l3af-project__l3afd", "jgehrcke__gipc", "cicsdev__cics-genapp"])
def test_real_folders_give_what_the_single_answers_give(shared_folder: Path, name: str) -> None:
    """The merged series and its lists tell the same days, zeros and gaps as the answers one by one."""
    folder = shared_folder / "data" / "traffic" / name
    (one,) = parse(as_collected(folder, name), TODAY)
    assert one.repository == name.replace("__", "/")
    expected = json.loads((folder / "expected.json").read_text())
    known: dict[Kind, dict[date, Count]] = {"views": {}, "clones": {}}
    with gzip.open(folder / "windows.jsonl.gz", "rt") as answers:
        for line in answers:
            answer = json.loads(line)
            for kind, days in known.items():
                listed = {on(day): Count(count, uniques) for day, count, uniques in answer[kind]}
                for day, count in known_days(listed, on(answer["captured_at"][:10])).items():
                    days[day] = larger(days.get(day, count), count)
    last = max(one.views)
    for kind, days in known.items():
        # days after the last listed one were covered too, but a merged series does not show it
        assert one.days(kind) == {day: count for day, count in sorted(days.items()) if day <= last}
        assert sum(count.count for count in one.days(kind).values()) == expected["replay"][kind]["count_if_max_wins"]
    assert len({line.name for lines in one.referrers.values() for line in lines}) <= expected["referrers"]["distinct"]
    latest = one.referrers[max(one.referrers)]
    assert [[line.name, line.count, line.uniques] for line in latest] == sorted(
        expected["referrers"]["latest"], key=lambda line: (-line[1], -line[2], line[0])
    )


def as_collected(folder: Path, name: str) -> list[TextFile]:
    """Return the reference data in the layout in which it was collected."""
    data = f"{name.replace('__', '/')}/ghrs-data/"
    merged = (folder / "views_clones.csv").read_text().partition("\n")[2]
    files = [TextFile(f"{data}views_clones_aggregate.csv", f"{SERIES}\n{merged}")]
    for what, column, header in (("referrers", "referrer", "referrer"), ("paths", "path", "url_path")):
        runs: dict[str, list[list[str]]] = defaultdict(list)
        with gzip.open(folder / f"{what}.csv.gz", "rt") as lists:
            for row in csv.DictReader(lists):
                runs[row["captured_at"]].append([row[column], row["count"], row["uniques"]])
        for at, rows in runs.items():
            text = io.StringIO()
            csv.writer(text).writerows([[header, "views_total", "views_unique"], *rows])
            time = datetime.fromisoformat(at).strftime("%Y-%m-%d_%H%M%S")
            files.append(TextFile(f"{data}snapshots/{time}_top_{what}_snapshot.csv", text.getvalue()))
    return files
