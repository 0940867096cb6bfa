"""Who reviews whose pull requests, and how evenly the load is shared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.buckets import Buckets, column, sizes
from analytics.charts.chart import Chart
from analytics.charts.heatmap import Heatmap
from analytics.comparing import NOTHING, amount, clear_changes, count, count_row, earlier, sentence, settled, than
from analytics.lazy import lazy
from analytics.metric import Comparison, Grid, Measured, Metric, Scene
from analytics.pairs import Pairs, by_name
from analytics.reviews import CountedReviews, counted_reviews
from analytics.roster import Roster
from analytics.stats import gini
from analytics.tables import Tables
from analytics.window import Window
from analytics.words import during, number, percent, plural, shorten, span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = lazy("numpy")

BOTS_NAMED, BOTS_UNNAMED = "marked in the pairs", "counted in the reviews, not in the people"
LONGEST_BOT = 18  # characters of a bot's login in the picture, so that its mark is never cut off


def measure(tables: Tables, window: Window, _scene: Scene) -> Measured:
    """Count the window's counted reviews by reviewer and author, and list them by name."""
    return of(counted_reviews(tables, window), tables.roster, window, named=True)


def measure_unnamed(tables: Tables, window: Window, _scene: Scene) -> Measured:
    """Return the same facts with the tables over time alone: what an overview shows, and much less work."""
    return of(counted_reviews(tables, window), tables.roster, window, named=False)


def of(reviews: CountedReviews, roster: Roster, window: Window, *, named: bool) -> Measured:
    """Return what there is to say about counted reviews; `named` adds the tables of reviewers and of pairs."""
    pairs = Pairs.of(reviews, len(roster.names))
    load = roster.tally(reviews.reviewer)
    people = np.where(roster.is_bot, 0, load)
    bots = int((roster.is_bot & (load > 0)).sum())
    notes = [
        f"{plural(reviews.self_reviews, 'self-review')} left out" if reviews.self_reviews else "",
        *reviews.notes,
        f"{plural(bots, 'reviewing bot')} {BOTS_NAMED if named else BOTS_UNNAMED}" if bots else "",
    ]
    return Measured(
        facts={
            "reviews": len(reviews),
            "reviews_by_people": int(people.sum()),
            "self_reviews": reviews.self_reviews,
            "deleted_account_reviews": reviews.deleted,
            "reviewers_n": int((people > 0).sum()),
            "reviewing_bots_n": bots,
            "pulls_reviewed": len(np.unique(reviews.number)),
            "distinct_pairs": len(pairs.reviews),
            "top1_share": top_share(load),
            "gini": gini(load[load > 0]),
            "top1_share_without_bots": top_share(people),
            "gini_without_bots": gini(people[people > 0]),
        },
        tables={
            **(by_name(pairs, load, roster) if named else {}),
            **{f"per_{size}": over_time(reviews, Buckets.over(size, window, reviews.at)) for size in sizes(window)},
        },
        notes=tuple(filter(None, notes)),
    )


def over_time(reviews: CountedReviews, buckets: Buckets) -> Grid:
    """Return the counted reviews per bucket."""
    return buckets.grid({"reviews": buckets.tally(reviews.at)})


def top_share(load: NDArray[np.int64]) -> float | None:
    """Return the share of the reviews that the busiest reviewer wrote, None if there are none."""
    total = int(load.sum())
    return float(load.max()) / total if total else None


