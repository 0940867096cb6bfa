"""Survival curves: steps, bands, names at their ends, and nothing past the longest follow-up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics.charts.canvas import Canvas, drawn
from analytics.charts.layout import DPI, SMALL, STRONG
from analytics.charts.steps import TINT, corners
from analytics.charts.survival import ROW, WAITING, Survival, SurvivalCurve
from analytics.charts.theme import THEMES, mix
from tests.analytics.charts.number_samples import BEFORE, NOW, RISING, RISK
from tests.analytics.charts.reading import words

CHART = Survival("A title", "", (NOW, BEFORE), RISK, "still open", ((37.0, "median 37 h"),), 2000.0)


def lines(chart: Survival, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[tuple[float, float]]]:
    """Return the thick lines that are drawn, by their colour."""
    found: dict[str, list[tuple[float, float]]] = {}
    draw = Canvas.polyline

    def polyline(canvas: Canvas, points: list[tuple[float, float]], colour: str, weight: float) -> None:
        if weight > 1:
            found[colour] = points
        draw(canvas, points, colour, weight)

    monkeypatch.setattr(Canvas, "polyline", polyline)
    drawn(chart, "light")
    return found


def test_a_curve_is_level_between_its_steps() -> None:
    assert corners([(0, 10), (50, 20), (50.2, 30), (90, 30), (100, 40)]) == [
        (0, 10), (50, 10), (50, 30), (90, 30), (100, 30), (100, 40),
    ]  # fmt: skip


def test_now_is_in_the_accent_and_before_in_grey(monkeypatch: pytest.MonkeyPatch) -> None:
    theme = THEMES["light"]
    assert lines(CHART, monkeypatch).keys() == {theme.blue, theme.muted}


def test_a_falling_curve_falls_and_a_rising_one_rises(monkeypatch: pytest.MonkeyPatch) -> None:
    blue = THEMES["light"].blue
    down = [y for _, y in lines(CHART, monkeypatch)[blue]]
    up = [y for _, y in lines(replace(CHART, curves=(RISING,)), monkeypatch)[blue]]
    assert down == sorted(down)
    assert up == sorted(up, reverse=True)


def test_nothing_is_drawn_or_said_past_the_longest_follow_up(monkeypatch: pytest.MonkeyPatch) -> None:
    chart = replace(CHART, horizon=100.0, marks=((37.0, "median 37 h"), (500.0, "late")))
    assert chart.shown[0].hours[-1] == 100.0
    assert "late" not in words(chart)
    assert "1 mo" not in words(chart)
    assert "nothing is known past 4 d 4 h" in chart.text()
    assert "after 1 mo" not in chart.text() + chart.alt


def test_a_curve_that_ends_early_ends_there(monkeypatch: pytest.MonkeyPatch) -> None:
    early = replace(BEFORE, hours=BEFORE.hours[:60], shares=BEFORE.shares[:60], low=None, high=None)
    found = lines(replace(CHART, curves=(NOW, early)), monkeypatch)
    theme = THEMES["light"]
    assert found[theme.muted][-1][0] < found[theme.blue][-1][0] - 100
    assert "| ? |" in replace(CHART, curves=(NOW, early)).text()


def test_every_curve_is_named_at_its_end_in_its_own_colour() -> None:
    theme = THEMES["dark"]
    inks = {text.text: text.ink for text in drawn(CHART, "dark").written if text.type == STRONG}
    assert (inks["last 90 days"], inks["before"]) == (theme.blue, theme.muted)


def test_counts_at_risk_stand_below_their_marks_in_rows_that_are_named() -> None:
    texts = drawn(CHART, "light").written
    small = [text for text in texts if text.type == SMALL]
    assert WAITING in {text.text for text in small}
    day = next(text for text in texts if text.text == "1 d")
    rows = [next(text for text in small if text.text == count) for count in ("104", "44")]
    assert all(abs((row.box.left + row.box.right) / 2 - (day.box.left + day.box.right) / 2) < 3 for row in rows)
    assert rows[0].y < rows[1].y
    assert {text.text: text.y for text in small}["before"] == rows[1].y


def test_counts_belong_to_their_curve_even_if_another_has_no_follow_up_or_the_same_name() -> None:
    nobody = SurvivalCurve("a", (0.0,), (1.0,))
    chart = Survival("", "", (nobody, replace(NOW, name="a")), ((1.0, (999, 173)),), "still open")
    assert "173" in words(chart)
    assert "999" not in words(chart)


def test_the_median_is_marked_where_the_curve_passes_one_half() -> None:
    texts = {text.text: text for text in drawn(CHART, "light").written}
    half, median = texts["50 %"], texts["median 37 h"]
    assert median.ink == THEMES["light"].orange
    assert abs(median.y - half.y) < 80


def test_bands_are_tinted_and_stop_where_they_are_unknown() -> None:
    theme = THEMES["light"]
    band = mix(theme.background, theme.blue, TINT)
    assert band in drawn(CHART, "light").sheet.solids
    bare = replace(CHART, curves=(replace(NOW, low=None, high=None),))
    assert band not in drawn(bare, "light").sheet.solids
    holes = tuple(None if 60 < place < 90 else share for place, share in enumerate(NOW.low or ()))
    assert "(" in replace(CHART, curves=(replace(NOW, low=holes),)).text()


def test_thousands_of_steps_are_drawn_at_most_once_a_pixel() -> None:
    assert len(corners([(place / 50, -place / 100) for place in range(50_000)])) <= 2 * 1001


def test_table_and_alt_text_state_the_shares() -> None:
    assert CHART.alt.startswith("A title. Last 90 days still open: 97 % after 1 h")
    assert "median 37 h" in CHART.alt
    assert "at the beginning 180 and 150 were followed" in CHART.alt
    row = next(line for line in CHART.text().split("\n") if line.startswith("| after 1 d"))
    assert row.startswith("| after 1 d | 61 % (")
    assert "in brackets: 95 % intervals" in CHART.text()


def test_counts_of_what_both_curves_speak_of_stand_in_one_row_of_their_own() -> None:
    """Expected: one row named "waiting", of the first count of each mark, and the picture lower by the other row."""
    chart = replace(CHART, at_risk=tuple((hours, counts[:1]) for hours, counts in RISK), at_risk_names=("waiting",))
    assert chart.height == pytest.approx(CHART.height - ROW / DPI)
    small = [each for each in drawn(chart, "light").written if each.type == SMALL]
    assert {each.text for each in small if each.text in ("waiting", NOW.name, BEFORE.name)} == {"waiting"}
    (row,) = (each for each in small if each.text == "waiting")
    assert row.ink == THEMES["light"].muted
    assert [each.text for each in small if each.y == row.y and each is not row] == [
        "180", "173", "104", "51", "38", "12",
    ]  # fmt: skip


def test_what_is_unknown_is_only_said_where_something_had_not_ended() -> None:
    assert "nothing is known past 83 d" in CHART.text()
    assert CHART.alt.endswith("nothing is known past 83 d.")
    over = replace(CHART, ended=True)
    assert "after 83 d all had ended" in over.text()
    assert over.alt.endswith("after 83 d all had ended.")
    assert "known past" not in over.alt + over.text()


def test_an_interval_without_width_claims_no_certainty() -> None:
    """Of one pull request, and before the first event, both ends are the share itself."""
    shares = (1.0, 1.0, 0.5)
    falling = SurvivalCurve("a", (0.0, 2.0, 30.0), shares, (1.0, 1.0, 0.2), (1.0, 1.0, 0.8))
    sure = SurvivalCurve("b", (0.0, 30.0), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0))
    said = replace(CHART, curves=(falling, sure)).text()
    assert "| after 30 h | 50 % (20 to 80 %) | 0 % |" in said
    assert "100 % |" in said
    assert "100 to" not in said


def test_a_curve_called_after_its_share_is_named_once() -> None:
    chart = replace(CHART, curves=(replace(NOW, name="still open"),))
    assert chart.alt.startswith("A title. Still open: 97 % after 1 h")
