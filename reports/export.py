"""An answer as data: one JSON object, or CSV tables; the same names everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from analytics.metric import Cell, Grid
from analytics.window import iso
from reports import cells
from reports.about import as_rows, as_values
from reports.answer import Answer, Completeness, DatasetState
from storage.installations import Repository

SCHEMA = 1


def as_json(answer: Answer, repository: Repository) -> dict[str, Any]:
    """Return the answer as plain values: facts and tables by metric, times as ISO 8601, tables as lists of objects.

    `compared` has the facts of what the question compares with; these are `previous` too only where that is the period
    before.
    """
    window, follows = answer.question.window, answer.question.against.kind == "previous"
    return {
        "schema": SCHEMA,
        "repository": {
            "id": repository.id,
            "owner": repository.owner,
            "name": repository.name,
            "full_name": repository.full_name,
            "visibility": repository.visibility,
        },
        "question": as_values(answer.question),
        "window": {"since": iso(window.since), "until": iso(window.until)},
        "as_of": iso(answer.as_of),
        "completeness": completeness(answer.completeness),
        "metrics": {
            section.metric: {
                "facts": dict(section.now.facts),
                "tables": {name: grid.records() for name, grid in section.now.tables.items()},
                "definition": section.definition,
                "finding": section.finding,
                "notes": list(section.now.notes),
                "previous": dict(section.before.facts) if section.before and follows else None,
                "compared": dict(section.before.facts) if section.before else None,
            }
            for section in answer.sections
        },
    }


def completeness(known: Completeness) -> dict[str, Any]:
    """Return how complete the data behind the answer is; `compared` is of another repository it compares with."""
    return {
        "complete": all(state.complete and state.covered_since is None for state in known.all_states),
        "synced_at": iso(known.synced_at) if known.synced_at else None,
        "datasets": {name: dataset(state) for name, state in known.datasets.items()},
        "compared": {name: dataset(state) for name, state in known.other.items()} or None,
        "notes": list(known.sentences),
    }


def dataset(state: DatasetState) -> dict[str, Any]:
    """Return how complete one dataset is."""
    return {
        "rows": state.stored,
        "synced_at": iso(state.synced_at) if state.synced_at else None,
        "complete_since": iso(since) if (since := state.covered_since or state.kept_since) else None,
        "whole_history": state.whole_history,
        "error": state.error,
    }


def as_csv(answer: Answer) -> Mapping[str, str]:
    """Return CSV texts by name: `<metric>.facts` with fact and value, and `<metric>.<table>` for each table."""
    texts: dict[str, str] = {}
    for section in answer.sections:
        facts = Grid(("fact", "value"), tuple((name, plain(value)) for name, value in section.now.facts.items()))
        for name, grid in {"facts": facts, **section.now.tables}.items():
            texts[f"{section.metric}.{name}"] = csv_text(grid.columns, grid.rows)
    return texts


def about_csv(answer: Answer, repository: Repository) -> str:
    """Return what a folder of CSV files is about as one more: names and values, as the JSON has them."""
    said = as_json(replace(answer, sections=()), repository)
    kept = {key: value for key, value in said.items() if key != "metrics"}
    return csv_text(("name", "value"), as_rows(kept))


def plain(value: object) -> Cell:
    """Return a fact as one cell."""
    if isinstance(value, list | tuple):
        return " ".join("" if one is None else str(one) for one in value)
    return value  # type: ignore[return-value]


def csv_text(columns: Iterable[str], rows: Iterable[Iterable[Cell]]) -> str:
    """Return a table as CSV, its head first."""
    return cells.csv_text((columns, *rows))
