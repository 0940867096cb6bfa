"""Who sees what: GitHub's word, roles given here, and nothing else; over real HTTP, against the sandbox."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from dashboard.access import NOT_THERE, Reach, is_named
from sandbox.faults import Fault, Match
from storage import roles
from storage.installations import (
    installation,
    mark_installation_removed,
    mark_repositories_removed,
    repository,
    save_installation,
    save_repository,
)
from storage.sessions import GITHUB, NewPerson, Person, all_persons, save_person
from storage.shown import open_repository, open_repository_by_name
from tests.dashboard.people import NOW, Browser, Place, open_place

OPAL = Person(1, GITHUB, "1", "opal", None, None, False, NOW)
GITHUB_DOWN = Fault(Match("GET", "/user/installations"), "status", status=502)


async def signed_in(place: Place, login: str) -> Browser:
    browser = place.browser()
    await browser.sign_in(login)
    return browser


async def person(place: Place, login: str) -> Person:
    return next(one for one in await place.store.read(all_persons) if one.login == login)


async def test_people_see_what_github_lets_them_see_and_traffic_where_they_may_push(place: Place) -> None:
    """A star is traffic, an exclamation mark somebody who looks after it; what is public is not theirs by that."""
    assert await place.sees(await signed_in(place, "opal")) == ["quartz/mine", "quartz/vault*"]
    assert await place.sees(await signed_in(place, "jade")) == ["quartz/mine*!", "quartz/vault*!"]
    assert await place.sees(await signed_in(place, "agate")) == ["basalt/pit*"]
    assert await place.sees(await signed_in(place, "slate")) == []


async def test_not_yours_and_not_there_are_the_same_letter_by_letter(place: Place) -> None:
    agate, ids = await signed_in(place, "agate"), place.ids
    theirs = await agate.get("/repositories/basalt/pit")
    assert (theirs.status, theirs.text) == (200, f"{ids['basalt/pit']} True False")
    refused = [
        await agate.get(address)
        for address in (
            "/repositories/quartz/vault", "/repositories/quartz/mine", "/repositories/no/where",
            "/repositories/QUARTZ/Vault", f"/installations/{ids['quartz']}", f"/installations/{ids['basalt']}",
            "/installations/999",
        )
    ]  # fmt: skip
    assert {(seen.status, seen.text) for seen in refused} == {(404, NOT_THERE)}
    assert len({tuple(sorted(set(seen.headers) - {"Date"})) for seen in refused}) == 1


async def test_not_yours_and_not_there_ask_the_database_the_same(place: Place) -> None:
    """A statement more takes a tenth of a millisecond more, and some hundred requests tell the two apart."""
    agate, asked = await signed_in(place, "agate"), list[str]()
    await place.sees(agate)  # what GitHub lets them see is known

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        statements = []
        for address in ("/repositories/quartz/vault", "/repositories/no/where", "/repositories/quartz/nothing"):
            asked.clear()
            assert (await agate.get(address)).status == 404
            statements.append([one for one in asked if "BEGIN" not in one])
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert statements[0] == statements[1] == statements[2]
    assert sum("FROM repositories" in one for one in statements[0]) == 1


async def test_nobody_sees_anything_without_signing_in(place: Place) -> None:
    for address in ("/page", "/repositories/quartz/mine", f"/installations/{place.ids['quartz']}"):
        assert (await place.browser().get(address)).status == 303


async def test_who_loses_access_at_github_loses_it_here_within_minutes(place: Place) -> None:
    opal = await signed_in(place, "opal")
    assert "quartz/vault*" in await place.sees(opal)
    place.world.permit("quartz/vault", "opal", "none")
    assert "quartz/vault*" in await place.sees(opal)  # what GitHub said a moment ago
    place.wait(minutes=10)
    assert await place.sees(opal) == ["quartz/mine"]
    assert (await opal.get("/repositories/quartz/vault")).status == 404


async def test_a_page_does_not_wait_while_github_is_asked_again(place: Place) -> None:
    """After two minutes the page goes by what is known, and the next one by what GitHub says now."""
    opal = await signed_in(place, "opal")
    await place.sees(opal)
    place.world.permit("quartz/vault", "opal", "none")
    place.wait(minutes=3)
    assert "quartz/vault*" in await place.sees(opal)
    listings = (await place.front()).listings
    assert listings is not None
    for task in list(listings.asking.values()):
        await task
    assert await place.sees(opal) == ["quartz/mine"]


async def test_github_is_not_asked_for_every_page(place: Place) -> None:
    opal = await signed_in(place, "opal")
    await place.sees(opal)
    before = len(place.sandbox.requests)
    for _ in range(5):
        await place.sees(opal)
    assert len(place.sandbox.requests) == before


async def test_while_github_is_down_the_last_word_holds_for_an_hour_and_then_nothing_does(place: Place) -> None:
    opal = await signed_in(place, "opal")
    await place.sees(opal)
    place.sandbox.faults.add(replace(GITHUB_DOWN, times=None))
    place.wait(minutes=30)
    assert await place.sees(opal) == ["quartz/mine", "quartz/vault*"]
    place.wait(minutes=31)
    seen = await opal.get("/page")
    assert seen.status == 503
    assert "GitHub does not answer" in seen.text
    place.sandbox.faults.clear()
    place.wait(minutes=1)
    assert await place.sees(opal) == ["quartz/mine", "quartz/vault*"]


async def test_what_is_suspended_uninstalled_or_taken_away_is_not_shown(place: Place) -> None:
    """By what is stored here at once, whatever GitHub said minutes ago."""
    opal, quartz = await signed_in(place, "opal"), place.ids["quartz"]
    known = await place.store.read(lambda conn: installation(conn, quartz))
    assert known is not None
    await place.store.write(lambda conn: mark_repositories_removed(conn, [place.ids["quartz/mine"]], NOW))
    assert await place.sees(opal) == ["quartz/vault*"]
    assert (await opal.get("/repositories/quartz/mine")).status == 404
    await place.store.write(lambda conn: save_installation(conn, replace(known, suspended_at=NOW)))
    assert await place.sees(opal) == []
    assert (await opal.get("/repositories/quartz/vault")).status == 404
    await place.store.write(lambda conn: save_installation(conn, known))
    assert await place.sees(opal) == ["quartz/vault*"]
    await place.store.write(lambda conn: mark_installation_removed(conn, quartz, NOW))
    assert await place.sees(opal) == []


async def test_what_was_removed_is_nobodys_whoever_finds_it(place: Place) -> None:
    """Twice: it is not found by its name or number, and were it found, no reach has it, not even an operator's."""
    number = place.ids["quartz/mine"]
    await place.store.write(lambda conn: mark_repositories_removed(conn, [number], NOW))
    assert await place.store.read(lambda conn: open_repository_by_name(conn, "quartz", "mine")) is None
    assert await place.store.read(lambda conn: open_repository(conn, number)) is None
    gone = await place.store.read(lambda conn: repository(conn, number))
    assert gone is not None
    for reach in (
        Reach(OPAL, True, roles.Roles(), None),
        Reach(OPAL, False, roles.Roles(repositories={number: True}), None),
    ):
        assert reach.of(gone, "everyone") is None
        assert reach.of(replace(gone, removed_at=None), "everyone") is not None


