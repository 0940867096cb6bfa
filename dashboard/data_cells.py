"""The cells of a page of rows, as HTML: each value as it is shown, with the whole of it where that is less. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from markupsafe import Markup, escape

from analytics.words import number
from dashboard.at_github import AtGitHub, Thread
from storage.previewed import Row
from storage.previewed_catalogue import Column, Table

LINE = 42  # characters that stand on one line, as the style sheet has it

Writer = Callable[[Any], str]
OF_BOTH = ("issues", "comments")
"""Tables whose numbers GitHub is asked for as issues: those of pull requests lead on from there."""
DRAFT = "is_draft"
SHORT = 10  # letters of a hash


def cells(table: Table, columns: Sequence[Column], rows: Sequence[Row], github: AtGitHub) -> list[Markup]:
    """Return each row's cells; in a table of traffic what is empty is not known, elsewhere there is nothing.

    github: the repository, where numbers, tags and hashes lead to; only a release that is a draft has no page there.
    Written here and not in a template, since two thousand cells stand on a page; how a column is written is decided
    once for all of its cells.
    """
    ways = leading(table, github)
    here = [(writer(column), empty(table, column)) for column in columns]
    there = [(ways.get(column.name, write), nothing) for column, (write, nothing) in zip(columns, here, strict=True)]
    names = [column.name for column in columns]
    draft = names.index(DRAFT) if DRAFT in names and "tag" in names else None
    made = (
        "".join(
            nothing if value is None else write(value)
            for (write, nothing), value in zip(here if draft is not None and row[draft] else there, row, strict=True)
        )
        for row in rows
    )
    return [Markup(each) for each in made]  # noqa: S704 - what people have named is escaped by its writer


def leading(table: Table, github: AtGitHub) -> Mapping[str, Writer]:
    """Return by column what makes a cell that leads to the thing at GitHub."""
    kind: Thread = "issues" if table.name in OF_BOTH else "pull"

    def commit(value: str) -> str:
        return f'<td title="{escape(value)}">{github.commit(value, value[:SHORT])}</td>'

    return {
        "number": lambda value: f'<td class="number">{github.thread(value, kind)}</td>',
        "tag": lambda value: f"<td>{github.tag(value)}</td>",
        "sha": commit,
        "commit_sha": commit,
    }


def empty(table: Table, column: Column) -> str:
    """Return the cell of a column without a value."""
    if column.kind != "count":
        return '<td class="unknown">-</td>'
    return f'<td class="number unknown">{"not known" if table.traffic else "-"}</td>'


def writer(column: Column) -> Writer:
    """Return what makes a cell of a column's value: as it is shown, with the whole of it where that is less."""
    if column.kind == "yes-no":
        return yes_no
    if column.kind == "moment":
        return moment
    if column.name == "labels":
        return labels
    if column.name in ("sha", "commit_sha"):
        return sha
    if column.kind == "count":
        return plain_count if column.name in ("number", "user_id", "position") else count_of
    return text


def yes_no(value: bool) -> str:  # noqa: FBT001 - a cell's value
    """Return the cell of a yes or no."""
    return "<td>yes</td>" if value else "<td>no</td>"


def moment(value: datetime) -> str:
    """Return the cell of a moment: to the minute, and in full on pointing."""
    whole = value.astimezone(UTC).isoformat()
    return f'<td title="{whole[:-6]}Z">{whole[:10]} {whole[11:16]}</td>'


def labels(value: str) -> str:
    """Return the cell of a JSON array of names."""
    return text(", ".join(msgspec.json.decode(value)))


def sha(value: str) -> str:
    """Return the cell of a hash: its beginning, and all of it on pointing."""
    return f'<td title="{escape(value)}">{escape(value[:SHORT])}</td>'


def plain_count(value: int) -> str:
    """Return the cell of a number that names something."""
    return f'<td class="number">{escape(value)}</td>'


def count_of(value: float) -> str:
    """Return the cell of a number that counts something."""
    return f'<td class="number">{escape(number(value))}</td>'


def text(value: object) -> str:
    """Return the cell of anything else; what is longer than a line stands on several."""
    words = str(value)
    return f'<td class="long">{escape(words)}</td>' if len(words) > LINE else f"<td>{escape(words)}</td>"
