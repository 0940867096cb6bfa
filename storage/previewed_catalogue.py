"""Every table that people may take away: what it is, its columns, and what each of them holds. Pure.

`storage.previewed_sources` says where each column is stored; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from analytics.terms import People

Kind = Literal["text", "count", "day", "moment", "yes-no"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. person: it holds somebody's name or number, and obeys what the owners have set of people."""

    name: str
    kind: Kind
    person: bool = False

    @property
    def is_kind(self) -> bool:
        """Whether it tells what kind of account somebody is: a person, a bot, an AI."""
        return self.name.endswith("_kind")

    @property
    def is_called(self) -> bool:
        """Whether it names somebody."""
        return self.person and self.kind == "text"


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of fact of a repository.

    noun: one of its rows · what: one sentence · sort: the columns that order it by itself, newest first, each in an
    index; the last ones tell rows apart · spans: the column by which it reaches from … to · traffic: for those alone
    who may see traffic.
    """

    name: str
    title: str
    noun: str
    what: str
    columns: tuple[Column, ...]
    sort: str
    spans: str
    traffic: bool = False

    def shown(self, people: People) -> tuple[Column, ...]:
        """Return the columns as the owners' word on people lets them be shown: without names there are none of them.

        A number that GitHub gave a person is a name as well, so it is there only with names.
        """
        if people == "names":
            return self.columns
        return tuple(
            column for column in self.columns if not column.person or (people == "anonymous" and column.is_called)
        )

    def column(self, name: str) -> Column:
        """Return a column by name; KeyError where there is none."""
        found = next((column for column in self.columns if column.name == name), None)
        if found is None:
            raise KeyError(name)
        return found


def text(*names: str) -> tuple[Column, ...]:
    """Return columns of texts."""
    return tuple(Column(name, "text") for name in names)


def person(*names: str) -> tuple[Column, ...]:
    """Return columns that name somebody."""
    return tuple(Column(name, "text", person=True) for name in names)


def count(*names: str) -> tuple[Column, ...]:
    """Return columns of whole numbers."""
    return tuple(Column(name, "count") for name in names)


def day(*names: str) -> tuple[Column, ...]:
    """Return columns of UTC dates."""
    return tuple(Column(name, "day") for name in names)


def moment(*names: str) -> tuple[Column, ...]:
    """Return columns of moments."""
    return tuple(Column(name, "moment") for name in names)


def yes_no(*names: str) -> tuple[Column, ...]:
    """Return columns that say yes or no."""
    return tuple(Column(name, "yes-no") for name in names)


MEASURES = count("views", "view_uniques", "clones", "clone_uniques")

TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        Table(
            "pulls", "Pull requests", "pull request", "Each pull request as it stands now.",
            (
                *count("number"), *text("title"), *person("author"), *text("author_kind", "state"), *yes_no("is_draft"),
                *moment("created_at", "ready_at", "updated_at", "closed_at", "merged_at"), *person("merged_by"),
                *text("base_ref"), *count("additions", "deletions", "changed_files"), *text("labels"),
            ),
            "number", "created_at",
        ),
        Table(
            "reviews", "Reviews", "review", "Each review of a pull request.",
            (
                *moment("submitted_at"), *count("number"), *person("reviewer"), *text("reviewer_kind"),
                *person("author"), *text("state", "id"),
            ),
            "submitted_at", "submitted_at",
        ),
        Table(
            "issues", "Issues", "issue", "Each issue as it stands now.",
            (
                *count("number"), *text("title"), *person("author"), *text("author_kind", "state", "state_reason"),
                *moment("created_at", "updated_at", "closed_at"), *count("comments"), *moment("first_response_at"),
                *person("first_response_by"), *text("labels"),
            ),
            "number", "created_at",
        ),
        Table(
            "comments", "Comments", "comment", "Who said something where and when, and how long it was; not what.",
            (
                *count("number"), *yes_no("on_pull"), *person("author"), *text("author_kind"), *moment("created_at"),
                *count("body_length"), *text("id"),
            ),
            "number", "created_at",
        ),
        Table(
            "timeline", "Timeline", "event",
            "What happened to pull requests: made ready, a review asked for, closed, reopened, merged.",
            (*count("number"), *moment("at"), *text("kind"), *person("actor", "subject"), *text("id")),
            "number", "at",
        ),
        Table(
            "commits", "Commits", "commit", "Each commit of the default branch.",
            (
                *moment("committed_at"), *text("sha"), *person("author"), *text("author_kind"), *moment("authored_at"),
                *count("additions", "deletions", "parents"),
            ),
            "committed_at", "committed_at",
        ),
        Table(
            "releases", "Releases", "release", "Each release, drafts too where GitHub shows them.",
            (
                *moment("created_at", "published_at"), *text("tag", "name"), *yes_no("is_prerelease", "is_draft"),
                *text("commit_sha", "id"),
            ),
            "created_at", "created_at",
        ),
        Table(
            "traffic", "Traffic by day", "day",
            "Views and clones of each UTC day from the first known one to the last; what nobody knows is empty, and "
            "what may still rise is provisional.",
            (*day("date"), *MEASURES, *yes_no("views_provisional", "clones_provisional")),
            "date", "date", traffic=True,
        ),
        Table(
            "weeks", "Traffic by week", "week",
            "Whole weeks by their Monday, with the weekly uniques as GitHub counted them; what nobody knows is empty.",
            (*day("week"), *MEASURES),
            "week", "week", traffic=True,
        ),
        Table(
            "referrers", "Referrers", "line",
            "The ten sites that most readers came from, as GitHub listed them on a date.",
            (*day("date"), *count("position"), *text("referrer"), *count("count", "uniques")),
            "date", "date", traffic=True,
        ),
        Table(
            "paths", "Paths", "line", "The ten pages that were read most, as GitHub listed them on a date.",
            (*day("date"), *count("position"), *text("path"), *count("count", "uniques")),
            "date", "date", traffic=True,
        ),
        Table(
            "stars", "Stars", "star",
            "Each star by GitHub's number of who gave it; no names are stored.",
            (*moment("starred_at", "unstarred_at"), Column("user_id", "count", person=True)),
            "starred_at", "starred_at",
        ),
        Table(
            "snapshots", "Counters", "date", "The public counters as they were on each date.",
            (*moment("taken_at"), *count("stars", "forks", "watchers", "open_issues", "open_pulls")),
            "taken_at", "taken_at",
        ),
        Table(
            "captures", "Captures", "capture",
            "Each time that GitHub was asked for traffic, with the totals of 14 days that it gave.",
            (*moment("captured_at"), *text("run", "outcome", "reason"), *count("requests"), *MEASURES),
            "captured_at", "captured_at", traffic=True,
        ),
    )
}  # fmt: skip


def tables(*, sees_traffic: bool) -> tuple[Table, ...]:
    """Return the tables that somebody may see, in the order in which they are listed."""
    return tuple(table for table in TABLES.values() if sees_traffic or not table.traffic)
