"""The actors that occur in what was read: from the ids that rows hold to logins and kinds, each asked for once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from analytics.actors import ActorKind
from analytics.lazy import lazy
from analytics.tables import COLUMNS, Coded

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy("numpy")

NAMES_AT_ONCE = 1000
KINDS = tuple(kind.value for kind in ActorKind)
PROGRAMS = (ActorKind.BOT.value, ActorKind.AI.value)

Query = Callable[[str], Iterable[Sequence[Any]]]


class People:
    """The actors that occur in what was read, numbered from 0."""

    def __init__(self, ids: Any, names: Sequence[str], kinds: Any) -> None:
        self.ids = ids
        self.names = names
        self.kind_codes = kinds
        self.code_of = np.full(int(ids[-1]) + 2 if len(ids) else 1, -1, dtype="int64")
        """Code by id; its last place is what -1, nobody, leads to."""
        self.code_of[ids] = np.arange(len(ids))

    @classmethod
    def of(cls, query: Query, read: dict[str, dict[str, Any]], bots: Collection[str] = ()) -> People:
        """Ask for the names of every actor in the columns that are read.

        bots: logins in lower case that are bots here, whatever GitHub says of them.
        """
        columns = [
            cells[name] for table, cells in read.items() for name, kind in COLUMNS[table].items() if kind == "actor"
        ]
        size = max((int(ids.max(initial=-1)) for ids in columns), default=-1) + 2
        seen = np.zeros(size, dtype=bool)
        for ids in columns:
            seen[ids] = True
        seen[-1] = False  # where -1, nobody, has left its mark
        present = np.flatnonzero(seen)
        found = {number: (login, kind) for number, login, kind in chain.from_iterable(names(query, present.tolist()))}
        listed = [found[number] for number in present.tolist()]
        kinds = [KINDS.index(known(login, kind, bots)) for login, kind in listed]
        return cls(present, [login for login, _ in listed], np.array(kinds, dtype="int64"))

    def coded(self, ids: Any) -> Coded:
        """Return a column of ids, -1 for nobody, as logins."""
        return Coded(self.code_of[ids], self.names)

    def kinds(self, ids: Any) -> Coded:
        """Return the kinds of a column of ids."""
        return Coded(np.append(self.kind_codes, -1)[self.code_of[ids]], KINDS)


def known(login: str, kind: str, bots: Collection[str]) -> str:
    """Return an actor's kind: what is stored, unless the repository's owners say that it is a bot."""
    return ActorKind.BOT.value if login.lower() in bots and kind not in PROGRAMS else kind


def names(query: Query, ids: Sequence[int]) -> Iterator[Iterable[Sequence[Any]]]:
    """Yield id, login and kind of the actors with these ids, some hundred at a time."""
    for start in range(0, len(ids), NAMES_AT_ONCE):
        listed = ", ".join(str(int(number)) for number in ids[start : start + NAMES_AT_ONCE])
        yield query(f"SELECT id, login, kind FROM actors WHERE id IN ({listed})")  # noqa: S608 - numbers only
