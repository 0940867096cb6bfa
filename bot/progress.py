"""How far reading has come, on standard error: a line that redraws itself on a terminal, elsewhere a line a dataset."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TextIO

from reports.walk import Progress

BAR = 24
CLEARED = "\r\x1b[K"  # what a longer line before left over goes too


@dataclass
class Meter:
    """Tells a person at a terminal everything, and a log no more than what is being read."""

    stream: TextIO
    told: set[str] = field(default_factory=set)

    async def report(self, progress: Progress) -> None:
        """Show how far reading has come."""
        if self.stream.isatty():
            self.write(f"{CLEARED}Reading {state(progress)}")
            return
        dataset = progress.noun.removeprefix("open ")
        if dataset not in self.told:
            self.told.add(dataset)
            self.write(f"Reading {dataset} …\n")

    def measuring(self) -> None:
        """Show that reading is done and measuring has begun."""
        if self.stream.isatty():
            self.write(f"{CLEARED}Measuring …")

    def end(self) -> None:
        """Take the line away, so that what follows begins a line of its own."""
        if self.stream.isatty():
            self.write(CLEARED)

    def write(self, text: str) -> None:
        self.stream.write(text)
        self.stream.flush()


def state(progress: Progress) -> str:
    """Return `[######......] 50 of 100 issues`, or how far back it has come where the total is unknown."""
    total = progress.total
    if total:
        filled = min(BAR, BAR * progress.done // total)
        return f"[{'#' * filled}{'.' * (BAR - filled)}] {progress.done:,} of {total:,} {progress.noun}"
    back = f", back to {progress.back_to:%Y-%m-%d}" if progress.back_to else ""
    return f"{progress.done:,} {progress.noun}{back}"
