"""What of a payload might be spoken of, and whether the owners of the repository want that."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from analytics.terms import Terms
from handlers.speaking import milestone, pull_request, release
from handlers.speaking.subject import Subject
from handlers.speaking.wanting import wanted
from reports.configuration import Configuration
from reports.speaking import Speaking

AT = "2026-11-20T12:00:00Z"
ADA, TIDY = {"login": "ada", "type": "User"}, {"login": "tidy[bot]", "type": "Bot"}
HERE = {"repository": {"id": 5}, "sender": ADA}
EVERYTHING = Speaking(release=True, milestone=True, merged=True, label="analytics")

Json = dict[str, Any]


def pull(action: str = "closed", author: Json | None = ADA, sender: Json = ADA, **changed: object) -> Subject | None:
    shown = {"number": 7, "merged_at": AT, "updated_at": AT, "user": author, **changed}
    label = {"label": {"name": "Analytics"}}
    return pull_request.subject_of({**HERE, "sender": sender, "action": action, "pull_request": shown, **label})


def published(action: str = "published", sender: Json = ADA, **changed: object) -> Subject | None:
    shown = {"id": 9, "tag_name": "v1", "published_at": AT, "draft": False, **changed}
    return release.subject_of({**HERE, "sender": sender, "action": action, "release": shown})


def closed(action: str = "closed", sender: Json = ADA, **changed: object) -> Subject | None:
    shown = {"number": 3, "title": "1.0", "closed_at": AT, "created_at": AT, "due_on": None, **changed}
    return milestone.subject_of({**HERE, "sender": sender, "action": action, "milestone": shown})


def known(subject: Subject | None) -> Subject:
    assert subject is not None
    return subject


def test_a_merge_is_a_subject_and_no_other_closing_is() -> None:
    assert known(pull()).key == "spoken-merged-5-7"
    assert known(pull()).at == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert pull(merged_at=None) is None
    assert pull("opened") is None
    assert pull("synchronize") is None


def test_one_action_of_a_release_is_a_subject() -> None:
    """GitHub sends `released` or `prereleased` beside `published`: one event is spoken of once."""
    assert known(published()).key == "spoken-release-5-9"
    assert [published(action) for action in ("released", "prereleased", "created", "edited", "deleted")] == [None] * 5
    assert published(draft=True) is None


def test_a_closed_milestone_is_a_subject() -> None:
    assert known(closed()).key == "spoken-milestone-5-3"
    assert [closed(action) for action in ("opened", "created", "edited", "deleted")] == [None] * 4
    assert closed(closed_at=None) is None


def test_a_label_is_a_subject_of_its_own() -> None:
    subject = known(pull("labeled"))
    assert (subject.key, subject.name, subject.is_pull) == ("spoken-label-5-7", "Analytics", True)
    assert pull("unlabeled") is None


def test_a_label_by_a_program_is_none_whatever_the_owners_say() -> None:
    assert pull("labeled", sender=TIDY) is None
    assert pull("labeled", sender={"login": "ada-app[bot]", "type": "User"}) is None


def test_a_deleted_account_is_no_program() -> None:
    assert not known(pull(author=None)).by_program


def configuration(on: Speaking = EVERYTHING, *bots: str) -> Configuration:
    return replace(Configuration(), on=on, terms=Terms(bots=bots))


@pytest.mark.parametrize("subject", [pull(), pull("labeled"), published(), closed()])
def test_each_is_wanted_only_where_it_is_switched_on(subject: Subject) -> None:
    assert not wanted(subject, Configuration())
    assert wanted(subject, configuration())
    without = {"label": None} if subject.kind == "label" else {subject.kind: False}
    assert not wanted(subject, configuration(replace(EVERYTHING, **without)))  # type: ignore[arg-type]


@pytest.mark.parametrize("action", ["closed", "labeled"])
def test_what_a_program_has_opened_takes_a_word_of_its_own(action: str) -> None:
    subject = known(pull(action, author=TIDY))
    assert not wanted(subject, configuration())
    assert wanted(subject, configuration(replace(EVERYTHING, bots=True)))
    named = known(pull(action, author={"login": "Acme-CI", "type": "User"}, sender={"login": "ben", "type": "User"}))
    assert wanted(named, configuration())
    assert not wanted(named, configuration(EVERYTHING, "acme-ci"))


@pytest.mark.parametrize("subject", [pull(sender=TIDY), published(sender=TIDY), closed(sender=TIDY)])
def test_who_merges_publishes_or_closes_may_be_a_program(subject: Subject) -> None:
    assert wanted(subject, configuration())


def test_a_label_by_who_is_a_program_by_the_owners_word_is_not_wanted() -> None:
    assert not wanted(known(pull("labeled", author={"login": "ben", "type": "User"})), configuration(EVERYTHING, "ada"))


def test_the_label_is_the_one_that_was_named_in_any_case() -> None:
    labelled = known(pull("labeled"))
    assert wanted(labelled, configuration(Speaking(label="ANALYTICS")))
    assert not wanted(labelled, configuration(Speaking(label="analytics please")))
