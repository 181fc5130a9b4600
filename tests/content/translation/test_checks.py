"""What would break a course is refused with the reason; what may be right is a warning."""

from __future__ import annotations

import random
from dataclasses import replace
from time import process_time

import pytest

from lms.content.blocks import read_document
from lms.content.faults import Faults
from lms.content.question_blocks import question_in
from lms.content.translation.checks import checked, tidied_texts
from lms.content.translation.parts import LINE, assembled, parts_of, texts_in
from lms.content.translation.units import Unit, course_units
from tests.content.small import read, small
from tests.content.translation.shipped import every_kind, translations

WORDS = (
    "قل", "Не", "кім", "é", "l’agent", "15", "%", "**strong**", "*x*", "a.", "=>", "->", "#", "_",
    "[", "]", "(x)", "> y", "- z", "= q", "1. b.", "### s1", "|", "\u00a0;", "\u200f", "- a. x",
    ":::", "## x", "{x}", "`", "<b>", "---", "\u202e", "![x](y)", "[x](term:y)", "=====", "  > w",
    "  more", "+++",
)  # fmt: skip


FIGURES = "Figures that the source text does not have: 15. Make sure that the words say the same."


def units() -> dict[str, Unit]:
    return {unit.key: unit for unit in course_units(read(small()), "ar")}


def reasons(unit: Unit, **texts: str) -> list[tuple[bool, str]]:
    course = read(small())
    glossary = course.documents["ar"].get("glossary")
    return [
        (each.refused, str(each.message)) for each in checked(unit, texts, "en", "ar", glossary)
    ]


def test_no_shipped_translation_is_refused() -> None:
    warnings = 0
    for course, language, _, _, found in translations():
        glossary = course.documents[language].get("glossary")
        for unit in found:
            for each in checked(unit, {}, course.facts.source, language, glossary):
                assert not each.refused, (unit.id, language, str(each.message))
                warnings += 1
    assert warnings < 60


REFUSED = {
    "::: do {#x}\nأ": "No line of a text begins with ## or :::. Write the words alone.",
    "## أ": "No line of a text begins with ## or :::. Write the words alone.",
    "{single}": "Take the braces away: ids and facts are not translated.",
    "أ {#ab11-1}": "Take the braces away: ids and facts are not translated.",
    "": "This part is empty. Translate it too.",
    " \r\n ": "This part is empty. Translate it too.",
    "<b>أ</b>": "HTML is not used. Write the words without < and >.",
    "`أ`": "Code has no place in a course. Write it as plain text.",
    "أ\u202eب": "Take the invisible character U+202E away.",
    "أ\tب": "Take the invisible character U+0009 away.",
    "أ" * 4001: "This line is longer than 4,000 characters. Break it.",
    "[أ](javascript:x)": "A link goes to https://, http://, mailto:, term:, doc: or #block.",
    "%(name)s": "The source text has no %(name)s here. Take it away.",
    "[أ](https://example.org/)": (
        "The source text does not lead to example.org. Take the link away."
    ),
    "[أ](#ab11-2)": "The source text does not lead to #ab11-2. Take the link away.",
    "# أ": "Use only ## and ### for headings.",
    "***": "Take this horizontal rule away; a heading begins a new part.",
    ">>>>>>> أ": "Lists and quotes stand inside each other at most 6 deep.",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:20])
def test_what_breaks_a_block_is_refused(text: str) -> None:
    unit = units()["ab11-p"]
    assert (True, REFUSED[text]) in reasons(unit, body=text)


@pytest.mark.parametrize(
    "text",
    ["سؤال\n- a. أ", "سؤال\n\n### s1", "سؤال\n= أ", "سؤال\n1. b. أ"],
)
def test_a_line_that_is_read_as_structure_is_refused(text: str) -> None:
    said = reasons(units()["ab11-c1"], stem=text)
    assert said
    assert all(refused for refused, _ in said)


def test_a_link_must_stay() -> None:
    unit = units()["ab11-1"]
    sentence = "The source text leads to term:torture, this text does not. Put the link back."
    assert (True, sentence) in reasons(unit, body="لا شيء.")


