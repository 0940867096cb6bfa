"""One frozen `Settings`, read once from the environment: complete, or refused with every fault named at once."""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from bot.credentials import NAMES, completed
from github.auth import check_key_shape

DEFAULT_PORT = 8080
MAX_PORT = 65535
DEFAULT_GRACE_DAYS = 30
MOST_GRACE_DAYS = 3650
MOST_YEARS = 100
DEFAULT_API_URL = "https://api.github.com"
ROLES = frozenset({"serve", "work", "clock"})
PEM_MARK = "-----BEGIN"
SHORTEST_SECRET = 32


class Incomplete(Exception):  # noqa: N818 - it names the state of the configuration, not an error of ours
    """The environment does not make a configuration; `faults` holds one sentence per fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Settings:
    """Everything the server is told from outside. Secrets never appear in its `repr`."""

    issuer: str
    """What signs for the App: its client id, or its numeric id."""
    private_key: str = field(repr=False)
    webhook_secret: bytes = field(repr=False)
    api_url: str
    graphql_url: str | None
    web_url: str | None
    public_url: str | None
    database_url: str = field(repr=False)
    data_dir: Path
    host: str
    port: int
    clock_url: str | None
    tick_token: bytes | None = field(default=None, repr=False)
    """What an external scheduler shows at `POST /tick`; None where nobody may."""
    metrics_token: bytes | None = field(default=None, repr=False)
    """What Prometheus shows at `GET /metrics`; None where nobody may."""
    grace_days: int = DEFAULT_GRACE_DAYS
    """Days that the data of an uninstalled App and of removed repositories is kept."""
    raw_answers_years: int | None = None
    """Whole years before the present one of which GitHub's answers are kept as they came; None keeps all."""
    lists_years: int | None = None
    """Likewise of the lists of referrers and paths."""
    credentials_file: Path | None = None
    """Where the App's credentials were stored by the set-up; None where they stand in the environment."""
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    """With the client id, what people sign in with through GitHub; None where they cannot."""
    oidc_issuer: str | None = None
    """The OpenID Connect provider through which people may sign in, too; None where there is none."""
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = field(default=None, repr=False)
    oidc_name: str | None = None
    """What the sign-in page calls that provider."""
    operators: tuple[str, ...] = ()
    """Who sees and maintains everything: GitHub logins or account numbers, verified addresses, or `sub:…`."""
    secret_key: str | None = field(default=None, repr=False)
    """What encrypts the tokens of people who signed in; None where the App's private key does."""
    previous_webhook_secret: bytes | None = field(default=None, repr=False)
    """The secret that signed webhooks before, accepted as well while another takes its place."""
    previous_secret_key: str | None = field(default=None, repr=False)
    """What encrypted those tokens before: a `SECRET_KEY`, or the PEM text of an App's private key."""

    roles: frozenset[str] = ROLES
    """What this process does: `serve` answers HTTP, `work` runs jobs, `clock` lets time put jobs into the queue."""

    def called(self, name: str) -> str:
        """Return what a message calls one of the App's credentials, such as GITHUB_PRIVATE_KEY: where it came from."""
        return called(name, self.credentials_file)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything here that no log may hold: what is in no `repr`, and of the database's address the password."""
        hidden = [getattr(self, one.name) for one in fields(self) if not one.repr and one.name != "database_url"]
        texts = [one.decode() if isinstance(one, bytes) else one for one in hidden if one]
        password = urlsplit(self.database_url).password
        # a driver may tell of it as it is written in the address, or as it is
        return (*texts, *dict.fromkeys([password, unquote(password)] if password else []))

    @property
    def webhook_secrets(self) -> tuple[bytes, ...]:
        """What may sign a webhook, the present secret first."""
        return tuple(secret for secret in (self.webhook_secret, self.previous_webhook_secret) if secret)

    @property
    def sealing_secret(self) -> bytes:
        """What the key follows from that encrypts the tokens of people who signed in."""
        return (self.secret_key or self.private_key).encode()

    @property
    def former_sealing_secrets(self) -> tuple[bytes, ...]:
        """What such a key may have followed from before; the private key, too, where there is a `SECRET_KEY` now."""
        before = (self.previous_secret_key, self.private_key if self.secret_key else None)
        return tuple(secret.encode() for secret in before if secret)

    @property
    def picture_base(self) -> str | None:
        """Where GitHub's readers can fetch pictures: `PUBLIC_URL` if it is https, or http on loopback; else None."""
        return self.public_url if self.public_url and is_usable_picture_base(self.public_url) else None

    @property
    def kept_years(self) -> Mapping[str, int]:
        """How many whole years before the present one are kept, by table; one that is not named is kept for ever."""
        wanted = {"raw_answers": self.raw_answers_years, "traffic_lists": self.lists_years}
        return {table: years for table, years in wanted.items() if years is not None}

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read the environment, and the stored credentials where it has none; raise `Incomplete`, every fault named."""
        data_dir = Path(environ.get("DATA_DIR", "").strip() or "data")
        found = completed(environ, data_dir, environ.get("GITHUB_API_URL", "").strip() or DEFAULT_API_URL)
        if found.faults:
            raise Incomplete(list(found.faults))
        read = Reader(found.environ, found.file)
        issuer = read.text("GITHUB_CLIENT_ID") or read.text("GITHUB_APP_ID")
        if issuer is None:
            read.fault("GITHUB_APP_ID (or GITHUB_CLIENT_ID) is missing: the number on the App's page, such as 12345")
        read.app_id("GITHUB_APP_ID")
        settings = cls(
            issuer=issuer or "",
            private_key=read.private_key("GITHUB_PRIVATE_KEY"),
            webhook_secret=read.secret("GITHUB_WEBHOOK_SECRET"),
            api_url=read.url("GITHUB_API_URL") or DEFAULT_API_URL,
            graphql_url=read.url("GITHUB_GRAPHQL_URL"),
            web_url=read.url("GITHUB_URL"),
            public_url=read.root("PUBLIC_URL"),
            database_url=read.database("DATABASE_URL") or default_database(data_dir),
            data_dir=data_dir,
            host=read.text("HOST") or "0.0.0.0",  # noqa: S104 - a container is reached from outside itself
            port=read.port("PORT"),
            clock_url=read.url("CLOCK_URL"),
            tick_token=(read.text("TICK_TOKEN") or "").encode() or None,
            metrics_token=(read.text("METRICS_TOKEN") or "").encode() or None,
            grace_days=read.days("GRACE_DAYS", DEFAULT_GRACE_DAYS, MOST_GRACE_DAYS),
            raw_answers_years=read.years("RAW_ANSWERS_YEARS"),
            lists_years=read.years("LISTS_YEARS"),
            credentials_file=found.file,
            client_id=read.text("GITHUB_CLIENT_ID"),
            client_secret=read.text("GITHUB_CLIENT_SECRET"),
            oidc_issuer=read.text("OIDC_ISSUER"),
            oidc_client_id=read.text("OIDC_CLIENT_ID"),
            oidc_client_secret=read.text("OIDC_CLIENT_SECRET"),
            oidc_name=read.text("OIDC_NAME"),
            roles=read.roles("ROLES"),
            operators=tuple((read.text("OPERATORS") or "").replace(",", " ").split()),
            secret_key=read.text("SECRET_KEY"),
            previous_webhook_secret=(read.text("GITHUB_WEBHOOK_SECRET_PREVIOUS") or "").encode() or None,
            previous_secret_key=read.former_key("SECRET_KEY_PREVIOUS"),
        )
        read.signing_in(settings)
        if read.faults:
            raise Incomplete(read.faults)
        return settings


def called(name: str, file: Path | None) -> str:
    """Return what a message calls one of the App's credentials: the variable, or its place in the stored file."""
    return f"{NAMES[name]} in {file}" if file is not None else name


