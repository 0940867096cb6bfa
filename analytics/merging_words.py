"""What is said of how pull requests are merged: those opened, open ones included, and the merged ones by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from analytics import followed
from analytics.comparing import NOTHING, amount, count, duration_words, earlier, listing, middle, sentences
from analytics.followed import FEWEST, comparable, share_words
from analytics.metric import Fact, Measured, Scene
from analytics.targets import met_words
from analytics.words import duration, during, number, percent, plural

SAMPLE = "merged_hours"
LEFT_OUT = "merged or closed before opening, left out of durations"
TARGET = "target_hours", "merged_within_target_share"
STILL_OPEN, MERGED, CLOSED = "still open", "merged", "closed unmerged"


def finding(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Say what became of those opened, then how that changed, how long the merged ones had taken, and the target."""
    return sentences(
        fate(now, scene),
        change(now, before, scene),
        merged_alone(now, before, scene),
        met_words(now, TARGET, "were merged", cohort_size(now)),
    )


def fate(now: Measured, scene: Scene) -> str:
    """Return `half of 34 pull requests opened in ... are merged or closed within 5 d; 24 % are merged within 24 h`."""
    when = during(scene.window, scene.now)
    total = cohort_size(now)
    if not total:
        return f"no pull request was opened {when}"
    opened = f"{plural(total, 'pull request')} opened {when}"
    if total < FEWEST:
        return f"{opened}: {ends(now)}"
    half = amount(now, "resolved_km_median_hours")
    shares = listing(merged_shares(now)) if merged_shares(now) else ""
    if half is None:
        return "; ".join(filter(None, [f"fewer than half of {opened} have ended: {ends(now)}", shares]))
    around = interval(now)
    return "; ".join(filter(None, [f"half of {opened} are merged or closed within {duration(half)}{around}", shares]))


def cohort_size(now: Measured) -> int:
    """Return how many pull requests opened in the window are followed."""
    return count(now, "km_events") + count(now, "km_censored")


def ends(now: Measured) -> str:
    """Return `9 merged, 3 closed unmerged, 22 still open`, without what there is none of."""
    counts = (("km_events", MERGED), ("closed_unmerged_n", CLOSED), ("still_open_n", STILL_OPEN))
    return ", ".join(f"{number(count(now, key))} {name}" for key, name in counts if count(now, key))


def merged_shares(now: Measured) -> list[str]:
    """Return `24 % are merged within 24 h`, `58 % within 7 d`, as far as follow-up reaches."""
    known = [
        (share, words)
        for name, words in followed.SPOKEN.items()
        if (share := amount(now, f"merged_within_{name}")) is not None
    ]
    verbs = ["are merged "] + [""] * len(known)
    return [f"{percent(share)} {verb}within {words}" for (share, words), verb in zip(known, verbs, strict=False)]


def interval(now: Measured) -> str:
    """Return ` (95 % interval 2 d to 9 d)`, nothing where neither end is known.

    Where nothing is open, waiting for an upper end would be in vain: there are too few for one.
    """
    ends = now.facts["resolved_km_median_ci95"]
    if not isinstance(ends, list):
        return ""
    low, high = cast("tuple[float, float | None]", ends)
    if high is not None:
        return f" (95 % interval {duration(low)} to {duration(high)})"
    missing = "no upper end yet" if count(now, "still_open_n") else "no upper end with so few"
    return f" (95 % interval from {duration(low)}, {missing})"


def change(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Return `of those followed for 7 d, 58 % were merged by then, 70 % in the period before (n = 20 and 18: ...)`."""
    before = earlier(before, scene)
    name = comparable(scene)
    if before is None:
        return ""
    sides = [side.samples[f"merged_within_{name}"] for side in (now, before)]
    if not all(sides):
        return ""
    shown = [percent(sum(side) / len(side)) for side in sides]
    verdict = share_words(sides[0], sides[1], scene.seed)
    followed_for = f"of those followed for {followed.SPOKEN[name]}"
    return f"{followed_for}, {shown[0]} were merged by then, {shown[1]} {scene.against} ({verdict})"


def merged_alone(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Return what the merges of the window had taken, which says nothing of what is still open."""
    taken = now.samples[SAMPLE]
    if not taken:
        return f"no pull request{of_known(now)} was merged" if cohort_size(now) else ""
    if len(taken) == 1:
        return f"one pull request{of_known(now)} was merged, {duration(taken[0])} after it was opened"
    longest = duration(amount(now, "merged_p90_hours") or 0)
    return "; ".join(filter(None, [f"{half(now)}, nine in ten within {longest}", contrast(now, before, scene)]))


def of_known(now: Measured) -> str:
    """Return ` of known duration` where merges dated before the opening were left out."""
    return " of known duration" if any(note.endswith(LEFT_OUT) for note in now.notes) else ""


def notes(negative: int, facts: Mapping[str, Fact], followed_n: int) -> tuple[str, ...]:
    """Return what was left out of durations, and for how long nothing that was opened could be followed."""
    said = [f"{plural(negative, 'pull request')} {LEFT_OUT}"] if negative else []
    unknown = [words for name, words in followed.SPOKEN.items() if facts[f"merged_within_{name}"] is None]
    if followed_n and unknown:
        said.append(f"{listing(unknown)} are longer than any pull request opened in the window was followed")
    return tuple(said)


def contrast(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Return `in the period before the median was 24 h (n = 13 and 19: no clear change)`, or nothing without one."""
    before = earlier(before, scene)
    if before is None or not now.samples[SAMPLE] or not before.samples[SAMPLE]:
        return ""
    samples = now.samples[SAMPLE], before.samples[SAMPLE]
    return f"{scene.against} the median was {middle(samples[1])} ({duration_words(*samples, scene.seed)})"


def half(now: Measured) -> str:
    """Return `half of 13 merged pull requests were in within 5 d 18 h`."""
    merged = plural(count(now, "merged_n"), "merged pull request")
    return f"half of {merged}{of_known(now)} were in within {middle(now.samples[SAMPLE])}"


def reached(side: Measured, hours: float | None) -> str:
    """Return a median in words: `not reached` where more than half are open, a dash where there is nothing."""
    if hours is not None:
        return duration(hours)
    return "not reached" if cohort_size(side) else NOTHING
