"""The SQL that lists a table's rows for `storage.loading`: which rows a window needs, and each column as a number.

Every column is asked for as a whole number (actors and states as codes, unknown as one marked number), or as the text
itself where texts differ from row to row. Written into it are numbers, and texts that `loading_filters` has quoted.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from analytics.tables import COLUMNS
from storage import loading_traffic as traffic
from storage.loading_filters import EVERYTHING, Conditions, both, quoted, storable
from storage.loading_responses import first_response

UNKNOWN = -(2**63)  # the number that numpy reads as "not a time"
BEGINNING = UNKNOWN + 1  # before every time that is known
# Texts of which there are few. One that is not listed is loaded as unknown.
LISTED = {
    ("reviews", "state"): ("PENDING", "COMMENTED", "APPROVED", "CHANGES_REQUESTED", "DISMISSED"),
    ("timeline", "kind"): (
        *("ready", "draft", "review_requested", "review_request_removed", "closed", "reopened", "merged"),
    ),
}
THREADS = ("pulls", "issues")
NUMBERED = frozenset({*THREADS, "reviews", "timeline", "comments", "titles"})
CREATED = {"firsts": "first_at"}  # what dates a table's rows where it is not created_at


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of one repository, and how they are to be read.

    since, until: microseconds since 1970 · conditions: what rows must meet besides · merge_markers: beginnings of
    titles by which a closed pull request counts as merged · after: added to every number, so that those of two
    repositories differ · whole_threads: the reviews that came before `since` to threads that are read are wanted, too ·
    bots: ids of accounts that are bots here, whatever GitHub says of them · place: which of several repositories this
    is, from 0 on.
    """

    repository_id: int
    since: int
    until: int
    conditions: Conditions = EVERYTHING
    merge_markers: Sequence[str] = ()
    after: int = 0
    whole_threads: bool = False
    bots: Sequence[int] = ()
    place: int = 0


def select(table: str, wanted: Wanted) -> str:
    """Return the SQL that lists a table's rows of one repository, and never of traffic."""
    if table == "titles":
        return " UNION ALL ".join(titles(thread, wanted) for thread in THREADS)
    cells = ", ".join(cell(table, name, wanted) for name in (*numeric(table), *textual(table)))
    of = f"SELECT {cells} FROM {table} WHERE repository_id = {int(wanted.repository_id)}"  # noqa: S608 - numbers and quoted texts
    return " UNION ALL ".join(both(of, part) for part in needed(table, wanted))


def titles(thread: str, wanted: Wanted) -> str:
    """Return the SQL of the titles of what is open."""
    cells = f"{cell(thread, 'number', wanted)}, {int(thread == 'pulls')}, title"
    # every moment is after that one; it is said so that SQLite takes the index of what is open
    still = f"closed_at IS NULL AND last_at > {BEGINNING} AND created_at < {int(wanted.until)}"
    return both(
        f"SELECT {cells} FROM {thread} WHERE repository_id = {int(wanted.repository_id)}",  # noqa: S608 - numbers only
        still,
        wanted.conditions.of(thread),
    )


def firsts(repository_ids: Sequence[int], until: int) -> str:
    """Return the SQL of each actor's first contribution to any of several repositories."""
    of = traffic.listed(repository_ids)
    return (
        f"SELECT actor_id, min(first_at) FROM firsts WHERE repository_id IN ({of}) "  # noqa: S608 - numbers only
        f"AND first_at < {int(until)} GROUP BY actor_id"
    )


def needed(table: str, wanted: Wanted) -> list[str]:
    """Return the conditions whose rows, taken together, a window needs; each has an index of its own."""
    until, own = int(wanted.until), wanted.conditions.of(table)
    if table in THREADS:
        return [both(part, own) for part in lively(wanted)]
    if table == "timeline":
        return [both(f"at < {until}", of) for of in followed("pulls", wanted)]
    if table == "comments":
        return of_comments(wanted)
    if table == "reviews":
        return of_reviews(wanted)
    if table == "commits":
        return [both(f"committed_at >= {int(wanted.since)} AND committed_at < {until}", own)]
    return [f"{CREATED.get(table, 'created_at')} < {until}"]


def of_comments(wanted: Wanted) -> list[str]:
    """Return the conditions of what was said in the threads that are read, whenever it was."""
    said = f"created_at < {int(wanted.until)}"
    of_pulls, of_issues = followed("pulls", wanted), followed("issues", wanted)
    if of_pulls == of_issues == [""]:
        return [said]
    return [both(said, "on_pull", of) for of in of_pulls] + [both(said, "NOT on_pull", of) for of in of_issues]


