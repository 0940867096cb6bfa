"""What a question is about, in short plain phrases: what it is narrowed to, whose it is, what it is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.window import iso
from analytics.words import span
from reports.asked_for import asked_for, written
from reports.question import OF_ORGANISATION, Question


def about(question: Question) -> tuple[str, ...]:
    """Return what is not as it is where nothing is said: `only author=octocat, base=main`, `of o/r`, `compared with …`.

    Plain text, not yet Markdown; of a team its name, never its members.
    """
    # of a whole organisation, another sentence says which repositories
    elsewhere = whose(question) if question.elsewhere else ""
    return tuple(filter(None, (only(question), elsewhere, beside(question))))


def only(question: Question) -> str:
    """Return what the rows must be, empty where nothing is narrowed."""
    asked = asked_for(question.filters)
    said = [f"{key}={','.join(written(value) for value in values)}" for key, values in asked.items() if values]
    return f"only {', '.join(said)}" if said else ""


def whose(question: Question) -> str:
    """Return whose figures they are: `of o/r`, or `of all repositories of o together`."""
    if of_organisation(question):
        return f"of all repositories of {question.repository.partition('/')[0]} together"
    return f"of {question.repository}"


def of_organisation(question: Question) -> bool:
    """Tell whether figures of a whole organisation are asked, be it of its traffic alone."""
    return question.whole_organisation or any(name.startswith(OF_ORGANISATION) for name in question.metrics)


def beside(question: Question) -> str:
    """Return what it is compared with, empty where that is the period before."""
    against = question.against
    if against.kind == "window" and against.window is not None:
        return f"compared with {span(against.window)}"
    return {"year": "compared with a year before", "repository": f"compared with {against.repository}"}.get(
        against.kind, ""
    )


def as_values(question: Question) -> dict[str, Any]:
    """Return the question as an export has it: metrics, filters by key, what it is compared with, and its scope."""
    against, window = question.against, question.previous
    return {
        "metrics": list(question.metrics),
        "filters": {key: list(values) for key, values in asked_for(question.filters).items() if values},
        "against": {
            "kind": against.kind,
            "repository": against.repository or None,
            "window": {"since": iso(window.since), "until": iso(window.until)} if window is not None else None,
        },
        "scope": "organisation" if of_organisation(question) else "repository",
    }


def as_rows(values: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    """Return nested values as rows of a table, by keys with dots between: `question.filters.author`."""
    rows: list[tuple[str, Any]] = []
    for key, value in values.items():
        name = f"{before}{key}"
        if isinstance(value, Mapping):
            rows += as_rows(value, f"{name}.")
        else:
            rows.append((name, "; ".join(map(str, value)) if isinstance(value, list) else value))
    return rows
