"""Who was given what in an installation: giving, taking, inviting, and the list of every change."""

from __future__ import annotations

import asyncio

from storage.invitations import invitations_of, take_up
from storage.roles import roles_of, take_role
from storage.sessions import NewPerson, Person, save_person
from tests.dashboard.managing import Managed, look, refuses_foreign_forms, send, words
from tests.dashboard.people import NOW

PROVIDER = "https://id.example"


async def somebody(managed: Managed, login: str, email: str | None = None, issuer: str = PROVIDER) -> Person:
    """Have somebody of the OpenID provider sign in."""

    new = NewPerson(issuer, f"sub-{login}", login, email=email)
    return await managed.place.store.write(lambda conn: save_person(conn, new, NOW))


async def role(managed: Managed, login: str) -> str | None:
    who, quartz = await managed.person(login), managed.place.ids["quartz"]
    return (await managed.place.store.read(lambda conn: roles_of(conn, who.id))).installations.get(quartz)


async def test_a_role_counts_at_once_and_is_gone_at_once(managed: Managed) -> None:
    place, address = managed.place, f"{managed.quartz}/people"
    jade, slate = await managed.signed_in("jade"), await managed.signed_in("slate")
    assert (await send(jade, address, do="give", who="@Slate", role="member")).status == 303
    assert await place.sees(slate) == ["quartz/mine*", "quartz/vault*"]
    seen = words((await look(jade, address)).text)
    assert "slate GitHub member just now by jade" in seen
    assert "jade made slate a member" in seen
    number = (await managed.person("slate")).id
    await send(jade, address, do="take", person=str(number))
    assert await place.sees(slate) == []
    assert "jade took from slate the role of member" in words((await look(jade, address)).text)


async def test_a_viewer_sees_one_repository_with_its_traffic_or_without(managed: Managed) -> None:
    place, address = managed.place, f"{managed.quartz}/people"
    jade, slate = await managed.signed_in("jade"), await managed.signed_in("slate")
    await send(jade, address, do="give", who="slate", role="viewer", repository="quartz/vault")
    assert await place.sees(slate) == ["quartz/vault"]
    await send(jade, address, do="give", who="slate", role="viewer", repository="QUARTZ/vault", traffic="yes")
    assert await place.sees(slate) == ["quartz/vault*"]
    assert "viewer of quartz/vault, with its traffic" in words((await look(jade, address)).text)
    number, vault = (await managed.person("slate")).id, place.ids["quartz/vault"]
    await send(jade, address, do="take", person=str(number), repository=str(vault))
    assert await place.sees(slate) == []


async def test_somebody_of_the_provider_is_found_by_a_verified_address_only(managed: Managed) -> None:
    address = f"{managed.quartz}/people"
    jade = await managed.signed_in("jade")
    await somebody(managed, "mica", "mica@id.example")
    await somebody(managed, "opal")  # calls itself so, and anybody can
    await send(jade, address, do="give", who="Mica@ID.example", role="member")
    await send(jade, address, do="give", who="opal", role="admin")
    seen = words((await look(jade, address)).text)
    assert "mica id.example, mica@id.example member" in seen
    assert "opal at GitHub admin" in seen, "invited: nobody of GitHub has signed in by that name"
    assert await role(managed, "opal") is None


async def test_an_invitation_is_taken_up_when_they_sign_in(managed: Managed) -> None:
    place, address = managed.place, f"{managed.quartz}/people"
    jade = await managed.signed_in("jade")
    await send(jade, address, do="give", who="slate", role="viewer", repository="quartz/mine", traffic="yes")
    await send(jade, address, do="give", who="slate", role="viewer", repository="quartz/vault")
    seen = words((await look(jade, address)).text)
    assert "slate at GitHub viewer of quartz/mine, with its traffic just now by jade 2026-12-20 12:00 UTC" in seen
    assert await place.sees(await managed.signed_in("slate")) == ["quartz/mine*", "quartz/vault"]
    after = words((await look(jade, address)).text)
    assert "Invited" not in after.partition("Give a role")[2].partition("What was changed")[0]
    assert "slate took up the invitation as viewer, by jade" in after


