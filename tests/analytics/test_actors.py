"""Actors: one account is one actor, whichever of GitHub's two APIs names it."""

from __future__ import annotations

import pytest

from analytics.actors import GHOST, Actor, ActorKind


@pytest.mark.parametrize(
    ("login", "type_name", "expected"),
    [
        ("fern-lynx", "User", Actor("fern-lynx", ActorKind.PERSON)),
        ("fern-lynx", None, Actor("fern-lynx", ActorKind.PERSON)),
        ("dependabot[bot]", None, Actor("dependabot", ActorKind.BOT)),
        ("dependabot", "Bot", Actor("dependabot", ActorKind.BOT)),
        ("github-actions", None, Actor("github-actions", ActorKind.BOT)),
        ("our-own-app", "Bot", Actor("our-own-app", ActorKind.BOT)),
        ("coderabbitai[bot]", "Bot", Actor("coderabbitai", ActorKind.AI)),
        ("copilot-pull-request-reviewer", None, Actor("copilot-pull-request-reviewer", ActorKind.AI)),
        ("copilot-pull-request-reviewer", "User", Actor("copilot-pull-request-reviewer", ActorKind.AI)),
        ("github-actions", "User", Actor("github-actions", ActorKind.BOT)),
        ("dependabot", "User", Actor("dependabot", ActorKind.BOT)),
        ("k8s-ci-robot", "User", Actor("k8s-ci-robot", ActorKind.BOT)),
        ("Codecov-Commenter", "User", Actor("Codecov-Commenter", ActorKind.BOT)),
        ("claude", None, Actor("claude", ActorKind.AI)),
        ("claude", "Bot", Actor("claude", ActorKind.AI)),
        ("claude[bot]", "User", Actor("claude", ActorKind.AI)),
        ("claude", "User", Actor("claude", ActorKind.PERSON)),
        ("Cursor", "User", Actor("Cursor", ActorKind.PERSON)),
        ("stale", None, Actor("stale", ActorKind.BOT)),
        ("stale", "User", Actor("stale", ActorKind.PERSON)),
        ("vercel", "Organization", Actor("vercel", ActorKind.PERSON)),
        ("Copilot", "Bot", Actor("Copilot", ActorKind.AI)),
        (None, None, GHOST),
        ("", "User", GHOST),
        ("ghost", "User", GHOST),
    ],
)
def test_what_github_calls_an_account(login: str | None, type_name: str | None, expected: Actor) -> None:
    assert Actor.from_github(login, type_name) == expected


def test_bots_and_ai_reviewers_are_bots_and_nobody_else_is() -> None:
    assert [kind.value for kind in ActorKind if Actor("x", kind).is_bot] == ["bot", "ai"]


def test_the_case_of_a_login_does_not_matter() -> None:
    assert Actor("Fern-Lynx", ActorKind.PERSON).key == Actor("fern-lynx", ActorKind.PERSON).key


def test_an_address_is_kept_only_as_a_hash_that_ignores_case_and_blanks() -> None:
    actor = Actor.from_email(" Fern@Example.org ")
    assert actor == Actor.from_email("fern@example.org")
    assert actor.kind is ActorKind.EMAIL
    assert "fern" not in actor.login
    assert len(actor.login) == len("h:") + 12
