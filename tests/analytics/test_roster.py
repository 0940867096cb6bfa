"""The roster: one number for each actor, whatever table and spelling it comes in."""

from __future__ import annotations

from analytics.roster import GHOST_CODE
from tests.analytics.builders import commit, issue, pull, review, tables


def test_spellings_that_differ_by_case_are_one_actor() -> None:
    roster = tables(pulls=[pull(1, by="Fern-Lynx")], issues=[issue(1, by="fern-lynx")]).roster
    assert roster.codes["pulls.author"].tolist() == roster.codes["issues.author"].tolist() == [1]
    assert len(roster.names) == 2


def test_nobody_and_ghost_are_the_one_ghost() -> None:
    roster = tables(pulls=[pull(1, by=None), pull(1, by="ghost")]).roster
    assert roster.codes["pulls.author"].tolist() == [GHOST_CODE, GHOST_CODE]
    assert roster.is_person.tolist() == [False]


def test_bots_and_e_mails_are_known_by_their_kind() -> None:
    roster = tables(
        pulls=[pull(1, by="dependabot[bot]")],
        reviews=[review("coderabbitai", of="fern-lynx")],
        commits=[commit(1, by="h:0123456789ab")],
    ).roster
    by_name = dict(zip(roster.names, roster.is_bot.tolist(), strict=True))
    assert by_name == {
        "ghost": False,
        "dependabot": True,
        "coderabbitai": True,
        "fern-lynx": False,
        "h:0123456789ab": False,
    }
    assert [name for name, is_email in zip(roster.names, roster.is_email, strict=True) if is_email] == [
        "h:0123456789ab"
    ]


def test_the_alphabet_ignores_case() -> None:
    roster = tables(pulls=[pull(1, by=login) for login in ("Zinc-Crane", "amber-heron", "Fern-Lynx")]).roster
    ordered = sorted(roster.names, key=lambda name: roster.rank[roster.names.index(name)])
    assert ordered == ["amber-heron", "Fern-Lynx", "ghost", "Zinc-Crane"]


def test_an_empty_repository_knows_only_the_ghost() -> None:
    roster = tables().roster
    assert roster.names == ("ghost",)
    assert roster.tally(roster.codes["reviews.reviewer"]).tolist() == [0]
