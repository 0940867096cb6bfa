"""How long pull requests wait for their first review by a person, those that are never reviewed included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics import followed
from analytics.buckets import Buckets, sizes
from analytics.charts.chart import Chart
from analytics.cohort import EVENT, OPEN, OTHER, Cohort
from analytics.comparing import count, settled
from analytics.first_review_charts import REVIEWED, UNREVIEWED, reviewed_chart, spread_chart
from analytics.first_review_words import IN_A_DAY, SAMPLE, TARGET, finding
from analytics.followed import FEWEST, HORIZONS, Followed, ended_row, share_row
from analytics.histogram import histogram
from analytics.lazy import lazy
from analytics.metric import Comparison, Grid, Measured, Metric, Scene
from analytics.moments import hours
from analytics.reviews import deleted_note
from analytics.second_clock import second_clock
from analytics.stats import median, quantile
from analytics.tables import Tables
from analytics.targets import met
from analytics.waits import Waits
from analytics.window import Window
from analytics.words import number, plural

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy("numpy")


def measure(tables: Tables, window: Window, scene: Scene) -> Followed:
    """Follow what was opened in the window from when it first was no draft to its first review, its end, or now."""
    waits = Waits.of(tables, window)
    cohort, (taken, too_early) = waits.cohort(), hours(waits.created, waits.first)
    incidence = cohort.incidence()
    return Followed(
        facts={
            "opened_n": len(waits),
            "reviewed_n": len(taken),
            "reviewed_median_hours": median(taken),
            "reviewed_p90_hours": quantile(taken, 0.9),
            "waited_n": len(cohort),
            **followed.shares(cohort, incidence, "reviewed", ("24h", "7d")),
            "answered_n": cohort.count(EVENT),
            "ended_unreviewed_n": cohort.count(OTHER),
            "waiting_now_n": cohort.count(OPEN),
            "drafts_n": waits.drafts,
            "reviews_of_drafts_n": waits.of_drafts,
            **followed.medians(cohort.cause_specific(), "km"),
            **second_clock(waits, scene.terms),
            **met(cohort, incidence, scene.terms.targets.get("first_review"), TARGET),
        },
        tables={
            "waiting_now": waiting_now(tables, waits),
            "histogram": histogram(taken),
            **{f"per_{size}": shares_per(Buckets.over(size, window, waits.created), waits) for size in sizes(window)},
        },
        samples={SAMPLE: taken, **followed.flags(cohort, REVIEWED)},
        notes=notes(waits, cohort, too_early),
        curves={REVIEWED: incidence.drawn(), UNREVIEWED: cohort.competing().drawn()},
        left=followed.left(cohort),
    )


def notes(waits: Waits, cohort: Cohort, too_early: int) -> tuple[str, ...]:
    """Return what was left out: reviews by bots and deleted accounts always said, where there are any."""
    said = (
        (waits.by_bots, f"{plural(waits.by_bots, 'review')} by bots left out of review times"),
        (waits.deleted, f"{plural(waits.deleted, 'pull request')} by deleted accounts left out of waits"),
        (waits.drafts, f"{plural(waits.drafts, 'draft')} that nobody was asked to review left out of waits"),
        (too_early, f"{plural(too_early, 'pull request')} reviewed before opening, left out of durations"),
        (cohort.negative, f"{plural(cohort.negative, 'pull request')} closed before being ready, left out of waits"),
    )
    return (*deleted_note(waits.by_deleted), *(sentence for counted, sentence in said if counted))


def waiting_now(tables: Tables, waits: Waits) -> Grid:
    """Return who waits at the window's end, and for how many hours, the longest wait first."""
    waiting = waits.waiting()
    since = waits.start[waiting]
    ages = (waits.until - since).astype("int64") / 3_600_000_000
    order = np.lexsort((waits.number[waiting], -ages))
    numbers = waits.number[waiting][order].tolist()
    named = [tables.name_of(each) if tables.places else each for each in numbers]
    return Grid(("number", "waited_hours"), tuple(zip(named, ages[order].tolist(), strict=True)))


