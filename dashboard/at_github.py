"""Ways from what a page names to the thing itself at GitHub. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from markupsafe import Markup, escape

Thread = Literal["issues", "pull"]
THREADS: Thread = "issues"
"""Where a number is looked up of which nobody says what it is: GitHub leads on from there to a pull request."""


@dataclass(frozen=True, slots=True)
class AtGitHub:
    """A repository at GitHub. web: the address of its pages, without a stroke at the end · full_name: `owner/name`."""

    web: str
    full_name: str

    @property
    def address(self) -> str:
        """The repository's own page."""
        return f"{self.web}/{self.full_name}"

    def named(self, name: str, kind: Thread = THREADS) -> Markup:
        """Return a link to an issue or pull request as people call it: `#12`, `owner/name#12` of another repository."""
        of, _, number = name.rpartition("#")
        return linked(f"{self.web}/{of or self.full_name}/{kind}/{number}", name) if number.isdigit() else escape(name)

    def thread(self, number: int, kind: Thread = THREADS) -> Markup:
        """Return a link to an issue or pull request of this repository by its number alone."""
        return linked(f"{self.address}/{kind}/{number}", str(number))

    def tag(self, tag: str) -> Markup:
        """Return a link to the release of a tag."""
        return linked(f"{self.address}/releases/tag/{quote(tag)}", tag)

    def commit(self, sha: str, shown: str) -> Markup:
        """Return a link to a commit. shown: as much of its hash as is shown."""
        return linked(f"{self.address}/commit/{quote(sha, safe='')}", shown)


def linked(address: str, words: str) -> Markup:
    """Return a link that does not tell GitHub from where it was followed."""
    return Markup('<a href="{}" rel="noreferrer">{}</a>').format(address, words)
