"""A country's own questions: what the reader takes, what is drawn, what an edition is made of."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from lms.assessment.drawing import BankItem, draw
from lms.authoring.compiled import all_item_texts, bank, structure, texts, words_known
from lms.content.digests import core_digest, layer_digest
from lms.content.freshness import untranslated_items
from lms.content.model import Course, NationFacts
from lms.content.nation_bank import own_codes, own_source
from lms.content.one_file import facts_of, problems
from lms.content.quality.report import measure
from lms.content.readiness import limits
from lms.content.stamp import stamp
from lms.content.writer import write_course
from tests.content.small import COURSE, faults, item, read, small

TN = "nations/tn/nation.toml"
FR, AR = "nations/tn/fr/bank/AB-1.md", "nations/tn/ar/bank/AB-1.md"
EMPTY = "+++\n+++\n\n"
ITEM = (
    item(1, "AB-1.2", "ab12-1")
    .replace("## AB-1-001", "## TN-AB-1-001")
    .replace("secret question 1", "own question")
)
TRANSLATED = """\
## TN-AB-1-001

سؤال خاص؟

- a. نعم.
  > سبب.
- b. لا.
  > سبب آخر.
"""


def own(
    bank: str = EMPTY + ITEM, translated: str | None = None, **changed: str
) -> dict[str, bytes]:
    """Return the small course with a question of Tunisia's own, written in French."""
    files = small({FR: bank, **changed})
    files[TN] = b'source = "fr"\n\n' + files[TN]
    if translated is not None:
        files[AR] = translated.encode()
        files |= stamp(files, "en").files
    return files


def layer(course: Course, nation: str = "tn") -> NationFacts:
    return course.nations[nation]


def codes(course: Course, nation: str | None) -> list[str]:
    return [each.id for each in bank(course, course.nations[nation] if nation else None)]


def test_a_question_of_a_country_is_asked_there_and_nowhere_else() -> None:
    course = read(own())
    assert list(layer(course).own_items) == ["TN-AB-1-001"]
    assert "TN-AB-1-001" in codes(course, "tn")
    for elsewhere in (None, "ug"):
        assert "TN-AB-1-001" not in codes(course, elsewhere)
    assert "TN-AB-1-001" not in course.items["en"]


def test_it_is_drawn_in_its_module() -> None:
    course = read(own())
    plan = structure(course, layer(course))
    items = [
        BankItem(
            each.id,
            "AB-1" if each.facts["lesson"] < "AB-2" else "AB-2",
            each.facts["lesson"],
            each.kind,
            each.facts.get("critical"),
            each.key(),
        )
        for each in bank(course, layer(course))
    ]
    drawn = [draw(plan, plan.tests["post"], items, f"seed {n}") for n in range(40)]
    found = [each for form in drawn for each in form if each.id == "TN-AB-1-001"]
    assert found
    assert {each.module for each in found} == {"AB-1"}


def test_only_the_layer_has_another_digest() -> None:
    before, after = small(), own()
    assert core_digest(before) == core_digest(after)
    assert layer_digest(before, "tn") != layer_digest(after, "tn")
    assert layer_digest(before, "ug") == layer_digest(after, "ug")
    assert write_course(read(after)) == after


def test_it_may_fill_a_critical_slot_that_would_be_too_small() -> None:
    said = f"{TN}: The critical slot no-torture needs three items."
    out = small()[TN].decode().replace('"AB-1-006"', '"AB-1-003"')
    assert said in faults(small({TN: out}))
    critical = ITEM.replace("AB-1.2 section=ab12-1", "AB-1.1 section=ab11-1").replace(
        "difficulty=2", "difficulty=2 critical=no-torture"
    )
    assert faults(small({TN: 'source = "fr"\n' + out, FR: EMPTY + critical})) == []


