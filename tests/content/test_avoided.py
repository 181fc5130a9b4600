"""[avoid] in a glossary: words not to be used, and where they stand all the same."""

from __future__ import annotations

import pytest

from lms.content.avoided import avoided_by, hits, phrases_of
from lms.content.blocks import read_document
from lms.content.faults import Faults
from lms.content.model import Document
from lms.content.stamp import stamp
from tests.content.quality.planted import written
from tests.content.small import GLOSSARY_AR


def glossary(heading: str, *phrases: str) -> Document:
    """Return a glossary of one word."""
    listed = ", ".join(f'"{each}"' for each in phrases)
    text = f"+++\n[avoid]\norder = [{listed}]\n+++\n\n## {heading} {{#order}}\n\nWords.\n"
    found = read_document("en/glossary.md", text.encode(), Faults())
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("language", "phrase", "text", "found"),
    [
        ("en", "paper", "Look at the Paper, then sign.", "Paper"),
        ("en", "paper", "The newspaper and papers.", None),
        ("en", "paper*", "The newspaper and papers.", "papers"),
        ("en", "arrest paper", "An arrest\npaper came.", "arrest paper"),
        ("en", "paper", "See [the form](https://example.org/paper).", None),
        ("en", "paper", "See [the paper](term:order).", "paper"),
        ("ru", "зек*", "Зеки и зеков нет.", "Зеки"),
        ("ar", "سجين", "قال للسجين", "للسجين"),
        ("ar", "سجين", "قال والسَّجين", "والسجين"),
        ("ar", "ورقة", "وبالورقة", "وبالورقة"),
        ("kk", "қағаз*", "Қағазды қараңыз.", "Қағазды"),
        ("fr", "l’ordre", "Il a l’ordre.", "l’ordre"),
    ],
)
def test_words_are_found_as_they_stand(
    language: str, phrase: str, text: str, found: str | None
) -> None:
    avoided = avoided_by(glossary("valid warrant", phrase), language)
    assert [words for _, words in hits(text, avoided)] == ([found] if found else [])


def test_words_inside_a_heading_of_the_glossary_stand_rightly() -> None:
    avoided = avoided_by(glossary("valid order", "order"), "en")
    assert not list(hits("Ask for the valid order. Valid orders are rare.", avoided))
    ((one, words),) = hits("A valid order. An order.", avoided)
    assert (one.heading, words) == ("valid order", "order")


def test_a_glossary_without_a_list_avoids_nothing() -> None:
    assert avoided_by(None, "en") == []
    plain = Document("en/glossary.md", {}, "", ())
    assert avoided_by(plain, "en") == []
    assert phrases_of(plain) == {}
    assert phrases_of(glossary("order", "paper")) == {"order": ["paper"]}


def test_a_stamp_leaves_the_list_as_it_is() -> None:
    arabic = GLOSSARY_AR.replace("reviewed = false\n", '[avoid]\ntorture = ["ألم"]\n')
    course = written({"ar/glossary.md": arabic})
    assert phrases_of(course.documents["ar"]["glossary"]) == {"torture": ["ألم"]}
    assert stamp(course.files, "en").files == {}
