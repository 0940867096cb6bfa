"""People sign in with GitHub, stay signed in, and sign out: over real HTTP, against the sandbox."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from aiohttp.test_utils import make_mocked_request

from dashboard.attempts import origin
from dashboard.headers import HEADERS
from dashboard.sessions import COOKIE
from tests.dashboard.people import Browser, Place, Seen, open_place, query

PENDING = "almanac-signing-in"


async def test_somebody_signs_in_and_comes_to_the_page_they_wanted(place: Place) -> None:
    browser = place.browser()
    first = await browser.get("/page?tab=traffic")
    assert (first.status, first.location) == (303, "/login?next=/page?tab%3Dtraffic")
    doors = await browser.get(first.location)
    assert doors.status == 200
    (door,) = re.findall(r'href="([^"]+/login/github[^"]+)"', doors.text)
    away = await browser.get(door)
    back = await browser.agree(away.location, "opal")
    done = await browser.get(back)
    assert (done.status, done.location) == (303, "/page?tab=traffic")
    assert (await browser.get(done.location)).text.startswith("opal ")
    assert (await browser.get("/login?next=/page")).status == 303  # who is signed in is not asked again


async def test_github_is_asked_with_pkce_and_a_state_of_its_own_each_time(place: Place) -> None:
    browser = place.browser()
    first, second = query(await browser.leave()), query(await browser.leave())
    for asked in (first, second):
        assert asked["redirect_uri"] == f"{place.url}/login/github/callback"
        assert asked["code_challenge_method"] == "S256"
        assert len(asked["code_challenge"]) == len(asked["state"]) == 43
    assert first["state"] != second["state"]
    assert first["code_challenge"] != second["code_challenge"]


async def test_what_the_browser_keeps_is_out_of_reach_of_scripts_and_other_sites(place: Place) -> None:
    browser = place.browser()
    cookie = (await browser.sign_in("opal")).cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert cookie["max-age"] == str(14 * 86_400)
    assert not cookie["secure"], "plain http on this machine"


async def test_over_https_cookies_are_secure_and_of_this_host_alone(database_file: Path, tmp_path: Path) -> None:
    database = f"sqlite:///{database_file}"
    async with open_place(database, tmp_path, PUBLIC_URL="https://almanac.quartz.example") as place:
        seen = await place.browser().get("/login/github")
        assert query(seen.location)["redirect_uri"] == "https://almanac.quartz.example/login/github/callback"
        cookie = seen.cookies[f"__Host-{PENDING}"]
        assert cookie["secure"]
        assert cookie["httponly"]
        assert not cookie["domain"]


@pytest.mark.parametrize("address", ["http://almanac.quartz.example", ""])
async def test_in_the_clear_nobody_signs_in(database_file: Path, tmp_path: Path, address: str) -> None:
    async with open_place(f"sqlite:///{database_file}", tmp_path, PUBLIC_URL=address) as place:
        page = await place.browser().get("/login")
        assert "PUBLIC_URL" in page.text
        assert "Sign in with" not in page.text
        assert (await place.browser().get("/login/github")).status == 404


async def test_without_a_client_secret_the_page_says_what_is_missing(database_file: Path, tmp_path: Path) -> None:
    async with open_place(f"sqlite:///{database_file}", tmp_path, GITHUB_CLIENT_SECRET="") as place:
        assert "GITHUB_CLIENT_SECRET" in (await place.browser().get("/login")).text


async def test_an_answer_counts_in_the_browser_that_asked_and_once(place: Place) -> None:
    """Somebody else's link, a link opened again, and a state that was changed sign nobody in."""
    mine, other = place.browser(), place.browser()
    back = await mine.agree(await mine.leave(), "opal")
    await other.leave()
    changed = re.sub("state=.", "state=", back)
    for browser, address in ((mine, changed), (other, back), (place.browser(), back)):
        seen = await browser.get(address)
        assert seen.status == 400
        assert COOKIE not in seen.cookies
    # the first try took the cookie away, so this browser begins anew; nothing of it can be used a second time, not even
    # with a fresh code of GitHub's
    address = await mine.leave()
    back, fresh = await mine.agree(address, "opal"), await mine.agree(address, "opal")
    kept = dict(mine.cookies)
    assert (await mine.get(back)).status == 303
    for address in (back, fresh):
        mine.cookies = dict(kept)
        again = await mine.get(address)
        assert (again.status, COOKIE in again.cookies) == (400, False)
        assert "begin" in again.text


async def test_a_sign_in_takes_ten_minutes_at_most(place: Place) -> None:
    browser = place.browser()
    address = await browser.leave()
    place.wait(minutes=11)
    assert (await browser.get(await browser.agree(address, "opal"))).status == 400


