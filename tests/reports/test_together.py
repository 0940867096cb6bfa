"""Which repositories are counted together in a thread: what its readers may see, and not how much else there is."""

from __future__ import annotations

import pytest

from reports.together import chosen
from storage.installations import Repository, Visibility


def repository(number: int, visibility: Visibility) -> Repository:
    return Repository(number, 51, "acme", f"r{number}", visibility, "main")


VISIBILITIES: tuple[Visibility, ...] = ("public", "public", "internal", "private", "private")
STORED = [repository(number, visibility) for number, visibility in enumerate(VISIBILITIES, 1)]


@pytest.mark.parametrize(
    ("asked_in", "ids"), [(STORED[0], (1, 2)), (STORED[2], (1, 2, 3)), (STORED[3], (1, 2, 4))], ids=str
)
def test_who_reads_a_thread_reads_no_more_than_they_may(asked_in: Repository, ids: tuple[int, ...]) -> None:
    assert chosen(asked_in, STORED).ids == ids


def test_what_was_just_reported_of_the_threads_repository_counts() -> None:
    """The store still says public; the delivery says private: its thread is one, and is counted as its own."""
    assert chosen(repository(1, "private"), STORED).ids == (1, 2)
    assert chosen(repository(9, "public"), STORED).ids == (1, 2, 9)


def test_the_sentence_does_not_tell_how_many_are_left_out() -> None:
    said = {chosen(STORED[0], STORED[:size]).sentence for size in (2, 3, 5)}
    assert said == {
        "counted over 2 repositories of acme, public ones only; uniques are never added up, so there are none"
    }
