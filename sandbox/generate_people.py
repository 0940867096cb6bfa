"""Who works there: a few who do most, many who come once, programs, and accounts that are gone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from random import Random

MINERALS = (
    "quartz", "basalt", "mica", "feldspar", "garnet", "opal", "flint", "slate", "gneiss", "agate", "beryl",
    "cobalt", "jasper", "onyx", "pumice", "topaz", "zircon", "amber", "chalk", "marble", "granite", "dolomite",
    "gypsum", "talc", "olivine", "peridot", "spinel", "cinnabar", "galena", "pyrite",
)  # fmt: skip
ANIMALS = (
    "otter", "heron", "lynx", "wren", "badger", "newt", "plover", "marten", "osprey", "vole", "ibis", "puffin",
    "stoat", "curlew", "gecko", "finch", "tapir", "weasel", "dormouse", "kestrel", "beaver", "egret", "lemur",
    "quokka", "shrew", "toad", "walrus", "yak", "bison", "crane",
)  # fmt: skip
FOUNDER = "quartz-otter"  # the busiest of all
ZONES = (-8.0, -5.0, -5.0, -3.0, 0.0, 1.0, 1.0, 2.0, 5.5, 8.0, 10.0)
# The longest login that GitHub allows has 39 characters; tables and pictures must survive it.
LONG_LOGINS = ("tourmaline-hummingbird-of-the-deep-mine", "Chalcedony-Salamander-beyond-the-Quarry")


@dataclass(frozen=True, slots=True)
class Person:
    """An account; `zone` is in hours east of Greenwich, `since` and `until` bound the share of time it takes part."""

    login: str | None
    role: str = "outsider"
    zone: float = 0.0
    since: float = 0.0
    until: float = 1.0

    @property
    def is_bot(self) -> bool:
        return self.role == "bot"

    @property
    def type(self) -> str | None:
        """What GitHub's `user.type` says; nothing is known of a deleted account."""
        if self.login is None:
            return None
        return "Bot" if self.is_bot else "User"

    @property
    def merges(self) -> bool:
        return self.role in ("owner", "member", "collaborator")

    @property
    def permission(self) -> str:
        return "admin" if self.role == "owner" else "write" if self.merges else "read"


DEPENDABOT = Person("dependabot[bot]", "bot")
RENOVATE = Person("renovate[bot]", "bot")
ACTIONS = Person("github-actions[bot]", "bot")
COPILOT = Person("copilot-pull-request-reviewer", "bot")
CODERABBIT = Person("coderabbitai[bot]", "bot")


@dataclass(frozen=True)
class Crowd:
    """People who take part in one repository, the busiest first; how often one turns up falls with the rank (Zipf)."""

    people: tuple[Person, ...]
    exponent: float = 1.0

    @cached_property
    def _sums(self) -> list[float]:
        return list(accumulate(1 / (rank + 1.4) ** self.exponent for rank in range(len(self.people))))

    def pick(self, random: Random, when: float, apart_from: Person | None = None) -> Person:
        """Return someone who takes part at `when`, a share of the time since the beginning, and is not `apart_from`."""
        for _ in range(12):
            person = random.choices(self.people, cum_weights=self._sums)[0]
            if person.since <= when <= person.until and person != apart_from:
                return person
        return next(person for person in self.people if person != apart_from)


def organisation(random: Random) -> tuple[Person, ...]:
    """Return everybody: 14 members (two of them owners), 4 collaborators, 26 regulars (one deleted), many outsiders."""
    logins = _logins(random)
    people: list[Person] = []
    for rank in range(14):
        # One founder leaves after a year, the last four join on the way.
        since = 0.0 if rank < 10 else random.uniform(0.15, 0.75)
        role = "owner" if rank < 2 else "member"
        people.append(Person(logins.pop(), role, random.choice(ZONES), since, 0.62 if rank == 4 else 1.0))
    people[3] = Person(LONG_LOGINS[0], "member", 1.0)
    people += [Person(logins.pop(), "collaborator", random.choice(ZONES)) for _ in range(4)]
    for rank in range(26):
        since = random.uniform(0.0, 0.7)
        until = 1.0 if rank % 3 == 0 else min(1.0, since + random.uniform(0.15, 0.6))
        people.append(Person(logins.pop(), "contributor", random.choice(ZONES), since, until))
    people[20] = Person(LONG_LOGINS[1], "contributor", -5.0)
    people[22] = Person(None, "contributor", 2.0)
    people += [Person(logins.pop(), "outsider", random.choice(ZONES)) for _ in range(len(logins) - 8)]
    return tuple(people)


def _logins(random: Random) -> list[str]:
    pairs = [f"{mineral}-{animal}" for mineral in MINERALS for animal in ANIMALS]
    pairs.remove(FOUNDER)
    random.shuffle(pairs)
    logins = [_spelt(random, pair) for pair in pairs[:320]]
    return [*logins, FOUNDER]  # popped first


def _spelt(random: Random, pair: str) -> str:
    """Return the login as its owner wrote it: some like capitals, some found the name taken."""
    style = random.random()
    if style < 0.08:
        return "".join(part.capitalize() for part in pair.split("-"))
    if style < 0.16:
        return pair.replace("-", "")
    if style < 0.26:
        return f"{pair}{random.randrange(2, 99)}"
    return pair
