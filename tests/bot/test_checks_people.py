"""Who can sign in, who is named an operator, and what encrypts people's tokens, as doctor says it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot import checks_people
from bot.settings import Settings, default_database

DATA = Path("/data")
SETTINGS = Settings(
    issuer="1", private_key="", webhook_secret=b"", api_url="https://api.github.com", graphql_url=None, web_url=None,
    public_url="https://almanac.example.org", database_url=default_database(DATA), data_dir=DATA, host="", port=0,
    clock_url=None, client_id="Iv1", client_secret="quiet-as-a-heron",
)  # fmt: skip
OIDC = {"oidc_issuer": "https://id.example.org", "oidc_client_id": "almanac"}


@pytest.mark.parametrize(
    ("changed", "state", "said"),
    [
        ({}, "ok", "With GitHub; https://almanac.example.org/login/github/callback must be a callback URL."),
        (OIDC, "ok", "With GitHub and with the OpenID provider;"),
        ({**OIDC, "client_secret": None}, "ok", "With the OpenID provider only"),
        ({"client_secret": None}, "warn", "Nobody can without GITHUB_CLIENT_SECRET."),
        ({"client_secret": None, "client_id": None}, "warn", "without GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET."),
        ({"public_url": None}, "warn", "Nobody can: PUBLIC_URL is missing"),
        ({"public_url": "http://almanac.example.org"}, "warn", "Nobody can: PUBLIC_URL is missing, or plain http"),
    ],
)
def test_by_which_way_people_sign_in(changed: dict[str, str], state: str, said: str) -> None:
    step = checks_people.door(replace(SETTINGS, **changed))  # type: ignore[arg-type]
    assert (step.state, said in step.said) == (state, True), step
    assert "heron" not in step.said


@pytest.mark.parametrize(
    ("named", "state", "said"),
    [
        ((), "ok", "OPERATORS names nobody"),
        (("4002",), "ok", "OPERATORS names account number 4002."),
        (("jade", "4002"), "ok", "names the login jade, account number 4002. A login that is given up is anybody's"),
        (("@jade", "4002"), "warn", "names who cannot sign in: @jade."),
        (("jade@example.org", "sub:7"), "warn", "names who cannot sign in: jade@example.org, sub:7."),
    ],
)
def test_whom_operators_names(named: tuple[str, ...], state: str, said: str) -> None:
    step = checks_people.operators(replace(SETTINGS, operators=named))
    assert (step.state, said in step.said) == (state, True), step


def test_each_operator_needs_a_door() -> None:
    behind = replace(SETTINGS, operators=("jade@example.org", "sub:7"), oidc_issuer="https://id.example.org")
    assert (
        checks_people.operators(behind).said
        == "OPERATORS names jade@example.org of the provider, sub:7 of the provider."
    )
    assert checks_people.operators(replace(SETTINGS, operators=("4002",), client_secret=None)).state == "warn"


def test_a_key_beside_the_database_opens_tokens_for_whoever_has_a_copy_of_both() -> None:
    beside = replace(SETTINGS, credentials_file=DATA / "github-app.json")
    assert "whoever has a copy of that folder" in checks_people.tokens(beside).said
    for elsewhere in (
        SETTINGS,
        replace(beside, secret_key="quiet-as-a-heron" * 2),
        replace(beside, database_url="postgresql://db.example.org/almanac"),
    ):
        assert "whoever" not in checks_people.tokens(elsewhere).said
        assert "heron" not in checks_people.tokens(elsewhere).said
