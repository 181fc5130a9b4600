"""The facts of a row of the log in the reader's words: for pages, never for files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from lms.admin.backups.forms import day_names
from lms.admin.trail import words
from lms.admin.trail.rules import Shown, Title, course_in, edition_in
from lms.audit.words import FACT_WORDS, words_for
from lms.certificates.rules import NEUTRAL_TITLE
from lms.installation import LANGUAGE_NAMES
from lms.web.language import direction_of, gettext
from lms.web.pages import shown_date, shown_moment, shown_number

# Of a longer list so many are shown; the file of the log has all.
MOST_LISTED = 5
LONGEST_TEXT = 500
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_STAMP = re.compile(r"\d{8}T\d{6}Z")
_FINGERPRINT = re.compile(r"[0-9a-f]{40,128}")
_CODE = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Said:
    """A value as a page shows it: a text, or several values, or facts of its own.

    code   whether the text is a code, which reads from left to right in every language.
    lang   the language of a text that is in another one than the page.
    dir    where a text begins; ``auto``: somebody typed it. A title or name has the direction of
           its language: in Arabic "VEP: …" begins on the right, though with Latin letters.
    note   a code that stands behind the text.
    more   how many values of a long list are left out.
    """

    text: str = ""
    code: bool = False
    lang: str = ""
    dir: str = ""
    note: str = ""
    values: Sequence[Said] = ()
    facts: Sequence[Fact] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a row says. ``words``: its name; empty where nobody knows the key."""

    key: str
    words: str
    value: Said


@dataclass(frozen=True, slots=True)
class Names:
    """How what the rows name by ids is called.

    places  id -> names by language, where the reader may know them. titles: of courses.
    language  that of the reader.
    """

    places: Mapping[str, Mapping[str, str]]
    titles: Mapping[str | int, Title]
    language: str


def told(row: Shown, names: Names) -> list[Fact]:
    """Return what a row says beside its action; who it was done to stands in the row already."""
    teller = _Teller(row.action, names)
    shown = {
        key: value
        for key, value in row.facts.items()
        if key != "person" or row.person is None or value != str(row.person.id)
    }
    return teller.facts(shown)


def told_subject(row: Shown, names: Names) -> Said:
    """Return what it was done to, where that is nobody whom the reader looks after."""
    return _Teller(row.action, names).text("", row.subject)


@dataclass(frozen=True, slots=True)
class _Teller:
    action: str
    names: Names

    def facts(self, facts: Mapping[str, Any]) -> list[Fact]:
        return [self._fact(key, value) for key, value in facts.items()]

    def _fact(self, key: str, value: object) -> Fact:
        if key in LANGUAGE_NAMES and isinstance(value, str):
            said = Said(value[:LONGEST_TEXT], lang=key, dir=direction_of(key))
            return Fact(key, LANGUAGE_NAMES[key], said)
        name = words_for(self.action, key, FACT_WORDS)
        return Fact(key, gettext(name) if name else "", self.value(key, value))

    def value(self, key: str, value: object) -> Said:
        if value is None or value in ("", [], {}):
            return Said("–")
        if isinstance(value, bool):
            return Said(gettext("yes") if value else gettext("no"))
        edition = self.names.titles.get(edition_in(key, value) or "")
        if edition:
            return self._titled(edition, edition.code)
        if isinstance(value, int | float):
            return Said(self._number(key, value))
        if isinstance(value, Mapping):
            return Said(facts=self.facts(value))
        if isinstance(value, list):
            listed = [self.value(key, each) for each in value[:MOST_LISTED]]
            return Said(values=listed, more=max(0, len(value) - MOST_LISTED))
        return self.text(key, str(value))

    def _number(self, key: str, value: float) -> str:
        counts = words_for(self.action, key, words.COUNTS)
        if counts == words.PERCENT:
            return gettext("%(share)s %%", share=shown_number(value))
        if counts == words.HOUR:
            return f"{value:02}:00"
        if counts == words.WEEKDAY:
            return day_names().get(int(value), str(value))
        return str(value) if counts == words.PLAIN else shown_number(value)

    def text(self, key: str, value: str) -> Said:
        known = words_for(self.action, key, words.VALUE_WORDS) or {}
        if value in known and known is LANGUAGE_NAMES:
            return Said(known[value], lang=value, dir=direction_of(value))
        if value in known:
            return Said(gettext(known[value]))
        if value in self.names.places:
            return self._placed(self.names.places[value])
        course = self.names.titles.get(course_in(self.action, key, value))
        if course:
            return self._titled(course, value)
        for shape, read in _READERS:
            if shape.fullmatch(value):
                try:
                    return Said(read(value))
                except (ValueError, OverflowError):  # looks like a day and is none
                    break
        if _FINGERPRINT.fullmatch(value):
            return Said(f"{value[:16]}…", code=True)
        if _CODE.fullmatch(value):
            return Said(value[:LONGEST_TEXT], code=True)
        return Said(value[:LONGEST_TEXT], dir="auto")

    def _placed(self, names: Mapping[str, str]) -> Said:
        for spoken in (self.names.language, "en", *filter(None, names)):
            if names.get(spoken):
                lang = spoken if spoken != self.names.language else ""
                return Said(names[spoken], lang=lang, dir=direction_of(spoken))
        return Said(names[""], code=True)

    def _titled(self, title: Title, code: str) -> Said:
        if not title.text:  # of a restricted course
            return Said(gettext(NEUTRAL_TITLE), dir=direction_of(self.names.language), note=code)
        spoken = title.lang or self.names.language
        return Said(title.text, lang=title.lang, dir=direction_of(spoken), note=code)


def _of_stamp(value: str) -> str:
    return shown_moment(datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC))


_READERS: Sequence[tuple[re.Pattern[str], Callable[[str], str]]] = (
    (_DAY, lambda value: shown_date(date.fromisoformat(value))),
    (_MOMENT, lambda value: shown_moment(datetime.fromisoformat(value))),
    (_STAMP, _of_stamp),
)
