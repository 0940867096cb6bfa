"""What a cell of a CSV file is, so that no spreadsheet takes a name that somebody chose for a formula.

One rule for all files, for their heads too. The characters are OWASP's ("CSV Injection"), with the wide forms that East
Asian versions of spreadsheets take for them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import TypeVar

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
APOSTROPHE = "'"
NUMBER = r"-?[0-9]++(?:\.[0-9]++)?+(?:e[+-]?[0-9]++)?+"
# Where a spreadsheet takes semicolons for what is between cells, as in much of Europe, a cell may begin behind one in
# the middle of a text, quoted or not; so it may behind a tab or an end of a line.
BEHIND = r"(?<=[;\t\r\n])"
FORMULA = r"(?=[\"']*[=+\-@\uff1d\uff0b\uff0d\uff20])"
WITHIN, WITHIN_GUARDED = re.compile(BEHIND + FORMULA), re.compile(BEHIND + APOSTROPHE + FORMULA)
NUMBERS = re.compile(rf"(?:{NUMBER})?+(?: (?:{NUMBER})?+)*+")

Value = TypeVar("Value")


def guarded(cell: Value | None) -> Value | str:
    """Return a cell as it is written: unknown is empty, and a text that may be a formula gets an apostrophe in front.

    So does what would be a formula behind a separator within a text, and a text that begins with an apostrophe, which
    makes it possible to take exactly one away when the file is read again. Numbers stay numbers, also several with
    spaces between them, such as the ends of an interval.
    """
    if cell is None:
        return ""
    if not isinstance(cell, str) or NUMBERS.fullmatch(cell):
        return cell
    inside = WITHIN.sub(APOSTROPHE, cell)
    return f"{APOSTROPHE}{inside}" if cell.startswith((*FORMULA_STARTS, APOSTROPHE)) else inside


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """Return RFC 4180 text; an unknown value is an empty cell, and no text is taken for a formula by a spreadsheet."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue()


def unguarded(cell: str) -> str:
    """Return a text as it was before `guarded`."""
    return WITHIN_GUARDED.sub("", cell.removeprefix(APOSTROPHE))
