"""The page of one's account: who one is, how many sessions there are, and tokens made, shown once and ended."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from dashboard import csrf
from dashboard.pages.account import DAYS, MOST, NO_END, NO_NAME, NO_SCOPE, TOO_MANY
from dashboard.sessions import COOKIE
from storage.api_tokens import SCOPES, tokens_of
from storage.sessions import all_persons
from tests.dashboard.answering import cells, words
from tests.dashboard.people import Browser, Place, Seen
from tests.dashboard.programs import SHOWN, Program, make, program, send

HTML = "text/html"


@pytest.fixture
async def opal(place: Place) -> Browser:
    browser = place.browser()
    await browser.sign_in("opal")
    return browser


async def account(browser: Browser) -> Seen:
    seen = await browser.get("/account", Accept=HTML)
    assert seen.status == 200, seen.text
    assert seen.headers["Cache-Control"] == "private, no-store"
    return seen


async def test_it_says_who_one_is_and_how_one_signs_in(place: Place, opal: Browser) -> None:
    place.wait(hours=3)
    seen = words(await account(opal))
    number = place.world.account("opal").id
    assert "You are opal" in seen
    assert f"You sign in with GitHub, as account number {number}" in seen
    assert "Here for the first time 3 h ago" in seen
    assert "with this browser only" in seen
    assert "You have no token." in seen


async def test_nobody_is_led_to_sign_in_and_back(place: Place) -> None:
    assert (await place.browser().get("/account")).location == "/login?next=/account"


async def test_it_counts_the_sessions_that_have_not_ended_and_ends_them_all(place: Place, opal: Browser) -> None:
    others = []
    for _ in range(2):
        others.append(place.browser())
        await others[-1].sign_in("opal")
    jade = place.browser()
    await jade.sign_in("jade")
    assert "with 3 browsers, this one among them" in words(await account(opal))
    place.wait(hours=11)
    await account(opal)
    place.wait(hours=2)  # the others were not used for longer than a session lasts
    assert "with this browser only" in words(await account(opal))
    await others[0].sign_in("opal")
    assert (await send(opal, "/logout/everywhere", [])).location == "/login"
    for browser in (opal, *others):
        assert (await browser.get("/account")).status == 303


async def test_a_token_is_shown_once_and_never_in_an_address(opal: Browser) -> None:
    seen = await make(opal, "read:metrics", "read:data", name="grafana <1>")
    assert seen.status == 200
    assert seen.headers["Cache-Control"] == "private, no-store"
    shown = SHOWN.search(seen.text)
    assert shown is not None
    assert seen.text.count(shown[1]) == 1
    assert not re.search(r'(?:href|action|src)="[^"]*alm_', seen.text)
    later = await account(opal)
    assert "alm_" not in later.text
    assert cells(later, "token-list")[1][:2] == ["grafana <1>", "read:metrics read:data"]
    script = Program(opal.session, opal.base, shown[1])
    token = (await script.get("/me")).json["token"]
    assert (token["name"], token["scopes"]) == ("grafana <1>", ["read:data", "read:metrics"])
    assert token["expires_at"].startswith("2027-02-18T12:00:00")  # 90 days from then


async def test_it_says_what_a_token_may_when_it_ends_and_when_it_was_used(place: Place, opal: Browser) -> None:
    script = await program(opal, "read:traffic", days="30", name="nightly")
    name, may, made, ends, used, _ = cells(await account(opal), "token-list")[1]
    day = (place.sandbox.clock.now() + timedelta(days=30)).strftime("%Y-%m-%d %H:%M UTC")
    assert (name, may, made, ends, used) == ("nightly", "read:traffic", "just now", day, "never")
    await script.get("/me")
    place.wait(hours=2)
    assert cells(await account(opal), "token-list")[1][4] == "2 h ago"
    place.wait(days=30)
    await opal.sign_in("opal")
    assert cells(await account(opal), "token-list")[1][3].startswith("ended")
    place.wait(days=31)
    await opal.sign_in("opal")
    await make(opal, "read:data", name="another")
    assert [row[0] for row in cells(await account(opal), "token-list")[1:]] == ["another"]


async def test_a_token_is_ended_by_its_button(place: Place, opal: Browser) -> None:
    first, second = await program(opal, name="one"), await program(opal, name="two")
    found = re.search(
        r'action="(/account/tokens/\d+/end)"[^>]*>.*?End<span class="unseen"> one<', (await account(opal)).text
    )
    assert found is not None
    assert (await send(opal, found[1], [])).location == "/account#tokens"
    await first.get("/me", 401)
    await second.get("/me")
    assert [row[0] for row in cells(await account(opal), "token-list")[1:]] == ["two"]
    assert (await send(opal, found[1], [])).status == 404
    del place


@pytest.mark.parametrize(
    ("name", "scopes", "days", "sentence"),
    [
        ("", ["read:data"], "90", NO_NAME),
        ("x" * 61, ["read:data"], "90", NO_NAME),
        ("a\u202eb", ["read:data"], "90", NO_NAME),
        ("a", [], "90", NO_SCOPE),
        ("a", ["write:data"], "90", NO_SCOPE),
        ("a", ["read:data"], "400", NO_END),
        ("a", ["read:data"], "", NO_END),
    ],
)
async def test_what_cannot_be_made_is_told_beside_the_form(
    place: Place, opal: Browser, name: str, scopes: list[str], days: str, sentence: str
) -> None:
    seen = await make(opal, *scopes, days=days, name=name)
    assert seen.status == 422
    assert sentence in words(seen)
    assert "alm_" not in seen.text
    assert await place.store.read(lambda conn: tokens_of(conn, 1)) == []


async def test_there_is_an_end_to_how_many_one_has(opal: Browser) -> None:
    for number in range(MOST):
        assert (await make(opal, "read:data", name=f"script {number}")).status == 200
    seen = await make(opal, "read:data", name="one more")
    assert (seen.status, TOO_MANY in words(seen)) == (422, True)
    assert 'value="one more"' in seen.text


async def test_every_choice_of_the_form_can_be_made(opal: Browser) -> None:
    page = (await account(opal)).text
    assert re.findall(r'<option value="(\d+)"', page) == list(DAYS)
    assert re.findall(r'name="scope" value="([^"]+)"', page) == list(SCOPES)
    for days in DAYS:
        assert (await make(opal, *SCOPES, days=days)).status == 200
    assert '<option value="90" selected>' in page


async def test_only_a_form_of_this_session_makes_and_ends_tokens(place: Place, opal: Browser) -> None:
    fields = {"name": "a", "scope": "read:data", "days": "90"}
    right = {"csrf": csrf.token(opal.cookies[COOKIE])}
    for form, headers in (
        (fields, {}),
        ({**fields, "csrf": "0" * 64}, {}),
        ({**fields, **right}, {"Origin": "https://elsewhere.example"}),
    ):
        assert (await opal.post("/account/tokens", form, **headers)).status == 403
    (who,) = await place.store.read(all_persons)
    assert await place.store.read(lambda conn: tokens_of(conn, who.id)) == []
    script = await program(opal)
    assert (await opal.post("/account/tokens/1/end", {})).status == 403
    # a token reads: it is nobody's session, and makes no other
    headers = {"Authorization": f"Bearer {script.token}", "Origin": place.url}
    for path in ("/account", "/account/tokens"):
        method = "POST" if path.endswith("tokens") else "GET"
        async with place.session.request(
            method, place.url + path, headers=headers, allow_redirects=False, data=fields
        ) as response:
            assert response.status == (401 if method == "POST" else 303)
