"""What an answer is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from analytics.window import Window


@dataclass(frozen=True, slots=True)
class Against:
    """The period just before, the same one a year before, another repository's same period, or another period.

    repository_id, repository: the other one's, 0 and empty where it is the same one; words give its name, and 0 until
    it is looked up · window: another period, None where it follows from the question's.
    """

    kind: Literal["previous", "year", "repository", "window"] = "previous"
    repository_id: int = 0
    repository: str = ""
    window: Window | None = None

    def window_for(self, asked: Window) -> Window | None:
        """Return the window that is compared with `asked`; None where nothing lies before it."""
        if self.window is not None or self.kind == "repository":
            return self.window or asked
        if asked.whole:
            return None
        if self.kind == "previous":
            return asked.previous()
        return Window(year_before(asked.since), year_before(asked.until))

    @property
    def spoken(self) -> str:
        """What it is called within a sentence: `in the period before`, `a year before`, `in o/r`."""
        if self.kind == "repository":
            return f"in {self.repository}"
        return {"previous": "in the period before", "year": "a year before"}.get(self.kind, "in the other period")


PREVIOUS = Against()


def year_before(moment: datetime) -> datetime:
    """Return the same moment of the year before; of 29 February, that of the day before."""
    try:
        return moment.replace(year=moment.year - 1)
    except ValueError:
        return moment.replace(year=moment.year - 1, day=28)
