"""An answer as a page shows it: the words and the formatting are those of the comment, the tables are whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from analytics.words import speaking
from dashboard.answers import moment_of
from dashboard.asking import Asked
from dashboard.at_github import AtGitHub
from dashboard.chart_numbers import MOST, Line, said_by
from dashboard.inline import inline
from dashboard.tables_shown import Table, table
from reports import asking_again
from reports.about import only
from reports.answer import Answer, Section
from reports.completeness import parts
from reports.sides import sides
from reports.table import fact, label

OF_PARTS = "."
"""What stands in the name of an overview's table that belongs to another metric, where it is shown whole."""


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


def presented(answer: Answer, asked: Asked, base: str, language: str, web: str, *, over: str = "") -> Presented:
    """Return an answer's one section.

    base: the address that its charts are below · language: of its owners · web: of GitHub's own pages · over: the
    repositories of an organisation that it is about, as its charts' addresses say them; nothing of a repository alone.
    """
    (section,) = answer.sections
    github = AtGitHub(web, answer.question.repository)
    with speaking(language):
        before, now = sides(answer.question, answer.as_of, of_a_moment=section.of_a_moment)
        tables = [table(name, grid, github) for name, grid in section.now.tables.items() if OF_PARTS not in name]
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
            charts=charts(answer, asked, base, over),
            tables=tables,
            complete=[inline(part) for part in parts(answer)],
            line=asked.line(organisation=bool(over)),
            exactly=asking_again.in_comment(answer.question),
            as_of=f"{answer.as_of:%Y-%m-%d %H:%M} UTC",
            beside=OTHERS if over else "",
        )


def sentence(words: str) -> str:
    """Return words as a sentence, nothing as nothing."""
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def charts(answer: Answer, asked: Asked, base: str, over: str = "") -> list[Shown]:
    """Return the charts with their addresses, which say what the page is about as far as that changes with time."""
    plain = f"{asked.query or '?'}{'&' if asked.query else ''}at={moment_of(answer)}{f'&over={over}' if over else ''}"
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
