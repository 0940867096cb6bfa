"""Lines of the list are kept for seconds, by everything they depend on; who sees which line is decided before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from analytics.terms import DEFAULT_TERMS
from dashboard.access import Visible
from dashboard.kept_lines import KEPT, MOST, KeptLines, key_of
from storage.installations import Repository

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
VAULT = Visible(Repository(7, 1, "quartz", "vault", "private", "main"), True, False, DEFAULT_TERMS)


def test_a_line_is_good_for_seconds_and_never_from_the_future() -> None:
    kept: KeptLines[str] = KeptLines()
    assert kept.keep([(VAULT, "vault, 12 views")], NOON) == {key_of(VAULT): "vault, 12 views"}
    assert kept.of([VAULT], NOON + KEPT / 2) == {key_of(VAULT): "vault, 12 views"}
    assert kept.of([VAULT], NOON + KEPT) == {}
    assert kept.of([VAULT], NOON - timedelta(seconds=1)) == {}


def test_who_sees_less_and_what_was_renamed_gets_a_line_of_its_own() -> None:
    kept: KeptLines[str] = KeptLines()
    kept.keep([(VAULT, "vault, 12 views")], NOON)
    assert kept.of([replace(VAULT, sees_traffic=False)], NOON) == {}
    assert kept.of([replace(VAULT, repository=replace(VAULT.repository, name="safe"))], NOON) == {}
    assert kept.of([replace(VAULT, repository=replace(VAULT.repository, visibility="public"))], NOON) == {}


def test_only_so_many_are_kept_and_the_oldest_go_first() -> None:
    kept: KeptLines[int] = KeptLines()
    many = [replace(VAULT, repository=replace(VAULT.repository, id=number)) for number in range(MOST + 1)]
    kept.keep(zip(many, range(MOST + 1), strict=True), NOON)
    assert kept.of(many[:1], NOON) == {}
    assert kept.of(many[-1:], NOON) == {key_of(many[-1]): MOST}