async def test_a_code_of_another_browsers_verifier_is_worth_nothing(place: Place) -> None:
    """Whoever steals a code cannot use it: PKCE ties it to the browser that began."""
    victim, thief = place.browser(), place.browser()
    stolen = query(await victim.agree(await victim.leave(), "opal"))["code"]
    state = query(await thief.leave())["state"]
    seen = await thief.get(f"/login/github/callback?code={stolen}&state={state}")
    assert (seen.status, COOKIE in seen.cookies) == (400, False)


async def test_who_says_no_is_told_so(place: Place) -> None:
    browser = place.browser()
    seen = await browser.ask("POST", await browser.leave(), headers={}, data={"cancel": "1"})
    told = await browser.get(seen.location)
    assert told.status == 403
    assert "You said no at GitHub" in told.text


async def test_a_session_set_from_outside_is_never_taken_over(place: Place) -> None:
    """Fixation: the identifier that was there before a sign-in is not the one after, and is worth nothing."""
    browser = place.browser()
    browser.cookies[COOKIE] = planted = "p" * 43
    await browser.sign_in("opal")
    first = browser.cookies[COOKIE]
    assert first != planted
    await browser.sign_in("opal")
    assert browser.cookies[COOKIE] != first
    for old in (planted, first):
        stranger = place.browser()
        stranger.cookies[COOKIE] = old
        assert (await stranger.get("/page")).status == 303


async def test_a_session_ends_when_nobody_uses_it_for_half_a_day(place: Place) -> None:
    browser = place.browser()
    await browser.sign_in("opal")
    for _ in range(3):
        place.wait(hours=11)
        assert (await browser.get("/page")).status == 200
    place.wait(hours=12)
    assert (await browser.get("/page")).status == 303


async def test_a_session_ends_after_two_weeks_however_much_it_is_used(place: Place) -> None:
    browser = place.browser()
    await browser.sign_in("opal")
    for _ in range(14 * 3 - 1):
        place.wait(hours=8)
        assert (await browser.get("/page")).status == 200
    place.wait(hours=8)
    assert (await browser.get("/page")).status == 303


async def test_signing_out_ends_this_browser_and_signing_out_everywhere_each(place: Place) -> None:
    one, two, three = place.browser(), place.browser(), place.browser()
    for browser in (one, two, three):
        await browser.sign_in("opal")
    kept = dict(one.cookies)
    assert (await one.post("/logout", {"csrf": await one.csrf()})).location == "/login"
    assert COOKIE not in one.cookies
    one.cookies = kept  # the server has forgotten it, whatever a browser keeps
    assert [(await browser.get("/page")).status for browser in (one, two, three)] == [303, 200, 200]
    await two.post("/logout/everywhere", {"csrf": await two.csrf()})
    assert [(await browser.get("/page")).status for browser in (one, two, three)] == [303, 303, 303]


async def test_a_form_counts_only_from_a_page_of_this_session(place: Place) -> None:
    browser, other = place.browser(), place.browser()
    await browser.sign_in("opal")
    await other.sign_in("opal")
    good = {"csrf": await browser.csrf()}
    assert (await browser.post("/logout", {})).status == 403
    assert (await browser.post("/logout", {"csrf": await other.csrf()})).status == 403
    assert (await browser.post("/logout", good, Origin="https://elsewhere.example")).status == 403
    assert (await browser.post("/logout", good, Origin="null")).status == 403
    assert (await browser.post("/logout", good, Sec_Fetch_Site="cross-site")).status == 403
    assert (await browser.ask("POST", "/logout", headers={}, data=good)).status == 403
    assert (await place.browser().post("/logout", good)).status == 401
    assert (await browser.post("/page", good)).status == 200
    assert (await browser.post("/page", {}, X_CSRF_Token=good["csrf"])).status == 200


@pytest.mark.parametrize(
    "wanted",
    [
        "https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "\\\\elsewhere.example", "page",
        "/%09/elsewhere.example\t", "/\t/elsewhere.example", "javascript:alert(1)", "/page\r\nSet-Cookie: a=b",
        "/.//elsewhere.example", "/a/..//elsewhere.example", "/%2e/", "/a//elsewhere.example", "/" + "a" * 1001,
    ],
)  # fmt: skip
async def test_nobody_is_sent_to_another_site_afterwards(place: Place, wanted: str) -> None:
    browser = place.browser()
    seen = await browser.get("/login/github?" + query_of(next=wanted))
    back = await browser.agree(seen.location, "opal")
    assert (await browser.get(back)).location == "/"
    # to whoever is signed in already, the page itself says where to go on
    assert (await browser.get("/login?" + query_of(next=wanted))).location == "/"


