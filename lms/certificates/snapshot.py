"""What a certificate says, frozen at the moment of issue: every printed field but the name.

The snapshot is stored as JSON with the certificate and never changes; the PDF is a view of it. The
holder's names are not in it: they lie in a table of their own and go when the identity goes, while
the snapshot stays. Pure: no database, no framework.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Self
from uuid import UUID

MOST_LOGOS, MOST_SIGNATORIES, MOST_NAMES = 4, 3, 3
COLOUR = re.compile(r"#[0-9a-f]{6}")
DIGITS = frozenset({"latn", "arab"})

Texts = Mapping[str, str]  # language -> text


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs by hand: name and title by language, printed under a line left free."""

    name: Texts
    title: Texts


@dataclass(frozen=True, slots=True)
class CertificateSnapshot:
    """The printed fields. ``Texts`` are by language and hold every printed language.

    serial          UUID version 4, signed, printed nowhere
    number, code    ``TN-2026-00417``; 12 letters without dashes
    titles          the course's title; a neutral one for a restricted course
    edition         number.revision: ``3.1``
    completed_on, valid_through, issued_on   days; no ``valid_through``: without end
    hours           hours of learning, more than 0
    issuers         the issuing organisation
    rules           the pass rule as one sentence of plain text
    notes           further sentences by language, such as that the national annex is not confirmed
    boxes           state of each national box by its code; kept, not printed
    programme, partners, funders   empty unless the programme allows them on paper
    signatories     0 to 3
    logos           0 to 4 digests in the file store
    language, second_language      the page's language; the one printed beneath it, or None
    country         two small letters, for the form of dates; ``xx`` for none
    digits          ``latn`` (0-9) or ``arab`` (٠-٩), in Arabic text only
    brand, band     ``#123f4d``
    status_list, status_index      place in the withdrawal list; kept, not printed
    qr_text         what the large QR code says: the signed payload
    check_url       the address of this certificate's page, in the small QR code
    audit_head      head of the audit chain at the time of issue, hexadecimal; kept, not printed

    raises  ValueError if a text is missing in a printed language or a value is out of its range.
    """

    serial: UUID
    number: str
    code: str
    titles: Texts
    edition: str
    completed_on: date
    valid_through: date | None
    hours: float
    issuers: Texts
    issued_on: date
    rules: Texts
    language: str
    second_language: str | None
    status_list: int
    status_index: int
    qr_text: str
    check_url: str
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    boxes: Texts = field(default_factory=dict)
    programme: Texts = field(default_factory=dict)
    partners: Texts = field(default_factory=dict)
    funders: Texts = field(default_factory=dict)
    signatories: tuple[Signatory, ...] = ()
    logos: tuple[str, ...] = ()
    country: str = "xx"
    digits: str = "latn"
    brand: str = "#123f4d"
    band: str = "#d9a441"
    audit_head: str = ""

    def __post_init__(self) -> None:
        """Refuse what could not be printed: better at the issue than on a wall."""
        for texts in (self.titles, self.issuers, self.rules):
            for language in self.languages:
                _expect(bool(texts.get(language)), f"a text is missing in {language}")
        _expect(self.second_language != self.language, "the second language is another one")
        _expect(self.hours > 0, "hours are more than 0")
        _expect(self.digits in DIGITS, "digits are latn or arab")
        _expect(len(self.signatories) <= MOST_SIGNATORIES, "at most 3 people sign")
        _expect(len(self.logos) <= MOST_LOGOS, "at most 4 logos")
        for colour in (self.brand, self.band):
            _expect(COLOUR.fullmatch(colour) is not None, "a colour looks like #123f4d")

    @property
    def languages(self) -> tuple[str, ...]:
        """The printed languages, the page's own first."""
        return (self.language, self.second_language) if self.second_language else (self.language,)

    def to_json(self) -> str:
        """Return canonical JSON: keys sorted, no spaces, the same bytes for the same snapshot."""
        return json.dumps(
            self.to_facts(), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )

    def to_facts(self) -> dict[str, Any]:
        """Return the snapshot in JSON's own types, for a JSON column."""
        facts = {place.name: getattr(self, place.name) for place in fields(self)}
        for name in ("completed_on", "valid_through", "issued_on"):
            facts[name] = facts[name] and facts[name].isoformat()
        facts["serial"] = str(self.serial)
        facts["notes"] = {language: list(notes) for language, notes in self.notes.items()}
        facts["logos"] = list(self.logos)
        facts["signatories"] = [
            {"name": dict(person.name), "title": dict(person.title)} for person in self.signatories
        ]
        for name in ("titles", "issuers", "rules", "boxes", "programme", "partners", "funders"):
            facts[name] = dict(facts[name])
        return facts

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the snapshot that ``to_json`` wrote; see ``from_facts``."""
        return cls.from_facts(json.loads(text))

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Self:
        """Return the snapshot that ``to_facts`` wrote.

        A field that an older version did not know has its default.
        raises   ValueError or TypeError if ``facts`` are not those of a snapshot.
        """
        read = dict(facts)
        for name in ("completed_on", "valid_through", "issued_on"):
            read[name] = date.fromisoformat(read[name]) if read.get(name) else None
        read["serial"] = UUID(read["serial"])
        read["notes"] = {key: tuple(notes) for key, notes in read.get("notes", {}).items()}
        read["logos"] = tuple(read.get("logos", ()))
        read["signatories"] = tuple(Signatory(**person) for person in read.get("signatories", ()))
        return cls(**read)


def _expect(condition: bool, sentence: str) -> None:
    if not condition:
        raise ValueError(f"not a certificate: {sentence}")
