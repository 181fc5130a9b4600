"""A field for a day: typed as people of our countries write one, never only picked."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

from wtforms import StringField

from lms.web.language import gettext

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")


def read_day(typed: str) -> date | None:
    """Return the day that was typed, None where it is none.

    2026-12-31, 31.12.2026 and 31/12/2026, with digits of any script and with signs that turn the
    direction of writing in between.
    """
    plain = "".join(
        str(unicodedata.digit(char)) if char.isdigit() else char
        for char in typed.strip()
        if unicodedata.category(char) != "Cf"
    )
    if match := _ISO.fullmatch(plain):
        year, month, day = match.groups()
    elif match := _DAY_FIRST.fullmatch(plain):
        day, month, year = match.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


class DayField(StringField):
    """One line of text that holds a day; what was typed stays as it was when it is refused."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if isinstance(self.data, date) else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take a day; an empty field is None."""
        typed = str(valuelist[0]).strip() if valuelist else ""
        self.data = read_day(typed) if typed else None
        if typed and self.data is None:
            raise ValueError(gettext("Write a day like 2026-12-31 or 31.12.2026."))
