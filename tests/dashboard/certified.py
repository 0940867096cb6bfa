"""npm's `oidc-provider`, installed from its committed lock file, run beside a test."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.dashboard import from_npm

HERE = Path(__file__).parent / "provider"


def installed() -> Path | None:
    """Return the folder of the installed provider; None where there is no Node or no package index to be reached."""
    return from_npm.installed(HERE, "oidc-provider")


@contextmanager
def provider(folder: Path, redirect_uri: str, secret: str, algorithm: str) -> Iterator[str]:
    """Run the provider until the context ends; yield its issuer."""
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "REDIRECT_URI": redirect_uri, "CLIENT_SECRET": secret, "ALGORITHM": algorithm,
    }  # fmt: skip
    with subprocess.Popen(
        ["node", "provider.js"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = next((one for one in process.stdout if one.startswith("listening ")), None)
            assert line is not None, "the provider did not start"
            yield line.split()[1]
        finally:
            process.terminate()
