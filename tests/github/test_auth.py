"""The App's JWT, and keys that cannot sign one."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from github.auth import App, check_key, check_key_shape

NOW = datetime(2026, 11, 22, 8, 0, 0, 500_000, tzinfo=UTC)


def test_a_jwt_is_backdated_by_a_minute_and_lives_ten(app: App, pem: str) -> None:
    """Measured from GitHub's clock it ends at most 10 minutes ahead even if ours runs a minute fast."""
    public = serialization.load_pem_private_key(pem.encode(), None).public_key()
    token = app.jwt(NOW)
    assert jwt.get_unverified_header(token)["alg"] == "RS256"
    claims = jwt.decode(token, public, algorithms=["RS256"], options={"verify_exp": False, "verify_iat": False})  # type: ignore[arg-type]
    issued = int((NOW - timedelta(seconds=60)).timestamp())
    assert claims == {"iat": issued, "exp": issued + 600, "iss": "Iv23liAlmanac"}


def test_a_naive_time_signs_nothing(app: App) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        app.jwt(datetime(2026, 11, 22))  # noqa: DTZ001


def test_the_key_is_not_shown(app: App) -> None:
    app.jwt(NOW)
    assert repr(app) == "App(client_id='Iv23liAlmanac')"


def test_a_good_key_passes(pem: str) -> None:
    check_key_shape(pem)
    check_key(pem)
    check_key(f"\n  {pem.strip()}  \n\n")


def elliptic() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    kinds = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(*kinds, serialization.NoEncryption()).decode()


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ("", "is not PEM text"),
        ("ssh-rsa AAAA", "is not PEM text"),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc", "is cut off"),
        ("-----BEGIN RSA PRIVATE KEY-----\nTk9UIEEgS0VZ\n-----END RSA PRIVATE KEY-----", "cannot be read"),
        (elliptic(), "is not an RSA key"),
    ],
)
def test_a_bad_key_is_refused_with_a_sentence_that_does_not_quote_it(bad: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as raised:
        check_key(bad)
    with pytest.raises(ValueError, match=sentence):
        App("id", bad).jwt(NOW)
    assert "Tk9U" not in str(raised.value)


def test_importing_the_client_loads_neither_cryptography_nor_pandas() -> None:
    """An idle server signs nothing; see docs/decisions/0002-heavy-libraries-are-lazy.md."""
    code = (
        "import sys, github.client, github.auth, github.reads.pulls, github.writes.comments\n"
        "print([name for name in ('jwt', 'cryptography', 'pandas', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_key_is_checked_in_a_process_of_its_own(pem: str) -> None:
    """Expected: silence for a key that signs, one sentence without the key for one that cannot."""

    def checked(text: str) -> tuple[int, str]:
        run = subprocess.run(
            [sys.executable, "-m", "github.check_key"], input=text, capture_output=True, text=True, check=False
        )
        return run.returncode, run.stdout + run.stderr

    assert checked(pem) == (0, "")
    status, said = checked("-----BEGIN RSA PRIVATE KEY-----\nZm9v\n-----END RSA PRIVATE KEY-----\n")
    assert (status, said) == (1, "the App's private key cannot be read (ValueError)\n")
