"""What was asked, checked against what an operation says can be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any
from urllib.parse import unquote

import msgspec
from msgspec.structs import FieldInfo, fields

from dashboard.access import not_there
from dashboard.api.operations import PATHS, Operation
from dashboard.api.problems import ProblemError

WHOLE = re.compile("-?[0-9]+")
LONGEST = 1000  # characters of one value


def places_of(found: Mapping[str, str]) -> dict[str, Any]:
    """Return what stands in a path; what cannot stand there is not there."""
    try:
        return {name: converted(unquote(text), PATHS[name][0]) for name, text in found.items()}
    except msgspec.ValidationError:
        raise not_there() from None


def converted(text: str, kind: Any) -> Any:
    """Return a text as a value of a kind; raises msgspec.ValidationError. A whole number is written in digits alone."""
    value = msgspec.convert(text, kind, strict=False)
    if type(value) is int and not WHOLE.fullmatch(text):
        raise msgspec.ValidationError(text)
    return value


def query_of(
    operation: Operation, pairs: Iterable[tuple[str, str]]
) -> tuple[msgspec.Struct, tuple[tuple[str, str], ...]]:
    """Return what a query asks, and whatever else stands in it where the operation takes more; raises 422.

    A value that was left empty asks nothing.
    """
    known = {one.name: one for one in fields(operation.query)}
    values: dict[str, Any] = {}
    more: list[tuple[str, str]] = []
    for name, value in pairs:
        if not value:
            continue
        if len(value) > LONGEST and name != "cursor":
            raise ProblemError(422, f"What {name!r} says is too long.")
        if operation.more and (name not in known or known[name].type == MANY):
            more.append((name, value))
        elif name not in known:
            raise unknown(name, known)
        elif name in values:
            raise ProblemError(422, f"{name!r} may be said once.")
        else:
            values[name] = read(known[name], value)
    return operation.query(**values), tuple(more)


MANY = list[str] | None
"""The type of what may be said several times; it is left to whoever takes more."""


def read(one: FieldInfo, value: str) -> Any:
    """Return one value; raises 422 with what it must be."""
    try:
        return converted(value, one.type)
    except msgspec.ValidationError:
        shape = shape_of(one)
        choices = [str(choice) for choice in shape.get("enum", ())]
        nearest = get_close_matches(value.casefold(), choices, 1, 0.5)
        raise ProblemError(
            422, f"{one.name!r} must be {said(shape)}.", nearest=nearest[0] if nearest else None
        ) from None


def shape_of(one: FieldInfo) -> dict[str, Any]:
    """Return the schema of a value that is said: never that of null."""
    shape = msgspec.json.schema(one.type)
    found: dict[str, Any] = next((part for part in shape.get("anyOf", ()) if part.get("type") != "null"), shape)
    return found


def said(shape: Mapping[str, Any]) -> str:
    """Return what a value must be, in words."""
    if "enum" in shape:
        return " or ".join(str(choice) for choice in shape["enum"])
    if shape.get("type") == "integer":
        ends = [f"{word} {shape[key]}" for key, word in (("minimum", "from"), ("maximum", "to")) if key in shape]
        return " ".join(["a whole number", *ends])
    return {"date": "a date such as 2026-01-31", "date-time": "a moment such as 2026-01-31T08:00:00Z"}.get(
        shape.get("format", ""), "a text"
    )


def unknown(name: str, known: Mapping[str, FieldInfo]) -> ProblemError:
    """Return the problem with a word that cannot be asked."""
    nearest = get_close_matches(name.casefold(), list(known), 1, 0.5)
    can = f"It takes {', '.join(known)}." if known else "It takes nothing more."
    return ProblemError(422, f"{name!r} cannot be asked here. {can}", nearest=nearest[0] if nearest else None)
