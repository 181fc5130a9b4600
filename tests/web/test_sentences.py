"""The catalogues as the server reads them: the same sentences as the usual libraries find."""

from __future__ import annotations

import io
from gettext import GNUTranslations
from pathlib import Path

import polib
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from lms.installation import LANGUAGES
from lms.web.language import CATALOGUES
from lms.web.sentences import Sentences

HEAD = 'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=3; plural=(n==0 ? 0 : n==1 ? 1 : 2);\\n"\n\n'


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_every_sentence_is_said_as_gettext_says_it(language: str) -> None:
    path = CATALOGUES / language / "LC_MESSAGES" / "messages.po"
    compiled = io.BytesIO()
    with path.open("rb") as stream:
        write_mo(compiled, read_po(stream, locale=language))
    compiled.seek(0)
    usual, ours = GNUTranslations(compiled), Sentences(path)
    entries = polib.pofile(str(path))
    assert len(entries) > 2000
    for entry in entries:
        assert ours.said(entry.msgid) == usual.gettext(entry.msgid)
        if entry.msgid_plural:
            for n in (*range(125), 1000, 1001):
                both = (entry.msgid, entry.msgid_plural, n)
                assert ours.counted(*both) == usual.ngettext(*both)


def _sentences(folder: Path, entries: str) -> Sentences:
    path = folder / "messages.po"
    path.write_text(HEAD + entries)
    return Sentences(path)


def test_signs_that_a_catalogue_writes_in_another_way(tmp_path: Path) -> None:
    found = _sentences(
        tmp_path,
        r"""
#. Translators: "quoted", msgid "Not this"
msgid ""
"A \"word\",\n"
"a \\n, and \ta tab."
msgstr "Un \"mot\",\nun \\n."
""",
    )
    assert found.said('A "word",\na \\n, and \ta tab.') == 'Un "mot",\nun \\n.'


def test_what_is_not_translated_is_said_in_english(tmp_path: Path) -> None:
    found = _sentences(
        tmp_path,
        """
msgid "Yes"
msgstr ""

msgid "%(num)s day"
msgid_plural "%(num)s days"
msgstr[0] ""
msgstr[1] "un jour"
msgstr[2] "%(num)s jours"

msgid "%(num)s hour"
msgid_plural "%(num)s hours"
msgstr[0] "aucune heure"
msgstr[1] "une heure"
msgstr[2] "%(num)s heures"
""",
    )
    assert found.said("Yes") == "Yes"
    assert found.said("No") == "No"
    assert [found.counted("%(num)s day", "%(num)s days", n) for n in (0, 1, 2)] == [
        "%(num)s days",
        "%(num)s day",
        "%(num)s days",
    ]
    assert [found.counted("%(num)s hour", "%(num)s hours", n) for n in (0, 1, 2)] == [
        "aucune heure",
        "une heure",
        "%(num)s heures",
    ]


def test_english_needs_no_file() -> None:
    assert Sentences().said("Yes") == "Yes"
    assert [Sentences().counted("a day", "days", n) for n in (0, 1, 2)] == ["days", "a day", "days"]
