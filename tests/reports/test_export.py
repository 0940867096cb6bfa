"""An answer as JSON and CSV: the same names, nothing lost on the way, nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.filters import Filters
from analytics.metric import Cell, Grid, Measured
from analytics.window import Window
from reports.against import Against
from reports.answer import Answer, Completeness, DatasetState, Section
from reports.cells import APOSTROPHE, FORMULA_STARTS
from reports.export import about_csv, as_csv, as_json, csv_text
from reports.question import Question
from storage.installations import Repository

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
ROCKET = Repository(7, 1, "acme", "rocket", "private", "main")
WINDOW = Window.last(30, NOW)
CELLS = st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)


def section(facts: dict[str, Cell | list[float]], **tables: Grid) -> Section:
    return Section(
        "pulls", "Pulls", "How they are counted.", "Some.", (), Measured(facts, tables, notes=("note",)), None
    )


def answer(*sections: Section, completeness: Completeness | None = None) -> Answer:
    question = Question(tuple(one.metric for one in sections), WINDOW, 7, "acme/rocket")
    return Answer(question, NOW, sections, completeness or Completeness())


def read_csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def shown(cell: Cell) -> str:
    """What a cell is in a spreadsheet: unknown is empty, a text that would be a formula has a quote before it."""
    if cell is None:
        return ""
    if not isinstance(cell, str) or number(cell):
        return str(cell)
    # nor does one begin within the text, where semicolons or ends of lines stand between cells
    inside = re.sub(r"([;\t\r\n])(?=[\"']*[=+\-@\uff1d\uff0b\uff0d\uff20])", r"\1'", cell)
    return f"'{inside}" if cell.startswith((*FORMULA_STARTS, APOSTROPHE)) else inside


def number(text: str) -> bool:
    """Tell whether a text is nothing but plain numbers with a space between."""
    return all(re.fullmatch(r"(-?\d+(\.\d+)?(e[-+]?\d+)?)?", part, re.ASCII) for part in text.split(" "))


@given(st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=5)))
def test_csv_round_trip(rows: list[list[Cell]]) -> None:
    width = len(rows[0]) if rows else 2
    columns = [f"c{n}" for n in range(width)]
    read = read_csv(csv_text(columns, rows))

    assert read[0] == columns
    assert read[1:] == [[shown(cell) for cell in row] for row in rows]


@given(st.text(max_size=9))
def test_no_cell_begins_as_a_formula_does(text: str) -> None:
    """Neither in a row nor in the head, where a name may stand too; what is a number is none."""
    for (cell,) in read_csv(csv_text([text or "x"], [[text or "x"]])):
        assert number(cell) or not cell.startswith(FORMULA_STARTS)


@pytest.mark.parametrize(
    "text",
    ['=HYPERLINK("https://example.com")', "@SUM(A1)", "+1", "-1+1", "\t1", "\r1", "\n1", "-", "-1 -a"]
    + [f"{sign}cmd|' /C calc'!A0" for sign in "\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}"]
    + [f"{sign}1+1" for sign in "\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"],
)
def test_formulas_become_texts(text: str) -> None:
    assert read_csv(csv_text([text], [[text]])) == [[f"'{text}"]] * 2


def test_a_negative_number_stays_a_number() -> None:
    assert csv_text(["c"], [[-1.5], [-2]]) == "c\r\n-1.5\r\n-2\r\n"
    assert csv_text(["c"], [["-2"], [-1e-07], ["-1e-07"]]) == "c\r\n-2\r\n-1e-07\r\n-1e-07\r\n"


def test_an_interval_that_begins_below_zero_stays_two_numbers() -> None:
    texts = as_csv(answer(section({"interval": [-1.5, 2.0], "open": [-3, None]})))  # type: ignore[list-item]
    assert read_csv(texts["pulls.facts"]) == [["fact", "value"], ["interval", "-1.5 2.0"], ["open", "-3 "]]


def test_every_table_and_the_facts_are_files() -> None:
    table = Grid(("month", "opened"), (("2026-10", 3), ("2026-11", None)))
    texts = as_csv(answer(section({"opened": 3, "interval": [1.5, 2.0], "median": None}, per_month=table)))

    assert set(texts) == {"pulls.facts", "pulls.per_month"}
    assert read_csv(texts["pulls.facts"]) == [
        ["fact", "value"], ["opened", "3"], ["interval", "1.5 2.0"], ["median", ""]
    ]  # fmt: skip
    assert read_csv(texts["pulls.per_month"]) == [["month", "opened"], ["2026-10", "3"], ["2026-11", ""]]


def test_json_has_the_published_names() -> None:
    table = Grid(("month", "opened"), (("2026-10", 3),))
    states = {"pulls": DatasetState("pulls", 3, 3, NOW, None, True)}
    said = as_json(answer(section({"opened": 3}, per_month=table), completeness=Completeness(states)), ROCKET)

    assert json.loads(msgspec.json.encode(said)) == said
    assert said == {
        "schema": 1,
        "repository": {
            "id": 7, "owner": "acme", "name": "rocket", "full_name": "acme/rocket", "visibility": "private",
        },
        "question": {
            "metrics": ["pulls"],
            "filters": {},
            "against": {
                "kind": "previous",
                "repository": None,
                "window": {"since": "2026-09-23T08:00:00Z", "until": "2026-10-23T08:00:00Z"},
            },
            "scope": "repository",
        },
        "window": {"since": "2026-10-23T08:00:00Z", "until": "2026-11-22T08:00:00Z"},
        "as_of": "2026-11-22T08:00:00Z",
        "completeness": {
            "complete": True,
            "synced_at": "2026-11-22T08:00:00Z",
            "datasets": {
                "pulls": {
                    "rows": 3, "synced_at": "2026-11-22T08:00:00Z", "complete_since": None, "whole_history": True,
                    "error": None,
                }
            },
            "compared": None,
            "notes": [],
        },
        "metrics": {
            "pulls": {
                "facts": {"opened": 3},
                "tables": {"per_month": [{"month": "2026-10", "opened": 3}]},
                "definition": "How they are counted.",
                "finding": "Some.",
                "notes": ["note"],
                "previous": None,
                "compared": None,
            }
        },
    }  # fmt: skip


def test_how_complete_the_other_repository_is_stands_beside_it() -> None:
    own, other = (DatasetState("pulls", rows, synced_at=NOW, whole_history=True) for rows in (3, 5))
    known = Completeness({"pulls": own}, other={"pulls": other})
    said = as_json(answer(completeness=known), ROCKET)["completeness"]
    assert (said["complete"], said["compared"]["pulls"]["rows"]) == (True, 5)
    late = replace(known, other={"pulls": replace(other, covered_since=NOW)})
    assert not as_json(answer(completeness=late), ROCKET)["completeness"]["complete"]


def test_the_period_before_stands_beside_it() -> None:
    both = replace(section({"opened": 3}), before=Measured({"opened": 5}))
    assert as_json(answer(both), ROCKET)["metrics"]["pulls"]["previous"] == {"opened": 5}


@pytest.mark.parametrize(
    "against",
    [Against("year"), Against("repository", 8, "acme/lamp"), Against("window", window=Window.last(9, WINDOW.since))],
)
def test_what_is_not_the_period_before_is_not_called_that(against: Against) -> None:
    both = replace(section({"opened": 3}), before=Measured({"opened": 5}))
    asked = answer(both)
    said = as_json(replace(asked, question=replace(asked.question, against=against)), ROCKET)
    assert said["metrics"]["pulls"]["previous"] is None
    assert said["metrics"]["pulls"]["compared"] == {"opened": 5}
    assert said["question"]["against"]["kind"] == against.kind


def test_a_narrowed_answer_says_so_beside_its_tables() -> None:
    """Of a team its name; who its members are is in no file."""
    states = {"pulls": DatasetState("pulls", 3, 3, NOW, None, True)}
    given = answer(section({"opened": 3}), completeness=Completeness(states, ("a sentence", "=1")))
    filters = Filters(authors=("octocat",), teams=("@acme/core",), bases=("main", "next"))
    rows = read_csv(about_csv(replace(given, question=replace(given.question, filters=filters)), ROCKET))
    assert rows[0] == ["name", "value"]
    said = dict(rows[1:])
    assert said["repository.full_name"] == "acme/rocket"
    assert said["question.filters.team"] == "acme/core"
    assert said["question.filters.base"] == "main; next"
    assert said["window.since"] == "2026-10-23T08:00:00Z"
    assert said["as_of"] == "2026-11-22T08:00:00Z"
    assert said["completeness.complete"] == "True"
    assert said["completeness.datasets.pulls.rows"] == "3"
    assert said["completeness.notes"] == "a sentence; =1"
    assert not [row for row in rows if "octocat" in "".join(row)]


@pytest.mark.parametrize(
    "state",
    [
        DatasetState("pulls", 2, 3, NOW, None, True),
        DatasetState("pulls", 3, 3, NOW, NOW, False),
        DatasetState("pulls", 0, 0, None, None, False, error="refused"),
    ],
    ids=["rows missing", "reaches not far enough", "refused"],
)
def test_what_is_not_complete_says_so(state: DatasetState) -> None:
    said = as_json(answer(completeness=Completeness({"pulls": state}, ("a sentence",))), ROCKET)["completeness"]

    assert said["complete"] is False
    assert said["notes"] == ["a sentence"]
    assert said["datasets"]["pulls"]["error"] == state.error
