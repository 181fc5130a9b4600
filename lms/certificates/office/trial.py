"""Does a layout fit? It is drawn with the longest texts that this server may have to print.

For every language of the page: the longest title of a published course, its pass rule, the note on
the national annex, the longest programme that certificates name, a long name in two scripts. It is
drawn more strictly than certificates are printed later: they are not refused for a small letter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.catalogue.models import Course, Edition, EditionText, Programme
from lms.catalogue.structure import Structure
from lms.certificates import pdf, rules
from lms.certificates.labels import in_languages
from lms.certificates.layouts import Layout
from lms.certificates.office.preview import printed_in, sample
from lms.certificates.pdf import TooLong
from lms.certificates.programme import said_of
from lms.certificates.snapshot import CertificateSnapshot
from lms.files import FileStore
from lms.installation import Installation
from lms.kernel.messages import Message
from lms.learning.rules import pass_sentence, rule_of_test
from lms.web.language import say

# Invented, and longer than almost every real one.
NAME_LATIN = "Abdrakhmanova-Nurmagambetova Gulnara Serikbaikyzy"
NAMES: Mapping[str, str] = {
    "ar": "عبد الرحمن نور الدين بن محمد الهادي بن عبد العزيز الطرابلسي",
    "kk": "Абдрахманова-Нұрмағамбетова Гүлнара Серікбайқызы",
    "ru": "Абдрахманова-Нурмагамбетова Гульнара Серикбайкызы",
}
NO_TEXT = "–"
# Texts that have to be set smaller than this part of their size can hardly be read: a signatory's
# function would have less than five points.
LEAST = 0.7
MOST_COURSES, MOST_PROGRAMMES = 200, 200


@dataclass(frozen=True, slots=True)
class Longest:
    """The longest texts of this server, by language."""

    titles: Mapping[str, str]
    rules: Mapping[str, str]
    programmes: Sequence[Programme]


def longest(session: Session, site: Installation) -> Longest:
    """Return what the fullest certificate of this server would print in each language."""
    titles: dict[str, str] = {}
    sentences: dict[str, str] = {}
    rows = session.execute(
        select(EditionText.language, EditionText.title, Edition.facts)
        .join(Edition, Edition.id == EditionText.edition_id)
        .join(Course, Course.edition_id == Edition.id)
        .where(Course.kind == "course", EditionText.language.in_(site.languages))
        .order_by(Course.id)
        .limit(MOST_COURSES * len(site.languages))
    )
    for language, title, facts in rows:
        titles[language] = max(titles.get(language, ""), title, key=len)
        test = rule_of_test(Structure.from_facts(facts), "post", floor=site.least_percent)
        said = say(pass_sentence(test), language)
        sentences[language] = max(sentences.get(language, ""), said, key=len)
    named = session.scalars(
        select(Programme)
        .where(Programme.printed.is_(True))
        .order_by(Programme.code)
        .limit(MOST_PROGRAMMES)
    )
    return Longest(titles, sentences, list(named))


def misfits(
    site: Installation, layout: Layout, texts: Longest, store: FileStore, today: date
) -> list[str]:
    """Return the fields of the layout that are too long for the page, none where all of it fits.

    returns  ``issuer_fr``, ``name_2_ar``, ``title_2_ar`` or ``logos``, each once.

    What does not fit without any layout is not the layout's fault: its own refusal says so when
    such a certificate is issued.
    """
    found: dict[str, None] = {}
    for language in site.languages:
        sheet = _Sheet(site, texts, store, today, printed_in(site, language))
        part = sheet.too_long(layout)
        if part is not None and sheet.too_long(_empty(site)) is None:
            found.update(dict.fromkeys(sheet.culprits(layout, part)))
    return list(found)


def _empty(site: Installation) -> Layout:
    return Layout(dict.fromkeys(site.languages, NO_TEXT), ())


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The fullest certificate in one language, or in two."""

    site: Installation
    texts: Longest
    store: FileStore
    today: date
    printed: tuple[str, ...]

    def too_long(self, layout: Layout) -> str | None:
        """Return the part of the page that does not fit, None where all of it does."""
        sheet = self._snapshot(layout)
        own = NAMES.get(self.printed[0])
        names = [own, NAME_LATIN] if own else [NAME_LATIN]
        logos = [self.store.get(digest) for digest in layout.logos]
        try:
            pdf.render(sheet, names, in_languages(say, self.printed), logos, least=LEAST)
        except TooLong as refused:
            return refused.part
        return None

    def _snapshot(self, layout: Layout) -> CertificateSnapshot:
        programme = max(
            (said_of(each, self.printed) for each in self.texts.programmes),
            key=lambda said: sum(len(text) for texts in said for text in texts.values()),
            default=None,
        )
        carried: dict[str, Any] = {}
        if programme is not None:
            carried = {
                "programme": programme.title,
                "partners": programme.partners,
                "funders": programme.funders,
            }
        for kind, found in (("titles", self.texts.titles), ("rules", self.texts.rules)):
            if all(each in found for each in self.printed):
                carried[kind] = {each: found[each] for each in self.printed}
        note = Message(rules.ANNEX_UNCONFIRMED)
        notes = {each: (say(note, each),) for each in self.printed}
        return sample(self.site, layout, self.printed, self.today, notes=notes, **carried)

    def culprits(self, layout: Layout, part: str) -> list[str]:
        """Return the one field without which the page fits, else as many as it takes."""
        fields = list(self._upper(layout) if part == "upper" else self._signed(layout))
        fields.sort(key=lambda each: -each.length)
        for each in fields:
            if self.too_long(each.emptied(layout)) is None:
                return [each.name]
        found = []
        for each in fields:
            found.append(each.name)
            layout = each.emptied(layout)
            if self.too_long(layout) is None:
                break
        return found

    def _upper(self, layout: Layout) -> Iterator[_Field]:
        for language, text in layout.issuers_in(self.printed, self.site).items():
            yield _Field(f"issuer_{language}", len(text), partial(_without_issuer, language))
        if layout.logos:
            yield _Field("logos", 0, lambda each: replace(each, logos=()))

    def _signed(self, layout: Layout) -> Iterator[_Field]:
        for place, person in enumerate(layout.signatories, 1):
            for key in ("name", "title"):
                for language in self.printed:
                    text = person.get(f"{key}:{language}") or person.get(key, "")
                    emptied = partial(_without_text, place, f"{key}:{language}")
                    yield _Field(f"{key}_{place}_{language}", len(text), emptied)


class _Field(NamedTuple):
    """A text of the layout: its field in the form, its length, the layout without it."""

    name: str
    length: int
    emptied: Callable[[Layout], Layout]


def _without_issuer(language: str, layout: Layout) -> Layout:
    return replace(layout, issuers={**layout.issuers, language: NO_TEXT})


def _without_text(place: int, key: str, layout: Layout) -> Layout:
    people = [
        {**person, key: NO_TEXT} if number == place else person
        for number, person in enumerate(layout.signatories, 1)
    ]
    return replace(layout, signatories=people)