def test_a_page_of_the_same_house_in_another_language_is_good() -> None:
    unit = units()["ab11-2"]
    body = "### أقرب\n\n> جملة.\n\n[الأمم](https://www.un.org/ar/) لا تقرر شيئا هنا."
    assert not [said for refused, said in reasons(unit, heading="من", body=body) if refused]
    other = body.replace("www.un.org", "www.un.example")
    assert len([said for refused, said in reasons(unit, heading="من", body=other) if refused]) == 2
    empty = body.replace("https://www.un.org/ar/", "https://[")
    assert any(refused for refused, _ in reasons(unit, heading="من", body=empty))


def test_a_title_has_an_end() -> None:
    unit = units()["front.title"]
    assert reasons(unit, title="أ" * 90) == []
    assert reasons(unit, title="أ" * 91) == [(True, "A heading has at most 90 characters.")]


def test_what_differs_in_shape_or_figures_is_a_warning() -> None:
    unit = units()["ab11-o"]
    assert reasons(unit, body="- قل ما هو ممنوع.\n- قل ما هو *مطلوب*.") == []
    assert reasons(unit, body="- قل ما هو ممنوع منذ 15 يوما.") == [
        (False, "Lines of lists: 2 in the source text, 1 here."),
        (False, FIGURES),
    ]
    assert (False, "This part is still in the source language.") in reasons(
        unit, body=unit.parts[0].text
    )
    assert (False, "Rules named: — in the source text, 4 here.") in reasons(
        unit, body="- القاعدة 4.\n- ب."
    )


def test_the_word_of_the_glossary_is_asked_for() -> None:
    links = "لا [{}](term:torture). [أ](#ab11-2) [ب](#ab12-1)"
    heading = read(small()).documents["ar"]["glossary"].blocks[0].title
    asked = f"“شيء” leads to the word “{heading}” of the glossary, but shares no word with it."
    said = reasons(units()["ab11-1"], body=links.format("شيء"))
    assert any(not refused and sentence.startswith(asked) for refused, sentence in said)
    said = reasons(units()["ab11-1"], body=links.format(heading))
    assert not any("glossary" in sentence for _, sentence in said)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_accepted_is_read_as_it_was_typed(seed: int) -> None:
    chance = random.Random(seed)
    kinds = list(every_kind().values())
    accepted = 0
    for _ in range(250):
        unit = chance.choice(kinds)
        assert unit.block is not None
        bare = tuple(replace(part, text="x" if part.text else "") for part in unit.parts)
        unit = replace(unit, parts=bare)
        typed = {
            part.key: chance.choice((" ", "\n", "\r\n", "\n\n")).join(
                chance.choices(WORDS[: chance.choice((8, 20, len(WORDS)))], k=chance.randint(1, 4))
            )
            for part in unit.parts
        }
        if any(each.refused for each in checked(unit, typed, "en", "ar")):
            continue
        accepted += 1
        said = tidied_texts(unit, typed)
        assert unit.block is not None
        raw = assembled(unit.block, unit.question, said, unit.twin)
        faults = Faults()
        document = read_document(
            "ar/x.md" if unit.kind != "item" else "ar/bank/x.md",
            f"+++\n+++\n\n{raw}".encode(),
            faults,
        )
        assert document is not None
        (block,) = document.blocks
        known = {unit.question.id: unit.question} if unit.question else None
        question = question_in(document, block, known, faults)
        assert not len(faults)
        parts = {part.key: part.text.strip() for part in parts_of(block, question)}
        for part in unit.parts:
            lines = said[part.key].split("\n")
            kept = "\n".join(line.rstrip() for line in lines) if unit.question else said[part.key]
            assert parts[part.key] == kept.strip(), raw
            assert part.kind != LINE or "\n" not in said[part.key]
        assert assembled(unit.block, unit.question, texts_in(block, unit.question)).strip()
    assert accepted > 5


def test_hostile_texts_are_checked_in_bounded_time() -> None:
    unit = units()["ab11-p"]
    for text in (
        "](" * 100_000,
        "[" * 250_000,
        "> " * 100_000,
        "-\n" * 100_000,
        "{" * 4000,
        ("| " * 1900 + "\n") * 60,
        "%(a" * 80_000,
        "- " * 2000,
        "«" * 200_000,
    ):
        start = process_time()
        assert reasons(unit, body=text)
        assert process_time() - start < 3
