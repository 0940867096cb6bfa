"""The words of a comment that nobody has asked for: a pull request merged, a release, a milestone. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from analytics.comparing import listing
from analytics.merged_pull import PullWaits
from analytics.milestone_items import MilestoneItems
from analytics.release_contents import ReleaseContents
from analytics.terms import People
from analytics.usual import Usual
from analytics.words import day, decimal, duration, number, plural, shorten
from reports.escape import code
from reports.table import UNKNOWN, table

MOST_NAMED = 12  # contributors; a comment is read in a thread
LONGEST_NAME = 80  # characters of a title or a tag
ABOUT_THE_SAME = 5  # of ten: neither side has clearly more


def merged_words(waits: PullWaits) -> str | None:
    """Return what a merged pull request waited for; None where too few others were merged to compare it with."""
    if waits.merge.median is None or waits.merge.own is None:
        return None
    placed = judged(waits.merge)
    said = f"**Merged {duration(waits.merge.own)} after it was opened**{', ' + placed if placed else ''}"
    return f"{said}. {compared_with(waits)}\n\n{waits_table(waits)}"


def pull_words(waits: PullWaits) -> str:
    """Return where a pull request stands, merged or not; the comparison where there is something to compare with."""
    if waits.merged:
        return merged_words(waits) or f"**Merged {duration(waits.age)} after it was opened**."
    reviewed = "not reviewed by a person yet" if waits.first_review.own is None else "reviewed"
    said = f"**Opened {duration(waits.age)} ago, {reviewed}**."
    return said if waits.merge.median is None else f"{said} {compared_with(waits)}\n\n{waits_table(waits)}"


def compared_with(waits: PullWaits) -> str:
    """Return what the figures are compared with."""
    whose = "by programs " if waits.by_program else "by people "
    when = "it was" if waits.merged else "now"
    return f"Compared with what was merged {whose}in the 90 days before {when}."


def waits_table(waits: PullWaits) -> str:
    """Return own waits and usual ones."""
    rows = [
        wait_row("time to first review", waits.first_review, "none"),
        wait_row("time to merge", waits.merge, "not merged"),
    ]
    if waits.rounds.median is not None and waits.rounds.own is not None:
        rows.append(["rounds of review", number(waits.rounds.own), count(waits.rounds.median), of(waits.rounds)])
    return table(["", "this one", "median", ""], rows, numbers=[1, 2])


def wait_row(label: str, usual: Usual, without: str) -> list[str]:
    """Return one row: the own wait, the median, and where the one lies among the others, with how many those are."""
    middle = UNKNOWN if usual.median is None else duration(usual.median)
    own = without if usual.own is None else duration(usual.own)
    return [label, own, middle, " · ".join(part for part in (judged(usual), of(usual)) if part)]


def of(usual: Usual) -> str:
    """Return how many others there are."""
    return f"n = {number(usual.n)}" if usual.median is not None else f"too few to compare, n = {number(usual.n)}"


def judged(usual: Usual) -> str:
    """Return where a duration lies among the others: `faster than 7 of 10`; nothing without a comparison."""
    if usual.median is None or usual.own is None:
        return ""
    for count_of, word in ((usual.larger, "faster"), (usual.smaller, "slower")):
        if count_of == usual.n:
            return f"{word} than all of them"
    tenths = max(-9, min(9, usual.tenths))
    if abs(tenths) <= ABOUT_THE_SAME:
        return "about as usual"
    return f"{'faster' if tenths > 0 else 'slower'} than {abs(tenths)} of 10"


def count(value: float) -> str:
    """Return a median of counts, `1` or `1.5`."""
    return number(value) if float(value).is_integer() else decimal(value, 1)


def release_words(contents: ReleaseContents, people: People) -> str:
    """Return what went into a release, how long it had waited, and who wrote it where persons are named."""
    tag = code(shorten(contents.tag, LONGEST_NAME))
    lines = [f"**{tag} holds {plural(contents.pulls, 'pull request')}{authors(contents)}**, {since(contents)}."]
    lead = contents.lead
    if lead.own is not None:
        usual = "" if lead.median is None else f"; usual is {duration(lead.median)} (n = {number(lead.n)})"
        lines.append(f"Half of them had waited {duration(lead.own)} or less from merge to release{usual}.")
    if people == "names" and contents.people:
        lines.append(f"By {named(contents.people)}.")
    sized = sum(counted for _, counted in contents.sizes)
    if not sized:
        return " ".join(lines)
    rows = [[name, number(counted)] for name, counted in contents.sizes]
    if sized < contents.pulls:
        rows.append(["of unknown size", number(contents.pulls - sized)])
    return f"{' '.join(lines)}\n\n{table(['lines changed', 'pull requests'], rows, numbers=[1])}"


def authors(contents: ReleaseContents) -> str:
    """Return ` by 7 people`, and how many of the pull requests are programs'."""
    by = f" by {plural(len(contents.people), 'person', 'people')}" if contents.people else ""
    return f"{by}, {number(contents.by_programs)} of them by programs" if contents.by_programs else by


def since(contents: ReleaseContents) -> str:
    """Return how long after which release this one came, or how far back was looked."""
    if contents.previous is None:
        return "as far as they were merged in the 180 days before; no other release is known of these"
    tag, at = contents.previous
    hours = (contents.published_at - at).total_seconds() / 3600
    return f"published {duration(hours)} after {code(shorten(tag, LONGEST_NAME))}"


def named(people: Sequence[tuple[str, int]]) -> str:
    """Return logins as code spans, which notify nobody, with their number of pull requests."""
    said = [f"{code(login)} ({number(pulls)})" for login, pulls in people[:MOST_NAMED]]
    more = len(people) - MOST_NAMED
    return listing([*said, f"{number(more)} more"] if more > 0 else said)


def milestone_words(
    title: str, items: MilestoneItems, closed_at: datetime, opened_at: datetime | None, due_at: datetime | None
) -> str:
    """Return what a closed milestone held, and how long that took against what is usual."""
    parts = [
        plural(items.issues, "issue") + " closed",
        plural(items.pulls, "pull request") + " merged",
        *([f"{number(items.unmerged)} closed unmerged"] if items.unmerged else []),
        *([f"{number(items.left_open)} left open"] if items.left_open else []),
    ]
    held = f"**Milestone {code(shorten(title, LONGEST_NAME))} closed: {listing(parts)}**"
    said = f"{held}{dates(closed_at, opened_at, due_at)}."
    rows = [
        wait_row(label, usual, UNKNOWN)
        for label, usual in (("issues: time to close", items.closing), ("pull requests: time to merge", items.merging))
        if usual.own is not None
    ]
    if not rows:
        return said
    usual = "What is usual was closed or merged in the 90 days before, outside the milestone."
    return f"{said} {usual}\n\n{table(['median', 'this milestone', 'usual', ''], rows, numbers=[1, 2])}"


def dates(closed_at: datetime, opened_at: datetime | None, due_at: datetime | None) -> str:
    """Return how long after its opening, and after or before its due date, a milestone was closed."""
    said = ""
    if opened_at is not None and opened_at < closed_at:
        said += f", {duration(hours_between(opened_at, closed_at))} after it was opened"
    if due_at is not None:
        late = closed_at > due_at
        apart = duration(abs(hours_between(due_at, closed_at)))
        said += f", {apart} {'after' if late else 'before'} it was due ({day(due_at)})"
    return said


def hours_between(begin: datetime, end: datetime) -> float:
    """Return hours."""
    return (end - begin).total_seconds() / 3600
