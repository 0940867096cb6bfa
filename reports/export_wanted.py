"""What stands behind the address of an export: the question, and on which terms it may be answered at most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from analytics.terms import People
from reports.question import Question

Form = Literal["csv", "json"]

LIVES = timedelta(hours=24)
"""How long a file can be fetched."""
PATH = "/exports"


@dataclass(frozen=True)
class Wanted:
    """A question, already admitted, and how its file is written; stored as JSON.

    asked_at: the moment that the answer is as of · together: the repositories that a whole organisation's figures are
    over · people: how persons are shown at most, whatever is set later · sentences: what is to be said beside the data.
    """

    question: Question
    form: Form
    asked_at: datetime
    together: tuple[int, ...] = ()
    people: People = "names"
    sentences: tuple[str, ...] = ()
