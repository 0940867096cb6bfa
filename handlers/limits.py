"""How much may be asked within an hour, so that nobody can make the App write without end; pure.

What counts is when a comment was written or changed, never when its delivery was worked on: what an outage held back is
answered afterwards as it would have been at its time, in whatever order it comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from storage.askings import DECLINED, Asking

HOUR = timedelta(hours=1)
AUTHOR_MAY_ASK = 3
"""Comments an hour, of somebody who is only the thread's author."""
PERSON_MAY_ASK = 60
"""Commands an hour, of one person in one repository; those of a changed comment count again if they are new."""
REPOSITORY_MAY_BE_ASKED = 200
"""Commands an hour in one repository, of all together: GitHub lets an App write 500 times an hour."""
PERSON_IS_DECLINED = 10
"""Comments an hour of one person who may not ask that get a thumb; what comes after gets nothing."""
REPOSITORY_DECLINES = 60
"""Thumbs an hour in one repository for those who may not ask, all together; none of them takes from those who may."""


@dataclass(frozen=True, slots=True)
class TooMuch:
    """Too much was asked. again_at: from when on there is an answer again · everybody: of all together."""

    again_at: datetime
    everybody: bool


def measured(asked: Sequence[Asking], login: str, at: datetime, commands: int) -> TooMuch | None:
    """Return why `commands` more of `login` at a moment are too many, None if they are not.

    asked: everything else that was answered in the repository within an hour before or after.
    """
    mine = [one for one in asked if one.login == login.lower()]
    for rows, most, everybody in ((mine, PERSON_MAY_ASK, False), (asked, REPOSITORY_MAY_BE_ASKED, True)):
        if not fits(rows, at, commands, most):
            return TooMuch(again(rows, at, commands, most), everybody)
    return None


def declined_enough(declined: Sequence[Asking], login: str, at: datetime) -> bool:
    """Tell whether no further thumb is given to somebody who may not ask.

    declined: the other comments that got one within an hour before or after.
    """
    mine = [one for one in declined if one.login == login.lower()]
    most = ((mine, PERSON_IS_DECLINED), (declined, REPOSITORY_DECLINES))
    return not all(fits([counted(one) for one in rows], at, 1, limit) for rows, limit in most)


def counted(one: Asking) -> Asking:
    """Return what was declined as one command."""
    return replace(one, commands=1) if one.commands == DECLINED else one


def fits(asked: Sequence[Asking], at: datetime, commands: int, most: int) -> bool:
    """Tell whether no hour that `at` lies in has more commands than `most` with these `commands` in it."""
    begins = {at, *(one.asked_at for one in asked if at - HOUR < one.asked_at <= at)}
    return all(
        sum(one.commands for one in asked if begin <= one.asked_at < begin + HOUR) + commands <= most
        for begin in begins
    )


def again(asked: Sequence[Asking], at: datetime, commands: int, most: int) -> datetime:
    """Return the first moment after `at` at which these `commands` would not be too many."""
    ends = sorted(one.asked_at + HOUR for one in asked if one.asked_at + HOUR > at)
    return next((end for end in ends if fits(asked, end, commands, most)), at + HOUR)


def was_told(asked: Sequence[Asking], login: str, at: datetime) -> bool:
    """Tell whether somebody was told of a limit within the hour before `at`."""
    return any(one.login == login.lower() and not one.commands and at - HOUR < one.asked_at <= at for one in asked)
