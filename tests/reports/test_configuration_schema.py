"""The published schema, the parser and the documentation say the same of `.github/analytics.yml`."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator, meta

from analytics.terms import TARGETS, Hours, Terms
from reports.capture_rules import FREQUENCIES
from reports.configuration import Configuration, parse_configuration
from reports.configuration_parsing import parse
from reports.configuration_schema import FILE, keys, schema
from reports.working_hours import DAYS

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs/configuration.md").read_text()
SECTION = DOCUMENT[DOCUMENT.index("## In a repository") : DOCUMENT.index("### A schema for editors")]


def example() -> str:
    """Return the documentation's example of a file."""
    (text,) = re.findall(r"```yaml\n(.*?)```", SECTION, re.DOTALL)
    return str(text)


def parts(schema_part: Any, place: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every property of the schema by its place."""
    for name, inner in schema_part.get("properties", {}).items():
        yield f"{place}{name}", inner
        yield from parts(inner, f"{place}{name}.")


def test_it_is_a_schema_of_the_draft_it_names() -> None:
    published = json.loads(FILE.read_text())
    assert published["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    meta.validate(published)


@pytest.mark.parametrize(
    ("place", "part"), list(parts(schema())), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_key_has_a_description_a_remedy_and_valid_examples(place: str, part: Mapping[str, Any]) -> None:
    assert part["description"].endswith(".")
    assert part["errorMessage"].startswith("must ")
    valid = Draft202012Validator(dict(part)).is_valid
    examples = [*part.get("examples", []), *part.get("enum", []), *([part["default"]] if "default" in part else [])]
    assert examples or part["type"] == "object"
    assert all(valid(each) for each in examples)
    for written in re.findall(r"`([^`]+)`", part["errorMessage"]):
        if "such as" in part["errorMessage"] and place.count(".") == 1:
            assert valid(
                yaml.safe_load(written) if written.startswith("[") and "-" not in written else strings(written)
            )


def strings(written: str) -> object:
    """Return a list of words, or a word, as the schema sees it."""
    return written[1:-1].split(", ") if written.startswith("[") else written


def test_the_documented_example_has_every_key_and_no_mistake() -> None:
    read = parse_configuration(example(), owners=True)
    assert read.faults == ()
    # not `safe_load`: to YAML 1.1 the key `on` is a truth value
    assert set(yaml.load(example(), yaml.BaseLoader)) == set(keys())
    assert read.terms == Terms(
        bots=("acme-ci", "release-helper"),
        merge_markers=("[Merged by Bors]",),
        hours=Hours("Europe/Berlin", holidays="DE-BE", dates=("2026-12-24", "2026-12-31")),
        targets={"first_review": 24, "merge": 168, "first_response": 48, "close": 672},
        language="de",
    )
    assert read.capture.of("archive-1", "acme/archive-1", archived=False) == "weekly"


def test_an_editor_has_nothing_against_the_documented_example() -> None:
    """To YAML 1.2, which editors read, these words are strings and dates are, too."""
    document = parse(example(), owners=True)
    Draft202012Validator(dict(schema())).validate(document.settings)


def test_the_table_names_every_key_and_every_word_it_takes() -> None:
    rows = re.findall(r"^\| (?:`(\w+)` )?\| (.*?) \|", SECTION, re.MULTILINE)
    assert {key for key, _ in rows if key} == set(keys())
    for key, part in schema()["properties"].items():
        for word in part.get("enum", []):
            assert re.search(rf"^\| (?:`{key}` )?\| `{word}`", SECTION, re.MULTILINE), (key, word)
        for inner in part.get("properties", {}):
            assert f"`{inner}`" in SECTION


def test_the_documented_mistake_is_said_so() -> None:
    quoted = re.search(r"^> (line 7: .*)$", DOCUMENT, re.MULTILINE)
    assert quoted is not None
    assert parse_configuration("\n" * 5 + "hours:\n  from: 25:00").faults == (quoted[1],)


def test_the_schemas_words_are_those_of_the_code() -> None:
    properties = schema()["properties"]
    assert set(properties["targets"]["properties"]) == set(TARGETS)
    assert tuple(properties["hours"]["properties"]["days"]["items"]["enum"]) == DAYS
    assert tuple(properties["capture"]["then"]["enum"]) == FREQUENCIES
    usual = {name: part["default"] for name, part in properties["hours"]["properties"].items() if "default" in part}
    assert parse_configuration(json.dumps({"hours": usual})).terms.hours == Hours()
    defaults = {name: part["default"] for name, part in properties.items() if "default" in part}
    assert parse_configuration(json.dumps(defaults)) == Configuration()


@pytest.mark.parametrize(
    "text",
    [
        'capture:\n  "8": now and then\n',
        'capture:\n  "08": daily\n  "8": now and then\n',
        'capture:\n  "+8": daily\n  "8": [a]\n  "08": daily\n',
    ],
)
def test_a_repository_may_be_called_by_a_number(text: str) -> None:
    """The validator says 8 of each of these keys; the one that is wrong is named, with its line."""
    (fault,) = parse(text, owners=True).faults
    assert fault.place == ("capture", "8")
    assert fault.line == 2 + text.splitlines().index(next(line for line in text.splitlines() if '"8"' in line)) - 1
    assert fault.clause(quote=True).startswith("line ")


def test_a_key_that_is_a_number_is_not_known() -> None:
    (fault,) = parse("8: x\n", owners=True).faults
    assert fault.place == ("8",)


WORDS = st.sampled_from(
    ["off", "daily", "names", "hidden", "de", "mon", "mon-fri", "9:00", "24h", "UTC", "DE", "x", "a b", ""]
)
ENTRIES = st.sampled_from(
    ["8", "08", "+8", *keys(), "timezone", "days", "from", "to", "holidays", "dates", "merge", "close", "other", "*"]
)
VALUES = st.recursive(WORDS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ENTRIES, inner, max_size=3))


@given(st.dictionaries(ENTRIES, VALUES, max_size=5))
@settings(max_examples=300)
def test_the_parser_finds_nothing_right_that_the_schema_finds_wrong(written: dict[str, object]) -> None:
    """What it keeps is valid, and where the schema has an objection there is a fault; no text breaks it."""
    found = parse(json.dumps(written), owners=True)
    validator = Draft202012Validator(dict(schema()))
    assert validator.is_valid({key: value for key, value in found.settings.items() if key != "capture"})
    if not validator.is_valid(written):
        assert found.faults
    parse_configuration(json.dumps(written), owners=True)


def test_a_server_that_reads_no_file_imports_no_validator() -> None:
    libraries = ("jsonschema_rs", "holidays", "babel")
    program = f"import sys, reports.configured; print([name for name in {libraries!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True, text=True)
    assert done.stdout == "[]\n"
