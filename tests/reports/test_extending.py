"""`extends:` takes over the file of another repository of the same owner, and of nobody else."""

from __future__ import annotations

import pytest

from analytics.terms import Terms
from github.errors import Later
from reports.configuration import OWNERS_REPOSITORY, read_configuration
from reports.configuration_status import settings_block
from reports.configured import note_said, owners_configuration_for
from reports.known_settings import known_settings
from sandbox.faults import Fault, Match
from tests.reports.test_configured import HOUR, ROCKET, House, house  # noqa: F401 - a fixture

UNREAD = "must be another repository of `acme` whose `.github/analytics.yml` the App can read"


@pytest.mark.parametrize("name", ["settings", "acme/settings", "ACME/Settings"])
async def test_the_files_own_keys_win(house: House, name: str) -> None:  # noqa: F811
    house.write("traffic: off\nlanguage: de\nbots: [acme-ci]", "settings")
    read = await house.after(f"extends: {name}\ntraffic: everyone")
    assert (read.traffic, read.terms) == ("everyone", Terms(bots=("acme-ci",), language="de"))
    assert (read.source, read.extends, read.faults) == ("acme/rocket", "acme/settings", ())
    assert await read_configuration(house.github, ROCKET) == read


@pytest.mark.parametrize(
    ("extends", "fault"),
    [
        ("other/settings", "must be a repository of `acme`, not of another owner"),
        ("rocket", "must be another repository, not this one"),
        ("acme/Rocket", "must be another repository, not this one"),
        ("..", "must be a repository of `acme`"),
        ("missing", UNREAD),
        (".github", UNREAD),
    ],
)
async def test_anything_else_is_refused_with_a_sentence(house: House, extends: str, fault: str) -> None:  # noqa: F811
    house.world.add_repository("other/settings").files[".github/analytics.yml"] = "who_may: everyone"
    read = await house.after(f"traffic: off\nextends: {extends}")
    assert read.faults == (f"line 2: `extends: {extends}` {fault}",)
    assert (read.traffic, read.everyone_may, read.extends) == ("off", False, None)
    assert read.terms.people == "hidden"  # the file may have said so
    unknown = await house.after(f"extends: {extends}")
    assert (unknown.traffic, unknown.traffic_unsure) == ("off", True)  # and so it may of traffic
    assert not read.traffic_unsure  # which is off by the file's own word
    assert not any("other" in one.path for one in house.sandbox.requests)


@pytest.mark.parametrize(
    "extends",
    [
        "https://169.254.169.254/latest", "//evil.example/settings", "acme/../other/settings", "acme/%2e%2e",
        "acme/settings/../../other", "acme/settings?ref=x", "acme/settings#x", "ACME\\settings", '"acme/set\\ntings"',
    ],
)  # fmt: skip
async def test_an_address_is_no_repository_and_nobody_is_asked_for_it(house: House, extends: str) -> None:  # noqa: F811
    before = len(house.sandbox.requests)
    read = await house.after(f"extends: {extends}")
    assert (read.extends, len(read.faults)) == (None, 1)
    asked = " ".join(one.path for one in house.sandbox.requests[before:])
    assert not [one for one in ("169.254", "evil", "..", "other", "%", "latest") if one in asked], asked


async def test_a_repository_that_was_given_away_is_another_owners(house: House) -> None:  # noqa: F811
    """GitHub leads from the old name to the new owner's repository: that file is not the owner's any more."""
    moved = house.world.repository("acme/settings")
    assert moved is not None
    house.world.transfer_repository(moved, house.world.add_repository("other/place").owner)
    moved.files[".github/analytics.yml"] = "who_may: everyone"
    read = await house.after("extends: settings")
    assert read.faults == (f"line 1: `extends: settings` {UNREAD}",)
    assert not read.everyone_may


async def test_of_a_repository_that_was_renamed_only_the_old_name_is_said(house: House) -> None:  # noqa: F811
    """It may be private by now, and what its new name is nobody's business in a public thread."""
    house.write("language: de", "settings")
    settings = house.world.repository("acme/settings")
    assert settings is not None
    house.world.rename_repository(settings, "secret-plan")
    read = await house.after("extends: settings")
    assert (read.terms.language, read.extends) == ("de", "acme/settings")


async def test_one_level_only(house: House) -> None:  # noqa: F811
    house.write("extends: .github\nlanguage: fr", "settings")
    house.write("extends: rocket\nwho_may: everyone", OWNERS_REPOSITORY)
    read = await house.after("extends: settings")
    assert (read.everyone_may, read.terms.language) == (False, "fr")
    assert read.faults == ("line 1: `extends: settings`: what the file there extends itself does not count",)


async def test_rules_for_capturing_are_not_taken_over(house: House) -> None:  # noqa: F811
    house.write("capture: off\nlanguage: de", OWNERS_REPOSITORY)
    read = await house.after("extends: .github")
    assert (read.capture.patterns, read.terms.language, read.faults) == ((), "de", ())


async def test_mistakes_over_there_are_said_without_a_word_of_them(house: House) -> None:  # noqa: F811
    house.write("language: de\npeople: anonymous", "settings")
    await house.after("extends: settings")
    house.write("language: secret\npeople: secret", "settings")
    read = await house.after("extends: settings")
    assert read.terms == Terms(people="anonymous", language="de")
    assert read.faults == ("line 1: `extends: settings`: the file there has mistakes, too",)
    assert read.unsaid