def query_of(**values: str) -> str:
    from urllib.parse import urlencode  # noqa: PLC0415

    return urlencode(values)


async def test_every_answer_has_the_headers_that_keep_browsers_honest(place: Place) -> None:
    browser = place.browser()
    answers = [await browser.get("/login"), await browser.get("/login/github"), await browser.get("/page")]
    answers.append(await browser.get("/login/github/callback?state=x"))
    await browser.sign_in("opal")
    answers += [await browser.get("/page"), await browser.get("/repositories/no/where"), await browser.post("/logout")]
    for seen in answers:
        assert {name: seen.headers.get(name) for name in HEADERS} == HEADERS, seen.status
        assert seen.headers["Cache-Control"] == "private, no-store"
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    style = await browser.get("/login/sign_in.css")
    assert (style.status, style.headers["Content-Type"]) == (200, "text/css; charset=utf-8")


async def fails(place: Place, **headers: str) -> Seen:
    """Come back from GitHub to a sign-in of one's own with a code that GitHub does not know."""
    browser = place.browser()
    state = query(await browser.leave())["state"]
    return await browser.get(f"/login/github/callback?code=invented&state={state}", **headers)


async def test_strangers_close_signing_in_for_nobody(place: Place) -> None:
    """An answer to no question costs nothing, wherever it comes from: behind a proxy all have one address."""
    stranger, other = place.browser(), place.browser()
    for _ in range(100):
        assert (await stranger.get("/login/github/callback?state=x")).status == 400
    for _ in range(100):  # nor does saying no
        state = query(await stranger.leave())["state"]
        assert (await stranger.get(f"/login/github/callback?error=access_denied&state={state}")).status == 403
    await other.sign_in("opal")
    assert (await other.get("/page")).status == 200


async def test_whoever_asks_github_in_vain_very_often_must_wait(place: Place) -> None:
    for _ in range(60):
        assert (await fails(place)).status == 400
    seen = await fails(place)
    assert seen.status == 429
    assert int(seen.headers["Retry-After"]) > 0
    place.wait(minutes=9)
    for _ in range(60):
        assert (await fails(place)).status == 429
    place.wait(minutes=1)
    await place.browser().sign_in("opal")  # what was refused here counts for nothing


async def test_behind_a_proxy_everybody_has_an_address_of_their_own(place: Place) -> None:
    """The last one is the proxy's word; what stands before it is the stranger's own."""
    for number in range(60):
        assert (await fails(place, X_Forwarded_For=f"203.0.113.{number}, 198.51.100.7")).status == 400
    assert (await fails(place, X_Forwarded_For="198.51.100.7")).status == 429
    assert (await fails(place, X_Forwarded_For="198.51.100.8")).status == 400
    assert (await fails(place, X_Forwarded_For="198.51.100.7, nobody")).status == 400
    await place.browser().sign_in("opal")


@pytest.mark.parametrize("neighbour", ["127.0.0.1", "172.17.0.1", "fd00::1"])
def test_only_a_neighbour_says_whom_it_speaks_for(neighbour: str) -> None:
    told = {"X-Forwarded-For": "198.51.100.7"}
    for remote, expected in ((neighbour, "198.51.100.7"), ("93.184.216.34", "93.184.216.34")):
        assert origin(make_mocked_request("GET", "/", told).clone(remote=remote)) == expected


async def test_nothing_that_the_database_holds_signs_anybody_in(place: Place, database_file: Path) -> None:
    """Neither the session's secret nor GitHub's tokens can be read from it."""
    browser = place.browser()
    await browser.sign_in("opal")
    secret = browser.cookies[COOKIE]
    given = [*place.sandbox.state.gate.users, *place.sandbox.web_flow.refreshes]
    assert len(given) == 2
    stored = b"".join(file.read_bytes() for file in database_file.parent.glob(database_file.name + "*"))
    assert b"opal" in stored
    for text in (secret, *given):
        assert text.encode() not in stored


async def test_a_changed_key_signs_people_out_and_breaks_nothing(database_file: Path, tmp_path: Path) -> None:
    database = f"sqlite:///{database_file}"
    async with open_place(database, tmp_path) as place:
        browser = place.browser()
        await browser.sign_in("opal")
        kept = browser.cookies
    async with open_place(database, tmp_path, SECRET_KEY="k" * 32) as place:
        browser = Browser(place.session, place.url)
        browser.cookies = kept
        assert (await browser.get("/page")).location == "/login?next=/page"
        await browser.sign_in("opal")
        assert (await browser.get("/page")).status == 200
