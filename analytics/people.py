"""Whether persons are named: as they are, by a number each, or not at all, as the repository's owners have set it.

Persons are numbered before anything is measured, so that nothing that leaves a worker holds a name: "person 1" is who
contributed first. Somebody who never contributed, such as one who only comments, comes after all who did. While the
history is still being read on into the past, earlier contributors can appear and move the numbers; after that a person
keeps the number. Bots, AI accounts and the ghost of deleted accounts are no persons and keep their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analytics.actors import GHOST, ActorKind
from analytics.charts.chart import Chart
from analytics.lazy import lazy
from analytics.metric import Fact, Grid, Measured
from analytics.tables import COLUMNS, Coded

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy("numpy")

Columns = Mapping[str, Mapping[str, Any]]

NUMBERED = re.compile(r"\bperson \d+\b", re.IGNORECASE)
PROGRAMS = (ActorKind.BOT.value, ActorKind.AI.value)
TEAM = "team:"
HIDDEN = "Persons are not shown here"
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[^a-z\s])")


def numbered(
    columns: Columns, known: Mapping[str, str] | None = None
) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Return the loaded columns with persons as `person 1`, `person 2`, … and who has which, by lower-cased login.

    Needs the columns of `firsts`. known: numbers that are given away already, by another repository's columns.
    """
    given = dict(known or {})
    programs = bots(columns)
    for login in [*in_order(columns), *others(columns)]:
        key = login.lower()
        if key not in given and key not in programs:
            given[key] = f"person {len(given) + 1}"
    renamed: dict[tuple[str, ...], tuple[str, ...]] = {}
    return {
        table: {name: rename(table, name, values, given, renamed) for name, values in cells.items()}
        for table, cells in columns.items()
    }, given


def in_order(columns: Columns) -> list[str]:
    """Return the logins of those who contributed, the earliest first; of the same moment by name."""
    cells = columns.get("firsts", {})
    if "actor" not in cells:
        return []
    actors: Coded = cells["actor"]
    codes = np.asarray(actors.codes)
    times = np.asarray(cells["first_at"]).astype("int64")
    rows = sorted(
        (at, actors.names[code].lower(), code)
        for at, code in zip(times.tolist(), codes.tolist(), strict=True)
        if code >= 0
    )
    return [actors.names[code] for _, _, code in rows]


def others(columns: Columns) -> list[str]:
    """Return every login that occurs, by name; requested reviewers may be nobody else than a text of the timeline."""
    found = {login for _, _, actors in coded(columns) for login in actors.names}
    asked = columns.get("timeline", {}).get("subject", ())
    found |= {login for login in asked if login and not login.startswith(TEAM)}
    return sorted(found, key=lambda login: (login.lower(), login))


def bots(columns: Columns) -> set[str]:
    """Return who is no person: the lower-cased logins of programs, and the ghost."""
    found = {GHOST.key}
    for table, name, actors in coded(columns):
        kinds = columns[table].get(f"{name}_kind")
        if not isinstance(kinds, Coded):
            continue
        programs = [place for place, kind in enumerate(kinds.names) if kind in PROGRAMS]
        codes = np.unique(np.asarray(actors.codes)[np.isin(np.asarray(kinds.codes), programs)])
        found |= {actors.names[code].lower() for code in codes.tolist() if code >= 0}
    return found


def coded(columns: Columns) -> Iterable[tuple[str, str, Coded]]:
    """Yield table, name and values of each column of actors."""
    for table, cells in columns.items():
        for name, values in cells.items():
            if COLUMNS[table][name] == "actor" and isinstance(values, Coded):
                yield table, name, values


def rename(table: str, name: str, values: Any, given: Mapping[str, str], done: dict[Any, Any]) -> Any:
    """Return a column with numbers in place of the names of persons; any other column as it is."""
    if COLUMNS[table][name] == "actor" and isinstance(values, Coded):
        key = id(values.names)  # the columns of one load share one list of names
        if key not in done:
            done[key] = tuple(given.get(login.lower(), login) for login in values.names)
        return Coded(values.codes, done[key])
    if (table, name) == ("timeline", "subject"):
        return [login and given.get(login.lower(), login) for login in values]
    return values


# Where persons are not shown at all: what was measured of numbered persons, without the numbers.


def hidden_measured(measured: Measured) -> Measured:
    """Return what was measured without the columns that name persons; a table whose rows are persons is left out."""
    kept = {name: grid for name, grid in ((name, without(grid)) for name, grid in measured.tables.items()) if grid}
    facts = {key: None if is_person(value) else value for key, value in measured.facts.items()}
    return replace(measured, tables=kept, facts=facts, notes=tuple(filter(None, map(hidden_text, measured.notes))))


def without(grid: Grid) -> Grid | None:
    """Return a table without the columns that hold persons, None where its first column does: its rows are persons."""
    persons = [any(is_person(row[place]) for row in grid.rows) for place in range(len(grid.columns))]
    if not any(persons):
        return grid
    if persons[0]:
        return None
    kept = [place for place, names in enumerate(persons) if not names]
    return Grid(
        tuple(grid.columns[place] for place in kept), tuple(tuple(row[place] for place in kept) for row in grid.rows)
    )


def is_person(cell: Fact) -> bool:
    """Tell whether a cell or fact holds a numbered person."""
    return isinstance(cell, str) and NUMBERED.search(cell) is not None


def hidden_text(text: str) -> str:
    """Return a text without the sentences that name a person."""
    return " ".join(sentence for sentence in SENTENCE_END.split(text) if not NUMBERED.search(sentence))


def shows_nobody(chart: Chart) -> bool:
    """Tell whether a picture names no person, in its words or in its text."""
    return not NUMBERED.search(f"{chart.alt}\n{chart.text()}")
