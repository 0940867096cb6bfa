"""Who stars, watches and forks a repository, as it shows at the sandbox's time: later rows are not there yet."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING

from sandbox.clock import Clock, iso

if TYPE_CHECKING:  # things.py imports this one
    from sandbox.things import Account

_when = attrgetter("at", "user.id")


@dataclass(frozen=True, slots=True)
class Fan:
    """An account that starred or watches a repository since `at`."""

    user: Account
    at: str


@dataclass(frozen=True, slots=True)
class Fork:
    """Somebody's copy of a repository; `user` is its owner. Nothing but its existence is known."""

    id: int
    user: Account
    at: str


@dataclass(slots=True)
class Fans:
    """The stars, watches and forks of one repository, each list in the order of time."""

    clock: Clock
    _stars: list[Fan] = field(default_factory=list)
    _watches: list[Fan] = field(default_factory=list)
    _forks: list[Fork] = field(default_factory=list)

    def stars(self) -> Sequence[Fan]:
        """Return the stars given so far and not taken back, oldest first."""
        return self._stars[: self.star_count()]

    def star_count(self) -> int:
        return self._until(self._stars)

    def watches(self) -> Sequence[Fan]:
        """Return who watches, oldest first."""
        return self._watches[: self.watch_count()]

    def watch_count(self) -> int:
        return self._until(self._watches)

    def forks(self) -> Sequence[Fork]:
        """Return the forks made so far, oldest first."""
        return self._forks[: self.fork_count()]

    def fork_count(self) -> int:
        return self._until(self._forks)

    def star(self, user: Account, at: str) -> Fan:
        """Give a star and return it; a second one by the same account is the first."""
        return self._add(self._stars, user, at)

    def unstar(self, user: Account) -> bool:
        """Take a star back: GitHub forgets that it was there. False where there was none."""
        before = len(self._stars)
        self._stars = [one for one in self._stars if one.user is not user]
        return len(self._stars) < before

    def watch(self, user: Account, at: str) -> Fan:
        """Begin to watch."""
        return self._add(self._watches, user, at)

    def fork(self, id: int, user: Account, at: str) -> Fork:  # noqa: A002 - GitHub's word
        """Note a fork and return it."""
        made = Fork(id, user, at)
        insort(self._forks, made, key=_when)
        return made

    def load(self, stars: Sequence[Fan], watches: Sequence[Fan], forks: Sequence[Fork]) -> None:
        """Take over whole lists at once, in any order."""
        self._stars = sorted(stars, key=_when)
        self._watches = sorted(watches, key=_when)
        self._forks = sorted(forks, key=_when)

    def _add(self, fans: list[Fan], user: Account, at: str) -> Fan:
        for one in fans:
            if one.user is user:
                return one
        made = Fan(user, at)
        insort(fans, made, key=_when)
        return made

    def _until(self, fans: Sequence[Fan | Fork]) -> int:
        return bisect_right(fans, iso(self.clock.now()), key=attrgetter("at"))
