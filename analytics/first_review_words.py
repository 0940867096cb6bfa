"""What is said of the wait for a first review."""

from __future__ import annotations

from analytics.comparing import amount, count, earlier, middle, sentences
from analytics.followed import FEWEST, ended_words, share_words
from analytics.metric import Measured, Scene
from analytics.targets import met_words
from analytics.words import duration, during, number, percent, plural

SAMPLE = "first_review_hours"
IN_A_DAY = "reviewed_within_24h"
TARGET = "target_hours", "reviewed_within_target_share"


def finding(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Say which share was reviewed in a day and a week, who waits, how that changed, the second clock, the target."""
    second = [in_working_hours(now), met_words(now, TARGET, "were reviewed", count(now, "waited_n"))]
    return sentences(
        fate(now, scene),
        change(now, before, scene),
        reviewed_alone(now, before, scene),
        "; ".join(filter(None, second)),
    )


def fate(now: Measured, scene: Scene) -> str:
    """Return `38 % of 34 pull requests opened in ... were reviewed within 24 h and 60 % within 7 d; 3 wait now`."""
    when = during(scene.window, scene.now)
    total = count(now, "waited_n")
    if not total:
        drafts = count(now, "drafts_n")
        only = f"{plural(drafts, 'draft')}, which nobody was asked to review, but" if drafts else ""
        return " ".join(filter(None, [only, f"no pull request was opened {when}"]))
    opened = f"{plural(total, 'pull request')} opened {when}"
    if total < FEWEST:
        return f"{opened}: {ends(now, scene)}"
    shares = [
        (share, words)
        for key, words in ((IN_A_DAY, "24 h"), ("reviewed_within_7d", "7 d"))
        if (share := amount(now, key)) is not None
    ]
    if not shares:
        return f"{opened}, too lately to say which share is reviewed in a day; {ends(now, scene)}"
    first, *later = shares
    rest = "".join(f", {percent(share)} within {words}" for share, words in later)
    return f"{percent(first[0])} of {opened} were reviewed within {first[1]}{rest}; {open_ends(now, scene)}"


def then(scene: Scene) -> str:
    """Return `now`, or `at the end` of a window that is over."""
    return "now" if scene.window.until == scene.now else "at the end"


def ends(now: Measured, scene: Scene) -> str:
    """Return `20 reviewed, 9 ended unreviewed, 5 waiting now`, without what there is none of."""
    waiting = f"waiting {then(scene)}"
    counts = (("answered_n", "reviewed"), ("ended_unreviewed_n", "ended unreviewed"), ("waiting_now_n", waiting))
    return ", ".join(f"{number(count(now, key))} {name}" for key, name in counts if count(now, key))


def open_ends(now: Measured, scene: Scene) -> str:
    """Return `9 were merged or closed unreviewed, 5 wait now, the longest for 12 d`."""
    unreviewed, waiting = count(now, "ended_unreviewed_n"), count(now, "waiting_now_n")
    ended = f"{number(unreviewed)} {'was' if unreviewed == 1 else 'were'} merged or closed unreviewed"
    if not waiting:
        return f"{ended}, none waits {then(scene)}"
    longest = now.tables["waiting_now"].rows[0][1]
    verb, last = ("waits", "for") if waiting == 1 else ("wait", "the longest for")
    return f"{ended}, {number(waiting)} {verb} {then(scene)}, {last} {duration(float(longest or 0))}"


def change(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Return `of those followed for 24 h, 38 % were reviewed by then, 58 % in the period before (n = ...)`."""
    before = earlier(before, scene)
    if before is None:
        return ""
    sides = [side.samples[IN_A_DAY] for side in (now, before)]
    if not all(sides):
        return ""
    shown = [percent(sum(side) / len(side)) for side in sides]
    verdict = share_words(sides[0], sides[1], scene.seed)
    return f"of those followed for 24 h, {shown[0]} were reviewed by then, {shown[1]} {scene.against} ({verdict})"


def reviewed_alone(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Return what those that were reviewed had waited since opening, which says nothing of the others."""
    taken = now.samples[SAMPLE]
    if not taken:
        return "not one has been reviewed" if count(now, "waited_n") else ""
    if len(taken) == 1:
        return f"one was reviewed, {duration(taken[0])} after it was opened"
    longest = duration(amount(now, "reviewed_p90_hours") or 0)
    said = f"half of {number(len(taken))} reviewed ones got their first review within {middle(taken)} of opening"
    before = earlier(before, scene)
    contrast = ""
    if before is not None and before.samples[SAMPLE]:
        earlier_ones = before.samples[SAMPLE]
        verdict = ended_words(taken, earlier_ones, scene)
        contrast = f"; {scene.against} the median was {middle(earlier_ones)} ({verdict})"
    return f"{said}, nine in ten within {longest}{contrast}"


def in_working_hours(now: Measured) -> str:
    """Return the median in working hours, nothing where the owners have set none."""
    hours = now.facts.get("reviewed_median_business_hours")
    if not isinstance(hours, float):
        return ""
    answered = number(count(now, "answered_n"))
    return f"half of the reviewed ones waited at most {working_hours(hours)} (n = {answered})"


def working_hours(hours: float) -> str:
    """Return `12 working hours`, never in days, which would be read as the calendar's."""
    rounded = round(hours, 1)
    return f"{number(rounded)} working {'hour' if rounded == 1 else 'hours'}"
