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


# Programs whatever type GitHub gives: many are accounts of type User, and GraphQL's logins lose their `[bot]` suffix.
KNOWN_BOTS = frozenset({
    "allcontributors", "bors", "codeclimate", "codecov", "codecov-commenter", "codecov-io", "coveralls",
    "dependabot", "dependabot-preview", "fossabot", "github-actions", "github-classroom", "googlebot",
    "greenkeeper", "greenkeeperio-bot", "homu", "imgbot", "k8s-ci-robot", "k8s-github-robot", "mergify",
    "pre-commit-ci", "pyup-bot", "renovate-bot", "rust-highfive", "rustbot", "snyk-bot", "sonarcloud",
    "sonarqubecloud", "web-flow",
})  # fmt: skip
KNOWN_AIS = frozenset({
    "coderabbitai", "copilot-pull-request-reviewer", "copilot-swe-agent", "devin-ai-integration", "ellipsis-dev",
    "gemini-code-assist", "google-labs-jules", "greptile-apps", "qodo-merge-pro", "sourcery-ai",
})  # fmt: skip
# Programs where no type is known, such as a commit's author. An account of type User with such a name is a person's.
POSSIBLE_BOTS = frozenset({"netlify", "renovate", "stale", "vercel"})
POSSIBLE_AIS = frozenset({"claude", "copilot", "cursor"})
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
        name, typed_bot = bare.lower(), bare != login or type_name == "Bot"
        if name in KNOWN_AIS or (name in POSSIBLE_AIS and (typed_bot or not type_name)):
            return cls(bare, ActorKind.AI)
        if typed_bot or name in KNOWN_BOTS or (name in POSSIBLE_BOTS and not type_name):
            return cls(bare, ActorKind.BOT)
        return cls(bare, ActorKind.PERSON)

    @classmethod
    def from_email(cls, email: str) -> Actor:
        """Name a commit's author who has no linked account by a hash, so that no address is stored."""
        digest = hashlib.sha256(email.strip().lower().encode()).hexdigest()[:12]
        return cls(f"h:{digest}", ActorKind.EMAIL)


GHOST = Actor("ghost", ActorKind.GHOST)
