"""The tables that metrics read: pandas frames with fixed columns, and how to make them.

Datasets are what can be asked of GitHub separately; each fills one or more tables:
`pulls` -> pulls, reviews, timeline · `issues` -> issues · `commits` -> commits · `releases` -> releases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from analytics.lazy import lazy

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

DATASETS = ("pulls", "issues", "commits", "releases")

# column -> kind. moment: datetime64[us, UTC], NaT if unknown · int: Int64, NA if unknown · actor: a category of
# logins, NaN if nobody · kind: a category of ActorKind values · text: str · bool: bool
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "pulls": {
        "number": "int", "author": "actor", "author_kind": "kind", "created_at": "moment", "updated_at": "moment",
        "closed_at": "moment", "merged_at": "moment", "merged_by": "actor", "is_draft": "bool", "ready_at": "moment",
        "additions": "int", "deletions": "int", "changed_files": "int",
    },
    "reviews": {
        "number": "int", "reviewer": "actor", "reviewer_kind": "kind", "author": "actor", "author_kind": "kind",
        "state": "text", "submitted_at": "moment",
    },
    "timeline": {
        "number": "int", "kind": "text", "at": "moment", "actor": "actor", "subject": "text",
    },
    "issues": {
        "number": "int", "author": "actor", "author_kind": "kind", "created_at": "moment", "updated_at": "moment",
        "closed_at": "moment", "comments": "int", "first_response_at": "moment",
    },
    "commits": {
        "sha": "text", "author": "actor", "author_kind": "kind", "authored_at": "moment", "committed_at": "moment",
        "additions": "int", "deletions": "int", "parents": "int",
    },
    "releases": {
        "tag": "text", "name": "text", "created_at": "moment", "published_at": "moment", "is_prerelease": "bool",
    },
    # each actor's first contribution of any kind (pull request, review, issue, commit) in the stored history
    "firsts": {
        "actor": "actor", "actor_kind": "kind", "first_at": "moment",
    },
}  # fmt: skip

DATASET_TABLES: Mapping[str, tuple[str, ...]] = {
    "pulls": ("pulls", "reviews", "timeline"),
    "issues": ("issues",),
    "commits": ("commits",),
    "releases": ("releases",),
}


@dataclass(frozen=True, eq=False)
class Tables:
    """One frame per table, columns as in COLUMNS; rows outside the asked window may be present or absent."""

    pulls: pd.DataFrame
    reviews: pd.DataFrame
    timeline: pd.DataFrame
    issues: pd.DataFrame
    commits: pd.DataFrame
    releases: pd.DataFrame
    firsts: pd.DataFrame

    @classmethod
    def of(cls, columns: Mapping[str, Mapping[str, Any]] | None = None) -> Tables:
        """Build all frames; `columns[table][column]` is an array or list, tables not given are empty."""
        given = columns or {}
        return cls(**{field.name: frame(field.name, given.get(field.name, {})) for field in fields(cls)})


def frame(table: str, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Build the frame of `table` with exactly its columns; columns not given are empty.

    Moments may be integers of microseconds since 1970 (None = unknown), datetimes, or a datetime array; actors may be
    strings or a ready pandas Categorical.
    """
    size = max((len(values) for values in columns.values()), default=0)
    made = {name: series(kind, columns.get(name, [None] * size)) for name, kind in COLUMNS[table].items()}
    return pd.DataFrame(made)


def series(kind: str, values: Any) -> Any:
    """Return `values` as a pandas array of the kind's dtype."""
    if kind == "moment":
        return moments(values)
    if kind == "int":
        return pd.array(values, dtype="Int64")
    if kind in ("actor", "kind"):
        return values if isinstance(values, pd.Categorical) else pd.Categorical(values)
    if kind == "bool":
        return pd.array([bool(value) for value in values], dtype="bool")
    return pd.array(values, dtype="str")


def moments(values: Sequence[int | datetime | None] | Any) -> Any:
    """Return microseconds since 1970 or aware datetimes, None = unknown, as a datetime64[us, UTC] array."""
    if len(values) and any(isinstance(value, datetime) for value in values[:1000]):
        index = pd.to_datetime(list(values), utc=True)
        return index.as_unit("us").array
    return pd.to_datetime(pd.array(values, dtype="Int64"), unit="us", utc=True).as_unit("us")
