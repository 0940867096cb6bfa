"""Who did something: a person, a bot, an AI reviewer, an e-mail without an account, or the deleted account's ghost."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """The kind of an actor; `bot` and `ai` are left out of review waits and of people counts."""

    PERSON = "person"
    BOT = "bot"
    AI = "ai"
    EMAIL = "email"
    GHOST = "ghost"


# Accounts of type User, or GraphQL logins that lost their `[bot]` suffix, that are programs all the same.
KNOWN_BOTS = frozenset(
    "allcontributors bors codecov codecov-commenter codecov-io dependabot dependabot-preview github-actions "
    "github-classroom googlebot greenkeeper homu imgbot k8s-ci-robot mergify netlify pre-commit-ci pyup-bot renovate "
    "renovate-bot rust-highfive rustbot snyk-bot sonarcloud sonarqubecloud stale vercel web-flow".split()
)
KNOWN_AIS = frozenset(
    "claude coderabbitai copilot copilot-pull-request-reviewer copilot-swe-agent cursor devin-ai-integration "
    "ellipsis-dev gemini-code-assist google-labs-jules greptile-apps qodo-merge-pro sourcery-ai".split()
)
BOT_SUFFIX = "[bot]"


@dataclass(frozen=True, slots=True)
class Actor:
    """An account as the tables know it: `login` without the `[bot]` suffix, and its kind.

    Two spellings of a login that differ by case only are the same account; compare `key`.
    """

    login: str
    kind: ActorKind

    @property
    def key(self) -> str:
        return self.login.lower()

    @property
    def is_bot(self) -> bool:
        return self.kind in (ActorKind.BOT, ActorKind.AI)

    @classmethod
    def from_github(cls, login: str | None, type_name: str | None = None) -> Actor:
        """Read REST's `type` or GraphQL's `__typename`; no login is the deleted account's ghost."""
        if not login or login.lower() == "ghost":
            return GHOST
        bare = login.removesuffix(BOT_SUFFIX)
        if bare.lower() in KNOWN_AIS:
            return cls(bare, ActorKind.AI)
        if bare != login or type_name == "Bot" or bare.lower() in KNOWN_BOTS:
            return cls(bare, ActorKind.BOT)
        return cls(bare, ActorKind.PERSON)

    @classmethod
    def from_email(cls, email: str) -> Actor:
        """Name a commit's author who has no linked account by a hash, so that no address is stored."""
        digest = hashlib.sha256(email.strip().lower().encode()).hexdigest()[:12]
        return cls(f"h:{digest}", ActorKind.EMAIL)


GHOST = Actor("ghost", ActorKind.GHOST)
