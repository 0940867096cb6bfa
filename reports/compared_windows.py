"""Which window a question is about and which other it is compared with; where that is not possible, what is."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.window import Window
from reports.against import PREVIOUS, Against
from reports.clash import Clash, Line
from reports.escape import code
from reports.options import Said, usage_of
from reports.period import USAGE as PERIODS
from reports.period import Period, quoted


def too_many(line: Line, usage: str) -> Clash:
    """Say that there are more periods than a question has."""
    word = line.periods[-1]
    sentence = "`compare` has two periods" if line.compare else "one command has one, and `compare` two"
    alone, both = line.over(line.periods[0]), line.over(*line.periods[:2]).compared()
    instead = [(one.text, one) for one in (both, alone)]
    return Clash(f"{quoted(word)} is one period too many; {sentence}.", usage, word, *instead)


def compared(periods: Sequence[Period], said: Said, usage: str, line: Line) -> tuple[Window, Against]:
    """Return the window that is asked about and what it is compared with; raises Clash where that is not possible."""
    windows = sorted((found.window for found in periods), key=lambda window: (window.until, window.since))
    asked, against = windows[-1], said.against or PREVIOUS
    if len(windows) > 1:
        if said.against is not None:
            alone = line.against("")
            sentence = "Two periods are compared with each other; `vs=` would be a third."
            raise Clash(sentence, usage, line.vs, (alone.text, alone))
        against = Against("window", window=windows[0])
    other = None if against.kind == "repository" else against.window_for(asked)
    if other is not None and other.since < asked.until and asked.since < other.until:
        sentence = "The two periods overlap; what is compared has no days in common."
        if len(windows) > 1:
            first = line.over(line.periods[0])
            raise Clash(sentence, PERIODS, " ".join(line.periods), (first.text, first))
        others = [("vs=previous", line.against("previous")), ("vs=year", line.against("year"))]
        raise Clash(sentence, PERIODS, line.vs, *others, *a_year(line, "previous"))
    if asked.whole and said.against is not None and against.kind in ("previous", "year"):
        sentence = (
            f"Nothing lies before the whole history, so {code('vs=' + against.kind)} has nothing to compare with."
        )
        raise Clash(sentence, usage_of("vs"), line.vs, *a_year(line, against.kind))
    return asked, against


def a_year(line: Line, against: str) -> list[tuple[str, Line]]:
    """Return the same question of a year, which everything can be compared with."""
    found = line.over("1y").against(against)
    return [(found.text, found)]
