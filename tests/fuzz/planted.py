"""`python -m tests.fuzz.planted ANY INPUTS SEED FOLDER`: a promise that some inputs break.

Whoever looks for such inputs is to find one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fuzz.by_coverage import fuzz
from tests.fuzz.target import Check, Target

FORBIDDEN = b"boom"


def check(data: bytes) -> None:
    """Raise for what is to be found."""
    assert FORBIDDEN not in data, "the planted one is found"


@contextmanager
def opened(_folder: Path) -> Iterator[Check]:
    """Nothing is kept."""
    yield check


TARGET = Target("there is no boom", opened, seeds=(b"quiet",), words=(b"bo", b"om"))

if __name__ == "__main__":
    _, inputs, begin, folder = sys.argv[1:]
    fuzz(TARGET, int(inputs), int(begin), Path(folder))
