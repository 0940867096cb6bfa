"""Whether the App may do, and hears of, what its users were promised; and how its webhooks went lately."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from bot.checks import refusal
from bot.checks_owners import MEMBERS, owners
from bot.manifest import LEVELS, AppYml, Group, is_covered
from dashboard.step import Step, fail, ok, warn
from github.client import GitHub
from github.errors import Gone, Later, Refused
from github.reads.deliveries import attempts
from github.reads.installations import InstallationFacts, installations
from github.reads.registration import Registration

PERMISSIONS = "What the App may do"
EVENTS = "What the App hears of"
INSTALLED = "Where the App is installed"
DELIVERIES = "Webhooks of the last day"
CHANGE = "Change it on the App's page under Permissions & events; accounts that have installed it are asked to approve."
LATELY = timedelta(days=1)
MOST_LOOKED_AT = 200
COMMENTS = "issue_comment"
GROUP = "owners-and-teams"


def missing(wanted: Mapping[str, str], held: Mapping[str, str]) -> dict[str, str]:
    """Return the permissions that are wanted and not held, at their level or above."""
    ranks = {level: rank for rank, level in enumerate(LEVELS)}
    return {name: level for name, level in wanted.items() if ranks.get(held.get(name, ""), -1) < ranks[level]}


def may(said: Registration, app_yml: AppYml, chosen: Collection[str] | None) -> list[Step]:
    """Compare the permissions of a registration with app.yml, group by group.

    chosen: the groups that were chosen in the set-up, None if the App was registered otherwise. What was left out by
    choice is told and is no fault.
    """
    lacking = missing(app_yml.permissions(()), said.permissions)
    if lacking:
        steps = [fail(PERMISSIONS, f"Without {listed(lacking)} it cannot answer.", CHANGE)]
    else:
        steps = [ok(PERMISSIONS, "It may answer in issues and pull requests.")]
    for group in app_yml.groups:
        lacking = missing(group.permissions, said.permissions)
        if lacking and not is_covered(group, said.permissions):
            steps.append(without(group, lacking, chosen))
        elif not lacking:
            steps.append(ok(PERMISSIONS, f"{group.title}: {listed(group.permissions)}."))
    return steps


def without(group: Group, lacking: Mapping[str, str], chosen: Collection[str] | None) -> Step:
    """Say what a group that the App does not have costs."""
    if chosen is None:
        return warn(PERMISSIONS, f"{group.title} is left out, it takes {listed(lacking)}. {group.without}", CHANGE)
    if group.name in chosen:
        return fail(PERMISSIONS, f"{group.title} was chosen and {listed(lacking)} is missing. {group.without}", CHANGE)
    return ok(PERMISSIONS, f"{group.title} was left out. {group.without}")


def hears(said: Registration, app_yml: AppYml) -> Step:
    """Compare the events of a registration with those of the groups it holds."""
    held = [group.name for group in app_yml.groups if not missing(group.permissions, said.permissions)]
    wanted = dict.fromkeys(app_yml.events(held))
    unheard = [event for event in wanted if event not in said.events]
    if COMMENTS in unheard:
        return fail(EVENTS, f"Not of {', '.join(unheard)}: nobody gets an answer.", CHANGE)
    if unheard:
        costs = f"Not of {', '.join(unheard)}: such a change is known only at the next question or capture."
        return warn(EVENTS, costs, "Subscribe to them on the App's page under Permissions & events.")
    return ok(EVENTS, f"All {len(wanted)} events that it needs.")


async def installed(
    gh: GitHub, said: Registration, called: Callable[[str], str], chosen: Collection[str] | None
) -> list[Step]:
    """Look where the App is installed, who has not approved what it asks for, and whose owners are recognised.

    chosen: as in `may`.
    """
    try:
        found = await installations(gh)
    except (Later, Gone, Refused) as refused:
        return [refusal(INSTALLED, refused, called)]
    if not found:
        return [warn(INSTALLED, "Nowhere yet.", f"Install it: {said.page}/installations/new")]
    is_left_out = chosen is not None and MEMBERS not in said.permissions and GROUP not in chosen
    return [*(account(one, said) for one in found), *owners(found, is_left_out=is_left_out)]


def account(one: InstallationFacts, said: Registration) -> Step:
    """Say how one installation stands."""
    if one.suspended_at is not None:
        return warn(INSTALLED, f"{one.account_login}: suspended.", "Its owner ends that in the account's settings.")
    lacking = missing(said.permissions, one.permissions)
    if lacking:
        return warn(
            INSTALLED,
            f"{one.account_login}: {listed(lacking)} is not approved yet.",
            f"An owner approves it in the settings of {one.account_login}, under GitHub Apps; /analytics status shows "
            "the address.",
        )
    return ok(INSTALLED, f"{one.account_login}.")


async def delivered(gh: GitHub, now: datetime, called: Callable[[str], str]) -> Step:
    """Look how the last day's deliveries went; one that went well in the end counts as such."""
    wells: dict[str, bool] = {}
    try:
        async for one in attempts(gh, now - LATELY):
            wells[one.guid] = wells.get(one.guid, False) or one.succeeded
            if len(wells) >= MOST_LOOKED_AT:
                break
    except (Later, Gone, Refused) as refused:
        return refusal(DELIVERIES, refused, called)
    failed = sum(not well for well in wells.values())
    if not wells:
        return ok(DELIVERIES, "There were none.")
    if not failed:
        return ok(DELIVERIES, f"All of the last {len(wells)} arrived.")
    remedy = (
        "Advanced → Recent deliveries in the App's settings shows what GitHub got: 401 means that the secrets differ, "
        "no answer that the proxy or a firewall stands between. The server asks for them again by itself."
    )
    judged = fail if failed == len(wells) else warn
    return judged(DELIVERIES, f"{failed} of the last {len(wells)} did not arrive.", remedy)


def listed(permissions: Mapping[str, str]) -> str:
    """Return permissions as GitHub's pages write them."""
    return ", ".join(f"{name.replace('_', ' ').capitalize()}: {level}" for name, level in permissions.items())
