"""Tokens of the data API: what they may read, until when, and that nobody else gets anything by them."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from structlog.testing import capture_logs

from dashboard.access import NOT_THERE
from dashboard.api.callers import new_token
from dashboard.sessions import digest_of
from storage import api_tokens, roles
from storage.api_tokens import SCOPES
from storage.previewed_catalogue import TABLES
from storage.sessions import NewPerson, all_persons, save_person
from storage.user_tokens import forget_user_token, user_token
from tests.dashboard.people import NOW, Browser, Place
from tests.dashboard.programs import Program, make, program, send
from tests.storage.filled import fill

VAULT = "/repositories/quartz/vault"
OF_VAULT = (
    VAULT, f"{VAULT}/metrics", f"{VAULT}/metrics/pulls", f"{VAULT}/metrics/traffic",
    f"{VAULT}/metrics/pulls/tables/facts", f"{VAULT}/data", *(f"{VAULT}/data/{table}" for table in TABLES),
    *(f"{VAULT}/traffic/{what}" for what in ("days", "weeks", "referrers", "paths")),
)  # fmt: skip


async def signed_in(place: Place, login: str) -> Browser:
    browser = place.browser()
    await browser.sign_in(login)
    return browser


@pytest.fixture
async def opal(place: Place) -> Browser:
    """Somebody who writes in quartz/vault, which has rows in every table."""
    await fill(place.store, place.ids["quartz/vault"])
    return await signed_in(place, "opal")


async def number_of(place: Place, login: str) -> int:
    return next(one.id for one in await place.store.read(all_persons) if one.login == login)


# who may have what


async def test_to_others_it_is_what_is_not_there_to_the_letter(place: Place, opal: Browser) -> None:
    """agate is of another installation, slate of none; what is not there at all is no different."""
    assert (await (await program(opal)).get(VAULT)).json["full_name"] == "quartz/vault"
    quartz = place.ids["quartz"]
    bodies = set()
    for login in ("agate", "slate"):
        other = await program(await signed_in(place, login))
        captures = f"/installations/{quartz}/captures"
        for path in (*OF_VAULT, captures):
            nothing = path.replace("quartz/vault", "quartz/nothing").replace(str(quartz), "99999999")
            for asked in (path, nothing, f"{path}?limit=5" if "traffic/" in path else path):
                told = await other.get(asked, 404)
                assert told.detail == NOT_THERE
                bodies.add(told.body)
        bodies.add((await other.get("/nothing/at/all", 404)).body)
        bodies.add((await other.get("/installations/abc/captures", 404)).body)
        assert VAULT not in str((await other.get("/repositories")).json)
        assert "quartz" not in str((await other.get("/installations")).json)
    assert len(bodies) == 1


async def test_without_a_token_nobody_is_told_anything(place: Place, opal: Browser) -> None:
    """Not even whether something is there; whatever else a browser holds, a wrong token is a wrong token."""
    right = (await program(opal)).token
    for token in ("", "alm_" + "x" * 43, right[:-1], right + "x", "alm_", right.removeprefix("alm_")):
        for path in ("/me", VAULT, "/nothing"):
            told = await Program(place.session, place.url, token).get(path, 401)
            assert told.headers["WWW-Authenticate"].startswith('Bearer realm="Almanac"')
            assert ("invalid_token" in told.headers["WWW-Authenticate"]) is bool(token)
    both = {"Authorization": f"Bearer {right}x", "Accept": "*/*"}
    assert (await opal.get("/api/v1/me")).status == 200
    assert (await opal.get("/api/v1/me", **both)).status == 401
    assert (await Program(place.session, place.url).get("/me", 401, Authorization=f"Basic {right}")).detail
    assert (await Program(place.session, place.url).get(f"/me?token={right}&access_token={right}", 401)).detail


async def test_a_browsers_session_reads_from_our_own_pages_only(opal: Browser) -> None:
    for said in ("same-origin", "none"):
        assert (await opal.get("/api/v1/me", Sec_Fetch_Site=said)).status == 200
    for said in ("cross-site", "same-site"):
        assert (await opal.get("/api/v1/me", Sec_Fetch_Site=said)).status == 401


async def test_a_scope_is_needed_for_each_kind(opal: Browser) -> None:
    """403 names the scope that is missing; traffic needs its own wherever it is shown."""
    needs = {
        f"{VAULT}/metrics": "read:metrics", f"{VAULT}/metrics/pulls": "read:metrics",
        f"{VAULT}/metrics/pulls/tables/facts": "read:metrics", f"{VAULT}/data": "read:data",
        f"{VAULT}/data/pulls": "read:data", f"{VAULT}/traffic/days": "read:traffic",
        f"{VAULT}/traffic/paths": "read:traffic",
    }  # fmt: skip
    for scope in SCOPES:
        script = await program(opal, scope)
        assert (await script.get("/me")).json["token"]["scopes"] == [scope]
        for path, needed in needs.items():
            ok = 503 if path.endswith(("/metrics/pulls", "/facts")) else 200  # nothing was read of it yet
            told = await script.get(path, ok if needed == scope else 403)
            if told.status == 403:
                assert f'scope="{needed}"' in told.headers["WWW-Authenticate"]
        assert (await script.get(VAULT)).json["sees_traffic"] is (scope == "read:traffic")


async def test_traffic_in_answers_and_rows_needs_the_scope_for_traffic(opal: Browser) -> None:
    script = await program(opal, "read:data", "read:metrics")
    for table in (one.name for one in TABLES.values() if one.traffic):
        told = await script.get(f"{VAULT}/data/{table}", 403)
        assert 'scope="read:traffic"' in told.headers["WWW-Authenticate"]
    assert 'scope="read:traffic"' in (await script.get(f"{VAULT}/metrics/traffic", 403)).headers["WWW-Authenticate"]
    shown = {one["name"] for one in (await script.get(f"{VAULT}/data")).json["items"]}
    assert shown == {one.name for one in TABLES.values() if not one.traffic}
    asked = {one["name"] for one in (await script.get(f"{VAULT}/metrics")).json["items"]}
    assert "pulls" in asked
    assert not asked & {"traffic", "referrers", "paths"}


async def test_no_scope_shows_traffic_that_is_not_ones_own(place: Place, opal: Browser) -> None:
    """opal only reads quartz/mine: GitHub would not show her its traffic either."""
    await fill(place.store, place.ids["quartz/mine"])
    script = await program(opal)
    for path in ("traffic/days", "data/traffic", "metrics/traffic"):
        told = await script.get(f"/repositories/quartz/mine/{path}", 403)
        assert told.detail.startswith("Traffic is for people who may push to quartz/mine")
    assert (await script.get("/repositories/quartz/mine/data/pulls")).json["items"]


async def test_a_role_that_is_taken_counts_at_once(place: Place, opal: Browser) -> None:
    slate = await signed_in(place, "slate")
    script, who, quartz = await program(slate), await number_of(place, "slate"), place.ids["quartz"]
    await script.get(VAULT, 404)
    await place.store.write(lambda conn: roles.give_role(conn, who, quartz, "member", by="jade", at=NOW))
    told = await script.get(f"{VAULT}/traffic/days")
    await place.store.write(lambda conn: roles.take_role(conn, who, quartz))
    await script.get(f"{VAULT}/traffic/days", 404)
    # that nothing has changed since is not told either
    await script.get(f"{VAULT}/traffic/days", 404, If_None_Match=told.headers["ETag"])
    del opal


async def test_what_is_lost_at_github_is_lost_here(place: Place, opal: Browser) -> None:
    script = await program(opal)
    await script.get(VAULT)
    place.world.permit("quartz/vault", "opal", "none")
    place.wait(minutes=11)
    await script.get(VAULT, 404)


# how long


async def test_a_token_ends_when_it_was_said_to(place: Place, opal: Browser) -> None:
    """Sessions end long before it; the token goes on by what GitHub gave, and both are gone at its end."""
    script, who = await program(opal, days="30"), await number_of(place, "opal")
    place.wait(days=29, hours=23)
    assert (await opal.get("/account")).status == 303, "the session has ended"
    assert (await script.get(VAULT)).json["full_name"] == "quartz/vault"
    await signed_in(place, "slate")  # whoever signs in sweeps what has ended
    assert await place.store.read(lambda conn: user_token(conn, who)) is not None
    place.wait(hours=1)
    assert "has ended" in (await script.get(VAULT, 401)).detail
    await signed_in(place, "slate")
    assert await place.store.read(lambda conn: user_token(conn, who)) is None


async def test_signing_out_leaves_what_a_token_needs_and_ending_the_token_does_not(place: Place, opal: Browser) -> None:
    script, who = await program(opal), await number_of(place, "opal")
    (kept,) = await place.store.read(lambda conn: api_tokens.tokens_of(conn, who))
    assert (await send(opal, "/logout/everywhere", [])).status == 303
    assert (await script.get(f"{VAULT}/data/pulls")).json["items"]
    again = await signed_in(place, "opal")
    assert (await send(again, f"/account/tokens/{kept.id}/end", [])).status == 303
    await script.get(VAULT, 401)
    assert await place.store.read(lambda conn: user_token(conn, who)) is not None, "a browser is signed in"
    await send(again, "/logout", [])
    assert await place.store.read(lambda conn: user_token(conn, who)) is None


async def test_what_github_takes_back_is_told_to_a_token(place: Place, opal: Browser) -> None:
    """Only the person can give GitHub's word again; the token itself then goes on."""
    script, who = await program(opal), await number_of(place, "opal")
    await place.store.write(lambda conn: forget_user_token(conn, who))
    told = await script.get(VAULT, 401)
    assert "sign in again" in told.detail
    await signed_in(place, "opal")
    await script.get(VAULT)


