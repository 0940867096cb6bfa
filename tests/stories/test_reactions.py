"""👀 while it takes long, 🚀 for an answer, 👎 for a mistake."""

from __future__ import annotations

import pytest

import handlers.conversation
from tests.stories.town import Town


async def test_a_quick_answer_needs_no_eyes(town: Town) -> None:
    """Who is answered at once sees 🚀 and nothing else, and two writes are all it takes."""
    before = town.asked
    said = await town.say("/analytics help")
    writes = [one.path.rsplit("/", 1)[-1] for one in town.requests(before) if one.path.endswith(("comments", "tions"))]
    assert town.reactions(said) == ["rocket"]
    assert writes == ["comments", "reactions"]


async def test_a_slow_answer_is_looked_at_first(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """While GitHub is slow the command carries 👀; in the end only 🚀."""
    monkeypatch.setattr(handlers.conversation, "QUICK", 0.1)
    slow = town.break_("latency", operation="Pulls", delay=0.5)
    said = await town.say("/analytics pulls")
    reacted = [one for one in town.requests() if "/reactions" in one.path]
    assert slow.hit == 1
    assert [(one.method, one.body) for one in reacted] == [
        ("POST", b'{"content":"eyes"}'),
        ("POST", b'{"content":"rocket"}'),
        ("DELETE", b""),
    ]
    assert town.reactions(said) == ["rocket"]


async def test_eyes_do_not_outlive_a_wait(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that had to wait for GitHub's limit takes back the 👀 of its first attempt."""
    monkeypatch.setattr(handlers.conversation, "QUICK", 0.1)
    town.break_("latency", operation="Pulls", delay=0.5, times=1)
    town.sandbox.limits.graphql = 1
    said = await town.say("/analytics pulls 90d")
    assert town.reactions(said) == ["eyes"]
    town.sandbox.limits.graphql = 5000
    monkeypatch.setattr(handlers.conversation, "QUICK", 600.0)
    await town.wait(minutes=61)
    assert "pull requests opened" in town.answer_to(said)
    assert town.reactions(said) == ["rocket"]


async def test_eyes_that_are_on_their_way_are_taken_back(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is there before GitHub has confirmed the 👀: they go all the same."""
    monkeypatch.setattr(handlers.conversation, "QUICK", 0.0)
    slow = town.break_("latency", "POST", "*/reactions", delay=0.3)
    said = await town.say("/analytics help")
    assert slow.hit == 1
    assert town.reactions(said) == ["rocket"]


async def test_a_mistake_gets_a_thumb(town: Town) -> None:
    """👎 with a reply."""
    said = await town.say("/analytics 0d")
    assert town.reactions(said) == ["-1"]
    assert "Usage:" in town.answer_to(said)


async def test_more_questions_than_a_comment_may_have_are_no_mistake(town: Town) -> None:
    """Five are answered, the sixth is named as left out, and the reaction is that of an answer."""
    metrics = ("pulls", "issues", "commits", "authors", "overview", "time-to-merge")
    said = await town.say("\n".join(f"/analytics help {name}" for name in metrics))
    (answer,) = town.answers_to(said)
    assert "the rest was left out" in answer["body"]
    assert town.reactions(said) == ["rocket"]