def finding(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Say how many reviews and how much of them the busiest did; names stand in the tables, where they may."""
    when = during(scene.window, scene.now)
    reviews = count(now, "reviews")
    if not reviews:
        aside = ", deleted accounts aside" if count(now, "deleted_account_reviews") else ""
        return sentence(
            f"no pull request was reviewed by anyone but its author {when}{aside}",
            change(now, earlier(before, scene), scene),
        )
    story = f"{plural(reviews, 'review')} of {plural(count(now, 'pulls_reviewed'), 'pull request')} {when}"
    return sentence(story, concentration(now), change(now, earlier(before, scene), scene))


def concentration(now: Measured, whole: str = "of them") -> str:
    """Return how few reviewers did how much: `two of 26 reviewers wrote 47 % of them`; nothing if nobody is known.

    Bots are told apart, since the comparison below says how many people reviewed.
    """
    shares = column(now.tables["reviewers"], "share")
    if len(shares) < 2:
        return f"one reviewer wrote {percent(shares[0])} {whole}" if shares else ""
    if len(shares) == 2:
        return f"one of two reviewers wrote {percent(shares[0])} {whole}"
    people, bots = count(now, "reviewers_n"), count(now, "reviewing_bots_n")
    kinds = f" ({plural(people, 'person', 'people')} and {plural(bots, 'bot')})" if bots else ""
    return f"two of {number(people + bots)} reviewers{kinds} wrote {percent(shares[0] + shares[1])} {whole}"


def change(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Return `fewer reviews than in the period before (40)`, or nothing where the change is not clear."""
    if before is None:
        return ""
    return than(clear_changes([("reviews", count(now, "reviews"), count(before, "reviews"))], scene), scene)


def compare(now: Measured, before: Measured, scene: Scene) -> tuple[Comparison, ...]:
    """Compare the number of reviews; people and shares are shown without a verdict, they do not come one by one."""
    shares = [amount(measured, "top1_share") for measured in (now, before)]
    said = [NOTHING if share is None else percent(share) for share in shares]
    return settled(
        scene,
        count_row("reviews", count(now, "reviews"), count(before, "reviews"), scene),
        Comparison("people who reviewed", number(count(now, "reviewers_n")), number(count(before, "reviewers_n"))),
        Comparison("share of the busiest reviewer", said[0], said[1]),
    )


def charts(now: Measured, scene: Scene) -> tuple[Chart, ...]:
    """Draw the busiest reviewers by the most reviewed authors."""
    reviews = count(now, "reviews")
    grid = now.tables["matrix"]
    rows, columns = logins(grid, "reviewer"), logins(grid, "author")
    cells = [value or None for value in column(grid, "reviews")]
    totals = column(now.tables["reviewers"], "reviews")
    said = concentration(now, "of all reviews")
    everybody = count(now, "reviewers_n") + count(now, "reviewing_bots_n")
    part = f" · the {number(len(rows))} busiest of {number(everybody)} reviewers" if everybody > len(rows) else ""
    return (
        Heatmap(
            title=f"{said[:1].upper()}{said[1:]}" or f"No review by others {during(scene.window, scene.now)}",
            subtitle=(
                f"{scene.repository} · {plural(reviews, 'review')} by others than the author, {span(scene.named)}"
                f"{part} · rows review, columns wrote"
            ),
            rows=rows,
            columns=columns,
            values=tuple(tuple(cells[at * len(columns) : (at + 1) * len(columns)]) for at in range(len(rows))),
            row_totals=tuple(totals[: len(rows)]),
            row_name="reviewer",
            column_name="author",
            unusual=tuple(
                (at // len(columns), at % len(columns), way) for at, way in enumerate(column(grid, "unusual")) if way
            ),
        ),
    )


def logins(grid: Grid, role: str) -> tuple[str, ...]:
    """Return the matrix's reviewers or authors in its order, bots marked as such."""
    found = dict.fromkeys(zip(column(grid, role), column(grid, f"{role}_is_bot"), strict=True))
    return tuple(f"{shorten(login, LONGEST_BOT)} (bot)" if is_bot else login for login, is_bot in found)


METRIC = Metric(
    name="review-matrix",
    title="Who reviews whom",
    summary="who reviews whose pull requests, and how evenly the load is shared",
    definition=(
        "A review counts if it was submitted in the window as an approval, a change request, a comment, or one of "
        "these dismissed since, by someone other than the pull request's author (ignoring case); self-reviews are "
        "left out and counted. Pairs are ranked by reviews or by distinct pull requests, ties by name; bots are "
        "kept in them, marked. Share of the busiest and Gini (0: all alike, towards 1: one does all) are over "
        "everybody who reviewed, bots included, and given without them too. Reviews by or for deleted accounts are "
        "left out and counted, whoever wrote them. The matrix is a part: the busiest reviewers by the most "
        "reviewed authors, 40 of each at most, from the 21st on only with 5 reviews or "
        "more. Expected: the reviews a pair would have if reviewers did not choose authors, nobody "
        "reviewing himself; unusual are pairs more than 3 standard deviations away from it. A change is called one "
        "only if the 95 % interval of the ratio to the period before excludes 1."
    ),
    needs=frozenset({"pulls"}),
    measure=measure,
    finding=finding,
    compare=compare,
    charts=charts,
    aliases=("reviews", "reviewers"),
    names_people=True,
    labels={
        "reviews": "reviews by others than the author",
        "reviews_by_people": "reviews by people",
        "self_reviews": "self-reviews left out",
        "deleted_account_reviews": "reviews by or for deleted accounts left out",
        "reviewers_n": "people who reviewed",
        "reviewing_bots_n": "bots that reviewed",
        "pulls_reviewed": "pull requests reviewed",
        "distinct_pairs": "pairs of reviewer and author",
        "top1_share": "share of the busiest reviewer",
        "gini": "inequality of the load (Gini)",
        "top1_share_without_bots": "share of the busiest reviewer, without bots",
        "gini_without_bots": "inequality of the load (Gini), without bots",
    },
)
