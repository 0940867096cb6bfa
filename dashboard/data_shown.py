"""A page of rows as its template has it: words, cells, the columns' links, and what the form for narrowing holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from markupsafe import Markup

from analytics.words import number, plural
from dashboard.at_github import AtGitHub
from dashboard.data_cells import cells
from dashboard.data_query import Asked, sealed
from github.cipher import Cipher
from storage.connection import Connection
from storage.previewed import Page, Size, count, page, sortable
from storage.previewed_catalogue import Column, Table

ROWS = 50
MOST_COUNTED = 10_001
FORMS = ("csv", "json", "parquet")
SPOKEN: Mapping[str, str] = {
    "author_kind": "kind of author", "reviewer_kind": "kind of reviewer", "merged_by": "who merged",
    "base_ref": "base branch", "is_draft": "draft", "is_prerelease": "prerelease", "on_pull": "on a pull request",
    "id": "GitHub's id", "at": "happened", "first_response_by": "who responded first", "commit_sha": "commit",
    "sha": "commit", "views_provisional": "views may still grow", "clones_provisional": "clones may still grow",
    "user_id": "GitHub's id of the person",
}  # fmt: skip
"""Columns that the form calls by other words than a file does."""


@dataclass(frozen=True)
class Head:
    """A column's head. link: the query that sorts by it, empty where it cannot be; order: how it is sorted now."""

    name: str
    link: str
    order: Literal["", "ascending", "descending"]
    number: bool


@dataclass(frozen=True)
class Field:
    """One input of the form. kind: text, number, date or choice."""

    name: str
    label: str
    kind: Literal["text", "number", "date", "choice"]
    value: str


@dataclass(frozen=True)
class Preview:
    """A page of rows.

    rows: the cells of each, as HTML · said: how many there are · narrowed: whether there are filters · wrong: why there
    is no page.
    """

    table: Table
    heads: Sequence[Head]
    rows: Sequence[Markup]
    said: str
    fields: Sequence[tuple[str, Sequence[Field]]]
    sort: str
    order: str
    narrowed: bool
    before: str
    after: str
    first: str
    files: Mapping[str, str]
    wrong: str = ""


async def read(conn: Connection, asked: Asked, *, most: int = MOST_COUNTED) -> tuple[Page, int]:
    """Return the page of rows, and how many rows there are, `most` at most."""
    return (
        await page(conn, asked.wanted, ROWS, asked.place, backwards=asked.backwards),
        await count(conn, asked.wanted, most),
    )


def preview(
    asked: Asked, found: Page, rows: int, base: str, cipher: Cipher, *, github: AtGitHub, wrong: str = ""
) -> Preview:
    """Return what a template shows. base: the table's address, without a query · github: the repository there."""
    wanted = asked.wanted
    may = sortable(wanted.table, wanted.terms)
    order: Literal["ascending", "descending"] = "descending" if wanted.down else "ascending"
    return Preview(
        wanted.table,
        [
            Head(
                words(one.name, wanted.table),
                f"{base}{asked.sorted(one.name)}" if one.name in may else "",
                order if one.name == wanted.sorted_by else "",
                one.kind == "count",
            )
            for one in wanted.columns
        ],
        cells(wanted.table, wanted.columns, found.rows, github),
        "" if wrong else said(rows, narrowed=bool(asked.typed)),
        [(words(one.name, wanted.table), fields(one, asked.typed, wanted.table)) for one in wanted.columns],
        wanted.sorted_by,
        "desc" if wanted.down else "asc",
        bool(asked.typed),
        f"{base}{asked.query(before=sealed(cipher, wanted, found.before))}" if found.before else "",
        f"{base}{asked.query(after=sealed(cipher, wanted, found.after))}" if found.after else "",
        f"{base}{asked.query()}",
        {form: f"{base}.{form}{asked.filters}" for form in FORMS},
        wrong,
    )


def words(name: str, table: Table) -> str:
    """Return a column's name as words; what a list of referrers or paths counts is views."""
    return "views" if name == "count" and table.traffic else name.replace("_", " ")


def said(rows: int, *, narrowed: bool) -> str:
    """Return how many rows there are in words."""
    if rows >= MOST_COUNTED:
        counted = f"More than {number(MOST_COUNTED - 1)} rows"
    else:
        counted = plural(rows, "row", "rows")
        if not narrowed and rows < ROWS:
            return f"{counted}."
    return f"{counted} fit." if narrowed else f"{counted}."


def fields(column: Column, typed: Mapping[str, str], table: Table) -> list[Field]:
    """Return the inputs that narrow by a column."""
    name = column.name
    label = SPOKEN.get(name) or words(name, table).removesuffix(" at")
    if column.kind == "text":
        return [Field(name, f"{label} contains", "text", typed.get(name, ""))]
    if column.kind == "yes-no":
        return [Field(name, label, "choice", typed.get(name, ""))]
    made = []
    for end in ("from", "to"):
        value = typed.get(f"{name}.{end}", typed.get(name, ""))
        dated = column.kind in ("day", "moment") and len(value) in (0, len("2026-01-31"))
        kind: Literal["number", "date", "text"] = "number" if column.kind == "count" else "date" if dated else "text"
        made.append(Field(f"{name}.{end}", f"{label} {end}", kind, value))
    return made


def span(size: Size) -> str:
    """Return from when to when rows reach, in words."""
    if size.first is None or size.last is None:
        return ""
    first, last = (one.astimezone(UTC).date() if isinstance(one, datetime) else one for one in (size.first, size.last))
    return f"{first}" if first == last else f"{first} to {last}"
