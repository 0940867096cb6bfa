"""Carry a Dockerfile's steps out in folders: enough of a builder for this project's own Dockerfile, no more."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
UNPRIVILEGED = 10001
"""The user id the Dockerfile creates; as root the server is run under it, whether or not it has a name here."""


class Broken(Exception):  # noqa: N818 - the image is broken; the sentence says how
    """A step, or what came of it, is not as it must be."""


@dataclass
class Step:
    """One instruction: its word (RUN, COPY …) and the rest of its line, continuations joined."""

    word: str
    rest: str


@dataclass
class Stage:
    """One stage of the build: the folder that stands for its root, and what its instructions have set so far."""

    root: Path
    workdir: str = "/"
    environment: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    """The last USER, CMD, HEALTHCHECK, STOPSIGNAL … of the stage."""

    def below(self, path: str) -> Path:
        """Return where an absolute path, or one relative to WORKDIR, lies on this machine."""
        return self.root / (Path(self.workdir) / path).as_posix().lstrip("/")

    def moved(self, text: str) -> str:
        """Return `text` with the image's own absolute paths moved below the stage's folder."""
        return re.sub(r"(?<![\w.:/-])/(opt|app|data|tmp)(?=[/\s:\"']|$)", f"{self.root}/\\1", text)

    def processes_environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return what a process in the image would see: a bare environment, ENV, then `extra`."""
        bare = {"PATH": os.environ["PATH"], "HOME": str(self.root), "LANG": "C.UTF-8"}
        return bare | self.environment | dict(extra or {})


def steps(dockerfile: str) -> list[Step]:
    """Return the instructions of a Dockerfile in order; comments are left out, continued lines joined."""
    lines = [line for line in dockerfile.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [Step(*line.split(maxsplit=1)) for line in joined.splitlines() if line.strip()]


def admitted(name: str, dockerignore: str) -> bool:
    """Tell whether .dockerignore, which begins by leaving everything out, lets this path of the checkout in."""
    patterns = [line.strip() for line in dockerignore.splitlines() if line.strip() and not line.startswith("#")]
    return patterns[0] == "*" and any(pattern.rstrip("/") == f"!{name.rstrip('/')}" for pattern in patterns)


def base_python() -> tuple[str, int | None]:
    """Return the interpreter that stands for the base image's, and the user id that the server can run under with it.

    Root's own interpreter may lie where no other user can reach it; the system's is tried next. None: as the caller.
    """
    own = str(Path(sys.base_prefix) / "bin" / "python3")
    if os.geteuid() != 0:
        return own, None
    same = f"import ensurepip, sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
    for python in (own, "/usr/bin/python3"):
        try:
            ran = subprocess.run([python, "-c", same], user=UNPRIVILEGED, group=UNPRIVILEGED, check=False)
        except OSError:
            continue
        if ran.returncode == 0:
            return python, UNPRIVILEGED
    return own, None


class Build:
    """Carries the steps out, stage by stage, and remembers what it left out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stages: dict[str, Stage] = {}
        self.left_out: list[str] = []
        self.stage = Stage(folder)
        self.python, self.user = base_python()

    def run(self, dockerfile: str) -> Stage:
        """Carry out every step; return the last stage."""
        for step in steps(dockerfile):
            say(f"{step.word} {step.rest}")
            match step.word:
                case "FROM":
                    self.begin(step.rest)
                case "RUN":
                    self.run_command(step.rest)
                case "COPY":
                    self.copy(step.rest)
                case "ENV":
                    self.set_environment(step.rest)
                case "WORKDIR":
                    self.stage.workdir = step.rest
                    self.stage.below(".").mkdir(parents=True, exist_ok=True)
                case "USER" | "CMD" | "HEALTHCHECK" | "STOPSIGNAL" | "VOLUME" | "EXPOSE":
                    self.stage.settings[step.word] = step.rest
                case _:
                    raise Broken(f"this script does not know the instruction {step.word}")
        return self.stage

    def begin(self, rest: str) -> None:
        image, _, name = rest.partition(" AS ")
        self.stage = Stage(self.folder / (name or "final"))
        self.stages[name or "final"] = self.stage
        (self.stage.root / "tmp").mkdir(parents=True)
        (self.stage.root / "tmp").chmod(0o1777)  # as everywhere: anyone may write there
        version = re.fullmatch(r"python:(\d+\.\d+)-.*", image)
        if version is None:
            raise Broken(f"the base image {image} is not one of Python's")
        here = ".".join(str(part) for part in sys.version_info[:2])
        self.left_out.append(f"the base image {image}: this machine's system and its Python {here} stand in for it")

    def run_command(self, command: str) -> None:
        if command.startswith("useradd"):
            self.left_out.append(f"the user: `{command.partition(' && ')[0]}` was not run")
            (self.stage.root / "data").mkdir(exist_ok=True)
            if self.user is not None:
                os.chown(self.stage.root / "data", self.user, self.user)
            return
        if command.startswith("apt-get"):
            self.left_out.append(f"the packages: `{command}` was not run, this machine's fonts stand in")
            return
        first, _, others = self.stage.moved(command).partition(" ")
        if first == "python":  # before the image's own environment exists: the base image's interpreter
            first = self.python
        subprocess.run(
            ["/bin/sh", "-ec", f"{first} {others}"],
            cwd=self.stage.below("."),
            env=self.stage.processes_environment(client_settings()),
            check=True,
        )

    def copy(self, rest: str) -> None:
        words = rest.split()
        source_root = CHECKOUT
        if words[0].startswith("--from="):
            source_root = self.stages[words.pop(0).removeprefix("--from=")].root
        *sources, destination = words
        target = self.stage.below(destination)
        for source in sources:
            if source_root is CHECKOUT and not admitted(source, (CHECKOUT / ".dockerignore").read_text()):
                raise Broken(f".dockerignore leaves out {source}, which the Dockerfile copies")
            found = source_root / source.lstrip("/")
            if found.is_dir():
                shutil.copytree(
                    found, target, symlinks=True, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
                )
            else:
                place = target / found.name if destination.endswith("/") else target
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(found, place)

    def set_environment(self, rest: str) -> None:
        for word in shlex.split(rest):
            name, _, value = word.partition("=")
            value = self.stage.moved(value).replace("$PATH", os.environ["PATH"])
            self.stage.environment[name] = value


def client_settings() -> dict[str, str]:
    """Return how this machine's pip is set up to find packages: the one thing of the caller's that RUN may see."""
    return {name: value for name, value in os.environ.items() if name.startswith("PIP_") or name.endswith("_proxy")}


def say(sentence: str) -> None:
    """Print one line of progress."""
    sys.stdout.write(f"== {sentence}\n")
    sys.stdout.flush()


def indented(text: str) -> None:
    """Print what a process of the image said, set apart."""
    sys.stdout.writelines(f"   | {line}\n" for line in text.splitlines())