async def test_who_signs_in_anew_is_asked_about_anew(place: Place) -> None:
    """Whoever was just given, or has just lost, something at GitHub need not wait for the minutes of before."""
    opal = await signed_in(place, "opal")
    assert await place.sees(opal) == ["quartz/mine", "quartz/vault*"]
    place.world.permit("quartz/vault", "opal", "none")
    assert await place.sees(opal) == ["quartz/mine", "quartz/vault*"]
    assert await place.sees(await signed_in(place, "opal")) == ["quartz/mine"]


async def test_a_suspension_that_only_github_knows_of_counts_too(place: Place) -> None:
    place.world.installations[place.ids["quartz"]].suspended_at = "2026-11-20T11:00:00Z"
    assert await place.sees(await signed_in(place, "opal")) == []


async def test_an_owner_of_the_organisation_is_its_admin(place: Place) -> None:
    jade, opal = await signed_in(place, "jade"), await signed_in(place, "opal")
    address = f"/installations/{place.ids['quartz']}"
    assert [(await one.get(address)).status for one in (jade, opal)] == [200, 404]


async def test_tokens_that_end_are_renewed_unseen(place: Place) -> None:
    opal = await signed_in(place, "opal")
    (first,) = place.sandbox.state.gate.users
    for _ in range(4):
        place.wait(hours=9)
        assert (await opal.get("/page")).status == 200
    assert first not in place.sandbox.state.gate.users
    assert len(place.sandbox.state.gate.users) == 1