def default_database(data_dir: Path) -> str:
    """Return the address of the SQLite file that is used when no DATABASE_URL is given."""
    return f"sqlite:///{(data_dir / 'almanac.db').absolute()}"


def is_web_address(value: str) -> bool:
    """Tell whether `value` is an http or https address whose host and port can be asked."""
    try:
        parts: SplitResult = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port beyond 65535, an IPv6 address without its end
        return False


def is_usable_picture_base(url: str) -> bool:
    """Tell whether GitHub's image proxy, or a browser beside the server, can fetch from this address.

    The same addresses are safe enough to sign in at: https, or http that stays on one machine.
    """
    parts = urlsplit(url)
    if parts.scheme == "https":
        return True
    host = parts.hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Reader:
    """Reads single variables and collects what is wrong with them; an empty variable is an absent one."""

    def __init__(self, environ: Mapping[str, str], file: Path | None = None) -> None:
        self.environ = environ
        self.file = file
        """Where the App's credentials come from if not from the environment."""
        self.faults: list[str] = []

    def fault(self, sentence: str) -> None:
        self.faults.append(sentence)

    def text(self, name: str) -> str | None:
        return self.environ.get(name, "").strip() or None

    def app_id(self, name: str) -> None:
        value = self.text(name)
        if value is not None and not (value.isascii() and value.isdecimal()):
            self.fault(f"{name} is not a number: {value!r}; the App's page shows it as App ID, such as 12345")

    def secret(self, name: str) -> bytes:
        value = self.text(name)
        if value is None:
            self.fault(f"{name} is missing: the secret that signs webhooks, as set on the App's settings page")
        return (value or "").encode()

    def url(self, name: str) -> str | None:
        value = self.text(name)
        if value is None:
            return None
        if not is_web_address(value):
            self.fault(f"{name} is not a web address: {value!r}; it must look like https://almanac.example.com")
        return value.rstrip("/")

    def root(self, name: str) -> str | None:
        """Read the address of a whole host: pages lead to each other from its root."""
        value = self.url(name)
        if value is not None and is_web_address(value):
            parts = urlsplit(value)
            if parts.path or parts.query or parts.fragment:
                self.fault(
                    f"{name} has a path: {value!r}; the server needs a host of its own, such as "
                    "https://almanac.example.com"
                )
        return value

    def signing_in(self, settings: Settings) -> None:
        """Name what is missing between the settings of signing in."""
        if settings.client_secret and not settings.client_id:
            self.fault("GITHUB_CLIENT_ID is missing: GITHUB_CLIENT_SECRET is of no use without it")
        if settings.secret_key and len(settings.secret_key) < SHORTEST_SECRET:
            self.fault(f"SECRET_KEY is too short: it must be a random text of at least {SHORTEST_SECRET} characters")
        issuer = settings.oidc_issuer
        if issuer and not (is_web_address(issuer) and is_usable_picture_base(issuer)):
            self.fault(f"OIDC_ISSUER is not a provider's address: {issuer!r}; it must look like https://id.example.com")
        if settings.oidc_issuer and not settings.oidc_client_id:
            self.fault("OIDC_CLIENT_ID is missing: the provider at OIDC_ISSUER knows this server by it")
        if settings.oidc_client_id and not settings.oidc_issuer:
            self.fault("OIDC_ISSUER is missing: OIDC_CLIENT_ID is of no use without it")
        if settings.oidc_issuer and not (settings.public_url and is_usable_picture_base(settings.public_url)):
            self.fault("PUBLIC_URL must be https for signing in, or http on this machine: OIDC_ISSUER is set")

    def port(self, name: str) -> int:
        value = self.text(name)
        if value is None:
            return DEFAULT_PORT
        if not value.isascii() or not value.isdecimal() or len(value) > len(str(MAX_PORT)) or int(value) > MAX_PORT:
            self.fault(f"{name} is not a port: {value!r}; it must be a number from 0 to {MAX_PORT}")
            return DEFAULT_PORT
        return int(value)

    def days(self, name: str, default: int, most: int) -> int:
        value = self.text(name)
        if value is None:
            return default
        if not value.isascii() or not value.isdecimal() or len(value) > len(str(most)) or int(value) > most:
            self.fault(f"{name} is not a number of days: {value!r}; it must be a whole number from 0 to {most}")
            return default
        return int(value)

    def years(self, name: str) -> int | None:
        value = self.text(name)
        if value is None:
            return None
        is_number = value.isascii() and value.isdecimal() and len(value) <= len(str(MOST_YEARS))
        if not is_number or not 1 <= int(value) <= MOST_YEARS:
            self.fault(f"{name} is not a number of years: {value!r}; it must be a whole number from 1 to {MOST_YEARS}")
            return None
        return int(value)

    def roles(self, name: str) -> frozenset[str]:
        value = self.text(name)
        if value is None:
            return ROLES
        named = frozenset(value.replace(",", " ").split())
        unknown = sorted(named - ROLES)
        if unknown or not named:
            said = f"{', '.join(unknown)} is none" if unknown else "it names none"
            self.fault(f"{name}: {said}; the roles are serve, work and clock, one or several of them")
            return ROLES
        return named

    def database(self, name: str) -> str | None:
        value = self.text(name)
        if value is None:
            return None
        scheme = value.split("://", 1)[0].split("+", 1)[0]
        if "://" not in value or scheme not in ("sqlite", "postgresql", "postgres"):
            self.fault(
                f"{name} is not a database address: it must look like sqlite:////var/lib/almanac/almanac.db "
                "or postgresql://almanac@db.example.com/almanac"
            )
        return value

    def former_key(self, name: str) -> str | None:
        """Return what encrypted before; a private key is brought into the form in which it did so."""
        value = self.text(name)
        if value is None:
            return None
        try:
            return key_text(value)
        except ValueError:
            return value

    def private_key(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            self.fault(f"{name} is missing: the App's private key as PEM text, as base64 of it, or a path to the file")
            return ""
        try:
            pem = key_text(value)
        except ValueError as error:
            self.fault(f"{called(name, self.file)} {error}")
            return ""
        return pem


def key_text(value: str) -> str:
    r"""Return the PEM text that `value` is, encodes (base64, or with `\n` for line ends), or names as a path.

    Raises ValueError whose text completes the sentence "GITHUB_PRIVATE_KEY …".
    """
    is_pem = PEM_MARK in value
    pem = value.replace("\\n", "\n") if is_pem else decoded_key(value) or file_key(value)
    try:
        check_key_shape(pem)
    except ValueError as error:
        raise ValueError(f"holds no key that can be used: {error}") from None
    return pem.strip() + "\n"


def decoded_key(value: str) -> str | None:
    """Return the PEM text that `value` encodes in base64, None if it is something else."""
    try:
        # `base64` breaks its lines
        text = base64.b64decode("".join(value.split()), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return text if PEM_MARK in text else None


def file_key(value: str) -> str:
    """Return the text of the file that `value` names; raise ValueError if there is none."""
    path = Path(value)
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError, ValueError):
        # the value itself is not repeated: it may be a mangled key
        raise ValueError("is neither PEM text, nor base64 of it, nor a path to a readable file") from None
