"""What the documents tell people is true: commands exist, links lead somewhere, nothing names a place of its own."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)

# Spelled in pieces, so that this file does not contain what it forbids.
FORBIDDEN = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "registry." + "npm" + "js",
    "deb." + "debian.org",
    "/wo" + "rk/",
    "/opt/py" + "pi",
    "/ro" + "ot/",
    "/ho" + "me/",
]
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".yml",
    ".yaml",
    ".cfg",
    ".ini",
    ".json",
    ".html",
    ".css",
    ".js",
    ".mako",
    ".sh",
    "",
}


def tracked() -> list[Path]:
    """Return the files that belong to the project: those git knows, and new ones it does not ignore."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def targets() -> set[str]:
    """Return the verbs of the Makefile that have a description."""
    return set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_the_makefile_has_the_verbs_anyone_needs() -> None:
    assert targets() >= {"demo", "test", "check", "bench", "help"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_make_command_in_a_document_exists(document: Path) -> None:
    named = re.findall(r"^make ([a-z]+)|`make ([a-z]+)[^`]*`", document.read_text(), re.MULTILINE)
    assert {first or second for first, second in named} <= targets()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_to_a_file_leads_to_one(document: Path) -> None:
    text = FENCED.sub("", document.read_text())
    links = [first or second for first, second in LINK.findall(text)]
    local = [link.partition("#")[0] for link in links if "://" not in link and not link.startswith("#")]
    assert [link for link in local if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("verb", ["demo", "test"])
def test_the_readme_gives_exactly_one_command_for_what_is_checked(verb: str) -> None:
    """.ci/run takes it from there, so that what people are told is what is checked."""
    fenced = "\n".join(FENCED.findall((ROOT / "README.md").read_text()))
    assert re.findall(rf"^make {verb}\b.*$", fenced, re.MULTILINE) == [f"make {verb}"]
    assert f"$(command_of {verb})" in (ROOT / ".ci/run").read_text()


def test_every_document_is_linked_from_another() -> None:
    """A page that nothing leads to is not read. The front page and what GitHub itself shows need no link."""
    linked = {
        (document.parent / (first or second).partition("#")[0]).resolve()
        for document in DOCUMENTS
        for first, second in LINK.findall(FENCED.sub("", document.read_text()))
    }
    assert [page for page in DOCUMENTS if page not in linked and page.name != "README.md"] == []


def test_every_command_of_the_program_that_a_document_names_exists() -> None:
    named = {name for document in DOCUMENTS for name in re.findall(r"python -m bot ([a-z-]+)", document.read_text())}
    listing = subprocess.run(
        [sys.executable, "-m", "bot", "--help"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    commands = set(re.findall(r"^  ([a-z-]+) ", listing.partition("Commands:")[2], re.MULTILINE))
    assert named <= commands


def test_the_changelog_says_what_is_not_released_yet() -> None:
    lines = (ROOT / "CHANGELOG.md").read_text().splitlines()
    unreleased = lines.index("## [Unreleased]")
    assert any(line.startswith("- ") for line in lines[unreleased:])


def test_the_licence_is_there_and_is_the_one_the_package_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text().startswith("MIT License\n")


def test_every_decision_is_in_the_list_and_says_context_decision_and_consequences() -> None:
    listed = (ROOT / "docs/decisions/README.md").read_text()
    for page in sorted((ROOT / "docs/decisions").glob("[0-9]*.md")):
        assert f"({page.name})" in listed
        assert re.findall(r"^## (.+)$", page.read_text(), re.MULTILINE) == ["Context", "Decision", "Consequences"]
        assert page.read_text().startswith(f"# {page.name[:4]}: ")


def test_no_file_names_a_package_index_or_a_path_of_one_machine() -> None:
    """A lock names versions and hashes; where packages come from is the business of whoever installs them."""
    found = [
        f"{file.relative_to(ROOT)}: {forbidden}"
        for file in tracked()
        if file.suffix in TEXT
        for forbidden in FORBIDDEN
        if forbidden in file.read_text(errors="replace").lower()
    ]
    assert found == []


def test_the_image_holds_every_package_that_runs_and_nothing_secret() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    copied = set(re.findall(r"^COPY (\w+)/ \1/$", dockerfile, re.MULTILINE))
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert copied == set(pyproject["tool"]["importlinter"]["root_packages"])
    assert re.findall(r"^USER (.+)$", dockerfile, re.MULTILINE) == ["almanac"]
    assert not re.search(r"^(ENV|ARG).*(KEY|SECRET|TOKEN)", dockerfile, re.MULTILINE)


def test_the_runtime_lock_is_part_of_the_development_lock() -> None:
    """One .venv serves both, so a name that stands in both files must have one version."""
    pin = re.compile(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==([^ ;]+)", re.MULTILINE)
    runtime = dict(pin.findall((ROOT / "requirements.txt").read_text()))
    development = dict(pin.findall((ROOT / "requirements-dev.txt").read_text()))
    assert runtime
    assert runtime.items() <= development.items()
