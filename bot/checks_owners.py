"""Whether GitHub tells the App who owns the organisations that have installed it."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.step import Step, ok, warn
from github.reads.installations import InstallationFacts

OWNERS = "Who owns an organisation"
MEMBERS = "members"
COSTS = "its owners are not recognised: only admins by a role and operators look after it, and nobody gives a grant."
REMEDY = (
    "Give the App Organization permissions → Members: read, on its page under Permissions & events; an owner of each "
    "organisation then approves it."
)


def owners(found: Iterable[InstallationFacts], *, is_left_out: bool) -> list[Step]:
    """Say for each organisation whether its owners are recognised; a person's account is its person's anyway.

    is_left_out: the permission was left out on purpose, so that it is no fault.
    """
    return [
        organisation(one, is_left_out=is_left_out)
        for one in found
        if one.account_type == "Organization" and one.suspended_at is None
    ]


def organisation(one: InstallationFacts, *, is_left_out: bool) -> Step:
    """Say whether one organisation's owners are recognised."""
    if MEMBERS in one.permissions:
        return ok(OWNERS, f"{one.account_login}: its owners are recognised.")
    return (
        ok(OWNERS, f"{one.account_login}: {COSTS}")
        if is_left_out
        else warn(OWNERS, f"{one.account_login}: {COSTS}", REMEDY)
    )