def test_it_counts_where_others_are_left_out() -> None:
    out = ", ".join(f'"AB-1-00{n}"' for n in (4, 5, 6))
    text = small()[TN].decode().replace('"AB-1-006"', out)
    said = f"{TN}: The bank has no item for lesson AB-1.2."
    assert said in faults(small({TN: text}))
    assert said not in faults(small({TN: 'source = "fr"\n' + text, FR: EMPTY + ITEM}))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("## TN-AB-1-001", "## AB-1-001", "holds its own items: ## TN-AB-1-001"),
        ("## TN-AB-1-001", "## UG-AB-1-001", "holds its own items: ## TN-AB-1-001"),
        ("## TN-AB-1-001", "## TN-AB-2-001", "holds its own items: ## TN-AB-1-001"),
        ("## TN-AB-1-001", "## TN-AB-1-001 {#x}", "holds its own items: ## TN-AB-1-001"),
        ("lesson=AB-1.2", "lesson=AB-9.9", "The item names no lesson of this course."),
        ("section=ab12-1", "section=ab11-1", "Write section= and the block of AB-1.2"),
        ("difficulty=2", "difficulty=2 critical=nothing", "has no critical slot nothing."),
        ("difficulty=2", "difficulty=9", "Write outcome= with a letter"),
        ("[x]", "[ ]", "must be marked [x]"),
        ("own question", "[own](#ab11-1) question", "Only a lesson leads to words"),
        ("{single", "{short", "A short text is for checks only"),
        ("+++\n+++", '+++\ncolour = "x"\n+++', "colour is not known"),
    ],
)
def test_what_is_wrong_with_it_is_said_where_it_is_written(old: str, new: str, said: str) -> None:
    text = EMPTY + ITEM
    assert old in text
    found = faults(own(text.replace(old, new, 1)))
    assert any(each.startswith(f"{FR}:") and said in each for each in found), found


def test_the_core_has_no_code_of_a_country() -> None:
    files = small()
    files["en/bank/AB-1.md"] = files["en/bank/AB-1.md"].replace(b"## AB-1-001", b"## TN-AB-1-001")
    assert any("A bank holds items: ## MR-1-001" in each for each in faults(files))


def test_a_code_is_used_once() -> None:
    assert any(
        "The code TN-AB-1-001 is used twice." in each for each in faults(own(EMPTY + ITEM + ITEM))
    )


def test_a_translation_has_the_same_codes_and_letters() -> None:
    course = read(own(translated=EMPTY + TRANSLATED))
    assert sorted(layer(course).items) == ["ar", "fr"]
    only = TRANSLATED.replace("- b. لا.\n  > سبب آخر.\n", "")
    assert any(
        "Translate exactly the choices a, b" in each
        for each in faults(own(translated=EMPTY + only))
    )
    strange = TRANSLATED.replace("TN-AB-1-001", "TN-AB-1-002")
    assert any(
        "The source language has no such question." in each
        for each in faults(own(translated=EMPTY + strange))
    )
    text = "+++\nreviewed = 'yes'\n+++\n\n" + ITEM
    assert any(
        "A translation has no line of facts in braces." in each
        for each in faults(own(translated=text))
    )


def languages(course: Course) -> list[str]:
    said = all_item_texts(course, layer(course), bank(course, layer(course)))
    return [language for item_id, language, _ in said if item_id == "TN-AB-1-001"]


def test_its_words_are_those_of_the_countrys_languages_while_they_are_not_stale() -> None:
    assert languages(read(own())) == ["fr"]
    files = own(translated=EMPTY + TRANSLATED)
    assert languages(read(files)) == ["fr", "ar"]
    files[FR] = files[FR].replace(b"own question", b"other question")
    assert languages(read(files)) == ["fr"]


