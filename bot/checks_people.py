"""Whether people can sign in: GitHub's door, the operators, and the key that encrypts what GitHub gives for people."""

from __future__ import annotations

from bot.settings import Settings
from dashboard.step import Step, ok, warn
from storage.urls import sqlite_path

SIGNING_IN = "Signing in"
OPERATORS = "The operators"
TOKENS = "The key of people's tokens"
LOGIN = "the login"
HTTPS = "Set PUBLIC_URL to the https address of this server."


def door(settings: Settings) -> Step:
    """Say by which way people sign in."""
    by_github = bool(settings.client_id and settings.client_secret)
    if settings.picture_base is None:
        return warn(SIGNING_IN, "Nobody can: PUBLIC_URL is missing, or plain http to another machine.", HTTPS)
    if not by_github and settings.oidc_issuer is None:
        lacking = [each for each in ("GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET") if not given(settings, each)]
        return warn(
            SIGNING_IN,
            f"Nobody can without {' and '.join(map(settings.called, lacking))}. Threads are answered all the same.",
            "The App's page shows the client id, and makes a client secret. Without a dashboard nothing is to be done.",
        )
    if not by_github:
        return ok(SIGNING_IN, "With the OpenID provider only, whose people see nothing but what they are given here.")
    also = " and with the OpenID provider" if settings.oidc_issuer else ""
    return ok(SIGNING_IN, f"With GitHub{also}; {settings.picture_base}/login/github/callback must be a callback URL.")


def given(settings: Settings, name: str) -> bool:
    """Tell whether one of the two that GitHub's door needs is there."""
    return bool(settings.client_id if name == "GITHUB_CLIENT_ID" else settings.client_secret)


def operators(settings: Settings) -> Step:
    """Say whom OPERATORS names, and which of its entries can be nobody."""
    if not settings.operators:
        return ok(OPERATORS, "OPERATORS names nobody; who was made one on the dashboard is one all the same.")
    wrong = [each for each in settings.operators if is_nobody(each, settings)]
    if wrong:
        return warn(
            OPERATORS,
            f"OPERATORS names who cannot sign in: {', '.join(wrong)}.",
            "At GitHub write a login without @ or, better, the account's number; of the provider at OIDC_ISSUER a "
            "verified address, or sub: and the subject.",
        )
    named = f"OPERATORS names {', '.join(map(described, settings.operators))}."
    if any(described(each).startswith(LOGIN) for each in settings.operators):
        named += " A login that is given up is anybody's to take: an account's number is safer."
    return ok(OPERATORS, named)


def is_nobody(entry: str, settings: Settings) -> bool:
    """Tell whether an entry fits nobody who can sign in here."""
    if entry.startswith("@"):
        return True
    if "@" in entry or entry.startswith("sub:"):
        return settings.oidc_issuer is None
    return not (settings.client_id and settings.client_secret)


def described(entry: str) -> str:
    """Return what an entry of OPERATORS stands for."""
    if "@" in entry or entry.startswith("sub:"):
        return f"{entry} of the provider"
    return f"account number {entry}" if entry.isdigit() else f"{LOGIN} {entry}"


def tokens(settings: Settings) -> Step:
    """Say what encrypts the tokens that GitHub gives for people, and who could open them."""
    if settings.secret_key:
        return ok(TOKENS, "SECRET_KEY, without which no copy of the database opens them.")
    file, database = settings.credentials_file, sqlite_path(settings.database_url)
    if file is not None and database is not None and database.parent.absolute() == file.parent.absolute():
        return ok(
            TOKENS,
            f"The App's private key in {file}, beside the database: whoever has a copy of that folder, such as a "
            "backup, can open them. Guard copies like the folder itself, or set SECRET_KEY.",
        )
    return ok(TOKENS, "The App's private key; with another key people sign in again, unless SECRET_KEY is set.")
