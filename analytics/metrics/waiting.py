"""What waits now, whose turn it is, and for how long it has been: a list to work on, oldest first."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.charts.chart import Chart
from analytics.charts.dots import Dot, Dots
from analytics.comparing import amount, count, listing, middle, sentence, settled
from analytics.lazy import lazy
from analytics.metric import Cell, Comparison, Grid, Measured, Metric, Scene
from analytics.moments import instant
from analytics.stats import median
from analytics.tables import Tables
from analytics.turns import Turns, turns_of_issues, turns_of_pulls
from analytics.window import Window
from analytics.words import duration, last_instant, number, percent, plural, shorten

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy("numpy")

SAMPLE = "waited_hours"
PULL, ISSUE = "pull request", "issue"
REVIEWER, AUTHOR = "reviewer", "author"
FOR_OTHERS, FOR_AUTHOR = "wait for a reviewer or an answer", "wait for their author"
COLUMNS = ("number", "name", "kind", "title", "turn", "since", "waited_hours", "past_target")
# Which target an open turn of others is held against; nobody promises when an author will act.
TARGETS = {PULL: "first_review", ISSUE: "first_response"}
MICROSECONDS = 3_600_000_000  # in an hour
LONGEST_TITLE = 60  # characters in a table


def measure(tables: Tables, window: Window, scene: Scene) -> Measured:
    """List what is open at the window's end by the age of the turn that nobody has taken yet."""
    pulls, issues = turns_of_pulls(tables, window.until), turns_of_issues(tables, window.until)
    listed = Listed(tables, titles_of(tables), window, scene)
    rows = [*listed.rows(pulls, PULL), *listed.rows(issues, ISSUE)]
    rows.sort(key=lambda row: (-float(row[6] or 0), row[0]))
    ages = array("d", sorted(float(row[6] or 0) for row in rows))
    judged = [row[7] for row in rows if row[7] is not None]
    return Measured(
        facts={
            "waiting_n": len(rows),
            "waiting_pulls_n": len(pulls),
            "waiting_issues_n": len(issues),
            "for_reviewer_n": sum(row[4] == REVIEWER for row in rows),
            "for_author_n": sum(row[4] == AUTHOR for row in rows),
            "waited_median_hours": median(ages),
            "waited_longest_hours": ages[-1] if len(ages) else None,
            "with_target_n": len(judged),
            "past_target_n": sum(map(bool, judged)) if judged else None,
            "past_target_share": sum(map(bool, judged)) / len(judged) if judged else None,
        },
        tables={"waiting": Grid(COLUMNS, tuple(rows))},
        samples={SAMPLE: ages},
        notes=tuple(notes(pulls, judged=bool(judged), scene=scene)),
    )


def notes(pulls: Turns, *, judged: bool, scene: Scene) -> list[str]:
    """Return what was left out, and by which clock targets are judged."""
    said = [f"{plural(pulls.drafts, 'draft')} left out, since nobody waits for a draft"] if pulls.drafts else []
    if judged and scene.terms.hours is not None:
        said.append("targets are held against hours of the calendar, not working hours")
    return said


@dataclass(frozen=True, eq=False)
class Listed:
    """Where the rows of the list come from."""

    tables: Tables
    titles: Mapping[tuple[int, bool], str]
    window: Window
    scene: Scene

    def rows(self, turns: Turns, kind: str) -> list[tuple[Cell, ...]]:
        """Return one row per open thing of a kind, in the order of numbers."""
        target = self.scene.terms.targets.get(TARGETS[kind])
        end = np.full(len(turns), instant(self.window.until))
        ages = (end - turns.since).astype("timedelta64[us]").astype("int64") / MICROSECONDS
        since = turns.since.astype("datetime64[s]").tolist()
        rows: list[tuple[Cell, ...]] = []
        for place, each in enumerate(turns.number.tolist()):
            own = bool(turns.author_s[place])
            title = shorten(self.titles.get((each, kind == PULL), ""), LONGEST_TITLE)
            rows.append(
                (
                    self.tables.thread(each)[1],
                    self.tables.name_of(each),
                    kind,
                    title or None,
                    AUTHOR if own else REVIEWER,
                    f"{since[place]:%Y-%m-%dT%H:%M:%SZ}",
                    float(ages[place]),
                    None if own or target is None else bool(ages[place] > target),
                )
            )
        return rows


def titles_of(tables: Tables) -> dict[tuple[int, bool], str]:
    """Return the known titles by number and whether it is a pull request."""
    frame = tables.titles
    keys = zip(frame["number"].tolist(), frame["on_pull"].tolist(), frame["title"].tolist(), strict=True)
    return {(int(each), bool(on_pull)): str(title) for each, on_pull, title in keys}


def finding(now: Measured, _before: Measured | None, scene: Scene) -> str:
    """Say how much waits and for whom, the longest wait, and how much is past the target where one is set."""
    total = count(now, "waiting_n")
    when = "now" if scene.window.until == scene.now else f"on {last_instant(scene.window):%Y-%m-%d}"
    if not total:
        return f"Nothing that is open waits {when}."
    both = [plural(count(now, f"waiting_{kind}s_n"), noun) for kind, noun in (("pull", PULL), ("issue", ISSUE))]
    story = f"{both[0]} and {both[1]} wait {when}: {listing(whose_turns(now))}"
    longest = f"the longest for {duration(amount(now, 'waited_longest_hours') or 0)}"
    return sentence(story, longest, past(now))


