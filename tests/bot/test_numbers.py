"""The numbers of /metrics are written as Prometheus reads them."""

from __future__ import annotations

from bot.numbers import Counter, Histogram, gauge


def test_a_counter_has_a_line_for_each_value_of_its_labels() -> None:
    counted = Counter("taken_total", "What was taken.", ("outcome",))
    counted.add("new")
    counted.add("new")
    counted.add('a "b"\n\\')
    assert list(counted.lines()) == [
        "# HELP taken_total What was taken.",
        "# TYPE taken_total counter",
        'taken_total{outcome="new"} 2',
        'taken_total{outcome="a \\"b\\"\\n\\\\"} 1',
    ]


def test_what_never_happened_is_zero() -> None:
    assert list(Counter("never_total", "Never.").lines())[-1] == "never_total 0"
    assert list(Histogram("never_seconds", "Never.", buckets=(1.0,)).lines())[-1] == "never_seconds_count 0"


def test_buckets_hold_all_that_is_no_more_than_their_bound() -> None:
    took = Histogram("took_seconds", "How long.", ("kind",), buckets=(0.1, 1.0))
    for seconds in (0.1, 0.5, 7.0):
        took.observe(seconds, "delivery")
    assert list(took.lines())[2:] == [
        'took_seconds_bucket{kind="delivery",le="0.1"} 1',
        'took_seconds_bucket{kind="delivery",le="1.0"} 2',
        'took_seconds_bucket{kind="delivery",le="+Inf"} 3',
        'took_seconds_sum{kind="delivery"} 7.6',
        'took_seconds_count{kind="delivery"} 3',
    ]


def test_a_gauge_without_a_value_has_no_line() -> None:
    assert list(gauge("age_seconds", "Age.", (), {})) == ["# HELP age_seconds Age.", "# TYPE age_seconds gauge"]
