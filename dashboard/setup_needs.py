"""What the pages of the set-up need of the server that they set up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from dashboard.step import Step


class Offer(Protocol):
    """A group of permissions to choose."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def without(self) -> str: ...
    @property
    def permissions(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen: the App's name, its owner (an organisation, or None for the person's own account), groups."""

    name: str
    organisation: str | None
    groups: tuple[str, ...]


class Failed(Exception):  # noqa: N818 - it says how the registration ended
    """The registration came to nothing so far; again is True where trying once more may help, without starting over."""

    def __init__(self, said: str, remedy: str, *, again: bool) -> None:
        super().__init__(said)
        self.said = said
        self.remedy = remedy
        self.again = again


class SetUp(Protocol):
    """What the pages need of the server."""

    @property
    def public_url(self) -> str | None: ...
    @property
    def refusal(self) -> str:
        """Why nothing can be registered with this address, such as plain http; empty where it can."""

    @property
    def github(self) -> str:
        """GitHub's web address."""

    @property
    def longest_name(self) -> int: ...
    @property
    def always(self) -> Mapping[str, str]:
        """The permissions of every App, by name."""

    @property
    def offers(self) -> Sequence[Offer]: ...
    @property
    def suggested(self) -> Sequence[str]:
        """The names of the groups that are ticked at first."""

    async def before(self) -> Sequence[Step]:
        """Look whether the App can be registered."""

    def manifest(self, choice: Choice) -> dict[str, Any]:
        """Return what GitHub is to be sent."""

    def begin(self, choice: Choice) -> None:
        """Remember what was chosen, for when GitHub sends the browser back."""

    async def register(self, code: str | None) -> None:
        """Make credentials of GitHub's code and store them, or go on where it ended last time; raises Failed."""

    @property
    def is_registered(self) -> bool:
        """Tell whether the credentials are stored."""

    async def after(self) -> Sequence[Step]:
        """Look whether everything works."""

    @property
    def installing(self) -> str:
        """The address where the App is installed."""

    @property
    def operators(self) -> Sequence[str]:
        """Who looks after the whole server, as the settings name them."""

    def finish(self) -> None:
        """Close the set-up once this answer is sent."""
