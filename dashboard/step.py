"""One thing that was looked at: how it is, and what to do about it. The set-up shows them, and so does `doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Step:
    """What was looked at (title), what was found (said), and what to do unless it is ok (remedy).

    ok: it works · warn: it works, and something is less than it could be or not known · fail: it does not work.
    """

    state: State
    title: str
    said: str
    remedy: str = ""


def ok(title: str, said: str) -> Step:
    """Return a step that is well."""
    return Step("ok", title, said)


def warn(title: str, said: str, remedy: str) -> Step:
    """Return a step that works less well than it could, or of which nothing is known."""
    return Step("warn", title, said, remedy)


def fail(title: str, said: str, remedy: str) -> Step:
    """Return a step that does not work."""
    return Step("fail", title, said, remedy)
