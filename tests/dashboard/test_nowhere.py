"""An address that is none: a page for people, a line for programs, the same for everybody; 405 says what is right."""

from __future__ import annotations

from tests.dashboard.answering import Watched, links, words
from tests.dashboard.people import Browser

HTML = "text/html,application/xhtml+xml"


async def test_people_get_a_page_and_whoever_is_signed_in_keeps_the_navigation(watched: Watched) -> None:
    stranger = Browser(watched.town.session, watched.town.url)
    for path, status, heading in (
        ("/no/such/address", 404, "Nothing at this address"),
        ("/r/only-an-owner", 404, "Nothing at this address"),
        ("/webhooks/github", 405, "Not in this way"),
    ):
        seen, unseen = [await browser.get(path, Accept=HTML) for browser in (watched.member, stranger)]
        assert seen.status == unseen.status == status
        assert links(seen)["Analyse"] == "/analyse"
        assert "Sign out" in words(seen)
        assert set(links(unseen)) == {"All repositories"}
        for one in (seen, unseen):
            assert f"<h1>{heading}</h1>" in one.text
            assert "default-src 'none'" in one.headers["Content-Security-Policy"]
            assert one.headers["Cache-Control"] == "private, no-store"


async def test_programs_get_a_line_and_what_would_be_right(watched: Watched) -> None:
    town = watched.town
    for method, path, status, allowed in (
        ("GET", "/wp-login.php", 404, None),
        ("POST", "/wp-login.php", 404, None),
        ("GET", "/webhooks/github", 405, "POST"),
        ("DELETE", "/healthz", 405, "GET, HEAD"),
    ):
        async with town.session.request(method, town.url + path) as response:
            assert (response.status, response.headers.get("Allow")) == (status, allowed), path
            assert response.content_type == "text/plain"
            assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_data_api_says_it_as_it_says_all_problems(watched: Watched) -> None:
    town = watched.town
    async with town.session.post(f"{town.url}/api/v1/me") as response:
        problem = await response.json(content_type="application/problem+json")
        assert (response.status, response.headers["Allow"]) == (405, "GET, HEAD")
        assert problem["detail"] == "The data API reads and changes nothing: ask with GET."