async def test_a_token_that_github_takes_no_more_is_renewed_before_anybody_is_sent_away(place: Place) -> None:
    opal = await signed_in(place, "opal")
    place.sandbox.state.gate.users.clear()
    assert (await opal.get("/page")).status == 200


async def test_who_takes_their_word_back_at_github_is_signed_out(place: Place) -> None:
    opal = await signed_in(place, "opal")
    await place.sees(opal)
    place.sandbox.web_flow.revoke("opal")
    place.wait(minutes=10)
    assert (await opal.get("/page")).location == "/login?next=/page"
    assert not opal.cookies
    await opal.sign_in("opal")
    assert await place.sees(opal) == ["quartz/mine", "quartz/vault*"]


async def test_roles_add_to_what_github_lets_people_see_and_end_at_once(place: Place) -> None:
    slate, ids = await signed_in(place, "slate"), place.ids
    who = (await person(place, "slate")).id
    give = {"by": "jade", "at": NOW}
    await place.store.write(lambda conn: roles.give_view(conn, who, ids["quartz/vault"], by="jade", at=NOW))
    assert await place.sees(slate) == ["quartz/vault"]
    await place.store.write(
        lambda conn: roles.give_view(conn, who, ids["quartz/vault"], by="jade", at=NOW, sees_traffic=True)
    )
    assert await place.sees(slate) == ["quartz/vault*"]
    assert (await slate.get("/repositories/quartz/mine")).status == 404
    await place.store.write(lambda conn: roles.give_role(conn, who, ids["basalt"], "member", **give))  # type: ignore[arg-type]
    assert await place.sees(slate) == ["basalt/pit*", "quartz/vault*"]
    assert (await slate.get(f"/installations/{ids['basalt']}")).status == 404
    await place.store.write(lambda conn: roles.give_role(conn, who, ids["basalt"], "admin", **give))  # type: ignore[arg-type]
    assert await place.sees(slate) == ["basalt/pit*!", "quartz/vault*"]
    assert (await slate.get(f"/installations/{ids['basalt']}")).text == "basalt"
    await place.store.write(lambda conn: roles.take_role(conn, who, ids["basalt"]))
    await place.store.write(lambda conn: roles.take_view(conn, who, ids["quartz/vault"]))
    assert await place.sees(slate) == []


async def test_a_view_ends_where_the_repository_comes_to_another_installation(place: Place) -> None:
    """Its new owner has given nothing; that it is saved again as it was changes nothing."""
    slate, ids = await signed_in(place, "slate"), place.ids
    who = (await person(place, "slate")).id
    await place.store.write(
        lambda conn: roles.give_view(conn, who, ids["quartz/vault"], by="jade", at=NOW, sees_traffic=True)
    )
    found = await place.store.read(lambda conn: repository(conn, ids["quartz/vault"]))
    assert found is not None
    await place.store.write(lambda conn: save_repository(conn, replace(found, name="safe")))
    assert await place.sees(slate) == ["quartz/safe*"]
    moved = replace(found, owner="basalt", installation_id=ids["basalt"])
    await place.store.write(lambda conn: save_repository(conn, moved))
    assert await place.sees(slate) == []
    await place.store.write(lambda conn: save_repository(conn, found))
    assert await place.sees(slate) == []


async def test_without_the_permission_github_names_no_owner_and_the_pages_say_so(place: Place) -> None:
    jade, quartz = await signed_in(place, "jade"), place.ids["quartz"]
    assert (await jade.get(f"/i/{quartz}")).status == 200
    assert "does not tell this App" not in (await jade.get("/")).text
    del place.world.installations[quartz].permissions["members"]
    known = await place.store.read(lambda conn: installation(conn, quartz))
    assert known is not None
    less = replace(known, permissions=place.world.installations[quartz].permissions)
    await place.store.write(lambda conn: save_installation(conn, less))
    place.wait(minutes=20)
    assert (await jade.get(f"/i/{quartz}")).status == 404
    assert "GitHub does not tell this App who owns quartz" in (await jade.get("/")).text


