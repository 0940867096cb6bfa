"""Register a GitHub App in a world: its owner gets the private key once, the world keeps the public one."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from sandbox.apps import ALL_PERMISSIONS, AppRegistration
from sandbox.world import World


@dataclass(frozen=True, slots=True)
class AppKeys:
    """What the App's owner needs to run it; none of it shows in the repr but the ids."""

    app_id: int
    client_id: str
    private_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    client_secret: str = field(default="", repr=False)

    def write(self, folder: Path) -> None:
        """Write each value to a file of its own, readable by its owner only."""
        folder.mkdir(parents=True, exist_ok=True)
        files = {
            "app-id": str(self.app_id), "client-id": self.client_id,
            "private-key.pem": self.private_key, "webhook-secret": self.webhook_secret,
        }  # fmt: skip
        for name, text in files.items():
            path = folder / name
            path.unlink(missing_ok=True)
            # Created closed: a file that is narrowed afterwards was open for a moment.
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)


def register(
    world: World,
    *,
    slug: str = "almanac",
    owner: str = "almanac-owner",
    webhook_url: str | None = None,
    permissions: dict[str, str] | None = None,
    key: rsa.RSAPrivateKey | None = None,
) -> AppKeys:
    """Register the App and return what only its owner knows: its key, new unless one is given, and its secret."""
    key = key or rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    keys = AppKeys(
        1_200_001, "Iv23li" + secrets.token_hex(7), private, secrets.token_urlsafe(32), secrets.token_hex(20)
    )
    world.app = AppRegistration(
        keys.app_id, keys.client_id, slug, slug.replace("-", " ").title(), world.account(owner), public,
        keys.webhook_secret, webhook_url, permissions or dict(ALL_PERMISSIONS), created_at=world.now(),
        client_secret=keys.client_secret,
    )  # fmt: skip
    return keys