async def test_that_it_was_used_is_written_once_in_minutes(place: Place, opal: Browser) -> None:
    script, who = await program(opal), await number_of(place, "opal")

    async def used() -> object:
        (token,) = await place.store.read(lambda conn: api_tokens.tokens_of(conn, who))
        return token.last_used_at

    assert await used() is None
    await script.get("/me")
    first = await used()
    assert first == place.sandbox.clock.now()
    place.wait(minutes=4)
    await script.get("/me")
    assert await used() == first
    place.wait(minutes=1)
    await script.get("/me")
    assert await used() == place.sandbox.clock.now()


async def test_a_person_of_another_provider_has_what_their_roles_give(place: Place, opal: Browser) -> None:
    """GitHub is not asked about them."""
    ruby = await place.store.write(
        lambda conn: save_person(conn, NewPerson("https://id.quartz.example", "sub-1", "ruby", "Ruby"), NOW)
    )
    token, ends = new_token(), NOW + timedelta(days=1)
    await place.store.write(
        lambda conn: api_tokens.make_token(conn, digest_of(token), ruby.id, "x", SCOPES, at=NOW, expires_at=ends)
    )
    script = Program(place.session, place.url, token)
    assert (await script.get("/me")).json["signs_in_with"] == "openid"
    await script.get(VAULT, 404)
    await place.store.write(lambda conn: roles.give_view(conn, ruby.id, place.ids["quartz/vault"], by="jade", at=NOW))
    assert (await script.get(VAULT)).json["sees_traffic"] is False
    await script.get(f"{VAULT}/traffic/days", 403)
    del opal


