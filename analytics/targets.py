"""Which share met the target that a repository's owners have set, in hours of the calendar."""

from __future__ import annotations

from analytics.cohort import Cohort, after
from analytics.comparing import amount
from analytics.followed import FEWEST
from analytics.metric import Fact, Measured
from analytics.survival import Curve
from analytics.words import duration, percent


def met(cohort: Cohort, incidence: Curve, target: float | None, keys: tuple[str, str]) -> dict[str, Fact]:
    """Return the target in hours and the share that the event came to within it; nothing where no target is set.

    incidence: Aalen-Johansen's of the cohort, so that what has not ended counts for as long as it was followed; the
    share is None where nothing was followed for that long · keys: of the target and of the share.
    """
    if target is None:
        return {}
    return {keys[0]: float(target), keys[1]: after(incidence, target) if cohort.followed(target) else None}


def met_words(now: Measured, keys: tuple[str, str], verb: str, n: int) -> str:
    """Return `58 % were merged within the target of 7 d`, nothing where that is unknown or of fewer than five."""
    if keys[0] not in now.facts or n < FEWEST:
        return ""
    target, share = amount(now, keys[0]), amount(now, keys[1])
    return "" if target is None or share is None else f"{percent(share)} {verb} within the target of {duration(target)}"
