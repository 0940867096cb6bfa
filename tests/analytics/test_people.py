"""Persons are numbered by their first contribution, keep the number, and are shown nowhere where they are hidden."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from analytics.metric import Grid, Measured
from analytics.people import hidden_measured, hidden_text, numbered
from analytics.tables import Coded, Tables

DAY = timedelta(days=1)
START = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = ["Opal", "topaz", "drill", "ghost", "h:0a1b2c", "mica", "coderabbitai"]
KINDS = ["person", "bot", "ai", "email", "ghost"]
KIND_OF = {"drill": 1, "coderabbitai": 2, "h:0a1b2c": 3, "ghost": 4}


def actors(*logins: str | None) -> Coded:
    return Coded(np.array([NAMES.index(login) if login else -1 for login in logins]), NAMES)


def kinds(*logins: str | None) -> Coded:
    return Coded(np.array([KIND_OF.get(login, 0) if login else -1 for login in logins]), KINDS)


def moments(*days: int) -> Any:
    return np.array([(START + day * DAY).replace(tzinfo=None) for day in days], dtype="datetime64[us]")


def columns() -> dict[str, dict[str, Any]]:
    """Topaz came first, then Opal; mica only ever merged, and was asked for a review by another spelling."""
    first = ("drill", "topaz", "Opal", "h:0a1b2c", "ghost")
    authors = ("Opal", "drill", "ghost", "topaz")
    return {
        "firsts": {"actor": actors(*first), "actor_kind": kinds(*first), "first_at": moments(0, 1, 2, 3, 4)},
        "pulls": {
            "number": np.array([1, 2, 3, 4]), "author": actors(*authors), "author_kind": kinds(*authors),
            "merged_by": actors("mica", None, "coderabbitai", "topaz"), "is_draft": np.zeros(4, dtype=bool),
        },
        "reviews": {
            "number": np.array([1]), "reviewer": actors("coderabbitai"), "reviewer_kind": kinds("coderabbitai"),
        },
        "timeline": {"number": np.array([1, 1, 1, 1]), "subject": ["MICA", "team:deep", None, "never-seen"]},
    }  # fmt: skip


def test_persons_are_numbered_by_their_first_contribution_and_programs_keep_their_names() -> None:
    renamed, given = numbered(columns())
    assert given == {
        "topaz": "person 1", "opal": "person 2", "h:0a1b2c": "person 3", "mica": "person 4", "never-seen": "person 5",
    }  # fmt: skip
    tables = Tables.of(renamed)
    assert tables.pulls["author"].tolist() == ["person 2", "drill", "ghost", "person 1"]
    assert tables.pulls["merged_by"].tolist()[0] == "person 4"
    assert tables.reviews["reviewer"].tolist() == ["coderabbitai"]
    subjects = [None if isinstance(one, float) else one for one in tables.timeline["subject"].tolist()]
    assert subjects == ["person 4", "team:deep", None, "person 5"]


def test_nothing_that_is_left_holds_a_name_of_a_person() -> None:
    renamed, _ = numbered(columns())
    said = repr(renamed).lower()
    for name in ("opal", "topaz", "mica", "h:0a1b2c", "never-seen"):
        assert name not in said
    assert "drill" in said


def test_who_comes_later_moves_nobodys_number() -> None:
    later = columns()
    later["firsts"] = {
        "actor": actors("drill", "topaz", "Opal", "h:0a1b2c", "ghost", "mica"),
        "actor_kind": kinds("drill", "topaz", "Opal", "h:0a1b2c", "ghost", "mica"),
        "first_at": moments(0, 1, 2, 3, 4, 5),
    }
    before, after = numbered(columns())[1], numbered(later)[1]
    for login in ("topaz", "opal", "h:0a1b2c", "mica"):
        assert before[login] == after[login]


def test_another_repositorys_persons_go_on_counting_and_the_same_person_has_one_number() -> None:
    _, given = numbered(columns())
    _, both = numbered({"commits": {"author": Coded(np.array([0, 1]), ["OPAL", "slate"])}}, given)
    assert (both["opal"], both["slate"]) == ("person 2", "person 6")


def test_the_tables_are_otherwise_the_same() -> None:
    plain, renamed = Tables.of(columns()), Tables.of(numbered(columns())[0])
    assert renamed.pulls["number"].tolist() == plain.pulls["number"].tolist()
    assert renamed.pulls["author_kind"].tolist() == plain.pulls["author_kind"].tolist()
    assert renamed.roster.is_bot.sum() == plain.roster.is_bot.sum()
    assert len(renamed.roster.names) == len(plain.roster.names)


def test_empty_tables_have_nobody() -> None:
    assert numbered({}) == ({}, {})


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("12 people came. Person 3 made half. Bots made the rest.", "12 people came. Bots made the rest."),
        ("person 1 waits.", ""),
        ("A person waits for 3 days.", "A person waits for 3 days."),
        ("", ""),
    ],
)  # fmt: skip
def test_a_sentence_that_names_somebody_is_left_out(text: str, left: str) -> None:
    assert hidden_text(text) == left


def test_hidden_tables_lose_the_columns_of_persons_and_lists_of_persons_altogether() -> None:
    found = hidden_measured(
        Measured(
            facts={"reviews": 12, "busiest": "person 2", "shares": [0.5, 0.5]},
            tables={
                "people": Grid(("login", "commits"), (("person 1", 3), ("drill", 4))),
                "waiting": Grid(("number", "author", "hours"), (("#1", "person 1", 2.0), ("#2", "drill", None))),
                "per_week": Grid(("week", "reviews"), (("2026-W01", 3),)),
                "empty": Grid(("login",)),
            },
            notes=("2 bots left out", "person 7 is new"),
        )
    )
    assert found.facts == {"reviews": 12, "busiest": None, "shares": [0.5, 0.5]}
    assert found.tables == {
        "waiting": Grid(("number", "hours"), (("#1", 2.0), ("#2", None))),
        "per_week": Grid(("week", "reviews"), (("2026-W01", 3),)),
        "empty": Grid(("login",)),
    }
    assert found.notes == ("2 bots left out",)
