"""Which rows a question is about: only some authors, labels or base branches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# what each filter can be asked of, by dataset; the others have no such column
APPLIES_TO: Mapping[str, frozenset[str]] = {
    "author": frozenset({"pulls", "issues", "commits"}),
    "team": frozenset({"pulls", "issues", "commits"}),
    "label": frozenset({"pulls", "issues"}),
    "base": frozenset({"pulls"}),
    "path": frozenset({"paths"}),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a row must be to count; an empty filter lets everything through.

    authors: logins in lower case, any of which wrote the pull request (for its reviews, too), the issue or the commit ·
    teams: as asked, `@org/name`; their members are among `authors` once they are known · labels: names, any of which it
    has, in any case · bases: branches, one of which the pull request goes to · paths: beginnings of paths on GitHub.
    """

    authors: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.authors or self.teams or self.labels or self.bases or self.paths)

    @property
    def used(self) -> frozenset[str]:
        """The keys of `APPLIES_TO` that are set."""
        given = {
            "author": self.authors, "team": self.teams, "label": self.labels, "base": self.bases, "path": self.paths,
        }  # fmt: skip
        return frozenset(name for name, values in given.items() if values)
