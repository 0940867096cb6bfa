"""A thread whose repository has gone public since a question was written: everybody reads what is said there now."""

from __future__ import annotations

from tests.stories.test_elsewhere import EMBER, asked_in, first_line, known, no_such, show
from tests.stories.town import LANTERN, MEMBER, STRONGROOM, Said, Town
from tests.stories.visits import captured


async def asked_before(town: Town, words: str, number: int | None = None) -> Said:
    """Ask in an internal LANTERN, which is public when the question arrives; no webhook has told so."""
    show(town, LANTERN, "internal")
    async with town.undelivered() as held:
        said = await town.post(words, MEMBER, LANTERN, number)
    show(town, LANTERN, "public")
    await town.redeliver(*held)
    return said


async def test_what_is_internal_is_not_counted(town: Town) -> None:
    show(town, EMBER, "internal")
    await captured(town)
    for metric in ("pulls", "traffic"):
        body = town.answer_to(await asked_before(town, f"/analytics {metric} all scope=org"))
        assert "over 2 repositories of quartz-labs, public ones only" in body, metric  # this one, and a public one


async def test_what_is_internal_is_not_asked_about_nor_compared_with(town: Town) -> None:
    show(town, EMBER, "internal")
    await known(town, LANTERN, EMBER)
    for key in ("in", "vs"):
        assert first_line(town, await asked_before(town, f"/analytics pulls {key}={EMBER}")) == no_such(EMBER)


async def test_a_secret_team_is_not_there_any_more(town: Town) -> None:
    """Its own members ask in a private thread, which everybody reads by now."""
    town.sandbox.hands.create_team("quartz-labs", "night", [MEMBER], secret=True)
    await known(town, STRONGROOM)
    assert first_line(town, await asked_in(town, STRONGROOM, "/analytics pulls team=night")).startswith("**")
    number = town.open_issue(STRONGROOM)
    async with town.undelivered() as held:
        said = await town.post("/analytics pulls team=night", MEMBER, STRONGROOM, number)
    show(town, STRONGROOM, "public")
    await town.redeliver(*held)
    assert first_line(town, said).startswith("There is no team `@quartz-labs/night`")


async def test_its_pictures_are_shown_to_no_more_people_than_before(town: Town) -> None:
    """That it is public now says who reads; what was internal a moment ago is not put under an address for that."""
    await captured(town)
    assert "<picture" not in town.answer_to(await asked_before(town, "/analytics pulls all scope=org"))