def whose_turns(now: Measured) -> list[str]:
    """Return `31 for a reviewer`, `75 for an answer to an issue`, `135 for their author`, as far as there are any."""
    turns = [(row["kind"], row["turn"]) for row in now.tables["waiting"].records()]
    counts = (
        (turns.count((PULL, REVIEWER)), "for a reviewer"),
        (turns.count((ISSUE, REVIEWER)), "for an answer to an issue"),
        (count(now, "for_author_n"), "for their author"),
    )
    return [f"{number(waiting)} {words}" for waiting, words in counts if waiting]


def past(now: Measured) -> str:
    """Return `7 of 12 are past their target (58 %)`, nothing without a target."""
    judged = count(now, "with_target_n")
    if not judged:
        return ""
    late = count(now, "past_target_n")
    are = "is" if judged == 1 else "are"
    return f"{number(late)} of {number(judged)} {are} past the target ({percent(late / judged)})"


def compare(now: Measured, before: Measured, scene: Scene) -> tuple[Comparison, ...]:
    """Set the two ends side by side; no test speaks of what waits at one moment, so nothing is judged."""
    rows = [
        Comparison(label, number(count(now, key)), number(count(before, key)))
        for label, key in ((FOR_OTHERS, "for_reviewer_n"), (FOR_AUTHOR, "for_author_n"))
    ]
    waits = [middle(side.samples[SAMPLE]) for side in (now, before)]
    return settled(scene, *rows, Comparison("median wait so far", waits[0], waits[1]))


def charts(now: Measured, scene: Scene) -> tuple[Chart, ...]:
    """Draw the longest waits, those for a reviewer in the accent."""
    grid = now.tables["waiting"]
    if not grid.rows:
        return ()
    total = count(now, "waiting_n")
    rows = tuple(
        Dot(
            f"{str(row['name']).rpartition('/')[2]} {row['title'] or row['kind']}",
            float(row["waited_hours"] or 0),
            f"{shortly(float(row['waited_hours'] or 0))} \N{MIDDLE DOT} {turn(row)}",
            accent=row["turn"] == REVIEWER,
        )
        for row in grid.records()
    )
    asked = [scene.terms.targets.get(name) for name in TARGETS.values()]
    known = {value for value in asked if value is not None}
    return (
        Dots(
            title=headline(now),
            subtitle=f"{scene.repository} · {number(total)} open, {scene.window.until:%Y-%m-%d %H:%M} UTC",
            rows=rows,
            unit="time since the turn began",
            target=known.pop() if len(known) == 1 else None,
            durations=True,
        ),
    )


def turn(row: Mapping[str, Cell]) -> str:
    """Return whose turn it is beside a dot; nobody reviews an issue."""
    return "answer" if (row["kind"], row["turn"]) == (ISSUE, REVIEWER) else str(row["turn"])


def shortly(hours: float) -> str:
    """Return whole units of the largest kind, `9 d` of 9 d 23 h, so that there is room to say whose turn it is."""
    return " ".join(duration(hours).split(" ")[:2])


def headline(now: Measured) -> str:
    """Return how much waits for others than the author and how long at most."""
    waits = [float(row["waited_hours"] or 0) for row in now.tables["waiting"].records() if row["turn"] == REVIEWER]
    if not waits:
        return "Nothing waits for a reviewer or an answer"
    verb = "waits" if len(waits) == 1 else "wait"
    return f"{number(len(waits))} {verb} for a reviewer or an answer, the longest for {duration(max(waits))}"


METRIC = Metric(
    name="waiting",
    title="Waiting",
    summary="what waits now, whose turn it is, and for how long it has been",
    definition=(
        "Open pull requests that are no drafts, and open issues, at the end of the window. The turn is the author's if "
        "somebody else acted last, else a reviewer's, of an issue anybody else's; acts are reviews, comments, requests "
        "for a review, leaving the draft state, reopening and, by the author, opening it; what bots do is none. A wait "
        "begins with the first act that the side whose turn it is has not answered. Past the target: a reviewer's turn "
        "that is older than `targets:` in the configuration allows for a first review of a pull request, or a first "
        "response to an issue, in hours of the calendar. Known are of a pull request the last 20 comments, of an issue "
        "the last ten."
    ),
    needs=frozenset({"pulls", "issues"}),
    measure=measure,
    finding=finding,
    compare=compare,
    charts=charts,
    aliases=("waits", "turns"),
    labels={
        "waiting_n": "open turns",
        "waiting_pulls_n": "pull requests that wait",
        "waiting_issues_n": "issues that wait",
        "for_reviewer_n": FOR_OTHERS,
        "for_author_n": FOR_AUTHOR,
        "waited_median_hours": "median wait so far",
        "waited_longest_hours": "longest wait",
        "with_target_n": "turns that a target is set for",
        "past_target_n": "past the target",
        "past_target_share": "share past the target",
    },
    of_a_moment=True,
    reads=frozenset({"timeline", "comments", "titles"}),
)
