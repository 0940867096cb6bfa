"""What somebody narrowed a question to, as it is written: who belongs to a team is never among it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from analytics.filters import Filters

SEPARATES = re.compile(r"[\s,]")


def asked_for(filters: Filters) -> Mapping[str, tuple[str, ...]]:
    """Return the values of each filter by its key, empty where it is not set.

    Where a team is asked, the authors are its members; who they are is not said.
    """
    return {
        "author": () if filters.teams else filters.authors,
        "team": tuple(team.removeprefix("@") for team in filters.teams),
        "label": filters.labels,
        "base": filters.bases,
        "path": filters.paths,
    }


def written(value: str) -> str:
    """Return a value between quotes if it would end without them."""
    return f'"{value}"' if SEPARATES.search(value) else value
