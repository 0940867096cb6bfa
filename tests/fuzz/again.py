"""`python -m tests.fuzz.again TARGET FILE …`: give inputs that were kept to the target's check once more."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.fuzz.quiet import be_quiet
from tests.fuzz.target import target_of


def main() -> None:
    """Let the first broken promise be seen as it is raised."""
    name, *files = sys.argv[1:]
    be_quiet()
    with tempfile.TemporaryDirectory() as folder, target_of(name).opened(Path(folder)) as check:
        for file in files:
            check(Path(file).read_bytes())
    sys.stdout.write(f"{len(files)} inputs keep the promise\n")


if __name__ == "__main__":
    main()
