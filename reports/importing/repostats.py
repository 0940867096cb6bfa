"""`repostats.csv`, the export of IBM Cloud's GitHub Traffic Analytics, and its relatives with other headers.

The older system numbers repositories by an RID of its own. Its files with ORGNAME and REPONAME say what that is; the
plain one needs `repositories.csv` beside it unless it is about one repository only.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from reports.importing.cells import day
from reports.importing.draft import Draft, put_pairs
from reports.importing.imported import Imported
from reports.importing.sheet import Columns, Reading, Row, TextFile, header_of

NAMES = {
    "rid": ("repository_id", "repo_id"),
    "owner": ("orgname", "org_name", "org", "organization", "username"),
    "name": ("reponame", "repo_name", "repository_name", "rname", "repo", "repository"),
}
SERIES = Columns(
    {
        **NAMES,
        "date": ("tdate", "day", "timestamp", "time_iso8601"),
        "views": ("viewcount", "view_count", "total_views", "views_total", "views_count"),
        "view_uniques": ("vuniques", "unique_views", "unique_visitors", "views_unique", "views_uniques"),
        "clones": ("clonecount", "clone_count", "total_clones", "clones_total", "clones_count"),
        "clone_uniques": ("cuniques", "unique_clones", "unique_cloners", "clones_unique", "clones_uniques"),
    },
    frozenset({"date"}),
)
LEGEND = Columns(NAMES, frozenset({"rid", "owner", "name"}))


def parse(files: Iterable[TextFile], today: date) -> tuple[Imported, ...]:
    """Return what the files say about each repository, by name; raises Unreadable with every fault.

    A name without its owner stays as it is; a repository that is only a number here has no name.
    """
    reading = Reading(today)
    read = sorted(files, key=lambda file: file.name)
    legends = [file for file in read if LEGEND.fit(header_of(file))]
    legend: dict[str, str] = {}
    for file in legends:
        reading.each(file, LEGEND, lambda row: legend.update({row.cells["rid"].strip(): name_of(row)}))
    names: dict[str, str] = {}
    found: dict[str, Draft] = {}
    seen: set[tuple[str, date]] = set()

    def take(row: Row) -> None:
        number = row.cells.get("rid", "").strip()
        name = name_of(row) or legend.get(number, "")
        key = name.lower() or f"RID {number}"
        on = day("date", row.cells["date"], today)
        if (key, on) in seen:
            raise ValueError(f"{on} is there twice" + (f" for {name}" if name else ""))
        seen.add((key, on))
        names[key] = name
        put_pairs(found.setdefault(key, Draft()).days, on, row.cells)

    for file in read:
        if file not in legends:
            reading.each(file, SERIES, take)
    nameless = sorted(key for key in found if not names[key])
    if nameless and len(found) > 1:
        many = f"{len(nameless)} repositories are only numbers, such as {nameless[0]}"
        reading.faults.append(f"{many}: give the folder that has repositories.csv too, which names them")
    reading.finish()
    return tuple(found[key].done(names[key] or None) for key in sorted(found))


def name_of(row: Row) -> str:
    """Return `owner/name`, or what there is of it; a name with more slashes raises ValueError."""
    owner, name = row.cells.get("owner", "").strip(), row.cells.get("name", "").strip()
    whole = f"{owner}/{name}" if owner and name and "/" not in name else name
    if whole.count("/") > 1 or whole.startswith("/") or whole.endswith("/"):
        raise ValueError(f"the repository is {whole!r}; it must look like owner/name")
    return whole