async def test_who_had_the_login_long_ago_gets_nothing_by_it(managed: Managed) -> None:
    """Somebody else may have it now: whoever signs in by it next has the role, and whoever gives it reads to whom."""
    address, jade = f"{managed.quartz}/people", await managed.signed_in("jade")
    slate = await managed.signed_in("slate")
    number, quartz = managed.place.world.account("slate").id, managed.place.ids["quartz"]
    to = (await send(jade, address, do="give", who="slate", role="member")).location
    said = words((await look(jade, to)).text)
    assert f"The role went to slate, account {number} at GitHub, who signed in here last just now." in said
    assert "The role went" not in words((await look(slate, to)).text), "members see no list of who was given what"
    old = await managed.person("slate")
    await managed.place.store.write(lambda conn: take_role(conn, old.id, quartz))
    managed.place.wait(days=31)
    jade = await managed.signed_in("jade")
    to = (await send(jade, address, do="give", who="slate", role="member")).location
    assert to == f"{address}?invited=slate"
    assert "Nobody has signed in here as slate within 30 days" in words((await look(jade, to)).text)
    assert await role(managed, "slate") is None
    await managed.signed_in("slate")
    assert await role(managed, "slate") == "member"


async def test_whoever_was_away_for_long_has_less_at_once_and_nothing_again(managed: Managed) -> None:
    """A role is lowered by the name it was given to, and what is taken comes back by no invitation."""
    address, jade = f"{managed.quartz}/people", await managed.signed_in("jade")
    await managed.signed_in("slate")
    await send(jade, address, do="give", who="slate", role="admin")
    managed.place.wait(days=31)
    jade = await managed.signed_in("jade")
    await send(jade, address, do="give", who="slate", role="member")
    assert await role(managed, "slate") == "member"
    await send(jade, address, do="give", who="slate", role="admin")  # more than they have: an invitation
    assert await role(managed, "slate") == "member"
    slate = await managed.person("slate")
    await send(jade, address, do="take", person=str(slate.id))
    await managed.signed_in("slate")
    assert await role(managed, "slate") is None


async def test_an_invitation_ends_after_thirty_days(managed: Managed) -> None:
    place, address = managed.place, f"{managed.quartz}/people"
    jade = await managed.signed_in("jade")
    await send(jade, address, do="give", who="slate", role="admin")
    place.wait(days=30)
    assert await place.sees(await managed.signed_in("slate")) == []
    assert await place.store.read(lambda conn: invitations_of(conn, place.ids["quartz"], NOW)) == []


async def test_an_invitation_by_login_is_for_github_and_one_by_address_for_the_provider(managed: Managed) -> None:
    store, address = managed.place.store, f"{managed.quartz}/people"
    jade = await managed.signed_in("jade")
    await send(jade, address, do="give", who="mica", role="member")
    await send(jade, address, do="give", who="ruby@id.example", role="member")
    other = await somebody(managed, "mica", "mica@id.example")
    unverified = await somebody(managed, "ruby@id.example")
    ruby = await somebody(managed, "ruby", "ruby@id.example")
    taken = [await store.write(lambda conn, one=one: take_up(conn, one, NOW)) for one in (other, unverified, ruby)]  # type: ignore[misc]
    assert [len(one) for one in taken] == [0, 0, 1]


async def test_an_invitation_takes_nothing_from_whoever_has_more_by_then(managed: Managed) -> None:
    address = f"{managed.quartz}/people"
    jade = await managed.signed_in("jade")
    await send(jade, address, do="give", who="slate", role="member")
    await managed.signed_in("slate")
    await send(jade, address, do="give", who="slate", role="admin")
    await send(jade, address, do="give", who="agate", role="admin")
    seen = (await look(jade, address)).text
    number = seen.partition('name="invitation" value="')[2].partition('"')[0]
    await send(jade, address, do="uninvite", invitation=number)
    await managed.signed_in("agate")
    assert (await role(managed, "slate"), await role(managed, "agate")) == ("admin", None)


async def test_the_last_admin_stays_one(managed: Managed) -> None:
    """Unless it is an owner or an operator, who need no role to come back."""
    opal, address = await managed.member("opal", "admin"), f"{managed.quartz}/people"
    number = str((await managed.person("opal")).id)
    for fields in ({"do": "take", "person": number}, {"do": "give", "who": "opal", "role": "member"}):
        seen = await send(opal, address, **fields)
        assert (seen.status, "last admin" in seen.text) == (409, True)
    await managed.signed_in("slate")
    await send(opal, address, do="give", who="slate", role="admin")
    assert (await send(opal, address, do="take", person=number)).status == 303
    assert await role(managed, "opal") is None
    assert (await send(opal, address, do="give", who="opal", role="admin")).status == 404