@pytest.mark.parametrize("named", ["Slate", "{number}"])
async def test_an_operator_sees_everything_even_while_github_is_down(
    database_file: Path, tmp_path: Path, named: str
) -> None:
    """By login or by account number; an operator that was made here counts as much."""
    database = f"sqlite:///{database_file}"
    everything = ["basalt/pit*!", "quartz/mine*!", "quartz/vault*!"]
    async with open_place(database, tmp_path) as place:
        number = place.world.account("slate").id
    operators = f"somebody-else, {named.format(number=number)}"
    async with open_place(database, tmp_path, OPERATORS=operators) as place:
        slate, opal = await signed_in(place, "slate"), await signed_in(place, "opal")
        place.sandbox.faults.add(replace(GITHUB_DOWN, times=None))
        assert await place.sees(slate) == everything
        assert (await opal.get("/page")).status == 503
        place.sandbox.faults.clear()
        who = (await person(place, "opal")).id
        await place.store.write(lambda conn: roles.set_operator(conn, who, is_operator=True))
        assert await place.sees(opal) == everything


def somebody(new: NewPerson) -> Person:
    return Person(1, new.issuer, new.subject, new.login, new.name, new.email, False, NOW)


def test_what_people_call_themselves_at_another_provider_makes_nobody_an_operator() -> None:
    elsewhere = NewPerson("https://id.quartz.example", "jade", "jade")
    assert is_named(somebody(NewPerson(GITHUB, "4002", "Jade")), ["jade"])
    assert is_named(somebody(NewPerson(GITHUB, "4002", "Jade")), ["4002"])
    assert not is_named(somebody(NewPerson(GITHUB, "77", "4002")), ["4002"]), "a login of digits is anybody's to take"
    assert is_named(somebody(NewPerson(GITHUB, "77", "4002")), ["77"])
    assert not is_named(somebody(elsewhere), ["jade"])
    assert not is_named(somebody(replace(elsewhere, subject="4002")), ["4002"])
    assert is_named(somebody(elsewhere), ["sub:jade"])
    assert not is_named(somebody(elsewhere), ["sub:Jade"])
    assert is_named(somebody(replace(elsewhere, email="jade@quartz.example")), ["Jade@Quartz.example"])


async def test_somebody_of_another_provider_has_the_roles_they_were_given_and_nothing_of_github(place: Place) -> None:
    """The same name and the same number elsewhere are another person."""
    access, jade = (await place.front()).access, place.world.account("jade")
    new = NewPerson("https://id.quartz.example", str(jade.id), "jade")
    other = await place.store.write(lambda conn: save_person(conn, new, NOW))
    await signed_in(place, "jade")
    assert await access.repositories_for(other) == []
    await place.store.write(lambda conn: roles.give_view(conn, other.id, place.ids["quartz/mine"], by="opal", at=NOW))
    (only,) = await access.repositories_for(other)
    assert (only.repository.full_name, only.sees_traffic, only.manages) == ("quartz/mine", False, False)
    (shown,) = await access.installations_for(other)
    assert (shown.installation.account_login, shown.role) == ("quartz", None)


async def test_what_is_remembered_of_people_is_bounded(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.listings.MOST_REPOSITORIES", 3)
    for login in ("opal", "jade", "agate"):
        await place.sees(await signed_in(place, login))
    listings = (await place.front()).listings
    assert listings is not None
    assert [len(one.readable) for one in listings.kept.values()] == [2, 1]


async def test_a_clock_set_back_makes_nothing_hold_for_longer(place: Place) -> None:
    opal = await signed_in(place, "opal")
    await place.sees(opal)
    place.world.permit("quartz/vault", "opal", "none")
    place.sandbox.clock.advance(timedelta(minutes=-5))
    assert await place.sees(opal) == ["quartz/mine"]