def of_reviews(wanted: Wanted) -> list[str]:
    """Return the conditions of the window's reviews, and of older ones of the threads that are read as a whole."""
    since, until = int(wanted.since), int(wanted.until)
    of_any = numbers_of("pulls", wanted, wanted.conditions.pulls)
    inside = both(f"submitted_at >= {since} AND submitted_at < {until}", of_any)
    if not wanted.whole_threads or since <= BEGINNING:
        return [inside]
    return [inside, *(both(f"submitted_at < {since}", of) for of in followed("pulls", wanted))]


def lively(wanted: Wanted) -> list[str]:
    """Return the conditions of the threads that moved in the window or are open; of all of them without one."""
    since, until = int(wanted.since), int(wanted.until)
    if since <= BEGINNING:
        return [f"created_at < {until}"]
    return [f"last_at >= {since} AND created_at < {until}", f"closed_at IS NULL AND last_at < {since}"]


def followed(thread: str, wanted: Wanted) -> list[str]:
    """Return the conditions of rows that belong to the threads that are read; an empty one where all are."""
    own = wanted.conditions.of(thread)
    if wanted.since <= BEGINNING:
        return [numbers_of(thread, wanted, own)]
    return [numbers_of(thread, wanted, both(part, own)) for part in lively(wanted)]


def numbers_of(thread: str, wanted: Wanted, condition: str) -> str:
    """Return the condition that a row's number is that of a thread which meets `condition`; none where that is none."""
    if not condition:
        return ""
    of = f"SELECT number FROM {thread} WHERE repository_id = {int(wanted.repository_id)}"  # noqa: S608 - a number
    return f"number IN ({both(of, condition)})"


def cell(table: str, name: str, wanted: Wanted) -> str:
    """Return one column as SQL."""
    if table in NUMBERED and name == "number" and wanted.after:
        return f"number + {int(wanted.after)}"
    markers = [marker for marker in wanted.merge_markers if marker and storable(marker)]
    if (table, name) == ("pulls", "merged_at") and markers:
        marked = " OR ".join(f"substr(title, 1, {len(marker)}) = {quoted(marker)}" for marker in markers)
        return f"coalesce(merged_at, CASE WHEN {marked} THEN closed_at END, {UNKNOWN})"
    if (table, name) == ("issues", "first_response_at"):
        return f"coalesce({first_response(wanted.bots)}, {UNKNOWN})"
    if (table, name) == ("releases", "holds_until"):
        # of whatever commit it is made: whose commits are asked about makes no release's commit unknown
        own = "commits.repository_id = releases.repository_id AND commits.sha = releases.commit_sha"
        return f"coalesce((SELECT committed_at FROM commits WHERE {own}), {UNKNOWN})"  # noqa: S608 - no value
    if (table, name) == ("releases", "place"):
        return str(int(wanted.place))
    return plain(table, name)


def plain(table: str, name: str) -> str:
    """Return one column as SQL that gives a whole number, or the text itself where texts differ from row to row."""
    kind = COLUMNS[table][name]
    if kind == "actor":
        return f"coalesce({name}_id, -1)"
    if table in traffic.SOURCES:
        return f"coalesce({traffic.SOURCES[table].cells.get(name, name)}, {UNKNOWN})"
    if kind == "bool":
        return f"CAST({name} AS INTEGER)"
    if kind != "text":
        return f"coalesce({name}, {UNKNOWN})"
    if (table, name) not in LISTED:
        return name
    cases = " ".join(f"WHEN '{text}' THEN {code}" for code, text in enumerate(LISTED[table, name]))
    return f"CASE {name} {cases} ELSE -1 END"


def whole_threads(tables: Collection[str]) -> bool:
    """Tell whether threads are to be read from their beginnings: whose turn it is hangs on all that was said in them.

    Where nobody asks for what was said in threads, reviews are only counted, and those of the window are enough.
    """
    return "comments" in tables


def textual(table: str) -> list[str]:
    """Return the columns whose texts differ from row to row; in SQL they come last."""
    coded = {*LISTED, *traffic.NAMES}
    return [name for name, kind in COLUMNS[table].items() if kind == "text" and (table, name) not in coded]


def numeric(table: str) -> list[str]:
    """Return the columns that are read as whole numbers; an actor's kind follows from the actor."""
    texts = textual(table)
    return [name for name, kind in COLUMNS[table].items() if kind != "kind" and name not in texts]
