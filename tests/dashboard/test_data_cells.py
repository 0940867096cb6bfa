"""Cells of previews lead to the thing at GitHub."""

from __future__ import annotations

import re

from dashboard.at_github import AtGitHub
from dashboard.data_cells import cells
from storage.previewed_catalogue import TABLES

AT = AtGitHub("https://github.example", "quartz/vault")
LINK = re.compile(r'<a href="https://github.example/quartz/vault/([^"]*)" rel="noreferrer">([^<]*)</a>')


def led(name: str, **values: object) -> list[tuple[str, str]]:
    """Return the ways and words of the links in one row."""
    columns = [column for column in TABLES[name].columns if column.name in values]
    (row,) = cells(TABLES[name], columns, [tuple(values[column.name] for column in columns)], AT)
    return LINK.findall(row)


def test_numbers_tags_and_hashes_lead_to_github() -> None:
    assert led("pulls", number=1205, additions=3) == [("pull/1205", "1205")]
    assert led("issues", number=4) == [("issues/4", "4")]
    assert led("comments", number=4, on_pull=False) == [("issues/4", "4")]
    assert led("commits", sha="0123456789abcdef") == [("commit/0123456789abcdef", "0123456789")]
    assert led("releases", tag="v1.0 <b>", is_draft=False) == [("releases/tag/v1.0%20%3Cb%3E", "v1.0 &lt;b&gt;")]


def test_a_draft_has_no_page_and_what_is_empty_leads_nowhere() -> None:
    assert led("releases", tag="v1.1", is_draft=True) == []
    assert led("releases", tag=None, is_draft=False) == []


def test_a_long_title_stands_on_several_lines_and_is_there_whole() -> None:
    title = "Nested tables in footnotes lose their captions when the page is printed"
    columns = [column for column in TABLES["pulls"].columns if column.name == "title"]
    made = cells(TABLES["pulls"], columns, [(title,), (title[:30],)], AT)
    assert made == [f'<td class="long">{title}</td>', f"<td>{title[:30]}</td>"]
