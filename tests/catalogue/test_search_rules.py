"""How words are compared when somebody searches, and what a hit shows."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lms.catalogue.search.rules import (
    LONGEST_QUERY,
    MOST_TERMS,
    SNIPPET,
    Term,
    folded,
    snippet,
    terms,
)
from lms.catalogue.search.sections import sections

TEXTS = some.text(max_size=60) | some.text(
    "آأإٱاىيیةهكکالقاعدةـًٌَُِّْٕٔ٤٥ёйәғқңөұүһіИЁaceopxœæÉéç’-« »0459№½²ﷺﬁ", max_size=30
)


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("Rule 45", "rule 45"),
        ("القاعدة ٤٥", "القاعده 45"),
        ("القاعدة", "قاعدة"),
        ("بالقاعدة", "قاعدة"),
        ("للقاعدة", "قاعدة"),
        ("إنسان", "انسان"),
        ("آداب", "اداب"),
        ("مستشفى", "مستشفي"),
        ("السِّجْنُ", "سجن"),
        ("الســـجن", "سجن"),
        ("۴۵", "45"),
        ("ережe", "ереже"),  # the last letter typed on a Latin keyboard
        ("ЕРЕЖЕ", "ереже"),
        ("қызметкер", "кызметкер"),
        ("үй өмір ұл", "уи омир ул"),
        ("ещё", "еще"),
        ("Isolément", "isolement"),
        ("ŒUVRE", "oeuvre"),
        ("l’État", "l'etat"),
        ("45-ереже", "45 ереже"),
        ("Правило № 45", "правило 45"),
    ],
)
def test_these_are_the_same(typed: str, same: str) -> None:
    assert folded(typed) == folded(same)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rule 45", "rule 54"),
        ("سجن", "سجل"),
        ("والدين", "دين"),
        ("мир", "пир"),
        ("cat", "сад"),
        ("الم", "م"),
    ],
)
def test_these_are_not(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@given(TEXTS)
def test_folding_gives_letters_and_digits_between_single_spaces(text: str) -> None:
    found = folded(text)
    assert found == " ".join(found.split())
    assert all(word.isalnum() for word in found.split())
    assert all(unicodedata.category(char) != "Nd" or char.isascii() for char in found)


@given(TEXTS)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(TEXTS, TEXTS)
def test_texts_side_by_side_fold_as_each_of_them(one: str, other: str) -> None:
    assert folded(f"{one} | {other}").split() == folded(one).split() + folded(other).split()


@given(some.text(max_size=40))
def test_capitals_and_forms_of_unicode_do_not_matter(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert folded(unicodedata.normalize("NFD", composed)) == folded(composed)


@given(TEXTS)
def test_every_word_asked_for_finds_itself(text: str) -> None:
    for term in terms(text):
        assert term.word in folded(text).split() or len(text) > LONGEST_QUERY
        assert term.start is None or (term.start and term.word.startswith(term.start))


def test_endings_do_not_matter_and_numbers_are_exact() -> None:
    assert terms("Rules 45") == (Term("rules", "rule"), Term("45", None))
    assert terms("правило")[0].start == terms("правила")[0].start
    assert terms("قاعدة")[0].start == "قاعد"
    assert terms("l’homme") == (Term("homme", "homm"),)
    assert terms("a") == (Term("a", "a"),)


def test_a_query_is_bounded() -> None:
    assert len(terms(" ".join(f"word{n}" for n in range(50)))) == MOST_TERMS
    assert [term.word for term in terms("x" * 99 + " late")] == ["x" * 60]
    assert terms("same same same") == (Term("same", "same"),)
    assert terms(" ?! ") == ()


LONG = "Nothing here. " * 30 + "Under Rule 45 it is a last resort. " + "More follows. " * 30


def test_a_snippet_stands_around_the_first_hit() -> None:
    pieces = snippet(LONG, terms("rule 45"))
    shown = "".join(each.text for each in pieces)
    assert [each.text for each in pieces if each.hit] == ["Rule", "45"]
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert "Under Rule 45 it is a last resort." in shown
    assert len(shown) <= SNIPPET + 4


def test_a_snippet_shows_the_place_with_most_of_the_words() -> None:
    pieces = snippet("Under Rule 44 it is defined. " + LONG, terms("rule 45"))
    assert [each.text for each in pieces if each.hit] == ["Rule", "45"]


def test_a_snippet_without_a_hit_is_the_beginning() -> None:
    assert "".join(each.text for each in snippet(LONG, terms("zebra"))).startswith("Nothing here.")
    assert "".join(each.text for each in snippet("Short.", terms("zebra"))) == "Short."


@given(TEXTS, TEXTS)
def test_a_snippet_adds_nothing_but_dots(text: str, query: str) -> None:
    shown = "".join(each.text for each in snippet(text, terms(query)))
    assert shown.removeprefix("… ").removesuffix(" …") in text


LESSON = """<section class="objectives"><h2 id="a-o">You can</h2><ul><li>one</li><li>two</li></ul>
</section><h2 id="a-1">The door &amp; the key</h2><p>First.</p><p>Second<br>line.</p>
<section class="check"><h2 id="a-c1">Check</h2><form><p>What is right?</p></form></section>
<div class="fallback"><p class="meta">Not translated yet.</p><div lang="ru" dir="ltr">
<h2 id="a-2">Дверь</h2><p>Ключ.</p></div></div>
<section class="box empty"><h2 id="a-e">Your country</h2><p>Not written yet.</p></section>
<section class="box draft"><h2 id="a-b">Your country <bdi class="meta">NA-01</bdi></h2>
<div class="fallback"><p class="meta">Not translated.</p><div lang="ru" dir="ltr"><p>Закон.</p>
</div></div><p class="meta">Draft.</p></section>
<section class="glossary"><h2 id="words-A">Words</h2>
<p id="A-term-key"><strong>key</strong>: opens <strong>doors</strong></p></section>"""


def test_a_lesson_is_read_part_by_part() -> None:
    found = {each.block: each for each in sections(LESSON)}
    # Neither a question nor a box that the country has not filled is found.
    assert list(found) == ["a-o", "a-1", "a-2", "a-b", "words-A", "A-term-key"]
    assert (found["a-o"].heading, found["a-o"].text) == ("You can", "one two")
    assert (found["a-1"].heading, found["a-1"].text) == (
        "The door & the key",
        "First. Second line.",
    )
    assert (found["a-2"].heading_in, found["a-2"].said_in) == ("ru", "ru")
    assert found["a-2"].text == "Ключ."
    assert (found["a-b"].heading_in, found["a-b"].said_in) == (None, "ru")
    assert found["a-b"].text == "Закон. Draft."
    word = found["A-term-key"]
    assert (word.kind, word.heading, word.text) == ("word", "key", "opens doors")
