"""Traffic against the period before, over the days known in both: a gap on either side counts for neither."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.buckets import column
from analytics.comparing import NOTHING, amount, listing, than
from analytics.days import KINDS, UNIQUES
from analytics.metric import Comparison, Measured, Scene
from analytics.stats import NO_CLEAR_CHANGE, TOO_FEW, median, median_difference
from analytics.words import number, plural

# Every weekday once; fewer would compare weekends with working days.
FEWEST = 7
Sides = tuple[list[int], list[int]]


def known_in_both(now: Measured, before: Measured, kind: str) -> Sides:
    """Return the counts of the days known in both periods, the n-th day of one beside the n-th of the other.

    Provisional days are left out: they would make the present look smaller than it is.
    """
    columns = [
        zip(column(side.tables["per_day"], kind), column(side.tables["per_day"], f"{kind}_provisional"), strict=True)
        for side in (now, before)
    ]
    # The day that is still going on may be missing at the end of one side.
    pairs = [
        (new, old)
        for (new, grows), (old, grew) in zip(*columns, strict=False)
        if new is not None and old is not None and not grows and not grew
    ]
    return [new for new, _ in pairs], [old for _, old in pairs]


def verdict(sides: tuple[Sequence[int], Sequence[int]], seed: int) -> str:
    """Return `more` or `fewer` where the interval of the difference of medians allows it, else why neither."""
    if len(sides[0]) < FEWEST:
        return TOO_FEW
    interval = median_difference(*sides, seed)
    if interval.excludes(0):
        return "more" if interval.low > 0 else "fewer"
    return NO_CLEAR_CHANGE


def rows(now: Measured, before: Measured, scene: Scene) -> list[Comparison]:
    """Return totals and median days of views, then of clones, then the uniques of both."""
    return [*count_rows(now, before, scene), *(uniques_row(now, before, kind) for kind in KINDS)]


def count_rows(now: Measured, before: Measured, scene: Scene) -> list[Comparison]:
    """Return totals and median days of views, then of clones, of the days known in both periods."""
    found: list[Comparison] = []
    for kind in KINDS:
        sides = known_in_both(now, before, kind)
        both = len(sides[0])
        if not both:
            totals = [NOTHING if (total := amount(side, kind)) is None else number(total) for side in (now, before)]
            found.append(Comparison(kind, totals[0], totals[1], "no day known in both"))
            continue
        totals = [number(sum(side)) for side in sides]
        medians = [number(median(side) or 0) for side in sides]
        words = f"n = {number(both)} days each: {verdict(sides, scene.seed)}"
        found.append(Comparison(f"{kind} on {plural(both, 'day')} known in both", totals[0], totals[1]))
        found.append(Comparison(f"{kind} on a median day of those", medians[0], medians[1], words))
    return found


def uniques_row(now: Measured, before: Measured, kind: str) -> Comparison:
    """Return the uniques of both whole periods, or their bounds; bounds allow no verdict."""
    label = {"views": "unique visitors", "clones": "unique cloners"}[kind]
    return Comparison(label, *(uniques_said(side, UNIQUES[kind]) for side in (now, before)))


def uniques_said(side: Measured, name: str) -> str:
    """Return `57`, or `12 to 210` where only the bounds are known."""
    counted, low, high = (amount(side, key) for key in (name, f"{name}_at_least", f"{name}_at_most"))
    if low is None or high is None:
        return NOTHING
    if counted is not None or low == high:
        return number(low if counted is None else counted)
    return f"{number(low)} to {number(high)}"


def more_or_fewer(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Return `more views on a median day than in the period before (24), by 28 days known in both`, if clear."""
    if before is None:
        return ""
    sides = {kind: known_in_both(now, before, kind) for kind in KINDS}
    words = {kind: verdict(sides[kind], scene.seed) for kind in KINDS}
    kinds = [kind for kind in KINDS if words[kind] in ("more", "fewer")]
    if not kinds:
        return ""
    clear = [(f"{words[kind]} {kind}", number(median(sides[kind][1]) or 0)) for kind in kinds]
    days = listing(list(dict.fromkeys(number(len(sides[kind][1])) for kind in kinds)))
    return f"{than(clear, scene, ' on a median day')}, by {days} days known in both"