async def test_two_last_admins_do_not_leave_at_once(managed: Managed) -> None:
    address = f"{managed.quartz}/people"
    both = [await managed.member(login, "admin") for login in ("opal", "slate")]
    ids = [str((await managed.person(login)).id) for login in ("opal", "slate")]
    answers = await asyncio.gather(
        *(send(browser, address, do="take", person=number) for browser, number in zip(both, ids, strict=True))
    )
    assert sorted(one.status for one in answers) == [303, 409]


async def test_members_look_and_see_neither_addresses_nor_changes(managed: Managed) -> None:
    address = f"{managed.quartz}/people"
    jade, opal = await managed.signed_in("jade"), await managed.member()
    await somebody(managed, "mica", "mica@id.example")
    await send(jade, address, do="give", who="mica@id.example", role="member")
    await send(jade, address, do="give", who="ruby@id.example", role="member")
    seen = words((await look(opal, address)).text)
    assert "mica id.example member" in seen
    assert "@" not in seen
    assert "ruby" not in seen
    assert "made mica" not in seen
    for fields in ({"do": "give", "who": "opal", "role": "admin"}, {"do": "take", "person": "1"}):
        assert (await send(opal, address, **fields)).status == 403
    assert await role(managed, "opal") == "member"


async def test_what_cannot_be_is_refused(managed: Managed) -> None:
    address, ids = f"{managed.quartz}/people", managed.place.ids
    jade = await managed.signed_in("jade")
    await managed.signed_in("slate")
    theirs = str((await managed.person("slate")).id)
    refused = (
        ({"do": "give", "who": "", "role": "member"}, 422),
        ({"do": "give", "who": "two words", "role": "member"}, 422),
        ({"do": "give", "who": "#1", "role": "member"}, 422),
        ({"do": "give", "who": "a\0@id.example", "role": "member"}, 400),
        ({"do": "give", "who": "a\x1b@id.example", "role": "member"}, 400),
        ({"do": "give", "who": "a@id.\x7fexample", "role": "member"}, 400),
        ({"do": "give", "who": "slate", "role": "viewer", "repository": "quartz/\0"}, 400),
        ({"do": "give", "who": "slate", "role": "operator"}, 422),
        ({"do": "give", "who": "slate", "role": "viewer"}, 422),
        ({"do": "give", "who": "slate", "role": "viewer", "repository": "basalt/pit"}, 422),
        ({"do": "give", "who": "slate", "role": "viewer", "repository": "no/where"}, 422),
        ({"do": "take", "person": theirs}, 404),
        ({"do": "take", "person": theirs, "repository": str(ids["quartz/mine"])}, 404),
        ({"do": "uninvite", "invitation": "1"}, 404),
        ({"do": "", "who": "slate"}, 422),
    )
    for fields, status in refused:
        seen = await send(jade, address, **fields)
        assert seen.status == status, (fields, seen.status, seen.text)
    assert await role(managed, "slate") is None


async def test_an_admin_of_one_installation_changes_nothing_in_another(managed: Managed) -> None:
    """Not by the number of somebody's role elsewhere, nor by another's invitation."""
    opal, place = await managed.member("opal", "admin"), managed.place
    jade = await managed.signed_in("jade")
    await send(jade, f"{managed.quartz}/people", do="give", who="agate", role="member")
    other = f"/i/{place.ids['basalt']}/people"
    assert (await send(opal, other, do="give", who="opal", role="admin")).status == 404
    (invitation,) = await place.store.read(lambda conn: invitations_of(conn, place.ids["quartz"], NOW))
    operator = await managed.operator()
    assert (await send(operator, other, do="uninvite", invitation=str(invitation.id))).status == 404
    assert (await send(operator, other, do="take", person=str((await managed.person("opal")).id))).status == 404


async def test_an_operator_may_say_somebodys_number(managed: Managed) -> None:
    """As people of a provider have no other proof of who they are where it verifies no addresses."""
    mica, operator = await somebody(managed, "mica"), await managed.operator()
    await send(operator, f"{managed.quartz}/people", do="give", who=f"#{mica.id}", role="member")
    assert await role(managed, "mica") == "member"


async def test_others_find_nothing_there_and_forms_from_elsewhere_are_refused(managed: Managed) -> None:
    address = f"{managed.quartz}/people"
    await managed.is_closed_to_others(address, forms=(address,))
    jade = await managed.signed_in("jade")
    await refuses_foreign_forms(jade, address, do="give", who="slate", role="admin")
    assert await role(managed, "slate") is None
