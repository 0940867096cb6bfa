"""`python -m tests.fuzz.by_example TARGET INPUTS SEED FOLDER`: inputs that hypothesis thinks of.

Prints how many were tried; where one breaks the promise, the smallest such is printed with its traceback, and the exit
status is 1.
"""

from __future__ import annotations

import sys
from pathlib import Path

from hypothesis import HealthCheck, given, seed, settings

from tests.fuzz.quiet import be_quiet
from tests.fuzz.target import Target, target_of

AT_ONCE = 2_000  # examples: hypothesis remembers those of one run, and says nothing new when it knows them all


def tried(target: Target, inputs: int, begin: int, folder: Path) -> int:
    """Give the target's check this many inputs, or some more; return how many. What it raises is the check's."""
    count = 0
    with target.opened(folder) as check:
        while count < inputs:
            before = count

            @seed(begin + count)
            @settings(
                max_examples=min(AT_ONCE, inputs - count), database=None, deadline=None, derandomize=False,
                suppress_health_check=list(HealthCheck), print_blob=False,
            )  # fmt: skip
            @given(target.inputs())
            def one(data: bytes) -> None:
                nonlocal count
                count += 1
                check(data)

            one()
            assert count > before, "hypothesis tried nothing"
    return count


def main() -> None:
    """Say how many were tried."""
    name, inputs, begin, folder = sys.argv[1:]
    be_quiet()
    sys.stdout.write(f"tried {tried(target_of(name), int(inputs), int(begin), Path(folder))}\n")


if __name__ == "__main__":
    main()