# where it is


async def test_a_token_is_in_no_log_and_not_in_the_database(
    place: Place, opal: Browser, database_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    with capture_logs() as logs:
        script = await program(opal, name="nightly")
        for path, status in ((VAULT, 200), (f"{VAULT}/data/pulls?author={script.token}", 200), ("/nothing", 404)):
            await script.get(path, status)
        await script.get(f"{VAULT}/metrics/pulls?period={script.token}", 422)
        await Program(place.session, place.url, script.token[:-1]).get("/me", 401)
    secret = script.token.removeprefix("alm_")
    assert any(one["event"] == "a token was made" for one in logs), "logs are captured"
    for text in (repr(logs), caplog.text):
        assert secret not in text
        assert secret[:20] not in text
    files = [path for path in database_file.parent.glob(f"{database_file.name}*") if path.stat().st_size]
    assert files
    stored = b"".join(path.read_bytes() for path in files)
    assert b"nightly" in stored, "what is stored is found so"
    assert digest_of(script.token) in stored
    assert secret.encode() not in stored
    assert secret.encode()[:20] not in stored


async def test_the_store_refuses_what_no_page_would_make(place: Place, opal: Browser) -> None:
    who = await number_of(place, "opal")
    year = timedelta(days=365)
    for scopes, ends in (((), NOW + year), (SCOPES, NOW), (SCOPES, NOW + year + timedelta(seconds=1))):
        with pytest.raises(ValueError, match="within a year"):
            await place.store.write(
                lambda conn, scopes=scopes, ends=ends: api_tokens.make_token(  # type: ignore[misc]
                    conn, b"x", who, "x", scopes, at=NOW, expires_at=ends
                )
            )
    del opal


async def test_tokens_of_others_are_not_there(place: Place, opal: Browser) -> None:
    script = await program(opal)
    (token,) = await place.store.read(lambda conn: api_tokens.tokens_of(conn, 1))
    slate = await signed_in(place, "slate")
    for number in (token.id, token.id + 1, 10**18):
        seen = await send(slate, f"/account/tokens/{number}/end", [])
        assert (seen.status, seen.text) == (404, NOT_THERE)
    await script.get("/me")


async def test_a_path_may_be_written_in_any_way(opal: Browser) -> None:
    script = await program(opal)
    assert (await script.get(f"/repositories/{quote('QUARTZ')}/Vault")).json["full_name"] == "quartz/vault"
    for path in ("/repositories/quartz/vault/", "/repositories//vault", "/repositories/quartz/vault%2Fdata", "/me/x"):
        await script.get(path, 404)
    assert re.fullmatch(r"alm_[\w-]{43}", script.token)
    assert (await make(opal, "read:data")).status == 200
