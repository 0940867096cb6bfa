"""The commands that ask exactly the same again, in a comment and in a terminal."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from datetime import datetime, time, timedelta

from analytics.window import iso
from reports import when
from reports.asked_for import asked_for, written
from reports.question import WAITING, Question

EXPORTS: Mapping[str, str] = {
    "traffic": "traffic {repository}",
    "referrers": "referrers {repository}",
    "paths": "paths {repository}",
    "org-traffic": "traffic --all",
}


def in_comment(question: Question) -> str:
    """Return the line for a comment; what it is read as is this question, whenever that is.

    What waits is asked as of now, and has no period.
    """
    against, periods = question.against, [when.typed(question.window)]
    if question.metrics == (WAITING,):
        periods = []
    options = options_of(question)
    if against.window is not None and question.compare:
        periods.insert(0, when.typed(against.window))
    elif against.window is not None:
        options["vs"] = when.typed(against.window)
    first = ["/analytics", *(["compare"] if question.compare else [])]
    return " ".join([*first, *question.metrics, *periods, *(f"{key}={value}" for key, value in options.items())])


def in_terminal(question: Question) -> list[str]:
    """Return the lines for a terminal, none for what only a comment can ask.

    What captures have stored cannot be asked of GitHub with a personal token: the server exports its own data instead.
    """
    window, filters = question.window, question.filters
    lines = []
    asked = [name for name in question.metrics if name not in EXPORTS]
    only_there = question.compare or question.whole_organisation or filters.teams or filters.paths
    if asked and not only_there and question.against.kind in ("previous", "year"):
        options = {key: value for key, value in options_of(question).items() if key != "in"}
        words = [
            f"--since {iso(window.since)}",
            f"--until {iso(window.until)}",
            *(f"--metric {name}" for name in asked),
        ]
        words += [f"--{key} {shlex.quote(value)}" for key, value in options.items()]
        lines.append(f"python -m bot report {question.repository} {' '.join(words)}")
    if filters:
        return lines
    # a day is the window's if it begins in it
    days = f"--since {next_midnight(window.since):%Y-%m-%d} --until {next_midnight(window.until):%Y-%m-%d}"
    kept = [EXPORTS[name].format(repository=question.repository) for name in question.metrics if name in EXPORTS]
    return lines + [f"python -m bot export {what} {days} --format csv" for what in kept]


def options_of(question: Question) -> dict[str, str]:
    """Return the question's options by key as they are written, without a period to compare with."""
    against = question.against
    asked = asked_for(question.filters)
    options = {key: ",".join(written(value) for value in values) for key, values in asked.items() if values}
    if against.kind == "year":
        options["vs"] = "year"
    elif against.kind == "repository":
        options["vs"] = against.repository
    if question.whole_organisation:
        options["scope"] = "org"
    if question.elsewhere:
        options["in"] = question.elsewhere
    return options


def next_midnight(moment: datetime) -> datetime:
    """Return the first midnight UTC that is not before `moment`."""
    day = datetime.combine(moment.date(), time(), moment.tzinfo)
    return day if day == moment else day + timedelta(days=1)
