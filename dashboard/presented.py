"""An answer as a page shows it: the words and the formatting are those of the comment, the tables are whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from analytics.metric import Cell, Grid
from analytics.words import speaking
from dashboard.answers import moment_of
from dashboard.asking import Asked
from dashboard.chart_numbers import MOST, Line, said_by
from dashboard.inline import inline
from reports import asking_again
from reports.about import only
from reports.answer import Answer, Section
from reports.completeness import parts
from reports.details import DRAWN
from reports.sides import sides
from reports.table import TIMES, cell, fact, label, title

MOST_ROWS = 50
OF_PARTS = "."
"""What stands in the name of an overview's table that belongs to another metric, where it is shown whole."""


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


@dataclass(frozen=True)
class Row:
    """A row of the comparison; verdict is empty where no test allows one."""

    label: str
    now: str
    before: str
    verdict: str = ""


@dataclass(frozen=True)
class Shown:
    """One chart: its number from 1, where it is reached, its alternative text, and its values as lines of a table.

    more: how many lines there are beyond those.
    """

    number: int
    alt: str
    png: str
    dark: str
    svg: str
    spec: str
    numbers: Sequence[Line]
    more: int


OTHERS = "There it counts the repositories that the thread's readers may see; here it counts those that you may see."


@dataclass(frozen=True)
class Presented:
    """A section as a page shows it."""

    metric: str
    title: str
    finding: str
    narrowed: str
    now_name: str
    before_name: str
    rows: Sequence[Row]
    judged: bool
    facts: Table | None
    definition: Markup
    notes: Sequence[str]
    charts: Sequence[Shown]
    tables: Sequence[Table]
    complete: Sequence[Markup]
    line: str
    exactly: str
    as_of: str
    where: str = "Ask the same in a thread"
    beside: str = ""
    """What is to be known of asking there."""


def presented(answer: Answer, asked: Asked, base: str, language: str, *, organisation: bool = False) -> Presented:
    """Return an answer's one section; base: the address that its charts are below · language: of its owners."""
    (section,) = answer.sections
    with speaking(language):
        before, now = sides(answer.question, answer.as_of, of_a_moment=section.of_a_moment)
        tables = [table(name, grid) for name, grid in section.now.tables.items() if OF_PARTS not in name]
        facts = facts_of(section, now)
        return Presented(
            metric=section.metric,
            title=section.title,
            finding=section.finding,
            narrowed=sentence(only(answer.question)),
            now_name=now,
            before_name=before,
            rows=[Row(row.label, row.now, row.before, row.verdict) for row in section.comparisons],
            judged=any(row.verdict for row in section.comparisons),
            facts=facts,
            definition=inline(section.definition),
            notes=section.now.notes,
            charts=charts(answer, asked, base),
            tables=tables,
            complete=[inline(part) for part in parts(answer)],
            line=asked.line(organisation=organisation),
            exactly=asking_again.in_comment(answer.question),
            as_of=f"{answer.as_of:%Y-%m-%d %H:%M} UTC",
            beside=OTHERS if organisation else "",
        )


def sentence(words: str) -> str:
    """Return words as a sentence, nothing as nothing."""
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def charts(answer: Answer, asked: Asked, base: str) -> list[Shown]:
    """Return the charts with their addresses."""
    plain = f"{asked.query or '?'}{'&' if asked.query else ''}at={moment_of(answer)}"
    dark = f"{plain}&theme=dark"
    found = []
    for number, picture in enumerate(answer.pictures, start=1):
        at = f"{base}/{asked.metric}/chart/{number}"
        lines = said_by(picture.spec)
        found.append(
            Shown(
                number=number,
                alt=picture.alt,
                png=f"{at}.png{plain}",
                dark=f"{at}.png{dark}",
                svg=f"{at}.svg{plain}",
                spec=f"{at}.json{plain}" if picture.spec is not None else "",
                numbers=lines[:MOST],
                more=max(0, len(lines) - MOST),
            )
        )
    return found


def facts_of(section: Section, now: str) -> Table | None:
    """Return every fact on both sides, None where nothing is known."""
    facts, before = section.now.facts, section.before.facts if section.before else None
    if all(value is None for value in facts.values()):
        return None
    rows = [
        [
            inline(label(key, section.labels)),
            inline(fact(key, value), code=False),
            *([inline(fact(key, before.get(key)), code=False)] if before is not None else []),
        ]
        for key, value in facts.items()
    ]
    heads = ["Fact", now, *(["before"] if before is not None else [])]
    return Table(
        f"facts-{section.metric}", "All facts", [inline(head) for head in heads], rows, frozenset({1, 2}), len(rows)
    )


def table(name: str, grid: Grid, most: int = MOST_ROWS) -> Table:
    """Return a table of an answer, cut where it is long; one that goes on with time begins with its newest row."""
    by_time = bool(grid.columns) and grid.columns[0] in TIMES
    rows = (newest_first(grid) if by_time else grid.rows)[:most]
    places = [place for place, column in enumerate(grid.columns) if not column.endswith(PROVISIONAL)]
    return Table(
        id=f"table-{name.replace('_', '-')}",
        heading=HEADINGS.get(name) or str(inline(title(name).capitalize())),
        columns=[inline(title(grid.columns[place]).capitalize()) for place in places],
        rows=[cells(grid.columns, row) for row in rows],
        numbers=numbers_of(grid, places),
        count=len(grid.rows),
        which="newest" if by_time else "first",
        folded=name in DRAWN,
    )


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
MEDIAN = "_median"
"""How a column ends that lacks a value although days are known, where they are too few for one."""
COUNTED = ("view", "clone")
"""How columns of traffic begin, in which nothing is a gap; elsewhere it may also be that there is none to give."""
UNIQUES: Mapping[str, str] = {"views": "view_uniques", "clones": "clone_uniques"}


def cells(columns: Sequence[str], row: Sequence[Cell]) -> list[Markup]:
    """Return a row's cells: what is not known says so, and what may still grow is marked instead of a column of yes."""
    of = dict(zip(columns, row, strict=True))
    found = []
    for column, value in of.items():
        if column.endswith(PROVISIONAL):
            continue
        growing = value is not None and any(
            of.get(f"{kind}{PROVISIONAL}") and column in (kind, UNIQUES[kind]) for kind in UNIQUES
        )
        gap = value is None and column.startswith(COUNTED)
        few = column.endswith(MEDIAN) and of.get(f"{column.removesuffix(MEDIAN)}_known_days")
        words = (TOO_FEW if few else NOT_KNOWN) if gap else inline(cell(column, value), code=False)
        found.append(words + SO_FAR if growing else words)
    return found


def numbers_of(grid: Grid, places: Sequence[int]) -> frozenset[int]:
    """Return which of these columns, counted among themselves, hold numbers."""
    kinds = [{type(row[place]) for row in grid.rows} for place in places]
    return frozenset(place for place, found in enumerate(kinds) if not {str, bool} & found)
