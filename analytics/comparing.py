"""Rows of the table "now, before, verdict": the words come from the tests in `analytics.stats`, never from the eye."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from analytics.metric import Comparison, Measured, Scene
from analytics.stats import NO_CLEAR_CHANGE, TOO_FEW, count_verdict, duration_verdict, median
from analytics.words import decimal, duration, number, plural

NOTHING = "\N{EN DASH}"
PERIODS_BEFORE = frozenset({"in the period before", "a year before"})
SAME_LENGTH = 1e-3  # by how much two windows may differ in length and still be compared as they are


def count(measured: Measured, key: str) -> int:
    """Return a fact that is always a count."""
    return cast("int", measured.facts[key])


def amount(measured: Measured, key: str) -> float | None:
    """Return a fact that is a number or unknown."""
    return cast("float | None", measured.facts[key])


def earlier(before: Measured | None, scene: Scene) -> Measured | None:
    """Return what the period before held, None where there is none: nothing lies before the whole history."""
    return None if nothing_before(scene) else before


def nothing_before(scene: Scene) -> bool:
    """Tell whether the whole history is compared with what came before it."""
    return scene.window.whole and scene.against in PERIODS_BEFORE


def settled(scene: Scene, *rows: Comparison) -> tuple[Comparison, ...]:
    """Return the rows of a comparison; those of the whole history say nothing of a period before."""
    if not nothing_before(scene):
        return rows
    return tuple(Comparison(row.label, row.now, NOTHING) for row in rows)


def count_row(label: str, now: int, before: int, scene: Scene | None = None) -> Comparison:
    """Compare one count; two windows of different lengths are compared by the day."""
    verdict = rate_verdict(now, before, scene)
    return Comparison(label, number(now), number(before), verdict, figures=(now, before))


def rate_verdict(now: int, before: int, scene: Scene | None) -> str:
    """Return `more`, `fewer` or `no clear change`, by the day where the two windows are not of one length."""
    exposure = 1.0 if scene is None else scene.exposure
    verdict = count_verdict(now, before, exposure)
    by_the_day = scene is not None and uneven(scene) and verdict != NO_CLEAR_CHANGE
    return f"{verdict} a day" if by_the_day else verdict


def uneven(scene: Scene) -> bool:
    """Tell whether the two windows that are compared differ in length."""
    return abs(scene.exposure - 1) > SAME_LENGTH


def pair_row(
    label: str, names: tuple[str, str], now: tuple[int, int], before: tuple[int, int], scene: Scene | None = None
) -> Comparison:
    """Compare two counts in one row, such as opened / closed; `names` are what the verdict calls them."""
    return Comparison(
        label,
        f"{number(now[0])} / {number(now[1])}",
        f"{number(before[0])} / {number(before[1])}",
        "; ".join(changes(names, now, before, scene)) or NO_CLEAR_CHANGE,
    )


def changes(names: Sequence[str], now: Sequence[int], before: Sequence[int], scene: Scene | None = None) -> list[str]:
    """Return what clearly changed among counts: `["more closed"]`, `["more of both"]`, `[]`."""
    verdicts = [rate_verdict(*pair, scene) for pair in zip(now, before, strict=True)]
    if len(names) == 2 and verdicts[0] == verdicts[1] != NO_CLEAR_CHANGE:
        return [f"{verdicts[0]} of both"]
    return [put(verdict, name) for name, verdict in zip(names, verdicts, strict=True) if verdict != NO_CLEAR_CHANGE]


def clear_changes(flows: Iterable[tuple[str, int, int]], scene: Scene) -> list[tuple[str, str]]:
    """Return, of counts by name, now and before, those that clearly changed: `more merged` and what it was before.

    Of two windows of different lengths by the day: `more merged a day` and `0.4 a day`.
    """
    days = scene.window.days / scene.exposure
    return [
        (word, f"{rate(before / days)} a day" if uneven(scene) else number(before))
        for name, now, before in flows
        for word in changes((name,), (now,), (before,), scene)
    ]


def rate(a_day: float) -> str:
    """Return a count a day in words; one that is rare keeps two decimals."""
    return decimal(a_day, 2) if 0 < a_day < 1 else number(a_day)


def than(clear: Sequence[tuple[str, str]], scene: Scene, on: str = "") -> str:
    """Return `more opened and fewer merged than in the period before (5 and 9)`, nothing where no change is clear.

    on: what stands before `than`, such as ` on a median day`.
    """
    if not clear:
        return ""
    return f"{listing([word for word, _ in clear])}{on} than {scene.against} ({listing([old for _, old in clear])})"


def put(verdict: str, name: str) -> str:
    """Return `more merged`, `more merged a day`."""
    word, _, rest = verdict.partition(" ")
    return " ".join(filter(None, [word, name, rest]))


def duration_row(label: str, now: Sequence[float], before: Sequence[float], seed: int) -> Comparison:
    """Compare the medians of two samples of hours; the verdict says both n."""
    figures = (median(now), median(before))
    return Comparison(
        label, middle(now), middle(before), duration_words(now, before, seed), figures=figures, durations=True
    )


def duration_words(now: Sequence[float], before: Sequence[float], seed: int) -> str:
    """Return `n = 13 and 19: no clear change`."""
    return f"n = {number(len(now))} and {number(len(before))}: {duration_verdict(now, before, seed)}"


def duration_change(now: Sequence[float], before: Sequence[float], seed: int) -> str | None:
    """Return `longer` or `shorter` where the test allows the word, else None."""
    verdict = duration_verdict(now, before, seed)
    return None if verdict in (NO_CLEAR_CHANGE, TOO_FEW) else verdict


def middle(hours: Sequence[float]) -> str:
    """Return the median duration in words, a dash if there is none."""
    value = median(hours)
    return NOTHING if value is None else duration(value)


def by_people(things: str, total: int, by_them: int, people: int, when: str = "") -> str:
    """Return `667 reviews, 620 of them by 17 people, in the last day`, or `667 reviews by 17 people in the last day`.

    things: the total in words · by_them: how many of it people did; the others are bots' or deleted accounts'.
    """
    persons = plural(people, "person", "people")
    if by_them == total:
        return " ".join(filter(None, [things, f"by {persons}" if total else "", when]))
    part = f"{number(by_them)} of them by {persons}" if by_them else "none of them by people"
    return ", ".join(filter(None, [things, part, when]))


def listing(parts: Sequence[str]) -> str:
    """Return `a`, `a and b`, `a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def sentence(*clauses: str) -> str:
    """Join clauses with semicolons into one sentence with a full stop, the first letter upper case."""
    text = "; ".join(clause for clause in clauses if clause)
    return f"{text[:1].upper()}{text[1:]}."


def sentences(*clauses: str) -> str:
    """Make each clause a sentence of its own: the first is the headline, which a phone shows in a few lines."""
    return " ".join(sentence(clause) for clause in clauses if clause)
