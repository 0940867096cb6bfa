"""The wait for a first review in a team's working hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.business import business_hours
from analytics.cohort import EVENT, OPEN, OTHER, Cohort
from analytics.lazy import lazy
from analytics.metric import Fact
from analytics.stats import median, quantile
from analytics.terms import Hours, Terms
from analytics.waits import Waits

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy("numpy")


def working(waits: Waits, hours: Hours) -> Cohort:
    """Return the same waits in working hours; those that ended before they began are left out."""
    begun = ~np.isnat(waits.start)
    start = waits.start[begun]
    until = np.full(len(start), waits.until)
    ended = np.select([waits.answered()[begun], ~np.isnat(waits.end)[begun]], [EVENT, OTHER], OPEN)
    spent, follow_up = (business_hours(start, end, hours) for end in (waits.waited()[begun], until))
    known = ~np.isnan(spent)
    return Cohort(spent[known], ended[known].astype("int8"), follow_up[known], int((~known).sum()))


def second_clock(waits: Waits, terms: Terms) -> dict[str, Fact]:
    """Return the figures of the working hours, none where the owners have set no working hours."""
    if terms.hours is None:
        return {}
    cohort = working(waits, terms.hours)
    taken = cohort.hours[cohort.ended == EVENT]
    return {
        "reviewed_median_business_hours": median(taken),
        "reviewed_p90_business_hours": quantile(taken, 0.9),
    }
