"""Run the Dockerfile's steps in a clean folder, without a container engine, and see the result serve.

A stand-in for a build where no engine is at hand: each stage becomes a folder, absolute paths are moved below it, COPY
and RUN do their work there, and the image's own command and health check are then run as its user. It ends by saying
what it could not stand in for. Usage: python -m scripts.image_steps [--keep]
"""

from __future__ import annotations

import argparse
import base64
import json
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from scripts.image_build import CHECKOUT, Broken, Build, Stage, indented, say

READY_SECONDS = 60
STOP_SECONDS = 20
FAULTS = ("GITHUB_APP_ID", "GITHUB_PRIVATE_KEY", "GITHUB_WEBHOOK_SECRET", "PORT")
"""What an empty configuration with a nonsensical PORT must be told, all at once."""

MAKE_KEY = """
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
key = generate_private_key(65537, 2048)
print(key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode())
"""


class Server:
    """Starts the image's CMD as its user, with the image's environment and what a deployment adds to it."""

    def __init__(self, stage: Stage, user: int | None) -> None:
        self.stage = stage
        self.user = user
        self.command: list[str] = json.loads(stage.settings["CMD"])
        if stage.settings.get("USER", "root") in ("root", "0"):
            raise Broken("the image runs as root: it has no USER")

    def start(self, extra: Mapping[str, str]) -> subprocess.Popen[str]:
        environment = self.stage.processes_environment(extra)
        program = shutil.which(self.command[0], path=environment["PATH"])
        return subprocess.Popen(
            [str(program), *self.command[1:]],
            cwd=self.stage.below("."),
            env=environment,
            user=self.user,
            group=self.user,
            extra_groups=None if self.user is None else [],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def must_refuse(self) -> None:
        """Without a configuration the server must end at once, with every fault named."""
        server = self.start({"PORT": "none"})
        try:
            output, _ = server.communicate(timeout=READY_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            raise Broken("without a configuration the server went on instead of refusing") from None
        indented(output)
        if server.returncode == 0:
            raise Broken("without a configuration the server ended as if all were well")
        if unnamed := [fault for fault in FAULTS if fault not in output]:
            raise Broken(f"the refusal does not name {', '.join(unnamed)}")
        say(f"refused with exit code {server.returncode}; all {len(FAULTS)} faults are named")

    def must_serve(self) -> None:
        """With a complete configuration the health check must pass, and the stop signal must end the server in time."""
        extra = self.configuration()
        server = self.start(extra)
        try:
            self.wait_for_health(server, extra)
            say(f"the image's own health check passes; the server runs as user {owner(server.pid)}")
            if self.user is not None and owner(server.pid) != self.user:
                raise Broken(f"the server does not run as user {self.user}")
            server.send_signal(signal.Signals[self.stage.settings["STOPSIGNAL"]])
            output, _ = server.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            raise Broken(f"{STOP_SECONDS} s after its stop signal the server still runs") from None
        finally:
            server.kill()
        indented(output)
        if server.returncode != 0:
            raise Broken(f"the server ended with {server.returncode} after its stop signal")
        say("ended by its stop signal, with exit code 0")

    def configuration(self) -> dict[str, str]:
        """Return a complete configuration: a new key, a free port, and a GitHub that nobody answers for."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        python = str(self.stage.below("/opt/almanac/bin/python"))
        key = subprocess.run([python, "-c", MAKE_KEY], capture_output=True, check=True).stdout
        return {
            "GITHUB_APP_ID": "12345",
            "GITHUB_PRIVATE_KEY": base64.b64encode(key).decode(),
            "GITHUB_WEBHOOK_SECRET": "a secret made for this run",
            "GITHUB_API_URL": "http://127.0.0.1:9",
            "HOST": "127.0.0.1",
            "PORT": str(port),
        }

    def wait_for_health(self, server: subprocess.Popen[str], extra: Mapping[str, str]) -> None:
        command = json.loads(self.stage.settings["HEALTHCHECK"].partition("CMD ")[2])
        environment = self.stage.processes_environment(extra)
        program = shutil.which(command[0], path=environment["PATH"])
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if server.poll() is not None:
                indented(server.stdout.read() if server.stdout else "")
                raise Broken(f"the server ended with {server.returncode} instead of serving")
            check = subprocess.run([str(program), *command[1:]], env=environment, capture_output=True, check=False)
            if check.returncode == 0:
                return
            time.sleep(0.2)
        raise Broken(f"the health check does not pass within {READY_SECONDS} s: {check.stderr.decode()}")


def owner(pid: int) -> int:
    """Return the user id that a process runs as."""
    return Path(f"/proc/{pid}").stat().st_uid


def main() -> int:
    """Build, start twice, and say what was not built; 0 only if everything held."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--keep", action="store_true", help="leave the folder in place and say where it is")
    keep = parser.parse_args().keep
    folder = Path(tempfile.mkdtemp(prefix="almanac-image-"))
    folder.chmod(0o755)  # the unprivileged user must be able to reach what lies below
    try:
        build = Build(folder)
        server = Server(build.run((CHECKOUT / "Dockerfile").read_text()), build.user)
        say("start without a configuration")
        server.must_refuse()
        say("start with a complete configuration")
        server.must_serve()
    except (Broken, subprocess.CalledProcessError) as error:
        say(f"BROKEN: {error}")
        return 1
    finally:
        if keep:
            say(f"kept: {folder}")
        else:
            shutil.rmtree(folder)
    user = "the user who called this script" if build.user is None else f"user id {build.user}"
    say("every step ran, and the server refused, served and stopped as it must. Not built here:")
    for what in [*dict.fromkeys(build.left_out), f"a container: the server ran as {user}, on this machine's network"]:
        sys.stdout.write(f"   - {what}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
