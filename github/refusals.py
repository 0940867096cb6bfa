"""Why GitHub said no: its status and sentence, sorted by what a person could do about it. Pure."""

from __future__ import annotations

from typing import Literal

Cause = Literal["permission", "plan", "gone", "answer", "other"]

GONE = frozenset({404, 410, 451})
# GitHub answers 403 for both; only its sentence tells them apart.
PLAN_WORDS = ("upgrade to", "billing plan", "your plan")
BLOCKED_WORDS = ("access blocked",)
PERMISSION_WORDS = ("not accessible by", "must have push access", "must have admin")


def cause_of(status: int, reason: str, permission: str | None = None) -> Cause:
    """Return why a request was refused, from `Refused` or `Fault`.

    permission: the App lacks one, and an owner can approve it · plan: the account's plan does not include it · gone:
    deleted, blocked by law or out of sight · answer: GitHub answered, and it made no sense · other: anything else,
    such as a blocked repository.
    """
    said = reason.lower()
    if status in GONE:
        return "gone"
    if status < 300:
        return "answer"
    if status == 403 and any(words in said for words in PLAN_WORDS):
        return "plan"  # first: GitHub names the accepted permissions even where they would not help
    blocked = any(words in said for words in BLOCKED_WORDS)
    if status == 403 and not blocked and (permission is not None or any(words in said for words in PERMISSION_WORDS)):
        return "permission"
    return "other"
