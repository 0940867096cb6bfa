"""What is wrong in `.github/analytics.yml` is named with its line and what would be right, and widens nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import cmarkgfm
import pytest

from analytics.terms import Terms
from reports import configuration_fault
from reports.capture_rules import CaptureRules
from reports.configuration import Configuration, parse_configuration
from reports.configuration_fault import Fault
from reports.configuration_parsing import parse, usable
from reports.configuration_schema import MOST_FAULTS
from reports.configuration_status import settings_block
from reports.yaml_lines import read_yaml

DEFAULT = Configuration()
UNREADABLE = "it cannot be read as YAML"
UNSEEN = Configuration(traffic="off", traffic_unsure=True)
HIDDEN = replace(UNSEEN, terms=Terms(people="hidden"))
NO_CHARACTER = "`a character that there is not`"
TWICE = f"line 3: {UNREADABLE} (`a key that stands there twice`) and was not used"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("who_may: Everyone", "line 1: `who_may: Everyone` must be `members` or `everyone`"),
        ("who_may: [everyone]", "line 1: `who_may: [everyone]` must be `members` or `everyone`"),
        ("who_may: yes", "line 1: `who_may: yes` must be `members` or `everyone`"),
        ("who_may:", "line 1: `who_may:` must be `members` or `everyone`"),
        ("\n\ntraffic: on", "line 3: `traffic: on` must be `push`, `everyone` or `off`"),
        ("traffic: [off]", "line 1: `traffic: [off]` must be `push`, `everyone` or `off`"),
        ("trafic: off", "line 1: `trafic` is not known (did you mean `traffic`?)"),
        ("1: off", "line 1: `1` is not known"),
        ("capture:\n  '*': off", "line 1: `capture:` counts only in the owner's `.github` repository"),
        ("bots: acme-ci", "line 1: `bots: acme-ci` must be a list of at most 500 logins such as `[acme-ci]`"),
        ("bots:\n- a b", "line 2: `bots: a b` must be a login such as `acme-ci`"),
        ("merge_markers: [x]", "line 1: `merge_markers: x` must be the beginning of a title, 3 to 100 characters long"),
        ("images: none", "line 1: `images: none` must be `auto`, `hosted`, `branch` or `text`"),
        ("hours: 9-17", "line 1: `hours: 9-17` must have lines such as `timezone: Europe/Berlin`"),
        ("hours:\n  from: 25:00", "line 2: `hours.from: 25:00` must be a time such as `09:00`"),
        ("hours:\n  form: 10:00", "line 2: `hours.form` is not known (did you mean `from`?)"),
        ("hours: {days: mon-fry}", "line 1: `hours.days: mon-fry` must be days such as `mon-fri` or `[mon, tue, thu]`"),
        (
            "hours: {days: [mon, x]}",
            "line 1: `hours.days: x` must be `mon`, `tue`, `wed`, `thu`, `fri`, `sat` or `sun`",
        ),
        (
            "hours: {from: 17:00, to: 9:00}",
            "line 1: `hours.to: 9:00` must be later on the same day than `from`, which is `17:00`",
        ),
        (
            "hours: {timezone: berlin}",
            "line 1: `hours.timezone: berlin` must be a time zone such as `Europe/Berlin` (did you mean",
        ),
        (
            "hours: {timezone: Europe}",
            "line 1: `hours.timezone: Europe` must be a time zone such as `Europe/Berlin`",
        ),
        (
            "hours: {holidays: XX}",
            "line 1: `hours.holidays: XX` must be a country whose holidays are known, such as `DE`, or a part of it",
        ),
        (
            "hours: {holidays: JP-XX}",
            "line 1: `hours.holidays: JP-XX` must be `JP`, whose holidays are the same everywhere",
        ),
        (
            "hours: {dates: [2026-02-30]}",
            "line 1: `hours.dates: 2026-02-30` must be a day of the calendar, such as `2026-12-24`",
        ),
        ("targets: {merge: 7}", "line 1: `targets.merge: 7` must be a length such as `24h`, `7d` or `2w`"),
        ("targets: {merge: 0h}", "line 1: `targets.merge: 0h` must be a length such as `24h`, `7d` or `2w`"),
        ("targets: {review: 1d}", "line 1: `targets.review` is not known (did you mean `first_review`?)"),
        (
            "language: de_DR",
            "line 1: `language: de_DR` must be a language such as `de` or `pt_BR` (did you mean `de`?)",
        ),
        (
            "language: German",
            "line 1: `language: German` must be a language such as `de` or `pt_BR` (did you mean `de`?)",
        ),
        ("language: '../de'", "line 1: `language: ../de` must be a language such as `de` or `pt_BR`"),
        ("extends: https://example.org/x", "line 1: `extends: https://example.org/x` must be a repository such as"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_line_and_a_remedy(text: str, fault: str) -> None:
    read = parse_configuration(text)
    assert replace(read, faults=()) == (UNSEEN if text.strip().startswith("traf") else DEFAULT)
    (only,) = read.faults
    assert only.startswith(fault)


def test_a_part_of_a_country_is_chosen_from_those_there_are() -> None:
    (fault,) = parse_configuration("hours: {holidays: DE-XX}").faults
    assert fault.startswith("line 1: `hours.holidays: DE-XX` must be `DE` or a part of it: `DE-BB`, `DE-BE`, ")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("everyone", "it must have lines such as `traffic: push`; it was not used"),
        ("- who_may: everyone", "it must have lines such as `traffic: push`; it was not used"),
        ("who_may: everyone\n---\nwho_may: everyone", f"line 2: {UNREADABLE} ("),
        ("who_may: everyone\n  bad: [indent", f"line 2: {UNREADABLE} ("),
        ("!!python/object/apply:os.system ['true']", f"line 1: {UNREADABLE} (`tags are not read`)"),
        ("who_may: everyone\nwhat: !custom 1", f"line 2: {UNREADABLE} (`tags are not read`)"),
        ("a: &a everyone\nwho_may: *a", f"line 2: {UNREADABLE} (`aliases are not read`)"),
        ("? [a]\n: 1", f"line 1: {UNREADABLE} (`a key must be a word`)"),
        ("who_may: everyone\n\0", UNREADABLE),
        ('who_may: everyone\n"\\ud800": 1', f"line 2: {UNREADABLE} ({NO_CHARACTER})"),
        ('who_may: everyone\nlanguage: "\\udc00"', f"line 2: {UNREADABLE} ({NO_CHARACTER})"),
        ('who_may: everyone\nlanguage: "\\U00110000"', f"line 2: {UNREADABLE} ({NO_CHARACTER})"),
        ('who_may: everyone\nlanguage: "\\UFFFFFFFF"', f"line 2: {UNREADABLE} ({NO_CHARACTER})"),
        ("traffic: off\nwho_may: everyone\ntraffic: everyone", TWICE),
    ],
)
def test_of_what_cannot_be_read_nothing_holds_and_nobody_is_named(text: str, fault: str) -> None:
    read = parse_configuration(text)
    assert replace(read, faults=()) == HIDDEN
    (only,) = read.faults
    assert only.startswith(fault)


@pytest.mark.parametrize(
    "text", ["people: hiden", "peple: hidden", "people:", "people: [hidden]", "persons: hidden", "names: Anonymous"]
)
def test_while_it_is_wrong_whether_people_are_named_nobody_is(text: str) -> None:
    read = parse_configuration(text)
    assert read.terms.people == "hidden"
    assert "nobody is named" in (replace(read, source="a/b").fault_line or "")


@pytest.mark.parametrize("text", ["traffic: of", "trafic: off", "traffic:", "trafic: off\npeople: names", "["])
def test_while_it_is_wrong_whether_traffic_is_shown_none_is(text: str) -> None:
    """In the file itself as in one that it extends; what is right in the file beside it holds."""
    read = parse_configuration(text)
    assert (read.traffic, read.traffic_unsure) == ("off", True)
    assert "no traffic is shown" in (replace(read, source="a/b").fault_line or "")
    settled = parse_configuration("trafic: off\ntraffic: push")
    assert (settled.traffic, settled.traffic_unsure) == ("push", False)


def test_a_list_that_is_wrong_is_one_mistake() -> None:
    """Whichever of its entries are wrong, too; and two wrong entries of a list that is right else are two."""
    assert parse_configuration("hours: {days: [mon, mon, son]}").faults == (
        "line 1: `hours.days: [mon, mon, son]` must be days such as `mon-fri` or `[mon, tue, thu]`",
    )
    assert len(parse_configuration("hours: {days: [mon, som, son]}").faults) == 2


def test_one_fault_leaves_the_rest_in_force() -> None:
    read = parse_configuration(
        "who_may: 'everyone'\ntraffic: nobody\nbots: [good, 'b d']\ntargets: {merge: 1d, close: soon}\n"
        "hours: {from: 8:00, to: 26:00, timezone: Mars}\nlanguage: de\n"
    )
    assert read.everyone_may
    assert read.terms == Terms(bots=("good",), targets={"merge": 24}, language="de")
    assert [fault[:7] for fault in read.faults] == ["line 2:", "line 3:", "line 4:", "line 5:", "line 5:"]


def test_words_are_what_they_look_like() -> None:
    """To YAML 1.1 `no` is a truth value and `17:00` the number 1020; here every word is the text that was written."""
    assert read_yaml("a: [no, off, 17:00, 0x1F, 2026-12-24, 1e3, ~, 'null', null]").value == {
        "a": ["no", "off", "17:00", "0x1F", "2026-12-24", "1e3", None, "null", None]
    }


def test_the_owners_file_says_what_is_captured() -> None:
    read = parse_configuration("capture:\n  '*': daily\n  'old-*': weekly\n  secret-plan: never\n", owners=True)
    assert read.capture == CaptureRules((("*", "daily"), ("old-*", "weekly")))
    assert read.faults == ("line 4: `capture.secret-plan: never` must be `daily`, `weekly` or `off`",)


@pytest.mark.parametrize("text", ["capture: Weekly", "capture: [{'*': weekly}]", "capture: {'*': ' WEEKLY '}"])
def test_the_ways_to_write_what_is_captured(text: str) -> None:
    read = parse_configuration(text, owners=True)
    assert (read.capture, read.faults) == (CaptureRules((("*", "weekly"),)), ())


def test_elsewhere_no_word_of_a_file_is_repeated() -> None:
    """A pattern may be the name of a private repository, and the line stands in a public thread."""
    text = "secretly: x\ntraffic: secret\nbots: [se cret]\ncapture:\n  secret-plan: never\nhours: {form: secret}\n"
    faults = parse(text, owners=True).faults
    assert len(faults) == 5
    assert "secret" not in " ".join(fault.clause(quote=False) for fault in faults)
    assert [fault.clause(quote=False) for fault in faults][3] == (
        "line 5: a line of `capture:` must be `daily`, `weekly` or `off`"
    )
    (unreadable,) = parse("a: 1\n*secret", owners=True).faults
    assert "secret" not in unreadable.clause(quote=False)


def test_all_faults_are_one_harmless_line() -> None:
    hostile = "'@everyone <b>': x\ncapture:\n  '@acme/all': never\ntraffic: |\n  several\n  lines\n"
    line = replace(parse_configuration(hostile, owners=True), source="acme/.github").fault_line
    assert line is not None
    assert line.startswith("`.github/analytics.yml` of `acme/.github`: line 1: ")
    assert line.endswith(". Until that is corrected, the defaults hold in their place and no traffic is shown.")
    assert "\n" not in line
    html = cmarkgfm.github_flavored_markdown_to_html(line)
    assert "<b>" not in html
    assert "@" not in re.sub("<code>.*?</code>", "", html)


def test_a_hundred_faults_are_still_a_line() -> None:
    read = replace(parse_configuration("\n".join(f"key{n}: 1" for n in range(100))), source="a/b")
    assert read.fault_line is not None
    assert "96 more" in read.fault_line
    assert len(read.fault_line) < 500
    assert len(read.faults) == 100


def test_of_thousands_of_faults_the_first_hundred_are_said_and_none_is_used() -> None:
    lines = [*(f"key{n}: 1" for n in range(2000)), "peple: hidden", "traffic: of", "who_may: everyone"]
    read = replace(parse_configuration("\n".join(lines)), source="a/b")
    assert (read.everyone_may, read.traffic, read.terms.people) == (True, "off", "hidden")
    assert len(read.faults) == MOST_FAULTS + 1
    assert read.faults[-2:] == ("line 100: `key99` is not known", "there are more mistakes below")
    assert "; many more. Until" in (read.fault_line or "")
    assert settings_block(read).startswith("**More than 100 mistakes in ")


def test_what_is_wrong_is_found_once_for_all_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words are sought for a hundred faults, and the faults are gone through once, not once for each key."""
    sought: list[str] = []
    monkeypatch.setattr(configuration_fault, "nearest", lambda word, _: sought.append(word))
    parse("\n".join(f"key{n}: 1" for n in range(500)), owners=False)
    assert len(sought) == MOST_FAULTS

    class Watched(list[Fault]):
        passes = 0

        def __iter__(self) -> Iterator[Fault]:
            self.passes += 1
            return super().__iter__()

    faults = Watched([Fault(1, "", "", "key1", ("key1",))])
    assert usable({f"key{n}": "1" for n in range(3)}, faults) == {"key0": "1", "key2": "1"}
    assert faults.passes == 1
