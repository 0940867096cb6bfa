"""`python -m tests.fuzz.by_coverage TARGET INPUTS SEED FOLDER`: inputs that libFuzzer makes, towards new branches.

atheris notes which branches of our code an input takes; inputs that take new ones are kept and varied further. What
libFuzzer says goes to standard error: how many inputs it tried, and, where one breaks the promise, its traceback and
the file in FOLDER that holds it. The exit status is 0 only where none does. What reached new branches stays in FOLDER,
and the next run there begins with it.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import atheris

from tests.fuzz.quiet import be_quiet
from tests.fuzz.target import NAMES, Target

SLOWEST = 20  # seconds for one input
MEMORY_MB = 2048
# The packages and modules whose branches are to be reached. They must be known before the target imports them.
STEERED_BY = {
    "intake": ("bot.inbox", "bot.arriving", "bot.acknowledgement", "github.deliveries", "github.nul", "storage.intake"),
    "grammar": ("handlers", "reports"),
    "configuration": ("reports",),
    "markdown": ("reports.escape",),
}


def escaped(word: bytes) -> str:
    """Return a word as libFuzzer's dictionaries have it."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in word) + '"'


def fuzz(target: Target, inputs: int, begin: int, folder: Path) -> None:
    """Hand the process over to libFuzzer, which ends it."""
    seeds, found = folder / "seeds", folder / "found"
    found.mkdir(exist_ok=True)
    if not seeds.exists():
        seeds.mkdir()
        for number, data in enumerate(target.seeds):
            (seeds / f"{number:03d}").write_bytes(data)
    words = folder / "words"
    words.write_text("\n".join(map(escaped, target.words)) + "\n")
    options = {
        "runs": inputs, "seed": begin, "max_len": target.longest, "timeout": SLOWEST, "rss_limit_mb": MEMORY_MB,
        "dict": words, "artifact_prefix": f"{found}/", "print_final_stats": 1,
    }  # fmt: skip
    with target.opened(folder) as check:
        atheris.Setup([sys.argv[0], *(f"-{key}={value}" for key, value in options.items()), str(seeds)], check)
        atheris.Fuzz()


def main() -> None:
    """Import the target with its branches counted, and fuzz it."""
    name, inputs, begin, folder = sys.argv[1:]
    if name not in NAMES:
        raise SystemExit(f"there is no target {name}; there are {', '.join(NAMES)}")
    be_quiet()
    with atheris.instrument_imports(include=list(STEERED_BY[name])):
        target: Target = importlib.import_module(f"tests.fuzz.{name}").TARGET
    fuzz(target, int(inputs), int(begin), Path(folder))


if __name__ == "__main__":
    main()
