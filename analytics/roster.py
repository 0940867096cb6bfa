"""Everybody who occurs in the tables, under one numbering: who is a bot, who is the ghost, who comes first by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analytics.actors import GHOST, ActorKind
from analytics.lazy import lazy

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray
else:
    np, pd = lazy("numpy"), lazy("pandas")

BOT_KINDS = (ActorKind.BOT.value, ActorKind.AI.value)
GHOST_CODE = 0


@dataclass(frozen=True, eq=False)
class Roster:
    """Actors by number; number 0 is the ghost, who also stands for "nobody known".

    names: logins as first met; two spellings that differ by case only are one actor · is_bot, is_email: per actor ·
    rank: an actor's position in the alphabet of lower-cased logins · codes: for each actor column, as "table.column",
    one actor number per row.
    """

    names: tuple[str, ...]
    is_bot: NDArray[np.bool_]
    is_email: NDArray[np.bool_]
    rank: NDArray[np.int64]
    codes: Mapping[str, NDArray[np.int64]]

    @classmethod
    def of(cls, columns: Mapping[str, tuple[pd.Series[Any], pd.Series[Any] | None]]) -> Roster:
        """Number the logins of category columns; beside each, the column of its actors' kinds or None."""
        numbers = {GHOST.key: GHOST_CODE}
        names = [GHOST.login]
        codes: dict[str, NDArray[np.int64]] = {}
        for column, (logins, _) in columns.items():
            mapped = []
            for login in logins.cat.categories.tolist():
                key = login.lower()
                if key not in numbers:
                    numbers[key] = len(names)
                    names.append(login)
                mapped.append(numbers[key])
            # code -1, nobody, reads the last entry: the ghost
            codes[column] = np.array([*mapped, GHOST_CODE], dtype="int64")[logins.cat.codes.to_numpy()]
        is_bot = np.zeros(len(names), dtype=bool)
        is_email = np.zeros(len(names), dtype=bool)
        for column, (_, kinds) in columns.items():
            if kinds is not None:
                is_bot[codes[column][of_kind(kinds, BOT_KINDS)]] = True
                is_email[codes[column][of_kind(kinds, (ActorKind.EMAIL.value,))]] = True
        rank = np.empty(len(names), dtype="int64")
        rank[sorted(range(len(names)), key=lambda code: names[code].lower())] = np.arange(len(names))
        return cls(tuple(names), is_bot, is_email, rank, codes)

    @property
    def is_person(self) -> NDArray[np.bool_]:
        """Per actor: neither a bot nor the ghost."""
        person = ~self.is_bot
        person[GHOST_CODE] = False
        return person

    def tally(self, codes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how often each actor occurs among `codes`."""
        return np.bincount(codes, minlength=len(self.names))


def of_kind(kinds: pd.Series[Any], wanted: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return per row whether its actor is of one of the `wanted` kinds; an unknown kind is none of them."""
    matches = np.array([*(kind in wanted for kind in kinds.cat.categories), False])
    return matches[kinds.cat.codes.to_numpy()]
