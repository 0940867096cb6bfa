"""The plain CSV: what the header says, strict rows, faults with file and line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from analytics.traffic import Count, Listed
from reports.importing.imported import Imported, Standing, Starred
from reports.importing.plain import parse
from reports.importing.sheet import TextFile, Unreadable
from tests.reports.history import TODAY, file, on, series


def faults(*files: TextFile) -> list[str]:
    with pytest.raises(Unreadable) as caught:
        parse(files, TODAY)
    return list(caught.value.faults)


def test_days_are_read_and_what_is_empty_stays_unknown() -> None:
    (one,) = parse(
        [
            file(
                "traffic.csv",
                "date,views,view_uniques,clones,clone_uniques",
                "2024-11-18,5,2,,",
                "2024-11-19,0,0,3,1",
                "2024-11-20,,,,",
                "",
                "2024-11-21T00:00:00Z,,,4,4",
            )
        ],
        TODAY,
    )
    assert one.repository is None
    assert one.views == series(d20241118=(5, 2), d20241119=(0, 0))
    assert one.clones == series(d20241119=(3, 1), d20241121=(4, 4))
    assert one.span == (on("2024-11-18"), on("2024-11-21"))
    assert one.rows == 4


def test_a_file_may_have_columns_of_one_kind_in_any_order_and_case() -> None:
    (one,) = parse([file("t.csv", "View Uniques,Date,VIEWS", "2,2024-11-18,5")], TODAY)
    assert one == Imported(views=series(d20241118=(5, 2)))


def test_a_column_names_the_repository_and_several_files_are_one_history() -> None:
    found = parse(
        [
            file(
                "a.csv",
                "repository,date,views,view_uniques",
                "quartz/lantern,2024-11-18,5,2",
                "acme/hut,2024-11-18,1,1",
            ),
            file("b.csv", "repository,week,clones,clone_uniques", "Quartz/Lantern,2024-11-18,9,4"),
        ],
        TODAY,
    )
    assert [one.repository for one in found] == ["acme/hut", "quartz/lantern"]
    assert found[1].views == series(d20241118=(5, 2))
    assert found[1].clone_weeks == series(d20241118=(9, 4))


def test_lists_keep_their_order_or_get_githubs() -> None:
    (one,) = parse(
        [
            file(
                "referrers.csv",
                "date,position,referrer,count,uniques",
                "2024-11-18,2,bing,9,3",
                "2024-11-18,1,'=cmd,5,3",
                "2024-11-18,3,''tis,5,3",
            ),
            file("paths.csv", "date,path,count,uniques", "2024-11-18,/b,1,1", "2024-11-18,/a,1,1"),
        ],
        TODAY,
    )
    assert one.referrers == {on("2024-11-18"): (Listed("=cmd", 5, 3), Listed("bing", 9, 3), Listed("'tis", 5, 3))}
    assert one.paths == {on("2024-11-18"): (Listed("/b", 1, 1), Listed("/a", 1, 1))}


def test_counters_and_stars_are_read() -> None:
    (one,) = parse(
        [
            file(
                "snapshots.csv",
                "taken_at,stars,forks,open_pulls",
                "2024-11-18T08:00:00Z,3,,0",
                "2024-11-18T09:00:00Z,4,,0",
                "2024-11-18T07:00:00Z,2,,0",
            ),
            file("stars.csv", "user_id,starred_at,unstarred_at", "9,2024-01-01T00:00:00Z,", "2,,2024-02-01T00:00:00Z"),
        ],
        TODAY,
    )
    at = datetime(2024, 11, 18, 9, tzinfo=UTC)
    assert one.standings == {on("2024-11-18"): Standing(at, stars=4, open_pulls=0)}
    assert one.stars == (
        Starred(2, None, datetime(2024, 2, 1, tzinfo=UTC)),
        Starred(9, datetime(2024, 1, 1, tzinfo=UTC)),
    )
    assert one.span == (on("2024-01-01"), on("2024-11-18"))


def test_every_bad_row_is_named_by_file_and_line() -> None:
    bad = file(
        "t.csv",
        "date,views,view_uniques",
        "2024-11-18,5,2",
        "2024-11-19,many,2",
        "2024-11-20,5",
        "2024-11-18,1,1",
        "2024-13-01,1,1",
        "2024-11-21,1,2",
    )
    way_out = "if these are several repositories, a column `repository` must say so"
    assert faults(bad) == [
        "t.csv, line 3: views is 'many', which is not a count",
        "t.csv, line 4: there are 2 cells under 3 columns",
        f"t.csv, line 5: 2024-11-18 is there twice; {way_out}",
        "t.csv, line 6: date is '2024-13-01', and there is no such day or time",
        "t.csv, line 7: view_uniques (2) is more than views (1); are the columns in the right order?",
    ]


def test_a_line_is_where_a_row_begins_even_if_a_name_has_line_breaks() -> None:
    bad = file("r.csv", "date,referrer,count,uniques", '2024-11-18,"a', 'b",1,1', "2024-11-19,c,x,1")
    assert faults(bad) == ["r.csv, line 4: count is 'x', which is not a count"]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([], "t.csv, line 1: the header does not say what this is"),
        (["name,views"], "t.csv, line 1: the header does not say what this is"),
        (["date,views,visitors"], "t.csv, line 1: unknown column 'visitors'; known are repository, date, views"),
        (["date,views,views"], "t.csv, line 1: column views is there twice"),
        (["starred_at"], "t.csv, line 1: column user_id is missing"),
        (["captured_at,run"], "t.csv, line 1: this is a log of captures"),
        (["date;views", "2024-11-18;5"], "t.csv, line 1: the header does not say what this is"),
        (["date,views,view_uniques", '2024-11-18,"5,2'], "t.csv, line 2: this is not CSV"),
        (["repository,date", "lantern,2024-11-18"], "t.csv, line 2: repository is 'lantern'"),
        (["week,views,view_uniques", "2024-11-19,1,1"], "t.csv, line 2: week is 2024-11-19, which is not a Monday"),
        (["date,referrer,count,uniques", "2024-11-18,,1,1"], "t.csv, line 2: referrer is empty"),
        (["date,referrer,count,uniques", "2024-11-18,a,,1"], "t.csv, line 2: count is empty"),
        (["user_id,starred_at", "ada,2024-11-18"], "t.csv, line 2: user_id is 'ada'"),
        (["user_id,starred_at", "1,"], "t.csv, line 2: neither starred_at nor unstarred_at is given"),
        (["week,views,view_uniques", "2026-11-16,1,1"], "t.csv, line 2: week is 2026-11-16, and that week is not over"),
        (["user_id,starred_at", "0,2024-11-18"], "t.csv, line 2: user_id is '0'; it must be GitHub's number"),
        (["user_id,starred_at", f"{10**18},2024-11-18"], "t.csv, line 2: user_id is '1000000000000000000'"),
        (
            ["user_id,starred_at,unstarred_at", "1,2024-11-18,2024-11-17T08:00:00+02:00"],
            "t.csv, line 2: unstarred_at (2024-11-17T06:00:00Z) is before starred_at (2024-11-18T00:00:00Z)",
        ),
        (["taken_at,stars", ",1"], "t.csv, line 2: taken_at is empty"),
    ],
)
def test_what_is_wrong_is_said(lines: list[str], sentence: str) -> None:
    assert faults(file("t.csv", *lines))[0].startswith(sentence)


@pytest.mark.parametrize("header", ["date;views;view_uniques", "date\tviews\tview_uniques", "user_id;starred_at"])
def test_columns_that_something_else_separates_get_a_hint(header: str) -> None:
    (fault,) = faults(file("t.csv", header))
    assert fault.endswith("; separate columns by commas")


def test_a_header_with_commas_gets_no_such_hint() -> None:
    (fault,) = faults(file("t.csv", "name,views"))
    assert "commas" not in fault


def test_a_star_may_end_in_the_second_it_was_given() -> None:
    (one,) = parse([file("t.csv", "user_id,starred_at,unstarred_at", "1,2024-11-18,2024-11-18")], TODAY)
    at = datetime(2024, 11, 18, tzinfo=UTC)
    assert one.stars == (Starred(1, at, at),)


@pytest.mark.parametrize(
    "rows",
    [
        ["2024-11-18,1,a,1,1", "2024-11-18,1,b,1,1"],
        ["2024-11-18,1,a,1,1", "2024-11-18,2,a,1,1"],
    ],
)
def test_a_place_or_a_name_twice_in_one_list_is_wrong(rows: list[str]) -> None:
    (fault,) = faults(file("r.csv", "date,position,referrer,count,uniques", *rows))
    assert "twice on 2024-11-18" in fault


def test_of_very_many_faults_the_first_are_shown() -> None:
    error = Unreadable(faults(file("t.csv", "date,views,view_uniques", *("x,1,1" for _ in range(50)))))
    assert len(error.faults) == 50
    assert str(error).endswith("… and 30 more")


def test_an_empty_file_has_nothing_in_it() -> None:
    assert parse([file("t.csv", "date,views,view_uniques")], TODAY) == ()
    assert Count(0, 0) not in Imported().views.values()
    assert Imported().span is None
