"""A table of an answer as a page shows it: its cells say what people call things, and lead to them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from markupsafe import Markup

from analytics.metric import Cell, Grid
from analytics.metrics.waiting import ISSUE, turn
from analytics.words import day
from dashboard.at_github import AtGitHub
from dashboard.inline import inline
from reports.details import DRAWN
from reports.table import NAME, NUMBER, TIMES, called, cell, spoken, title

MOST_ROWS = 50


@dataclass(frozen=True)
class Table:
    """A table: its name, heading, columns, rows of HTML, which columns hold numbers, and how many rows there are.

    folded: whether it is one that a chart shows better.
    """

    id: str
    heading: str
    columns: Sequence[Markup]
    rows: Sequence[Sequence[Markup]]
    numbers: frozenset[int]
    count: int
    which: str = ""
    folded: bool = False

    @property
    def cut(self) -> bool:
        return self.count > len(self.rows)


def table(name: str, grid: Grid, github: AtGitHub, most: int = MOST_ROWS) -> Table:
    """Return a table of an answer, cut where it is long; one that goes on with time begins with its newest row.

    github: the repository that it is about, for what is named to lead there.
    """
    grid = with_targets(grid)
    by_time = bool(grid.columns) and grid.columns[0] in TIMES
    rows = (newest_first(grid) if by_time else grid.rows)[:most]
    places = [place for place, column in enumerate(grid.columns) if column in shown(grid.columns)]
    return Table(
        id=f"table-{name.replace('_', '-')}",
        heading=HEADINGS.get(name) or str(inline(title(name).capitalize())),
        columns=[head(grid.columns[place], grid.columns) for place in places],
        rows=[cells(grid.columns, row, github) for row in rows],
        numbers=numbers_of(grid, places),
        count=len(grid.rows),
        which="newest" if by_time else "first",
        folded=name in DRAWN,
    )


def with_targets(grid: Grid) -> Grid:
    """Return a table without its last column where that tells of targets and none is set."""
    unset = grid.columns[-1:] == (TARGET,) and all(row[-1] is None for row in grid.rows)
    return Grid(grid.columns[:-1], tuple(row[:-1] for row in grid.rows)) if unset else grid


def newest_first(grid: Grid) -> Sequence[Sequence[Cell]]:
    """Return the rows from the newest time back; those of one time stay in their order, as the places of a list do."""
    return [row for _, same in groupby(grid.rows[::-1], key=lambda row: row[0]) for row in reversed(list(same))]


HEADINGS: Mapping[str, str] = {
    "per_day": "Per day", "per_week": "Per week", "per_month": "Per month", "per_weekday": "Per weekday",
    "fourteen_days": "GitHub's own totals of 14 days", "latest": "The latest list", "lists": "Every list",
    "unusual": "Unusual days", "releases": "Releases", "per_repository": "Per repository",
}  # fmt: skip
"""Headings that say more than the table's name."""
NOT_KNOWN = Markup('<span class="unknown">not known</span>')
TOO_FEW = Markup('<span class="unknown">too few</span>')
SO_FAR = Markup(' <span class="unknown">so far</span>')
PROVISIONAL = "_provisional"
KIND, TURN, TARGET = "kind", "turn", "past_target"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
MEDIAN = "_median"
"""How a column ends that lacks a value although days are known, where they are too few for one."""
COUNTED = ("view", "clone")
"""How columns of traffic begin, in which nothing is a gap; elsewhere it may also be that there is none to give."""
UNIQUES: Mapping[str, str] = {"views": "view_uniques", "clones": "clone_uniques"}


def shown(columns: Sequence[str]) -> list[str]:
    """Return the columns that are shown: those that people read, and what may grow is marked elsewhere."""
    return [column for column in spoken(columns) if not column.endswith(PROVISIONAL)]


def head(column: str, columns: Sequence[str]) -> Markup:
    """Return a column's head, and what a list counts is views."""
    column = called(column, columns)
    if column == "count" and "uniques" in columns:
        column = "views"
    return inline(title(column).capitalize())


def cells(columns: Sequence[str], row: Sequence[Cell], github: AtGitHub) -> list[Markup]:
    """Return a row's cells: what is not known says so, and what may still grow is marked instead of a column of yes."""
    of = dict(zip(columns, row, strict=True))
    found = []
    for column in shown(columns):
        value = of[column]
        growing = value is not None and any(
            of.get(f"{kind}{PROVISIONAL}") and column in (kind, UNIQUES[kind]) for kind in UNIQUES
        )
        gap = value is None and column.startswith(COUNTED)
        few = column.endswith(MEDIAN) and of.get(f"{column.removesuffix(MEDIAN)}_known_days")
        words = (TOO_FEW if few else NOT_KNOWN) if gap else one_cell(column, of, github)
        found.append(words + SO_FAR if growing else words)
    return found


def one_cell(column: str, of: Mapping[str, Cell], github: AtGitHub) -> Markup:
    """Return what a cell says. of: the whole row, for what is said depends on what it stands beside."""
    value = of[column]
    if column == TURN and KIND in of:
        return inline(turn(of))
    if column in (NUMBER, NAME) and value is not None and NUMBER in of:
        name = value if isinstance(value, str) else f"#{value}"
        return github.named(name, "issues" if of.get(KIND) == ISSUE else "pull")
    if column == "tag" and isinstance(value, str):
        return github.tag(value)
    if isinstance(value, str) and column != next(iter(of)) and MOMENT.fullmatch(value):
        return moment(value)
    return inline(cell(column, value), code=False)


def moment(value: str) -> Markup:
    """Return a moment as people read it, its UTC day, and in full on pointing."""
    at = datetime.fromisoformat(value)
    return Markup('<time datetime="{}" title="{:%Y-%m-%d %H:%M:%S} UTC">{}</time>').format(value, at, day(at))


def numbers_of(grid: Grid, places: Sequence[int]) -> frozenset[int]:
    """Return which of these columns, counted among themselves, hold numbers."""
    kinds = [{type(row[place]) for row in grid.rows} for place in places]
    return frozenset(place for place, found in enumerate(kinds) if not {str, bool} & found)