async def test_a_mistake_that_comes_over_there_is_said_though_the_file_has_not_changed(house: House) -> None:  # noqa: F811
    """Somebody was told of what is wrong here; what is wrong there is new."""
    house.write("language: de", "settings")
    await note_said(house.services, ROCKET, await house.after("extends: settings\npeople: hiden"))
    assert not (await house.ask()).unsaid
    house.write("language: german", "settings")
    house.world.clock.advance(HOUR)
    read = await house.ask()
    assert len(read.faults) == 2
    assert read.unsaid


async def test_a_key_that_is_wrong_here_is_not_taken_from_there(house: House) -> None:  # noqa: F811
    house.write("who_may: everyone\nimages: text\npeople: anonymous", "settings")
    read = await house.after("extends: settings\nwho_may: member\npeople: nobody")
    assert (read.everyone_may, read.images, read.terms.people) == (False, "text", "hidden")


async def test_a_base_that_cannot_be_read_for_a_while_holds_as_before(house: House) -> None:  # noqa: F811
    house.write("people: anonymous", "settings")
    good = await house.after("extends: settings")
    fault = Fault(Match(path="*/acme/settings/contents/*"), "status", times=None, status=403, body='{"message": "no"}')
    house.sandbox.faults.add(fault)
    assert await house.ask() == good
    assert fault.hit == 1


@pytest.mark.parametrize("status", [403, 404, 502])
async def test_a_repository_that_is_not_shown_for_a_while_undoes_nothing(house: House, status: int) -> None:  # noqa: F811
    house.write("traffic: off\npeople: anonymous", "settings")
    good = await house.after("extends: settings")
    assert (good.traffic, good.terms.people) == ("off", "anonymous")
    deny(house, "/repos/acme/settings", status)
    assert await house.ask() == good


@pytest.mark.parametrize("status", [403, 404])
async def test_what_was_never_read_may_say_that_nothing_is_shown(house: House, status: int) -> None:  # noqa: F811
    house.write("traffic: everyone", "settings")
    deny(house, "/repos/acme/settings", status)
    read = await house.after("extends: settings")
    assert (read.traffic, read.terms.people) == ("off", "hidden")
    assert read.fault_line is not None
    assert read.fault_line.endswith("the defaults hold in their place and nobody is named and no traffic is shown.")
    assert (await house.after("extends: settings\ntraffic: push\npeople: names")).traffic == "push"


async def test_what_was_never_read_is_waited_for_while_github_is_down(house: House) -> None:  # noqa: F811
    deny(house, "/repos/acme/settings", 502)
    with pytest.raises(Later):
        await house.after("extends: settings")


async def test_a_mistake_over_there_in_who_sees_what_shows_least(house: House) -> None:  # noqa: F811
    house.write("traffic: of\nlanguage: de", "settings")
    read = await house.after("extends: settings")
    assert (read.traffic, read.terms.people, read.terms.language) == ("off", "names", "de")
    house.write("people: nobody\nlanguage: de", OWNERS_REPOSITORY)
    read = await house.after("extends: .github")
    assert (read.traffic, read.terms.people, read.terms.language) == ("push", "hidden", "de")


@pytest.mark.parametrize("text", ["extends: secret-plan", "extends: other/secret-plan", "extends: settings"])
async def test_no_name_leaves_the_owners_repository(house: House, text: str) -> None:  # noqa: F811
    """It may be private, as the repositories are that its file names, and the thread public."""
    house.write("extends: rocket\nbots: [a b]", "settings")
    house.write(text, OWNERS_REPOSITORY)
    read = await house.ask()
    assert read.owners
    assert read.extends is None
    assert read.faults
    said = f"{read.fault_line} {settings_block(read)}"
    assert "secret" not in said
    assert "settings`" not in said
    assert "line 1: `extends`" in said
    owners = await owners_configuration_for(house.services, house.github, 1, "acme")
    assert f"`{text}`" in " ".join(owners.faults)
    assert owners.mark == read.mark


async def test_of_a_version_that_is_not_there_any_more_no_line_is_said(house: House) -> None:  # noqa: F811
    house.write("language: de", "settings")
    await house.after("# first\nextends: settings")
    house.write("language: german", "settings")
    read = await house.after("traffic: of")
    assert read.faults == (
        "line 1: `traffic: of` must be `push`, `everyone` or `off`",
        "in the version that holds, `extends: settings`: the file there has mistakes, too",
    )


async def test_without_github_a_base_that_is_not_known_hides_what_it_may_hide(house: House) -> None:  # noqa: F811
    """As for the file behind an export's address, whose owner has renamed what is extended."""
    house.write("traffic: everyone", "settings")
    await house.after("extends: settings")
    store = house.services.store
    assert (await known_settings(store, ROCKET)).traffic == "everyone"
    settings = house.world.repository("acme/settings")
    assert settings is not None
    house.world.rename_repository(settings, "plans")
    assert (await house.after("extends: plans")).traffic == "everyone"
    assert (await known_settings(store, ROCKET)).traffic == "everyone"
    deny(house, "/repos/acme/lost", 404)
    await house.after("extends: lost")
    known = await known_settings(store, ROCKET)
    assert (known.traffic, known.terms.people) == ("off", "hidden")


def deny(place: House, path: str, status: int) -> None:
    place.sandbox.faults.add(Fault(Match(path=path), "status", times=None, status=status, body='{"message": "no"}'))
