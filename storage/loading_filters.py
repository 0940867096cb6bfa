"""Filters as SQL: which further conditions the rows of each table must meet.

A condition is made of numbers and of texts that `quoted` has made literals; what people write gets into SQL no other
way. Names are compared here rather than in SQL, since the two databases do not agree on which letters are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from analytics.actors import BOT_SUFFIX
from analytics.filters import Filters

Query = Callable[[str], Iterable[Sequence[Any]]]
NOTHING = "NULL"  # x IN (NULL) is true of no row


@dataclass(frozen=True, slots=True)
class Conditions:
    """What rows of a repository must meet besides lying in the window; empty where everything counts."""

    pulls: str = ""
    issues: str = ""
    commits: str = ""
    paths: str = ""

    def of(self, table: str) -> str:
        """Return the condition of a table that has one of its own, empty for any other."""
        return {"pulls": self.pulls, "issues": self.issues, "commits": self.commits, "paths": self.paths}.get(table, "")


EVERYTHING = Conditions()


def conditions(query: Query, repository_id: int, filters: Filters) -> Conditions:
    """Return the conditions of a repository's rows; issues that are reports of our own never count.

    Asks for the actors behind the logins, for the sets of labels that rows have, and for the paths that were listed.
    """
    asked, own = asked_for(query, repository_id, filters), own_reports(query, repository_id)
    return replace(asked, issues=both(asked.issues, f"number NOT IN ({numbers(own)})")) if own else asked


def own_reports(query: Query, repository_id: int) -> tuple[int, ...]:
    """Return the numbers of the issues that are periodic reports: what they count they must not change."""
    of = f"repository_id = {int(repository_id)} AND number IS NOT NULL AND comment_id IS NULL"
    found = query(f"SELECT DISTINCT number FROM written_reports WHERE {of}")  # noqa: S608 - a number
    return tuple(sorted(row[0] for row in found))


def asked_for(query: Query, repository_id: int, filters: Filters) -> Conditions:
    """Return the conditions that a question's filters make."""
    if not filters:
        return EVERYTHING
    authors = by_author(query, filters.authors) if filters.authors or filters.teams else ""
    labelled = {table: with_label(query, table, repository_id, filters.labels) for table in ("pulls", "issues")}
    base = f"base_ref IN ({texts(filters.bases)})" if filters.bases else ""
    return Conditions(
        pulls=both(authors, labelled["pulls"], base),
        issues=both(authors, labelled["issues"]),
        commits=authors,
        paths=below(query, repository_id, filters.paths),
    )


def both(*parts: str) -> str:
    """Return the conditions that there are as one."""
    return " AND ".join(part for part in parts if part)


def by_author(query: Query, logins: Collection[str]) -> str:
    """Return the condition that one of these accounts is the author; a bot may be written with its `[bot]`."""
    keys = {login.lower().removeprefix("@").removesuffix(BOT_SUFFIX) for login in logins}
    found = query(f"SELECT id FROM actors WHERE key IN ({texts(keys)})")  # noqa: S608 - quoted
    return f"author_id IN ({numbers(row[0] for row in found)})"


def with_label(query: Query, table: str, repository_id: int, labels: Collection[str]) -> str:
    """Return the condition that a row has one of the labels, in any case."""
    if not labels:
        return ""
    wanted = {label.casefold() for label in labels}
    stored = query(f"SELECT DISTINCT labels FROM {table} WHERE repository_id = {int(repository_id)}")  # noqa: S608 - a number
    sets = [row[0] for row in stored]
    matching = [text for text in sets if wanted & {name.casefold() for name in msgspec.json.decode(text)}]
    return f"labels IN ({texts(matching)})"


def below(query: Query, repository_id: int, beginnings: Collection[str]) -> str:
    """Return the condition that a listed path begins so, with or without the repository's own `/owner/name/`."""
    if not beginnings:
        return ""
    stored = query(f"SELECT id, text FROM traffic_names WHERE repository_id = {int(repository_id)}")  # noqa: S608 - a number
    found = [number for number, text in stored if any(begins(text, beginning) for beginning in beginnings)]
    return f"name_id IN ({numbers(found)})"


def begins(path: str, beginning: str) -> bool:
    """Tell whether a path on GitHub, or what follows the repository in it, begins so."""
    within = path.split("/", 3)[3:]  # the path is /owner/name/rest
    return path.startswith(beginning) or any(rest.startswith(beginning.lstrip("/")) for rest in within)


def numbers(values: Iterable[int]) -> str:
    """Return whole numbers as SQL."""
    return ", ".join(str(int(value)) for value in values) or NOTHING


def texts(values: Iterable[str]) -> str:
    """Return texts as SQL; one that no database can hold is left out, since no row has it."""
    return ", ".join(quoted(value) for value in values if storable(value)) or NOTHING


def storable(text: str) -> bool:
    """Tell whether a text can stand in a database: it has no NUL and no half of a character."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def quoted(text: str) -> str:
    """Return a storable text as a literal of both databases: a quote is doubled, and nothing else means anything.

    On PostgreSQL that takes `standard_conforming_strings`, its default, which `storage.loading.reading` makes sure of.
    """
    return "'" + text.replace("'", "''") + "'"
