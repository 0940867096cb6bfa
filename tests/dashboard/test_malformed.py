"""What is no form is the sender's mistake and refused; a mistake of ours is a page of ours, and logged."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web
from structlog.testing import capture_logs

from dashboard.forms import NO_TEXT, UNREADABLE
from dashboard.headers import HEADERS
from tests.dashboard import people
from tests.dashboard.people import Place

URLENCODED = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=x"
MALFORMED = {
    "no text": (URLENCODED, b"\xff\xfe"),
    "an encoding that is none": (f"{URLENCODED}; charset=nonsense", b"a=b"),
    "parts without a boundary": ("multipart/form-data", b"a=b"),
    "parts that never begin": (PARTS, b"nothing"),
    "a part without a name": (PARTS, b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n"),
    "a part without an end": (PARTS, b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1'),
    "a part that is no text": (PARTS, b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--x--\r\n'),
    "parts in parts": (PARTS, b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y--\r\n--x--\r\n"),
    "a part in an unknown transfer": (
        PARTS,
        b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: odd\r\n\r\n1\r\n--x--\r\n',
    ),
    "a header that is none": (PARTS, b"--x\r\nno header\r\n\r\n1\r\n--x--\r\n"),
}


@pytest.mark.parametrize("case", MALFORMED)
async def test_a_form_that_cannot_be_read_is_refused(place: Place, case: str) -> None:
    browser = place.browser()
    await browser.sign_in("opal")
    kind, body = MALFORMED[case]
    with capture_logs() as logs:
        seen = await browser.ask(
            "POST", "/logout", headers={"Origin": place.url, "Content-Type": kind}, data=aiohttp.BytesPayload(body)
        )
    # what is left of a form that breaks off may be read, and then it shows no token
    assert (seen.status, seen.text) in ((400, UNREADABLE), (403, seen.text)), seen.text
    assert seen.status == 400 or case == "a part without an end"
    assert not logs
    assert {name: seen.headers.get(name) for name in HEADERS} == HEADERS
    assert (await browser.get("/page")).status == 200


@pytest.mark.parametrize(
    "sent", [b"name=a%00b", b"name=a%1b%5b31m", b"name=%c2%85", b"a%7f=b", (b"name=\\ud800", "unicode_escape")]
)
async def test_a_form_with_what_nobody_types_is_refused_with_a_sentence(
    place: Place, sent: bytes | tuple[bytes, str]
) -> None:
    """PostgreSQL stores no NUL, no database half a character; tabs and ends of lines are text."""
    browser = place.browser()
    await browser.sign_in("opal")
    body, charset = sent if isinstance(sent, tuple) else (sent, "utf-8")
    kind = f"{URLENCODED}; charset={charset}"
    csrf = (await browser.csrf()).encode()
    for form, status in ((b"csrf=" + csrf + b"&" + body, 400), (b"csrf=" + csrf + b"&name=a%09%0d%0ab", 303)):
        headers = {"Origin": place.url, "Content-Type": kind}
        seen = await browser.ask("POST", "/logout", headers=headers, data=aiohttp.BytesPayload(form))
        assert (seen.status, NO_TEXT in seen.text) == (status, status == 400), seen.text


async def test_a_header_in_no_encoding_shows_no_token(place: Place) -> None:
    browser = place.browser()
    await browser.sign_in("opal")
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    head = (
        f"POST /logout HTTP/1.1\r\nHost: x\r\nOrigin: {place.url}\r\nCookie: {cookies}\r\nX-CSRF-Token: ".encode()
        + b"\xff\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
    assert b" 403 " in (await raw(place.url, head)).split(b"\r\n")[0]


async def test_a_mistake_of_ours_is_a_page_of_ours_and_one_line_of_the_log(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> web.StreamResponse:
        raise LookupError("what nobody foresaw")

    browser = place.browser()
    await browser.sign_in("opal")
    front = await place.front()
    monkeypatch.setattr(people, "listing", broken)  # a page for people
    monkeypatch.setattr(front.login, "get", broken)  # one for everybody
    for path in ("/page", "/login"):
        with capture_logs() as logs:
            seen = await browser.get(f"{path}?secret=1")
        assert seen.status == 500
        assert "Almanac made a mistake" in seen.text
        assert "foresaw" not in seen.text
        assert {name: seen.headers.get(name) for name in HEADERS} == HEADERS
        assert [(one["event"], one["path"]) for one in logs] == [("a request was not answered", path)]
        assert "secret" not in str(logs)


async def test_half_an_answer_is_not_followed_by_another(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks_off(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"the first half")
        raise LookupError("what nobody foresaw")

    monkeypatch.setattr((await place.front()).login, "get", breaks_off)
    with capture_logs() as logs:
        answer = await raw(place.url, b"GET /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.count(b"HTTP/1.1") == 1
    assert b"the first half" in answer
    assert [one["event"] for one in logs] == ["a request was not answered"]


@pytest.mark.parametrize(
    "path", ["/login?next=/\xff", "/login/github?next=\xff", "/login/github/callback?state=\xff&code=\xff"]
)
async def test_an_address_in_no_encoding_is_none_of_ours(place: Place, path: str) -> None:
    with capture_logs() as logs:
        cookie = "Cookie: almanac-signing-in=\xff; almanac-session=\xff"
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\n{cookie}\r\nConnection: close\r\n\r\n"
        answer = await raw(place.url, head.encode("latin-1"))
    assert answer.split(b" ")[1] in (b"200", b"303", b"400"), answer[:200]
    assert not logs


async def raw(url: str, request: bytes) -> bytes:
    """Send bytes as they are; return what comes back."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer
