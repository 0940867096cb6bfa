"""Who contributed: commits, pull requests, reviews and issues by person, newcomers, and how few carry half."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from analytics.charts.chart import Chart
from analytics.charts.heatmap import Heatmap
from analytics.comparing import NOTHING, count, listing, sentence, settled
from analytics.lazy import lazy
from analytics.metric import Comparison, Grid, Measured, Metric, Scene
from analytics.moments import moments, within
from analytics.reviews import CountedReviews, counted_reviews
from analytics.roster import GHOST_CODE, Roster
from analytics.stats import fewest_with_half
from analytics.tables import DATASET_NOUNS, DATASETS, Tables
from analytics.window import Window
from analytics.words import during, number, plural, span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = lazy("numpy")

ACTIVITIES = ("commits", "pulls", "reviews", "issues")
SPOKEN = ("commits", "pull requests", "reviews", "issues")
HISTORY = frozenset({"pulls", "issues", "commits"})
SHOWN = 20
LABELS = {
    "authors_n": "people who contributed",
    "new_authors_n": "for the first time",
    "bus_factor": "people with half of the commits, bots aside",
}


def measure(tables: Tables, window: Window, scene: Scene) -> Measured:
    """Count the window's contributions per actor and list the people; these are neither bots nor the ghost."""
    return of(tables, window, scene, named=True)


def measure_unnamed(tables: Tables, window: Window, scene: Scene) -> Measured:
    """Return the same facts without the table of people."""
    return of(tables, window, scene, named=False)


def of(tables: Tables, window: Window, scene: Scene, *, named: bool) -> Measured:
    """Return what there is to say about the window's contributors."""
    roster = tables.roster
    reviews = counted_reviews(tables, window)
    per_actor = contributions(tables, reviews, window)
    total = sum(per_actor.values(), np.zeros(len(roster.names), dtype="int64"))
    people = roster.is_person & (total > 0)
    commits = np.where(roster.is_bot, 0, per_actor["commits"])
    bots, hashes = int((roster.is_bot & (total > 0)).sum()), int((roster.is_email & people).sum())
    deleted = int(total[GHOST_CODE])
    missing = [f"{DATASET_NOUNS[name]}s" for name in DATASETS if name in HISTORY - scene.whole_history]
    notes = [
        *reviews.notes,
        f"{plural(bots, 'bot')} left out of the people" if bots else "",
        f"{plural(deleted, 'contribution')} of deleted accounts left out of the people" if deleted else "",
        f"{plural(hashes, 'person', 'people')} known only by an e-mail address without an account" if hashes else "",
        f"newcomers unknown until the whole history of {listing(missing)} is stored" if missing else "",
    ]
    return Measured(
        facts={
            "authors_n": int(people.sum()),
            "new_authors_n": None if missing else newcomers(tables, window, people),
            "bus_factor": fewest_with_half(commits[roster.is_person], int(commits.sum())),
        },
        tables={"people": people_grid(per_actor, people, roster)} if named else {},
        notes=tuple(filter(None, notes)),
    )


def contributions(tables: Tables, reviews: CountedReviews, window: Window) -> Mapping[str, NDArray[np.int64]]:
    """Return how many commits, pull requests opened, counted reviews and issues opened each actor has in the window."""
    roster = tables.roster

    def made(table: str, at: str) -> NDArray[np.int64]:
        inside = within(moments(getattr(tables, table)[at]), window)
        return roster.tally(roster.codes[f"{table}.author"][inside])

    return {
        "commits": made("commits", "committed_at"),
        "pulls": made("pulls", "created_at"),
        "reviews": roster.tally(reviews.reviewer),
        "issues": made("issues", "created_at"),
    }


def newcomers(tables: Tables, window: Window, people: NDArray[np.bool_]) -> int:
    """Return how many of the window's people made their first contribution ever in it."""
    first = np.unique(tables.roster.codes["firsts.actor"][within(moments(tables.firsts["first_at"]), window)])
    return int(people[first].sum())


def people_grid(per_actor: Mapping[str, NDArray[np.int64]], people: NDArray[np.bool_], roster: Roster) -> Grid:
    """List people by lower-cased login; this is no ranking."""
    found = np.flatnonzero(people)
    first = found[np.argsort(roster.rank[found], kind="stable")]
    counts = [per_actor[activity][first].tolist() for activity in ACTIVITIES]
    return Grid(("login", *ACTIVITIES), tuple(zip([roster.names[code] for code in first], *counts, strict=True)))


def finding(now: Measured, _before: Measured | None, scene: Scene) -> str:
    """Say how many people contributed, how many of them for the first time, and how few made half of the commits."""
    when = during(scene.window, scene.now)
    people = count(now, "authors_n")
    if not people:
        return sentence(f"nobody contributed {when}{aside(now)}")
    return sentence(f"{plural(people, 'person', 'people')} contributed {when}{fresh(now, scene)}", bus_factor(now))


def fresh(now: Measured, scene: Scene) -> str:
    """Return `, 3 for the first time`, nothing while that is unknown; in the whole history everybody was new once."""
    newcomers_n = cast("int | None", now.facts["new_authors_n"])
    if newcomers_n is None or scene.window.whole:
        return ""
    return f", {number(newcomers_n) if newcomers_n else 'nobody'} for the first time"


def aside(now: Measured) -> str:
    """Return `, bots and deleted accounts aside` where these were left out."""
    return ", bots and deleted accounts aside" if any("left out of the people" in note for note in now.notes) else ""


def bus_factor(now: Measured) -> str:
    """Return `2 people made half or more of the commits, bots aside`, nothing where there are none."""
    few = cast("int | None", now.facts["bus_factor"])
    return "" if few is None else f"{plural(few, 'person', 'people')} made half or more of the commits, bots aside"


def compare(now: Measured, before: Measured, scene: Scene) -> tuple[Comparison, ...]:
    """Show people now and before; no test here speaks of them, so there is no verdict."""
    rows = (Comparison(label, figure(now, key), figure(before, key)) for key, label in LABELS.items())
    return settled(scene, *rows)


def figure(measured: Measured, key: str) -> str:
    """Return a count in words, a dash while it is unknown."""
    value = cast("int | None", measured.facts[key])
    return NOTHING if value is None else number(value)


def charts(now: Measured, scene: Scene) -> tuple[Chart, ...]:
    """Draw who does what, in alphabetical order; of many people, those with the most contributions."""
    people = count(now, "authors_n")
    everybody = cast("tuple[tuple[str, int, int, int, int], ...]", now.tables["people"].rows)
    # the grid is in alphabetical order, and sorting is stable: of equally active people the first by name are shown
    most_active = sorted(everybody, key=lambda row: -sum(row[1:]))[:SHOWN]
    rows = [(login, counts) for login, *counts in everybody if (login, *counts) in set(most_active)]
    when = during(scene.window, scene.now)
    title = f"{plural(people, 'person', 'people')} contributed {when}{fresh(now, scene)}"
    return (
        Heatmap(
            title=title if people else f"Nobody contributed {when}{aside(now)}",
            subtitle=(
                f"{scene.repository} · {number(len(rows))} of {plural(people, 'person', 'people')}, "
                f"{span(scene.named)} · who does what, by name"
            ),
            rows=tuple(name(login) for login, _ in rows),
            columns=SPOKEN,
            values=tuple(tuple(counts) for _, counts in rows),
            row_name="person",
            column_name="contribution",
        ),
    )


def name(login: str) -> str:
    """Return what the picture calls somebody: who has no account is the beginning of the e-mail address's hash."""
    return f"e-mail {login[2:8]}\N{HORIZONTAL ELLIPSIS}" if login.startswith("h:") else login


METRIC = Metric(
    name="authors",
    title="People",
    summary="commits, pull requests, reviews and issues by person",
    definition=(
        "People: everybody with a commit on the default branch, a pull request or an issue opened, or a counted "
        "review in the window. Bots and deleted accounts are left out. A commit's author is the linked account, "
        "else a hash of the e-mail address, so that one person may appear under both. For the first time: the "
        "first contribution ever lies in the window; unknown until the whole history is stored. People with half "
        "of the commits (bus factor): the fewest who together made at least half of the commits that are not a "
        "bot's."
    ),
    needs=frozenset({"pulls", "issues", "commits"}),
    measure=measure,
    finding=finding,
    compare=compare,
    charts=charts,
    aliases=("people", "contributors"),
    names_people=True,
    labels=LABELS | {"new_authors_n": "people who contributed for the first time"},
)
