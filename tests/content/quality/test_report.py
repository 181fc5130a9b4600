"""All measures together: sentences, weights, figures, and texts that nobody would write."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content.quality.findings import FAULT, NOTE, SENTENCES, WARNING, finding
from lms.content.quality.passages import Line, lines_in
from lms.content.quality.reading import sentences_in
from lms.content.quality.report import as_json, measure, table
from lms.content.quality.rules_named import FORMS, rules_in
from lms.content.quality.terms import are_alike
from tests.content.quality.planted import block, planted, written
from tests.content.small import FIRST_FR, read, small
from tests.content.test_shipped_courses import LANGUAGES

ROOT = Path(__file__).parents[3]
FORMAT = (ROOT / "courses" / "FORMAT.md").read_text()


def test_every_sentence_stands_in_the_format_with_its_weight() -> None:
    part = FORMAT.partition("## 12. ")[2]
    listed = re.findall(r"^\| (\w+) \| `(.+?)` \|", part, re.MULTILINE)
    assert {(s, t.replace("|", r"\|").replace("%%", "%")) for s, t in SENTENCES.values()} == set(
        listed
    )


def test_every_sentence_is_provoked_by_a_test() -> None:
    tests = "".join(
        path.read_text()
        for path in [
            *Path(__file__).parent.glob("test_*.py"),
            Path(__file__).parents[1] / "test_suspicion.py",
        ]
    )
    assert [code for code in SENTENCES if f'"{code}"' not in tests] == []


def test_a_sentence_says_what_to_do() -> None:
    """It has two sentences, or one that begins with what to do."""
    for code, (severity, text) in SENTENCES.items():
        assert severity in {FAULT, WARNING, NOTE}, code
        assert text.endswith("."), code
        assert re.search(r"[.:;] (?:[A-Z][a-z]+|ask|choosing)\b", text), code


def test_a_finding_is_printed_as_compilers_print_theirs() -> None:
    found = finding("script.lone", "ru/X-1.1.md", 7, letter="c")
    assert str(found).startswith("ru/X-1.1.md:7: fault: “c” is a Latin letter")
    whole = finding("term.missing", "ru/glossary.md", 0, term="order")
    assert str(whole).startswith("ru/glossary.md: warning: ")


def test_a_report_counts_and_orders_its_findings() -> None:
    report = measure(planted("fr/AB-1.1.md", "La loi décide.", 'La loi "décide".'))
    assert report.count(FAULT) == 1
    assert list(report.findings) == sorted(report.findings)
    assert len(set(report.findings)) == len(report.findings)


def test_a_table_has_a_line_for_each_lesson_and_bank_and_a_column_for_each_language() -> None:
    head, columns, *rows = table(measure(read(small())))
    assert head.startswith("C77 small-course: 0 faults, ")
    assert columns.split() == ["minutes", "en", "ar", "fr"]
    assert [row.split()[0] for row in rows[:3]] == ["AB-1.1", "AB-1.2", "AB-2.1"]
    assert rows[0].split()[1:3] == ["15", "64"]
    assert rows[1].split()[-2:] == ["-", "-"]  # neither Arabic nor French has the lesson
    assert rows[3].startswith("bank AB-1")
    assert "of 9" in rows[3]


def test_the_values_say_the_same_as_the_lines() -> None:
    report = measure(read(small()))
    values = json.loads(json.dumps(as_json(report)))
    assert values["counts"] == {FAULT: 0, WARNING: report.count(WARNING), NOTE: 1}
    assert [each["text"] for each in values["findings"]] == [f.text for f in report.findings]
    assert values["lessons"][0]["languages"]["en"]["words"] == 64
    assert set(values["lessons"][1]["languages"]) == {"en"}
    assert values["places"] == {"2": {"1": 15, "2": 2}}


def test_a_handbook_without_glossary_and_questions_is_measured() -> None:
    course = read(small())
    bare = {
        language: {
            name: replace(document, blocks=tuple(b for b in document.blocks if b.name != "check"))
            for name, document in documents.items()
            if name != "glossary" and not name.startswith("bank/")
        }
        for language, documents in course.documents.items()
    }
    facts = replace(course.facts, kind="handbook", tests={}, critical={})
    report = measure(replace(course, facts=facts, documents=bare, items={}, checks={}))
    assert report.count(FAULT) == 0
    assert report.longest == {}
    assert any(row.startswith("bank AB-1") and " of " not in row for row in table(report))


def test_a_language_that_no_measure_knows_is_measured_as_far_as_it_goes() -> None:
    german = FIRST_FR.replace("La loi décide.", 'Das "Gesetz" entscheidet (Regel 500).')
    report = measure(written({"de/AB-1.1.md": german}))
    assert [each for each in report.findings if each.severity == FAULT] == []


# ---- Texts that nobody would write -----------------------------------------------------------

LETTERS = st.text(
    "aеяқا ابRule règle القاعدة правило ереже 0123456789٣.,;:!?؟«»\u00a0\u202f()[]-–*_|>#=\"'",
    max_size=200,
)


@settings(max_examples=150)
@given(text=LETTERS)
def test_any_line_is_read_without_a_mistake(text: str) -> None:
    one = block(text)
    for line in lines_in("x.md", one):
        assert isinstance(line, Line)
        assert line.number in {1, 2}
        assert sum(len(each) for each in sentences_in(line.text)) <= len(line.text)
    for language in FORMS:
        for found in rules_in(language, "x.md", one):
            assert found.numbers
    for language in LANGUAGES:
        assert are_alike(text, text, language) or not any(map(str.isalnum, text))


@pytest.mark.parametrize(
    "unit",
    [
        "1 ",
        "1, ",
        "1-де ",
        "Rule 1 to ",
        "القواعد 1 و",
        ". ",
        "?  ",
        "« ",
        "> ",
        "- ",
        "| ",
        "a a ",
        "[a](b) ",
        "правила 1 и ",
        "* ",
        "Bangkok ",
    ],
)
def test_a_line_that_repeats_itself_costs_no_time(unit: str) -> None:
    """A line has at most 4,000 characters; a pattern that goes back over it would take minutes.

    It is the CPU of this process that counts, whatever else the machine does.
    """
    text = (unit * 4000)[:4000]
    before = process_time()
    lines = list(lines_in("x.md", block(text)))
    for line in lines:
        sentences_in(line.text)
    for language in FORMS:
        list(rules_in(language, "x.md", block(text)))
    assert process_time() - before < 5
