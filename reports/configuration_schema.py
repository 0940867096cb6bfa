"""`.github/analytics.yml` against its published JSON Schema: what is wrong, where, and how it is mended.

The schema's `errorMessage` is the remedy; editors that know the keyword show the same words while somebody types.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

import msgspec

from reports.configuration_fault import Fault, unknown_key, unsaid, wrong_value
from reports.yaml_lines import Document, Place

FILE = Path(__file__).with_name("analytics.schema.json")
UNKNOWN = "additionalProperties"
MOST_FAULTS = 100  # of these it is said what would be right: finding that takes its time
REMEDY = "errorMessage"
NUMBER = re.compile(r"\+?[0-9]{1,20}", re.ASCII)


@cache
def schema() -> Mapping[str, Any]:
    """Return the schema as it is published."""
    return cast("Mapping[str, Any]", msgspec.json.decode(FILE.read_bytes()))


@cache
def validator() -> Any:
    """Return the compiled schema; its library is imported when a file is first read, not with the server."""
    return importlib.import_module("jsonschema_rs").Draft202012Validator(schema())


def keys() -> tuple[str, ...]:
    """Return the keys that a file may have."""
    return tuple(schema()["properties"])


def is_section(key: str) -> bool:
    """Tell whether a key holds further lines: without any it is as if it were not there."""
    kinds = schema()["properties"].get(key, {}).get("type", ())
    return not {"object", "array"}.isdisjoint([kinds] if isinstance(kinds, str) else kinds)


def against_schema(document: Document) -> Iterator[Fault]:
    """Yield what the schema has against a document, one fault for each place, in the file's order.

    After MOST_FAULTS they say no more than what is not to be used.
    """
    seen: set[Place] = set()
    for line, place, unknown in sorted(found(document), key=lambda one: (one[0] or 0, len(one[1]))):
        if place in seen or (place and isinstance(place[-1], int) and place[:-1] in seen):
            continue  # a second objection to the same value, or one to a part of a list that is wrong, says nothing new
        seen.add(place)
        if len(seen) > MOST_FAULTS:
            yield unsaid(place, line, keys())
        elif unknown:
            yield unknown_key(place, tuple(below(place[:-1]).get("properties", ())), line)
        else:
            yield wrong_value(place, at(document.value, place), remedy(place), line)


def found(document: Document) -> Iterator[tuple[int | None, Place, bool]]:
    """Yield each objection with its line, its place, and whether it is a key that is not known, at its own place."""
    for error in validator().iter_errors(document.value):
        kind = error.kind  # each look at this, or at the instance, copies whatever lies in it
        unknown = kind.name == UNKNOWN
        meant = list(places(document.value, error.instance_path))
        for place in meant:
            if len(meant) == 1 or at(document.value, place) == error.instance:
                for each in ((*place, key) for key in kind.unexpected) if unknown else (place,):
                    yield document.line(each), each, unknown


def places(value: object, path: Sequence[str | int]) -> Iterator[Place]:
    """Yield each place that the validator's path may mean: of a key such as `08` it says 8, the number."""
    if not path:
        yield ()
        return
    step: str | int = path[0]
    names: Sequence[str | int] = [step]
    if isinstance(value, dict) and isinstance(step, int):
        names = [key for key in value if number(key) == step]
    for key in names:
        for rest in places(cast("Any", value)[key], path[1:]):
            yield (key, *rest)


def number(key: str) -> int | None:
    """Return the number that the validator takes a key for."""
    return int(key) if NUMBER.fullmatch(key) else None


def below(place: Place) -> Mapping[str, Any]:
    """Return the part of the schema that describes a place."""
    part: Any = schema()
    for step in place:
        inner = part.get("properties", {}).get(step) if isinstance(step, str) else part.get("items")
        inner = inner or part.get("additionalProperties")
        if not isinstance(inner, dict):
            return cast("Mapping[str, Any]", part)
        part = inner
    return cast("Mapping[str, Any]", part)


def remedy(place: Place) -> str:
    """Return what would be right at a place."""
    return str(next(part[REMEDY] for end in range(len(place), -1, -1) if REMEDY in (part := below(place[:end]))))


def at(value: object, place: Place) -> object:
    """Return the part of a value at a place."""
    for step in place:
        value = cast("Any", value)[step]
    return value
