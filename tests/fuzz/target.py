"""What is fuzzed: a check that any bytes can be given to, and what to begin with."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

Check = Callable[[bytes], None]
"""Raises whatever it raises where an input breaks the promise."""

NAMES = ("intake", "grammar", "configuration", "markdown")


@dataclass(frozen=True)
class Target:
    """One door through which strangers' bytes come.

    promise: what holds for every input, in a few words · opened: makes the check; what it keeps lies in the folder it
    is given · seeds: inputs to vary · words: what is worth putting in somewhere · longest: bytes of an input.
    """

    promise: str
    opened: Callable[[Path], AbstractContextManager[Check]]
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...]
    longest: int = 4096

    def inputs(self) -> st.SearchStrategy[bytes]:
        """Return how hypothesis thinks of inputs: words among any text and bytes, or a seed with such in the middle."""
        piece = st.one_of(
            st.sampled_from(self.words),
            st.text(max_size=12).map(lambda text: text.encode("utf-8", "surrogatepass")),
            st.binary(max_size=6),
        )
        pieces = st.lists(piece, max_size=14).map(b"".join)
        varied = st.builds(
            lambda seed, at, put, less: seed[: at % (len(seed) + 1)] + put + seed[at % (len(seed) + 1) + less :],
            st.sampled_from(self.seeds), st.integers(0, 4096), pieces, st.integers(0, 8),
        )  # fmt: skip
        return st.one_of(pieces, varied)


def target_of(name: str) -> Target:
    """Return the target of this name; what it checks is imported now."""
    if name not in NAMES:
        raise ValueError(f"there is no target {name}; there are {', '.join(NAMES)}")
    found: Target = importlib.import_module(f"tests.fuzz.{name}").TARGET
    return found
