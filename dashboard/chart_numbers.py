"""The values of a chart as a table: what each place says when it is pointed at, taken from the specification. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

MOST = 400  # lines: what is longer has a table of its own on the page, and as a file
BETWEEN = " · "

Line = tuple[str, str]


def said_by(spec: Mapping[str, Any] | None) -> list[Line]:
    """Return what a chart says, place by place: its name and its values; nothing for a chart without values."""
    if spec is None:
        return []
    said = pairs_of(spec) or [str(row["say"]) for row in rows_in(spec) if "say" in row]
    lines = (each.partition("\n") for each in dict.fromkeys(said))
    return [(name, rest.replace("\n", BETWEEN)) for name, _, rest in lines if rest]


def rows_in(part: object) -> Iterator[Mapping[str, Any]]:
    """Return every row of data in a specification, in order."""
    if isinstance(part, Mapping):
        data = part.get("data")
        if isinstance(data, Mapping):
            yield from data.get("values", ())
        for name, below in part.items():
            if name != "data":
                yield from rows_in(below)
    elif isinstance(part, list | tuple):
        for below in part:
            yield from rows_in(below)


def pairs_of(spec: Mapping[str, Any]) -> list[str]:
    """Return what the cells of a heatmap say that hold something; the page puts these words together from codes."""
    names = [
        {row["at"]: row["name"] for row in each["from"]["data"]["values"]}
        for each in spec.get("transform", ())
        if "lookup" in each
    ]
    if len(names) != 2:
        return []
    rows, columns = names
    return [
        "\n".join(
            [
                f"{rows[cell['row']]} and {columns[cell['column']]}",
                str(cell.get("exact", cell["count"])),
                *([cell["meaning"]] if "meaning" in cell else []),
            ]
        )
        for cell in spec["data"]["values"]
        if cell["count"] and cell["row"] in rows and cell["column"] in columns
    ]
