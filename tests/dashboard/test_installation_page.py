"""The page of an installation: its repositories, how often each is captured, who says so, and why one is not."""

from __future__ import annotations

import re

import pytest

from sandbox.faults import Fault, Match
from storage.capture_choices import capture_choices_of
from storage.configurations import KnownFile, save_file
from storage.decisions import decisions_of
from storage.installations import Repository, save_repositories
from tests.dashboard.managing import Managed, look, refuses_foreign_forms, send, words
from tests.dashboard.people import NOW


async def set_owners_file(managed: Managed, text: str) -> None:
    """Have the owner's `.github/analytics.yml` be `text`, at GitHub and as it was read last."""
    world = managed.place.world
    if not any(one.full_name == "quartz/.github" for one in world.repositories.values()):
        world.add_repository("quartz/.github", visibility="public")
        world.permit("quartz/.github", "jade", "admin")
    world.required("quartz/.github").files[".github/analytics.yml"] = text
    file = KnownFile(managed.place.ids["quartz"], "quartz/.github", text, text, NOW, NOW)
    await managed.place.store.write(lambda conn: save_file(conn, file))


async def captured(managed: Managed) -> list[str]:
    """Capture everything that is asked for now; return the repositories whose traffic GitHub was asked for."""
    before = len(managed.place.sandbox.requests)
    jade = await managed.signed_in("jade")
    managed.place.wait(minutes=5)
    assert (await send(jade, f"{managed.quartz}/collect")).status == 303
    await managed.work()
    asked = (one.path for one in managed.place.sandbox.requests[before:] if "/traffic/views" in one.path)
    return sorted({path.split("/")[3] for path in asked})


async def test_members_see_how_often_each_repository_is_captured_and_how_that_went(managed: Managed) -> None:
    opal = await managed.member()
    before = words((await look(opal, managed.quartz)).text)
    assert "quartz/mine daily as usual never not tried yet none" in before
    assert "The next capture is due 2026-11-20 12:00 UTC" in before
    assert await captured(managed) == ["mine", "vault"]
    after = words((await look(opal, managed.quartz)).text)
    assert re.search(r"quartz/mine daily as usual just now captured \d+ since", after), after
    assert "quartz/vault private daily as usual just now captured" in after


async def test_why_a_repository_is_not_captured_stands_beside_it(managed: Managed) -> None:
    opal = await managed.member()
    fault = Fault(Match("GET", "/repos/quartz/vault/traffic/*"), "status", status=500, body="{}", times=None)
    managed.place.sandbox.faults.add(fault)
    await captured(managed)
    seen = words((await look(opal, f"{managed.quartz}?show=trouble")).text)
    assert "1 fit; show all." in seen
    assert "quartz/vault private daily as usual just now failed GitHub could not show it" in seen
    assert "Never captured" in seen
    assert "quartz/mine" not in seen


async def test_without_the_permission_the_page_says_who_can_give_it(managed: Managed) -> None:
    opal = await managed.member()
    installed = next(one for one in managed.place.world.installations.values() if one.account.login == "quartz")
    installed.permissions.pop("administration")
    await captured(managed)
    seen = await look(opal, managed.quartz)
    assert "Administration (read-only)" in seen.text
    assert f"/settings/installations/{managed.place.ids['quartz']}" in seen.text


async def test_an_admin_chooses_how_often_and_captures_follow(managed: Managed) -> None:
    """Off is off, also in a run that somebody asks for."""
    jade, place = await managed.signed_in("jade"), managed.place
    mine = f"{managed.quartz}/repositories/{place.ids['quartz/mine']}"
    seen = await send(jade, mine, often="off", back="q=mi&page=1")
    assert (seen.status, seen.location) == (303, f"{managed.quartz}?q=mi&page=1")
    assert "quartz/mine off chosen here by jade" in words((await look(jade, managed.quartz)).text)
    assert await captured(managed) == ["vault"]
    await send(jade, mine, often="usual")
    assert "quartz/mine daily as usual" in words((await look(jade, managed.quartz)).text)
    assert await captured(managed) == ["mine", "vault"]
    noted, count = await place.store.read(lambda conn: decisions_of(conn, place.ids["quartz"], 10))
    assert count == 2
    assert [(one.who, one.what) for one in noted] == [
        ("jade", "set the capture of quartz/mine to usual"), ("jade", "set the capture of quartz/mine to off")
    ]  # fmt: skip


async def test_weekly_by_choice_is_a_week_after_the_last(managed: Managed) -> None:
    from scheduler.planning import plan_captures  # noqa: PLC0415 - as the clock does

    jade, place = await managed.signed_in("jade"), managed.place
    await send(jade, f"{managed.quartz}/repositories/{place.ids['quartz/mine']}", often="weekly")
    asked: list[list[str]] = []
    for _ in range(9):
        before = len(place.sandbox.requests)
        await plan_captures(place.store, managed.services.now(), spread=False)
        await managed.work()
        paths = {one.path for one in place.sandbox.requests[before:] if "/traffic/views" in one.path}
        asked.append(sorted(path.split("/")[3] for path in paths if "quartz" in path))
        place.wait(days=1)
    assert [("mine" in names, "vault" in names) for names in asked] == [
        (day in (0, 7), True) for day in range(9)
    ], asked  # fmt: skip


