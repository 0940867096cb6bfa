"""A configuration is complete, or refused with every fault named; secrets stay out of what is printed."""

from __future__ import annotations

import base64
import re
from dataclasses import fields
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import Incomplete, Settings, default_database
from github.endpoints import Endpoints

SECRET = "quiet-as-a-heron"
PLAIN = serialization.NoEncryption()
Encoding, Format = serialization.Encoding, serialization.PrivateFormat


@pytest.fixture(scope="session")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def pem(rsa_key: rsa.RSAPrivateKey) -> str:
    """A key as GitHub gives it out."""
    return rsa_key.private_bytes(Encoding.PEM, Format.TraditionalOpenSSL, PLAIN).decode()


@pytest.fixture
def complete(pem: str) -> dict[str, str]:
    """The least that a server needs."""
    return {"GITHUB_APP_ID": "12345", "GITHUB_PRIVATE_KEY": pem, "GITHUB_WEBHOOK_SECRET": SECRET}


def faults(environ: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(Incomplete) as refused:
        Settings.from_environ(environ)
    return refused.value.faults


def test_three_variables_are_enough(complete: dict[str, str], pem: str) -> None:
    settings = Settings.from_environ(complete)

    assert (settings.issuer, settings.private_key, settings.webhook_secret) == ("12345", pem, SECRET.encode())
    assert (settings.host, settings.port, settings.data_dir) == ("0.0.0.0", 8080, Path("data"))
    assert settings.database_url == default_database(Path("data"))
    assert settings.database_url.startswith("sqlite:////")
    assert settings.api_url == "https://api.github.com"
    assert settings.graphql_url is settings.web_url is settings.public_url is settings.clock_url is None
    assert settings.picture_base is None


def test_everything_can_be_said(complete: dict[str, str]) -> None:
    settings = Settings.from_environ(
        complete
        | {
            "GITHUB_CLIENT_ID": "Iv23abc", "GITHUB_API_URL": "https://ghe.example.com/api/v3/", "HOST": "127.0.0.1",
            "PORT": "0", "DATA_DIR": "/var/lib/almanac", "PUBLIC_URL": " https://almanac.example.com/ ",
            "GITHUB_GRAPHQL_URL": "https://ghe.example.com/graph", "GITHUB_URL": "https://ghe.example.com",
            "CLOCK_URL": "http://127.0.0.1:1/clock", "DATABASE_URL": "sqlite:////tmp/other.db",
        }
    )  # fmt: skip

    assert settings.issuer == "Iv23abc", "the client id is what GitHub recommends"
    assert (settings.api_url, settings.public_url) == ("https://ghe.example.com/api/v3", "https://almanac.example.com")
    assert (settings.graphql_url, settings.web_url) == ("https://ghe.example.com/graph", "https://ghe.example.com")
    assert (settings.host, settings.port, settings.data_dir) == ("127.0.0.1", 0, Path("/var/lib/almanac"))
    assert settings.clock_url == "http://127.0.0.1:1/clock"
    assert settings.database_url == "sqlite:////tmp/other.db"


def test_an_enterprise_server_needs_one_address_only(complete: dict[str, str]) -> None:
    settings = Settings.from_environ(complete | {"GITHUB_API_URL": "https://ghe.example.com/api/v3"})
    endpoints = Endpoints.of(settings.api_url, settings.graphql_url, settings.web_url)

    assert endpoints == Endpoints(
        "https://ghe.example.com/api/v3", "https://ghe.example.com/api/graphql", "https://ghe.example.com"
    )


SINGLE_FAULTS = [
    ({"GITHUB_APP_ID": ""}, "GITHUB_APP_ID (or GITHUB_CLIENT_ID) is missing"),
    ({"GITHUB_PRIVATE_KEY": ""}, "GITHUB_PRIVATE_KEY is missing"),
    ({"GITHUB_PRIVATE_KEY": "/no/such/file.pem"}, "GITHUB_PRIVATE_KEY is neither PEM text, nor base64"),
    ({"GITHUB_PRIVATE_KEY": "/"}, "GITHUB_PRIVATE_KEY is neither PEM text, nor base64"),
    ({"GITHUB_PRIVATE_KEY": "a\0b"}, "GITHUB_PRIVATE_KEY is neither PEM text, nor base64"),
    ({"GITHUB_WEBHOOK_SECRET": " "}, "GITHUB_WEBHOOK_SECRET is missing"),
    ({"GITHUB_API_URL": "api.github.com"}, "GITHUB_API_URL is not a web address: 'api.github.com'"),
    ({"GITHUB_GRAPHQL_URL": "ftp://example.com"}, "GITHUB_GRAPHQL_URL is not a web address"),
    ({"GITHUB_URL": "https://"}, "GITHUB_URL is not a web address"),
    ({"PUBLIC_URL": "https://[::1"}, "PUBLIC_URL is not a web address"),
    ({"PUBLIC_URL": "https://example.com:99999"}, "PUBLIC_URL is not a web address"),
    (
        {"PUBLIC_URL": "https://example.com/almanac/"},
        "PUBLIC_URL has a path: 'https://example.com/almanac'",
    ),
    ({"PUBLIC_URL": "https://example.com?a=b"}, "PUBLIC_URL has a path"),
    ({"CLOCK_URL": "now"}, "CLOCK_URL is not a web address"),
    ({"PORT": "http"}, "PORT is not a port: 'http'"),
    ({"PORT": "65536"}, "PORT is not a port: '65536'"),
    ({"PORT": "-1"}, "PORT is not a port: '-1'"),
    ({"PORT": "٨٠"}, "PORT is not a port"),
    ({"PORT": "9" * 5000}, "PORT is not a port"),
    ({"DATABASE_URL": "postgresql"}, "DATABASE_URL is not a database address"),
    ({"DATABASE_URL": "mysql://almanac@db/almanac"}, "DATABASE_URL is not a database address"),
    ({"DATABASE_URL": "almanac.db"}, "DATABASE_URL is not a database address"),
    ({"DATABASE_URL": "sqlite"}, "DATABASE_URL is not a database address"),
]


@pytest.mark.parametrize(
    ("wrong", "said"), SINGLE_FAULTS, ids=[str(list(each[0].items()))[:60] for each in SINGLE_FAULTS]
)
def test_a_single_fault_is_the_only_one_named(complete: dict[str, str], wrong: dict[str, str], said: str) -> None:
    (fault,) = faults(complete | wrong)
    assert fault.startswith(said)


def test_every_fault_is_named_at_once() -> None:
    named = faults({
        "GITHUB_API_URL": "a", "GITHUB_GRAPHQL_URL": "b", "GITHUB_URL": "c", "PUBLIC_URL": "d", "CLOCK_URL": "e",
        "PORT": "f", "DATABASE_URL": "g",
    })  # fmt: skip
    begins = [fault.split()[0] for fault in named]

    assert sorted(begins) == sorted([
        "GITHUB_APP_ID", "GITHUB_PRIVATE_KEY", "GITHUB_WEBHOOK_SECRET", "GITHUB_API_URL", "GITHUB_GRAPHQL_URL",
        "GITHUB_URL", "PUBLIC_URL", "CLOCK_URL", "PORT", "DATABASE_URL",
    ])  # fmt: skip
    with pytest.raises(Incomplete) as refused:
        Settings.from_environ({})
    assert len(str(refused.value).splitlines()) == 3


@pytest.mark.parametrize("form", ["text", "escaped", "crlf", "base64", "wrapped", "path", "pkcs8"])
def test_a_key_may_be_given_in_any_of_these_forms(
    complete: dict[str, str], pem: str, rsa_key: rsa.RSAPrivateKey, form: str, tmp_path: Path
) -> None:
    (tmp_path / "key.pem").write_text(pem)
    pkcs8 = rsa_key.private_bytes(Encoding.PEM, Format.PKCS8, PLAIN).decode()
    given_as = {
        "text": pem,
        "escaped": pem.replace("\n", "\\n"),
        "crlf": pem.replace("\n", "\r\n"),
        "base64": base64.b64encode(pem.encode()).decode(),
        "wrapped": base64.encodebytes(pem.encode()).decode(),
        "path": str(tmp_path / "key.pem"),
        "pkcs8": pkcs8,
    }[form]
    key = Settings.from_environ(complete | {"GITHUB_PRIVATE_KEY": given_as}).private_key

    assert key.splitlines() == (pkcs8 if form == "pkcs8" else pem).splitlines()
    assert key.endswith("-----\n")


def test_keys_of_other_kinds_are_refused(
    complete: dict[str, str], pem: str, rsa_key: rsa.RSAPrivateKey, tmp_path: Path
) -> None:
    elliptic = ec.generate_private_key(ec.SECP256R1())
    public = rsa_key.public_key().public_bytes(Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    with_passphrase = serialization.BestAvailableEncryption(b"x")
    wrong = {
        "elliptic": elliptic.private_bytes(Encoding.PEM, Format.TraditionalOpenSSL, PLAIN).decode(),
        "openssh": rsa_key.private_bytes(Encoding.PEM, Format.OpenSSH, PLAIN).decode(),
        "public": public.decode(),
        "with a passphrase": rsa_key.private_bytes(Encoding.PEM, Format.PKCS8, with_passphrase).decode(),
        "cut off": pem[: len(pem) // 2],
        "one line": pem.replace("\n", " "),
    }
    (tmp_path / "empty.pem").write_text("")
    wrong |= {
        "an empty file": str(tmp_path / "empty.pem"),
        "cut off in base64": base64.b64encode(pem[:900].encode()).decode(),
    }
    for kind, value in wrong.items():
        (fault,) = faults(complete | {"GITHUB_PRIVATE_KEY": value})
        assert fault.startswith("GITHUB_PRIVATE_KEY holds no key that can be used: "), kind
        assert not any(line in fault for line in value.splitlines() if len(line) > 40), kind
    assert "cut off" in faults(complete | {"GITHUB_PRIVATE_KEY": wrong["cut off"]})[0]


def test_secrets_are_not_in_the_settings_repr(complete: dict[str, str], pem: str) -> None:
    settings = Settings.from_environ(complete | {"DATABASE_URL": "sqlite:////tmp/a.db?password=hush-hush"})

    shown = repr(settings)
    for secret in (SECRET, "hush-hush", pem.splitlines()[1]):
        assert secret not in shown
    assert "issuer='12345'" in shown


@given(st.text(min_size=12))
def test_a_mangled_secret_is_never_in_a_fault(text: str) -> None:
    """Whatever stands in the key's, the secret's or the database's place, what is said about it does not repeat it."""
    value = text.replace("\0", "") + "hush-hush-hush"
    named = faults({"GITHUB_PRIVATE_KEY": value, "GITHUB_WEBHOOK_SECRET": value, "DATABASE_URL": value})

    assert not any("hush-hush-hush" in fault for fault in named)


@pytest.mark.parametrize(
    ("url", "usable"),
    [
        ("https://almanac.example.com", True),
        ("http://127.0.0.1:8080", True),
        ("http://127.8.9.1", True),
        ("http://[::1]:8080", True),
        ("http://localhost:8080", True),
        ("http://almanac.example.com", False),
        ("http://10.0.0.7", False),
        ("http://localhost.example.com", False),
        ("http://0.0.0.0:8080", False),
    ],
)
def test_pictures_are_hosted_where_github_or_a_browser_beside_the_server_can_fetch_them(
    complete: dict[str, str], url: str, usable: bool
) -> None:
    settings = Settings.from_environ(complete | {"PUBLIC_URL": url})
    assert settings.picture_base == (url if usable else None)
    assert settings.public_url == url


def test_an_empty_variable_is_an_absent_one(complete: dict[str, str]) -> None:
    names = ("PORT", "HOST", "DATA_DIR", "PUBLIC_URL", "GITHUB_API_URL", "DATABASE_URL", "CLOCK_URL")
    assert Settings.from_environ(complete | dict.fromkeys(names, " ")) == Settings.from_environ(complete)


def test_the_tick_token_is_a_secret_and_may_be_missing(complete: dict[str, str]) -> None:
    assert Settings.from_environ(complete).tick_token is None
    assert Settings.from_environ(complete | {"TICK_TOKEN": "  "}).tick_token is None
    settings = Settings.from_environ(complete | {"TICK_TOKEN": " a-quiet-heron\n"})
    assert settings.tick_token == b"a-quiet-heron"
    assert "heron" not in repr(settings)


def test_the_days_of_grace_are_a_whole_number(complete: dict[str, str]) -> None:
    assert Settings.from_environ(complete).grace_days == 30
    assert Settings.from_environ(complete | {"GRACE_DAYS": "0"}).grace_days == 0
    for wrong in ("-1", "a month", "30.5", "99999", "\u0663"):
        (fault,) = faults(complete | {"GRACE_DAYS": wrong})
        assert fault.startswith("GRACE_DAYS is not a number of days")


def test_what_is_kept_is_whole_years_or_for_ever(complete: dict[str, str]) -> None:
    assert Settings.from_environ(complete).kept_years == {}
    given = Settings.from_environ(complete | {"RAW_ANSWERS_YEARS": "1", "LISTS_YEARS": "100"})
    assert given.kept_years == {"raw_answers": 1, "traffic_lists": 100}
    for name in ("RAW_ANSWERS_YEARS", "LISTS_YEARS"):
        for wrong in ("0", "-1", "101", "a year", "1.5", "9999", "\u0663"):
            (fault,) = faults(complete | {name: wrong})
            assert fault.startswith(f"{name} is not a number of years")


SIGNING_IN = {
    "PUBLIC_URL": "https://almanac.quartz.example",
    "GITHUB_CLIENT_ID": "Iv23abc",
    "GITHUB_CLIENT_SECRET": SECRET,
    "OIDC_ISSUER": "https://id.quartz.example/",
    "OIDC_CLIENT_ID": "almanac",
    "OIDC_CLIENT_SECRET": SECRET,
    "OPERATORS": "jade, 4002\n opal@quartz.example",
    "SECRET_KEY": "k" * 32,
}


def test_signing_in_can_be_said(complete: dict[str, str]) -> None:
    settings = Settings.from_environ(complete | SIGNING_IN)
    assert settings.oidc_issuer == "https://id.quartz.example/"  # letter by letter: a slash is a part of it
    assert settings.operators == ("jade", "4002", "opal@quartz.example")
    assert "k" * 32 not in repr(settings)
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"GITHUB_CLIENT_ID": "", "GITHUB_APP_ID": "1"}, "GITHUB_CLIENT_ID is missing"),
        ({"OIDC_CLIENT_ID": ""}, "OIDC_CLIENT_ID is missing"),
        ({"OIDC_ISSUER": ""}, "OIDC_ISSUER is missing"),
        ({"OIDC_ISSUER": "http://id.quartz.example"}, "OIDC_ISSUER is not"),
        ({"OIDC_ISSUER": "id.quartz.example"}, "OIDC_ISSUER is not"),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL must be https"),
        ({"PUBLIC_URL": "http://almanac.quartz.example"}, "PUBLIC_URL must be https"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too short"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_half_of_signing_in_is_a_fault(complete: dict[str, str], changed: dict[str, str], words: str) -> None:
    (fault,) = faults(complete | SIGNING_IN | changed)
    assert words in fault
    assert SECRET not in fault


def test_secrets_are_exchanged_with_the_one_before_at_hand(complete: dict[str, str]) -> None:
    """Also where the App's key encrypted before, given in whichever form a key may have."""
    pem = complete["GITHUB_PRIVATE_KEY"]
    alone = Settings.from_environ(complete)
    assert (alone.webhook_secrets, alone.former_sealing_secrets) == ((SECRET.encode(),), ())
    first = Settings.from_environ(complete | SIGNING_IN)
    assert first.former_sealing_secrets == (alone.sealing_secret,), "a first SECRET_KEY signs nobody out"
    more = {"GITHUB_WEBHOOK_SECRET_PREVIOUS": "before", "SECRET_KEY_PREVIOUS": "b" * 32}
    exchanged = Settings.from_environ(complete | SIGNING_IN | more)
    assert exchanged.webhook_secrets == (SECRET.encode(), b"before")
    assert exchanged.former_sealing_secrets[0] == b"b" * 32
    encoded = base64.b64encode(pem.encode()).decode()
    another = Settings.from_environ(complete | {"SECRET_KEY_PREVIOUS": encoded})
    assert another.former_sealing_secrets == (alone.sealing_secret,)
    assert not {"before", "b" * 32} & set(repr(exchanged).split("'"))


def test_every_secret_is_known_as_one_and_in_no_repr(complete: dict[str, str]) -> None:
    """Whatever setting says of itself that it is a secret, a key, a password or a token."""
    given = complete | SIGNING_IN | {
        "GITHUB_WEBHOOK_SECRET": "s-webhook", "GITHUB_WEBHOOK_SECRET_PREVIOUS": "s-webhook-before",
        "GITHUB_CLIENT_SECRET": "s-client", "OIDC_CLIENT_SECRET": "s-oidc", "SECRET_KEY": "s" * 32,
        "SECRET_KEY_PREVIOUS": "t" * 32, "TICK_TOKEN": "s-tick", "METRICS_TOKEN": "s-metrics",
        "DATABASE_URL": "postgresql://me:s%40password@db/almanac",
    }  # fmt: skip
    settings = Settings.from_environ(given)
    assert all(getattr(settings, one.name) for one in fields(settings) if not one.repr), "each has a value here"
    secrets = {text for name, text in given.items() if re.search("SECRET|TOKEN", name)} | {"s%40password", "s@password"}
    assert set(settings.secrets) == secrets | {settings.private_key}
    assert not any(secret in repr(settings) for secret in settings.secrets)
