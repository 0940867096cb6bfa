"""The SQL that lists stored traffic for `storage.loading`: every cell a whole number, only numbers written into it.

A window takes whole days. Days, weeks and snapshots come from `BEFORE` days earlier on, so that the same weeks of the
year before are there to compare with; stars come from the beginning, since their level is the sum of all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storage.columns import DAY_MICROS

BEFORE = 400
PROVISIONAL = "CAST({kind} IS NOT NULL AND coalesce({kind}_seen, day) < day + 2 AS INTEGER)"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a table's rows are stored.

    dated: the column that a window looks at, a day's number or, if `in_moments`, microseconds · cells: SQL by column,
    where it is not the stored column itself · condition: what else its rows must meet · before: how many days more at
    the window's beginning, None for all.
    """

    table: str
    dated: str
    order: str
    cells: Mapping[str, str]
    condition: str = ""
    in_moments: bool = False
    before: int | None = 0


def day(column: str) -> dict[str, str]:
    """Return the cell of a day's number as the moment of its beginning."""
    return {column: f"{column} * {DAY_MICROS}"}


LIST = {**day("day"), "name": "name_id"}
PROVISIONALS = {f"{kind}_provisional": PROVISIONAL.format(kind=kind) for kind in ("views", "clones")}
SOURCES: Mapping[str, Source] = {
    "traffic_days": Source("traffic_days", "day", "day", {**day("day"), **PROVISIONALS}, before=BEFORE),
    "traffic_weeks": Source("traffic_weeks", "week", "week", day("week"), before=BEFORE),
    "traffic_totals": Source(
        "captures", "captured_at", "captured_at", {}, "(views IS NOT NULL OR clones IS NOT NULL)", in_moments=True
    ),
    "referrers": Source("traffic_lists", "day", "day, position", LIST, "kind = 0"),
    "paths": Source("traffic_lists", "day", "day, position", LIST, "kind = 1"),
    "snapshots": Source("snapshots", "day", "day", {}, before=BEFORE),
    "stars": Source(
        "stars", "starred_at", "starred_at, user_id", {}, "starred_at IS NOT NULL", in_moments=True, before=None
    ),
    "org_days": Source("traffic_days", "day", "repository_id, day", {**day("day"), "repository": "repository_id"}),
}
# Texts that are read as the numbers under which they are stored, and who knows the texts.
NAMES: Mapping[tuple[str, str], str] = {
    ("referrers", "name"): "SELECT id, text FROM traffic_names WHERE repository_id IN ({of})",
    ("paths", "name"): "SELECT id, text FROM traffic_names WHERE repository_id IN ({of})",
    ("org_days", "repository"): "SELECT id, owner || '/' || name FROM repositories WHERE id IN ({of})",
}


def select(  # noqa: PLR0917 - the parts of a SELECT
    table: str, cells: Sequence[str], repository_ids: Sequence[int], since: int | None, until: int, condition: str = ""
) -> str:
    """Return the SQL that lists `cells` of a table's rows in their order.

    since, until: microseconds since 1970; None is the beginning · condition: what rows must meet besides.
    """
    source = SOURCES[table]
    where = [f"repository_id IN ({listed(repository_ids)})", *window(source, since, until)]
    where += [one for one in (source.condition, condition) if one]
    return f"SELECT {', '.join(cells)} FROM {source.table} WHERE {' AND '.join(where)} ORDER BY {source.order}"  # noqa: S608 - numbers only


def window(source: Source, since: int | None, until: int) -> list[str]:
    """Return the conditions that a row's date is in whole days of [since, until)."""
    scale = DAY_MICROS if source.in_moments else 1
    end = until if source.in_moments else -(-until // DAY_MICROS)
    conditions = [f"{source.dated} < {end}"]
    if since is not None and source.before is not None:
        conditions.append(f"{source.dated} >= {(since // DAY_MICROS - source.before) * scale}")
    return conditions


def listed(repository_ids: Sequence[int]) -> str:
    """Return the numbers of repositories as SQL; of none, a number that no repository has."""
    return ", ".join(str(int(number)) for number in repository_ids) or "-1"