async def test_the_owners_file_wins_where_it_names_a_repository(managed: Managed) -> None:
    jade, place = await managed.signed_in("jade"), managed.place
    for name in ("mine", "vault"):
        await send(jade, f"{managed.quartz}/repositories/{place.ids[f'quartz/{name}']}", often="off")
    await set_owners_file(managed, 'capture:\n  "min*": daily\n')
    seen = await look(jade, managed.quartz)
    text = words(seen.text)
    assert "quartz/mine daily by min* in the owner's file; off, chosen here by jade, rests" in text
    assert "quartz/vault private off chosen here by jade" in text
    assert "/quartz/.github/blob/HEAD/.github/analytics.yml" in seen.text
    assert await captured(managed) == [".github", "mine"]


async def test_members_look_and_do_not_change(managed: Managed) -> None:
    opal, place = await managed.member(), managed.place
    assert '<select name="often"' not in (await look(opal, managed.quartz)).text
    address = f"{managed.quartz}/repositories/{place.ids['quartz/mine']}"
    assert (await send(opal, address, often="off")).status == 403
    assert await place.store.read(lambda conn: capture_choices_of(conn, place.ids["quartz"])) == {}


async def test_others_find_nothing_there_and_neither_do_viewers(managed: Managed) -> None:
    number = managed.place.ids["quartz/mine"]
    form = f"{managed.quartz}/repositories/{number}"
    await managed.is_closed_to_others(managed.quartz, "/i/999", "/i/9999999999999999999", forms=(form,))
    for login in ("agate", "slate"):
        browser = await managed.viewer(login, "quartz/mine")
        assert (await browser.get(managed.quartz)).status == 404
        assert (await send(browser, f"{managed.quartz}/repositories/{number}", often="off")).status == 404


async def test_an_admin_changes_nothing_elsewhere(managed: Managed) -> None:
    """Not another installation's repository through one's own, nor what is not there."""
    jade, place = await managed.signed_in("jade"), managed.place
    for number in (place.ids["basalt/pit"], 5, 10**18):
        assert (await send(jade, f"{managed.quartz}/repositories/{number}", often="off")).status == 404
    theirs = f"/i/{place.ids['basalt']}/repositories/{place.ids['basalt/pit']}"
    assert (await send(jade, theirs, often="off")).status == 404
    assert await place.store.read(lambda conn: capture_choices_of(conn, place.ids["basalt"])) == {}


@pytest.mark.parametrize("often", ["", "hourly", "Daily"])
async def test_what_is_no_frequency_is_refused(managed: Managed, often: str) -> None:
    jade = await managed.signed_in("jade")
    address = f"{managed.quartz}/repositories/{managed.place.ids['quartz/mine']}"
    assert (await send(jade, address, often=often)).status == 422


async def test_forms_from_elsewhere_are_refused(managed: Managed) -> None:
    jade = await managed.signed_in("jade")
    address = f"{managed.quartz}/repositories/{managed.place.ids['quartz/mine']}"
    await refuses_foreign_forms(jade, address, often="off")


async def test_the_way_back_leads_nowhere_else(managed: Managed) -> None:
    jade = await managed.signed_in("jade")
    address = f"{managed.quartz}/repositories/{managed.place.ids['quartz/mine']}"
    seen = await send(jade, address, often="weekly", back="https://elsewhere.example/?q=1&x=\r\ny")
    assert seen.location.startswith(f"{managed.quartz}?")


async def test_thousands_of_repositories_are_shown_a_page_at_a_time(managed: Managed) -> None:
    opal, place = await managed.member(), managed.place
    quartz = place.ids["quartz"]
    many = [Repository(10_000 + one, quartz, "quartz", f"r{one:04}", "public", "main") for one in range(3000)]
    await place.store.write(lambda conn: save_repositories(conn, many))
    first = (await look(opal, managed.quartz)).text
    assert "Page 1 of 61" in words(first)
    assert first.count('<th scope="row">') == 50
    assert len(first) < 100_000
    last = words((await look(opal, f"{managed.quartz}?page=61")).text)
    assert "r2999" in last
    assert words((await look(opal, f"{managed.quartz}?page=99999999999")).text).count("quartz/") == 50
    found = words((await look(opal, f"{managed.quartz}?q=R29")).text)
    assert "100 fit; show all." in found
    assert "Page 1 of 2" in found
    following = re.search(r'href="([^"]*page=2[^"]*)"', (await look(opal, f"{managed.quartz}?q=R29")).text)
    assert following is not None
    assert "r2999" in (await look(opal, following[1].replace("&amp;", "&"))).text
