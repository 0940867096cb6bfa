"""The older system's repostats.csv, with and without names, and its relatives."""

from __future__ import annotations

import pytest

from reports.importing.repostats import parse
from reports.importing.sheet import Unreadable
from tests.reports.history import TODAY, file, series

HEADER = "RID,TDATE,VIEWCOUNT,VUNIQUES,CLONECOUNT,CUNIQUES"
LEGEND = file("repositories.csv", "RID,ORGNAME,REPONAME", "1000,quartz,lantern", "1001,quartz,compass")


def test_the_export_is_read_and_its_legend_names_the_repositories() -> None:
    stats = file("repostats.csv", HEADER, "1000,2019-03-01,5,2,0,0", "1001,2019-03-01,7,3,None,None")
    found = parse([stats, LEGEND], TODAY)
    assert [one.repository for one in found] == ["quartz/compass", "quartz/lantern"]
    assert found[0].views == series(d20190301=(7, 3))
    assert found[0].clones == {}
    assert found[1].clones == series(d20190301=(0, 0))


def test_one_repository_needs_no_name() -> None:
    (one,) = parse([file("repostats.csv", HEADER, "1000,2019-03-01,5,2,0,0")], TODAY)
    assert one.repository is None
    assert one.views == series(d20190301=(5, 2))


def test_several_repositories_without_names_are_refused() -> None:
    stats = file("repostats.csv", HEADER, "1000,2019-03-01,5,2,0,0", "1001,2019-03-01,7,3,1,1")
    with pytest.raises(Unreadable, match="2 repositories are only numbers, such as RID 1000"):
        parse([stats], TODAY)


@pytest.mark.parametrize(
    ("header", "row", "name"),
    [
        (
            "RID,ORGNAME,REPONAME,TDATE,VIEWCOUNT,VUNIQUES,CLONECOUNT,CUNIQUES",
            "1,quartz,lantern,2019-03-01,5,2,3,1",
            "quartz/lantern",
        ),
        (
            "repository_name,date,total_views,unique_visitors,total_clones,unique_clones",
            "lantern,2019-03-01,5,2,3,1",
            "lantern",
        ),
        (
            "repository,day,views,unique_views,clones,unique_cloners",
            "quartz/lantern,2019-03-01T00:00:00Z,5,2,3,1",
            "quartz/lantern",
        ),
        (
            "Repo,Timestamp,Views Total,Views Unique,Clones Total,Clones Unique",
            "quartz/lantern,2019-03-01,5,2,3,1",
            "quartz/lantern",
        ),
        ("date,views,view_uniques,clones,clone_uniques", "2019-03-01,5.0,2.0,3,1", None),
    ],
)
def test_other_headers_of_the_same_thing_are_read(header: str, row: str, name: str | None) -> None:
    (one,) = parse([file("any.csv", header, row)], TODAY)
    assert one.repository == name
    assert one.views == series(d20190301=(5, 2))
    assert one.clones == series(d20190301=(3, 1))


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("1,,a/b/c,2019-03-01,1,1,1,1", "the repository is .a/b/c."),
        ("1,quartz,lantern,2019-03-01,1,2,0,0", "view_uniques .2. is more than views .1."),
        ("1,quartz,lantern,March,1,1,0,0", "repostats.csv, line 3: date is 'March'"),
        ("2,QUARTZ,Lantern,2019-03-02,1,1,0,0", "2019-03-02 is there twice for QUARTZ/Lantern"),
    ],
)
def test_a_bad_row_is_named(row: str, sentence: str) -> None:
    header = "RID,ORGNAME,REPONAME,TDATE,VIEWCOUNT,VUNIQUES,CLONECOUNT,CUNIQUES"
    good = "1,quartz,lantern,2019-03-02,1,1,0,0"
    with pytest.raises(Unreadable, match=sentence):
        parse([file("repostats.csv", header, good, row)], TODAY)


def test_sums_of_weeks_are_not_days() -> None:
    """Its page by work week adds uniques up; such a file has no date and is refused."""
    with pytest.raises(Unreadable, match="unknown column 'WORKWEEK'"):
        parse([file("weeks.csv", "RID,WORKWEEK,VIEWCOUNT,VUNIQUES", "1,2019-10,5,2")], TODAY)
