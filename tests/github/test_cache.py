"""The memory of answers is bounded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from github.cache import Cached, EtagCache


def entry(size: int) -> Cached:
    return Cached('"etag"', b"x" * size, None)


def test_the_least_recently_used_answer_is_forgotten_first() -> None:
    cache = EtagCache(most_entries=2)
    cache.put("a", entry(1))
    cache.put("b", entry(1))
    assert cache.get("a") is not None
    cache.put("c", entry(1))
    assert cache.get("b") is None
    assert cache.get("a") is not None


def test_an_answer_larger_than_the_memory_is_not_kept() -> None:
    cache = EtagCache(most_bytes=10)
    cache.put("a", entry(5))
    cache.put("a", entry(11))
    assert cache.get("a") is None
    assert cache.size == 0


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 12))))
def test_neither_bound_is_ever_passed(puts: list[tuple[str, int]]) -> None:
    cache = EtagCache(most_entries=4, most_bytes=20)
    for url, size in puts:
        cache.put(url, entry(size))
        assert len(cache) <= 4
        assert cache.size == sum(len(kept.body) for kept in map(cache.get, "abcdefgh") if kept) <= 20
