"""What the two sides of a comparison are called: in the table's head, and in the picture of both."""

from __future__ import annotations

from datetime import datetime

from reports import when
from reports.question import Question


def sides(question: Question, now: datetime, *, of_a_moment: bool = False) -> tuple[str, str]:
    """Return what the two sides are called, the earlier or other one first; of a moment, they are the windows' ends."""
    if of_a_moment and question.against.kind != "repository":
        return ends(question, now)
    return other_side(question, now), asked_side(question, now)


def ends(question: Question, now: datetime) -> tuple[str, str]:
    """Return what the ends of both windows are called: `30 d ago` and `now`."""
    earlier = "before" if question.previous is None else when.moment(question.previous.until, now)
    return earlier, when.moment(question.window.until, now)


def asked_side(question: Question, now: datetime) -> str:
    """Return what the asked side is called: its period, or its repository beside another one's."""
    if question.against.kind == "repository":
        return question.repository
    return when.name(question.window, now)


def other_side(question: Question, now: datetime) -> str:
    """Return what the side that is compared with is called."""
    against = question.against
    if against.kind == "repository":
        return against.repository
    if against.kind == "window" and against.window is not None:
        return when.name(against.window, now)
    return {"year": "a year before"}.get(against.kind, "before")
