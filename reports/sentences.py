"""What the bot says when it does not answer: it still reads, something was written wrong, it cannot, or may not."""

from __future__ import annotations

from datetime import datetime

from analytics.words import number
from reports import escape
from reports.capture_words import settings_page
from reports.keys import with_key
from reports.mistake import Mistake
from storage.installations import Installation, Visibility

HELP = "<sub>`/analytics help` says what can be asked</sub>"
HOSTED_ELSEWHERE = "pictures of a repository that is not public are not hosted; their numbers stand as text"
NO_ADDRESS = "no public address is configured for pictures; their numbers stand as text"
TEXT_CHOSEN = "pictures stand as text, as the configuration says"
BRANCH_REFUSED = "pictures stand as text, since the App lacks the permission Contents: write that images: branch needs"
BRANCH_UNREACHED = "pictures stand as text, since GitHub took no files onto the branch almanac-pictures"
BRANCH_ELSEWHERE = "a branch holds pictures of its own repository alone; here their numbers stand as text"
BRANCH_OF_ANSWERS = "a branch holds the pictures of answers alone; those of a report stand as text"
NO_FILES = "Files of what not everybody may see are put under no address here"
NO_FILE_ADDRESS = "No public address is configured that a file could be fetched from"
READERS: dict[Visibility, str] = {
    "public": "everybody",
    "internal": "everybody who may see this repository",
    "private": "everybody",
}
"""Who must be able to see another repository that is asked about in a thread."""
TRAFFIC_OFF = "Traffic is not shown here: `.github/analytics.yml` says `traffic: off`."
TRAFFIC_UNREAD = (
    "Traffic is not shown here: `.github/analytics.yml`, or what it extends, may say `traffic: off` where it cannot be "
    "read. A `traffic:` of its own without a mistake would settle it."
)
TRAFFIC_UNSURE = "Traffic is for people who may push, and GitHub did not say whether you may."


def waiting(repository: str, *, read: int, about: int | None, noun: str, key: str | None) -> str:
    """Return the comment that stands in the thread while GitHub is still being read; it is edited into the answer."""
    if about and read:
        progress = f"Reading {number(read)} of about {number(max(read, about))} {noun} of {escape.code(repository)}"
    elif read:
        progress = f"Reading {noun} of {escape.code(repository)}, {number(read)} so far"
    else:
        progress = f"Reading {noun} of {escape.code(repository)}"
    return with_key(f"{progress} … This comment becomes the answer.", key)


def mistake(wrong: Mistake, *, key: str | None = None) -> str:
    """Return the reply to a mistake: what was wrong, what is near, how it is written."""
    near = f" Did you mean {escape.code(wrong.nearest)}?" if wrong.nearest else ""
    return with_key(f"{wrong.sentence}{near}\n\nUsage: `{wrong.usage}`\n\n{HELP}", key)


def cannot_later(until: datetime, *, key: str | None = None) -> str:
    """Return the sentence for a wait, be it that a limit is used up or that GitHub stumbles."""
    return with_key(
        f"Not everything could be read from GitHub yet; the next try is after {until:%Y-%m-%d %H:%M} UTC. "
        "This comment becomes the answer.",
        key,
    )


def traffic_refused(repository: str) -> str:
    """Return the one line for somebody who may not see traffic: whom it is for, and what would change that."""
    return (
        f"Traffic is for people who may push to {escape.code(repository)}, as on GitHub; "
        "`traffic: everyone` in `.github/analytics.yml` would show it to whoever may ask."
    )


def failure(delivery_id: str, *, key: str | None = None) -> str:
    """Return the one neutral sentence for a fault of ours, with what finds it in the logs."""
    found = f"In the logs it is delivery {escape.code(delivery_id)}."
    return with_key(f"This could not be answered, through no fault of the question. {found}", key)


def no_such_repository(name: str, visibility: Visibility) -> str:
    """Return the one sentence for a repository that is not there, not the asker's or not the thread's to see.

    visibility: that of the thread's repository. Which of the reasons it is would tell that a hidden one exists.
    """
    return (
        f"There is no repository {escape.code(name)} that can be asked about here: one of the same owner, with the App "
        f"installed, which {READERS[visibility]} may see, and you, too."
    )


def for_members(name: str) -> str:
    """Return the sentence for a repository whose owners have not let everybody ask about it."""
    return (
        f"{escape.code(name)} answers its members and collaborators; `who_may: everyone` in its "
        "`.github/analytics.yml` would let everybody ask about it."
    )


def same_repository(name: str) -> str:
    """Return the sentence for a comparison of a repository with itself."""
    return f"{escape.code(name)} is the repository that is asked about; it cannot be compared with itself."


def one_or_all(name: str) -> str:
    """Return the sentence for a question of all repositories together that names one of them."""
    return f"Traffic of all repositories is asked without `in=`, which asks about one of them, {escape.code(name)}."


def no_single_person(people: str) -> str:
    """Return the sentence for `author=` where the owners of what is counted do not want persons named."""
    return f"`author=` would show one person alone, and persons are {people} here, as the configuration says."


def no_such_team(team: str, owner: str) -> str:
    """Return the one sentence for a team that is not there, or that whoever asks may not see."""
    return f"There is no team {escape.code(team)} of {escape.code(owner)} that you may see."


def teams_refused(web: str, owner: Installation, permission: str) -> str:
    """Return what is missing to read a team's members, and where an owner approves it; the address is GitHub's own."""
    page = settings_page(web, owner)
    return (
        f"Teams are not readable: the App lacks the organisation permission Members ({escape.code(permission)}). "
        f"An owner of {escape.code(owner.account_login)} [approves it]({page}); if it is not offered there, the App's "
        "registration does not ask for it yet."
    )


def too_much(until: datetime, *, everybody: bool, answered: bool = False, key: str | None = None) -> str:
    """Return the sentence for who has asked too much within an hour; it is said once an hour.

    answered: it stands above an answer to what was asked before an edit.
    """
    whose = "This repository has been asked" if everybody else "You have asked"
    stands = " What stands below was asked before the edit." if answered else ""
    return with_key(
        f"{whose} as much as may be asked within an hour; there are answers again from {until:%H:%M} UTC on.{stands}",
        key,
    )


def file_link(name: str, address: str, hours: int) -> str:
    """Return where a file can be fetched."""
    return f"[{name}]({address}) can be fetched for {hours} hours by whoever has this link."


def no_file(reason: str, commands: str) -> str:
    """Return why there is no link, and how whoever runs the server has the same; no commands where there are none."""
    if not commands:
        return f"{reason}."
    return f"{reason}; whoever runs Almanac has the same from the command line:\n\n```\n{commands}\n```"