def shares_per(buckets: Buckets, waits: Waits) -> Grid:
    """Return per bucket of opening how many were followed for a day, and which share of them was reviewed by then."""
    begun = ~np.isnat(waits.start)
    day = np.timedelta64(int(HORIZONS["24h"]), "h")
    seen = begun & (waits.until - waits.start >= day) & ~(waits.end < waits.start)
    quick = seen & waits.answered() & (waits.answer - waits.start <= day)
    followed_n, reviewed = buckets.tally(waits.created[seen]), buckets.tally(waits.created[quick])
    shares = [None if not total else part / total for part, total in zip(reviewed, followed_n, strict=True)]
    return buckets.grid({"opened": buckets.tally(waits.created), "followed_24h": followed_n, IN_A_DAY: shares})


def compare(now: Measured, before: Measured, scene: Scene) -> tuple[Comparison, ...]:
    """Compare the share reviewed in a day of those followed so long, and the medians of those that were reviewed."""
    sides = now, before
    unreviewed = [f"{number(count(side, 'ended_unreviewed_n'))} of {number(count(side, 'waited_n'))}" for side in sides]
    return settled(
        scene,
        share_row("first review within 24 h", now.samples[IN_A_DAY], before.samples[IN_A_DAY], scene.seed),
        ended_row("median time to first review (reviewed ones)", now.samples[SAMPLE], before.samples[SAMPLE], scene),
        Comparison("ended unreviewed, of those that waited", *unreviewed),
    )


def charts(now: Measured, scene: Scene) -> tuple[Chart, ...]:
    """Draw which share was reviewed after how long, and how long reviewed ones waited; of few there is no share."""
    shares = (reviewed_chart(now, scene),) if count(now, "waited_n") >= FEWEST else ()
    return (*shares, spread_chart(now, scene))


METRIC = Metric(
    name="first-review",
    title="First review",
    summary="how soon pull requests get their first review by a person",
    definition=(
        "Pull requests opened in the window. The clock starts when one first is not a draft; the review that ends the "
        "wait is the first at or after that, submitted as approval, request for changes or comment (dismissed ones "
        "too) by somebody other than the author, ignoring case, and no bot. Within 24 h and 7 d are Aalen-Johansen's "
        "shares of all of them, in which being merged or closed unreviewed competes (null past the longest wait that "
        "was observed, unless all had ended). Median and p90 are of the reviewed ones alone, from opening to the first "
        "review of any time, linear between ranks: the plain definition, comparable with other tools. The Kaplan-Meier "
        "median lets an unreviewed end censor, so it assumes that those were like the rest. Reviews of drafts, and "
        "drafts that nobody was asked to review, are counted apart. With `hours:` in the configuration a second clock "
        "counts working hours; the target that `targets:` sets is one of the calendar. Periods are compared by the "
        "share reviewed within 24 h of those followed for 24 h in each; higher or lower, longer or shorter is said "
        "only if the bootstrap's 95 % interval of the difference excludes 0, and never with fewer than 5 on a side; of "
        "the reviewed ones' medians not between windows of different lengths either. Pull requests by deleted accounts "
        "are left out, since nobody can say who reviewed whom."
    ),
    needs=frozenset({"pulls"}),
    measure=measure,
    finding=finding,
    compare=compare,
    charts=charts,
    aliases=("review-time",),
    labels={
        "opened_n": "pull requests opened, drafts and deleted accounts' too",
        "reviewed_n": "pull requests reviewed at any time",
        "reviewed_median_hours": "median time to first review (reviewed ones)",
        "reviewed_p90_hours": "nine in ten reviewed within (reviewed ones)",
        "waited_n": "ready for review, and so waited",
        "reviewed_within_24h": "reviewed within 24 h",
        "reviewed_within_7d": "reviewed within 7 d",
        "answered_n": "reviewed while they waited",
        "ended_unreviewed_n": "merged or closed unreviewed",
        "waiting_now_n": "waiting for a first review now",
        "drafts_n": "pull requests that were never ready for review",
        "reviews_of_drafts_n": "reviews of drafts",
        "km_median_hours": "median wait for a review, were unreviewed ones like the rest",
        "km_median_ci95": "median wait for a review, were unreviewed ones like the rest, 95 % interval in hours",
        "reviewed_median_business_hours": "median wait of the reviewed ones, working hours",
        "reviewed_p90_business_hours": "nine in ten of the reviewed ones within, working hours",
        "target_hours": "target for a first review",
        "reviewed_within_target_share": "reviewed within the target",
    },
)
