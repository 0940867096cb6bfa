"""How a language writes numbers and dates, by Unicode's CLDR. Imported when another language than English is spoken.

Names of months come only in scripts that the pictures' font has (Latin, Greek, Cyrillic): elsewhere a date is in
figures, so that text and picture say the same.
"""

from __future__ import annotations

from copy import copy
from datetime import date
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, format_percent

DRAWN = "\u052f"  # the last character of the Cyrillic blocks; Latin and Greek come before
FIGURES = {"yMMMd": "yMd", "MMMd": "Md", "yMMM": "yM", "MMM": "yM"}


@cache
def formats(language: str) -> Formats:
    """Return the formats of a language; raises ValueError or babel.UnknownLocaleError for one that is not known."""
    return Formats(language)


class Formats:
    """The formats of one language; dates and datetimes are written as the day they name."""

    def __init__(self, language: str) -> None:
        self.locale = Locale.parse(language)

    def decimal(self, value: float, digits: int, *, grouped: bool = True) -> str:
        """Return a number with exactly that many decimals: `12.345,6`, `12,34,567`."""
        # rounded as English is, so that no language says another number
        exact = Decimal(f"{value:.{digits}f}")
        # the language's own pattern says which digits stand together: 12,34,567 in Hindi
        pattern = copy(self.locale.decimal_formats[None])
        pattern.frac_prec = (digits, digits)
        return str(format_decimal(exact, pattern, locale=self.locale, group_separator=grouped))

    def percent(self, whole: int) -> str:
        """Return whole percents with the language's sign and its distance: `62 %`."""
        return str(format_percent(Decimal(whole) / 100, locale=self.locale))

    def day(self, when: date) -> str:
        """Return `19.06.2026`, the language's usual short form of a day."""
        usual = str(format_date(when, "medium", locale=self.locale))
        return usual if drawn(usual) else self.written(when, "yMMMd")

    def day_and_month(self, when: date) -> str:
        """Return `19. Juni`."""
        return self.written(when, "MMMd")

    def month_and_year(self, when: date) -> str:
        """Return `Juni 2026`."""
        return self.written(when, "yMMM")

    def month(self, when: date) -> str:
        """Return `Juni`; where that cannot be drawn, the year with it in figures."""
        return self.written(when, "MMM")

    def written(self, when: date, skeleton: str) -> str:
        """Return a date in the language's form with these parts, in figures where it has letters that are not drawn."""
        pattern = self.locale.datetime_skeletons.get(skeleton)
        # Names that stand alone (LLL) are not asked for: Babel 2.18 answers some languages with those of another.
        form = "MMM" if pattern is None else pattern.pattern.replace("LLL", "MMM")
        text = str(format_date(when, form, locale=self.locale))
        return text if drawn(text) else str(format_skeleton(FIGURES[skeleton], when, locale=self.locale))


def drawn(text: str) -> bool:
    """Tell whether all letters of a text are in scripts that pictures can show."""
    return all(character <= DRAWN for character in text if character.isalpha())