def test_a_test_starts_in_a_language_when_its_own_questions_are_translated_too() -> None:
    def complete(course: Course, nation: str | None) -> dict[str, bool]:
        facts = course.nations[nation] if nation else None
        said = all_item_texts(course, facts, bank(course, facts))
        known = words_known(said)
        return {
            each.language: each.bank_complete
            for each in texts(course, facts, course.languages, known, {})
        }

    course = read(own(translated=EMPTY + TRANSLATED))
    # The core is in English alone, and Tunisia's own question is not.
    assert complete(course, "tn")["en"] is False
    assert complete(course, "ug")["en"] is True
    assert complete(course, None)["en"] is True
    english = TRANSLATED.replace("سؤال خاص", "Own question")
    files = own(translated=EMPTY + TRANSLATED)
    files["nations/tn/en/bank/AB-1.md"] = (EMPTY + english).encode()
    files |= stamp(files, "en").files
    assert complete(read(files), "tn")["en"] is True


def test_what_certificates_wait_for_names_it() -> None:
    course = read(own(translated=EMPTY + TRANSLATED))
    assert untranslated_items(course, layer(course), "en") == ("TN-AB-1-001",)
    assert "TN-AB-1-001" not in untranslated_items(course, layer(course), "fr")
    assert "TN-AB-1-001" not in untranslated_items(course, layer(course), "ar")
    assert untranslated_items(course, layer(course, "ug"), "en") == ()


def test_the_register_lists_it() -> None:
    rows = [(row.kind, row.code) for row in limits(layer(read(own())))]
    assert ("own", "TN-AB-1-001") in rows
    assert own_codes(layer(read(small()))) == ()


def test_measures_read_it_too() -> None:
    found = measure(read(own(translated=EMPTY + TRANSLATED.replace("؟", "?"))))
    assert [(each.file, each.code) for each in found.findings if each.file == AR] == [
        (AR, "sign.arabic")
    ]
    muslim = measure(read(own(EMPTY + ITEM.replace("own question", "musulman"))))
    assert "people.named" in [each.code for each in muslim.findings if each.file == FR]


def test_stamping_it_twice_changes_nothing() -> None:
    files = own(translated=EMPTY + TRANSLATED)
    assert b'"TN-AB-1-001" = "' in files[AR]
    assert stamp(files, "en").files == {}


@pytest.mark.parametrize(
    ("table", "language"),
    [
        (b'source = "fr"', "fr"),
        (b"", "en"),
        (b"source = 5", "en"),
        (b"source = ", "en"),
        (b'source = "English"', "en"),
        (b"\xff", "en"),
    ],
)
def test_the_language_of_its_key(table: bytes, language: str) -> None:
    assert own_source(table, "en") == language


def said_of(path: str, text: str, original: str | None = None) -> list[str]:
    facts, _ = facts_of(COURSE.encode())
    assert facts is not None
    origin = original.encode() if original is not None else None
    return [str(each) for each in problems(path, text.encode(), facts, origin)]


def test_while_it_is_written_its_faults_stand_beside_it() -> None:
    assert said_of(FR, EMPTY + ITEM) == []
    assert said_of(AR, EMPTY + TRANSLATED, EMPTY + ITEM) == []
    assert said_of(FR, EMPTY + ITEM.replace("TN-", "")) == [
        f"{FR}:4: This bank of a country holds its own items: ## TN-AB-1-001"
    ]
    strange = said_of(AR, EMPTY + TRANSLATED.replace("-001", "-002"), EMPTY + ITEM)
    assert strange == [f"{AR}:4: The source language has no such question."]
    # What is wrong with the original is no fault of its translation.
    broken = ITEM.replace("[x]", "[ ]").replace("## TN-AB-1-001", "## TN-AB-1-001 {#x}")
    assert said_of(AR, EMPTY, EMPTY + broken) == []


def test_the_layer_of_a_table_that_names_a_strange_language_says_so() -> None:
    files: Mapping[str, bytes] = own()
    wrong = {**files, TN: files[TN].replace(b'"fr"', b'"French"')}
    assert any("source has another form" in each for each in faults(wrong))
