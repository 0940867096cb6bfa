"""Fixtures: a scripted GitHub, a client that speaks to it, an App's key."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from github.auth import App
from github.client import GitHub
from github.endpoints import Endpoints
from github.wire import Wire
from tests.github.fake import Clock, FakeGitHub


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def fake() -> AsyncIterator[FakeGitHub]:
    async with FakeGitHub() as fake:
        yield fake


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def endpoints(fake: FakeGitHub) -> Endpoints:
    return Endpoints.of(fake.url)


@pytest.fixture
async def gh(session: aiohttp.ClientSession, endpoints: Endpoints, clock: Clock) -> GitHub:
    return GitHub.for_token(session, "ghp_personal", endpoints, clock.now, clock.sleep, jitter=lambda: 0.0)


@pytest.fixture
async def hasty(session: aiohttp.ClientSession, endpoints: Endpoints, clock: Clock, gh: GitHub) -> GitHub:
    """A client that takes a tenth of a second without an answer for a time-out."""
    wire = Wire(session, endpoints, clock.sleep, timeout=timedelta(seconds=0.1))
    return GitHub(wire, gh._exchange.credentials, endpoints, clock.now, jitter=lambda: 0.0)


@pytest.fixture(scope="session")
def pem() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()


@pytest.fixture
def app(pem: str) -> App:
    return App("Iv23liAlmanac", pem)


@pytest.fixture(scope="session")
def openapi(shared_folder: Path) -> dict[str, Any]:
    """GitHub's own description of its REST API, with its examples."""
    description: dict[str, Any] = msgspec.json.decode(
        gzip.decompress((shared_folder / "api" / "openapi.json.gz").read_bytes())
    )
    return description
