"""What metrics say of a cohort: shares within a day, a week and a month, medians with intervals, rows and pictures."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from analytics.charts.hours import EVERY
from analytics.charts.survival import SurvivalCurve
from analytics.cohort import Cohort, after
from analytics.comparing import NOTHING, duration_row, duration_words, uneven
from analytics.differences import share_verdict
from analytics.metric import Comparison, Fact, Measured, Scene
from analytics.survival import Curve, at_risk, median, median_interval
from analytics.words import HOURS_PER_DAY, number, percent

HORIZONS: Mapping[str, float] = {"24h": 24.0, "7d": 7 * 24.0, "30d": 30 * 24.0}
SPOKEN: Mapping[str, str] = {"24h": "24 h", "7d": "7 d", "30d": "30 d"}
FEWEST = 5  # of fewer, a share in per cent says more than there is
RISK_MARKS = ("5 m", "1 h", "4 h", "1 d", "4 d", "1 w", "2 w", "1 mo", "3 mo", "1 y", "2 y")


@dataclass(frozen=True, slots=True)
class Followed(Measured):
    """What a metric found of a cohort, with what its pictures need: steps of its curves, and who was left when."""

    curves: Mapping[str, Curve] = field(default_factory=dict)
    left: tuple[tuple[float, int], ...] = ()


def curve(measured: Measured, name: str) -> Curve:
    """Return a curve that the metric drew of its cohort, an empty one where nothing is known."""
    empty = Curve((), (), (), ())
    return measured.curves.get(name, empty) if isinstance(measured, Followed) else empty


def shares(cohort: Cohort, incidence: Curve, named: str, horizons: Sequence[str]) -> dict[str, Fact]:
    """Return `{named}_within_{horizon}`: Aalen-Johansen, None where a horizon lies past what was observed."""
    return {
        f"{named}_within_{name}": after(incidence, HORIZONS[name]) if cohort.followed(HORIZONS[name]) else None
        for name in horizons
    }


def flags(cohort: Cohort, named: str) -> dict[str, array[int]]:
    """Return, per horizon, a 1 for each thing that the event came to in time, 0 for the others followed that long."""
    return {f"{named}_within_{name}": array("b", cohort.equal(hours).tobytes()) for name, hours in HORIZONS.items()}


def medians(fitted: Curve, named: str) -> dict[str, Fact]:
    """Return `{named}_median_hours` and `{named}_median_ci95`: None where the curve does not come down to one half."""
    low, high = median_interval(fitted)
    return {
        f"{named}_median_hours": median(fitted),
        f"{named}_median_ci95": None if low is None and high is None else [low, high],
    }


def left(cohort: Cohort) -> tuple[tuple[float, int], ...]:
    """Return, at durations that people think in, how many had not ended and were still followed."""
    if not len(cohort):
        return ()
    marks = [0.0, *(hours for hours, label in EVERY if label in RISK_MARKS and hours <= (cohort.longest or 0))]
    return tuple(zip(marks, at_risk(cohort.hours, marks), strict=True))


def comparable(scene: Scene, longest: str = "7d") -> str:
    """Return the longest horizon, up to `longest`, that half of the shorter window's things can be followed for."""
    shorter = min(scene.window.days, scene.window.days / scene.exposure) * HOURS_PER_DAY
    fitting = [name for name, hours in HORIZONS.items() if 2 * hours <= shorter]
    allowed = list(HORIZONS)[: list(HORIZONS).index(longest) + 1]
    return next((name for name in reversed(allowed) if name in fitting), "24h")


def share_row(label: str, now: Sequence[float], before: Sequence[float], seed: int) -> Comparison:
    """Compare two shares of things that were followed equally long; the verdict says how many those were."""
    figures = tuple(sum(side) / len(side) if len(side) else None for side in (now, before))
    shown = [NOTHING if share is None else percent(share) for share in figures]
    return Comparison(label, shown[0], shown[1], share_words(now, before, seed), figures=(figures[0], figures[1]))


def share_words(now: Sequence[float], before: Sequence[float], seed: int) -> str:
    """Return `n = 34 and 26: no clear change`."""
    return f"n = {number(len(now))} and {number(len(before))}: {share_verdict(now, before, seed)}"


def ended_row(label: str, now: Sequence[float], before: Sequence[float], scene: Scene) -> Comparison:
    """Compare the medians of those that had ended by their window's end; see `ended_words`."""
    row = duration_row(label, now, before, scene.seed)
    return replace(row, verdict=ended_words(now, before, scene))


def ended_words(now: Sequence[float], before: Sequence[float], scene: Scene) -> str:
    """Return `n = 13 and 19: no clear change`, of windows that differ in length `n = 13 and 19` alone.

    What began in a short window and had ended by its end cannot have taken long, whatever became of the rest.
    """
    if uneven(scene):
        return f"n = {number(len(now))} and {number(len(before))}"
    return duration_words(now, before, scene.seed)


def drawn(fitted: Curve, name: str, *, accent: bool = False) -> SurvivalCurve:
    """Return a curve as a picture takes it."""
    return SurvivalCurve(name, fitted.hours, fitted.share, fitted.low, fitted.high, accent)
