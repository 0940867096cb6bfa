"""`.github/analytics.yml`, as anybody writes it who may push: read within bounds, and what is wrong widens nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from jsonschema_rs import Draft202012Validator

from reports.configuration import Configuration, configured, reports_of
from reports.configuration_parsing import Parsed, parse
from reports.configuration_schema import MOST_FAULTS, schema
from reports.extending import NO_BASE
from tests.fuzz.target import Check, Target
from tests.reports.rendered import must_be_harmless

SECRET = "qzprivateqz"  # stands for the name of something private: it is never repeated where others read
DOCUMENTED = re.compile(r"```ya?ml\n(.*?)```", re.DOTALL)
ROOT = Path(__file__).resolve().parents[2]


def meant(text: str) -> dict[object, object]:
    """Return what another reader of YAML, libyaml, makes of a text, nothing where it is no mapping."""
    try:
        value = yaml.load(text, yaml.CBaseLoader)
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def must_widen_nothing(text: str, found: Configuration) -> None:
    """More than the defaults allow holds only where it is written, and what is written to be hidden is hidden."""
    said = meant(text)
    if found.everyone_may:
        assert said.get("who_may") == "everyone", text
    if found.traffic == "everyone":
        assert said.get("traffic") == "everyone", text
    if said.get("traffic") in ("off", "false"):
        assert found.traffic == "off", text
    if said.get("people") in ("hidden", "anonymous"):
        assert found.terms.people in (said["people"], "hidden"), text
    if said.get("who_may") != "everyone":
        assert not found.everyone_may, text


def must_be_bounded(parsed: Parsed, validator: Draft202012Validator) -> None:
    """What is kept is right by the published schema, and what is said is short, in harmless words, and discreet."""
    assert len(parsed.faults) <= MOST_FAULTS + 1
    assert validator.is_valid({key: value for key, value in parsed.settings.items() if key != "capture"}), parsed
    for fault in parsed.faults[:5]:
        quoted, discreet = fault.clause(quote=True), fault.clause(quote=False)
        assert "\n" not in quoted, quoted
        must_be_harmless(quoted)
        assert SECRET not in discreet, discreet


@contextmanager
def opened(_folder: Path) -> Iterator[Check]:
    """Read the schema once."""
    validator = Draft202012Validator(dict(schema()))

    def check(data: bytes) -> None:
        """Hold one file to it: one of odd length is a repository's own, another its owner's."""
        text, owners = data.decode("utf-8", "replace"), len(data) % 2 == 0
        parsed = parse(text, owners=owners)
        must_be_bounded(parsed, validator)
        faults = tuple(fault.clause(quote=True) for fault in parsed.faults)
        found = configured(parsed, NO_BASE, reports=reports_of(parsed), faults=faults)
        assert "\n" not in (found.fault_line or "")
        if not parsed.readable:
            assert found.traffic == "off", text
            assert found.terms.people == "hidden", text
        must_widen_nothing(text, found)

    yield check


def documented() -> tuple[bytes, ...]:
    """Return every example of a configuration in the documents."""
    pages = sorted((ROOT / "docs").glob("*.md"))
    return tuple(found.encode() for page in pages for found in DOCUMENTED.findall(page.read_text()) if ":" in found)


TARGET = Target(
    "any text is read within bounds; only what the schema allows holds, a mistake widens nothing, told harmlessly",
    opened,
    seeds=(
        *(example for example in documented() if len(example) < 1024), b"", b"traffic: off\n",
        b"people: hidden\nbots: [a, qzprivateqz]\n", b"who_may: everyone\ntraffic: everyone\n",
        b"extends: o/qzprivateqz\n", b"a: &a [x, x]\nb: *a\n", b"? [a]\n: b\n", b'"\\U00110000": x\n',
        b"hours:\n  monday: 09:00-17:00\n  timezone: Europe/Berlin\n  holidays: [2026-12-24]\n",
        b"reports:\n  - every: weekly\n    on: tuesday\n    tz: Europe/Berlin\n  - every: quarterly\n    scope: org\n",
        b"capture:\n  - qzprivateqz*: weekly\n  - '*': daily\n", b"targets:\n  time-to-merge: 2d\n  qzprivateqz: x\n",
        b"on:\n  pull_request: yes\n  release: true\n", b"images: branch\nlanguage: de\n", b"[" * 200, b"- " * 200,
        b"{a: " * 200, b"traffic: !!python/object/apply:os.system [x]\n", b"%YAML 1.2\n---\ntraffic: off\n...\n",
        b"<<: {traffic: everyone}\n",
    ),
    words=(
        b"traffic", b"people", b"who_may", b"bots", b"merge_markers", b"reports", b"targets", b"on", b"hours",
        b"capture", b"images", b"language", b"extends", b": ", b":\n  ", b"\n", b"\n  - ", b"- ", b"[", b"]", b"{",
        b"}", b", ", b"off", b"push", b"everyone", b"hidden", b"anonymous", b"names", b"false", b"true", b"yes", b"no",
        b"null", b"~", b"weekly", b"monthly", b"daily", b"quarterly", b"every", b"timezone", b"Europe/Berlin",
        b"09:00-17:00", b"2026-12-24", b"2d", b"&a ", b"*a", b"!!", b"!", b"|", b">", b"%YAML 1.1", b"---\n", b"...\n",
        b"? ", b"<<: ", b"'", b'"', b"\\x41", b"\\U00110000", b"#", b"@", b"`", b"\t", b"qzprivateqz", b"@octocat",
        b"#12", b"https://x.y", b"\xff", b"\x00", "\u202e".encode(), "\u2028".encode(), "\ufeff".encode(),
        "\x85".encode(),
    ),
    longest=1024,
)  # fmt: skip
