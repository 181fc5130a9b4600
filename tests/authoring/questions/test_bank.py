"""Questions as items of our banks, and our items as questions."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from lms.authoring.questions.bank import Facts, bank_item
from lms.authoring.questions.export import export
from lms.authoring.questions.from_bank import from_bank, from_course
from lms.authoring.questions.markup import turned, unmarked
from lms.authoring.questions.reading import read
from lms.authoring.questions.understood import Notes, Text
from lms.content.blocks import read_document
from lms.content.faults import Faults
from lms.content.folder import load
from lms.content.model import Question
from lms.content.questions import facts_of, read_question
from lms.content.reader import read_course
from tests.authoring.questions.test_writing import Maker

FACTS = Facts("MR-1.1", "mr11-1")
ROOT = Path(__file__).resolve().parents[3]


def taken(gift: str, facts: Facts = FACTS) -> tuple[str | None, list[tuple[str, str]]]:
    (question,) = read(gift.encode(), "x.gift").questions
    notes = Notes()
    item = bank_item(question, "MR-1-900", facts, notes)
    return item, [(note.severity, note.code) for note in notes]


def item_of(text: str, faults: Faults) -> Question | None:
    """Read an item as the reader of courses does."""
    document = read_document("x", f'+++\ntitle = "x"\n+++\n\n{text}'.encode(), faults)
    assert document
    (block,) = document.blocks
    first, *lines = block.body.splitlines(keepends=True)
    kind, facts, strange = facts_of(first.strip().strip("{}").split())
    assert not strange
    return read_question(block.title, kind, facts, lines, "x", 1, faults)


def test_a_single_choice_becomes_an_item() -> None:
    item, notes = taken(
        "::N::[html]<p>What <b>now</b>?</p> {=Yes#Good. ~No#Bad. ~<i>Maybe</i>#So.}"
    )
    assert item == (
        "## MR-1-900\n{single lesson=MR-1.1 section=mr11-1 outcome=a difficulty=1}\n\n"
        "What **now**?\n\n- [x] a. Yes\n  > Good.\n- [ ] b. No\n  > Bad.\n- [ ] c. *Maybe*\n"
        "  > So.\n"
    )
    assert notes == []


@pytest.mark.parametrize(
    ("gift", "first", "last"),
    [
        ("Q {~%50%a ~%50%b ~c ####Why.}", "multiple", "> Why."),
        ("Q {~%33.33333%a ~%33.33333%b ~%33.33333%c ~%-100%d ####Why.}", "multiple", "> Why."),
        ("Q {T#no#yes}", "single", "  > no"),
        ("Q {F#no#yes}", "single", "  > yes"),
        ("Q {#15:2####Why.}", "numeric", "> Why."),
        ("Q {#13..17#Why.}", "numeric", "> Why."),
        ("Q {=a -> b =c -> d =e -> f = -> g ####Why.}", "matching", "> Why."),
        ("Q {=a ~%-50%b ####Why.}", "single", "> Why."),
    ],
)
def test_what_has_a_form_is_read_as_the_same_kind(gift: str, first: str, last: str) -> None:
    item, _ = taken(gift, Facts("MR-1.1", "mr11-1", "b", "3", unit="days"))
    assert item
    faults = Faults()
    found = item_of(item, faults)
    assert not list(map(str, faults))
    assert found
    assert (found.kind, item.rstrip("\n").rpartition("\n")[2]) == (first, last)
    assert (found.facts["outcome"], found.facts["difficulty"]) == ("b", "3")


def test_numbers_keep_their_tolerance_and_a_dash_stands_for_a_missing_unit() -> None:
    item, notes = taken("Q {#=15:0.5#Yes. ~#No.}")
    assert item
    assert "value=15 tolerance=0.5" in item
    assert "\n= —\n\n> Yes." in item
    assert notes == [("warning", "feedback"), ("warning", "unit")]


@pytest.mark.parametrize(
    "gift",
    [
        "Q {}",
        "Only text",
        "Q {=a =b}",
        "Q {col*r}",
        "Q {=a =b ~c}",
        "Q {=a ~%50%b ~c}",
        "Q {~%60%a ~%40%b ~c}",
        "Q {~%50%a ~b}",
        "Q {~%50%a ~%50%b}",
        "Q {#=1 =2}",
        "Q {#=%50%1 =2}",
        "Q {=a -> b =c -> d}",
        "Q {=a -> b =c -> b =d -> e}",
        "Q {#12345678901}",
        "Q {" + "=a" + "~b" * 9 + "}",
        "{=a ~b}",
        "Q {" + "".join(f"~%16.66667%{n}" for n in "abcdef") + "~g}",
    ],
)
def test_what_has_no_form_is_refused_with_the_reason(gift: str) -> None:
    item, notes = taken(gift)
    assert item is None
    assert notes == [("error", "no-form")]


def test_what_is_missing_is_said_and_the_item_left_to_write() -> None:
    item, notes = taken("Q {=a#yes ~b}")
    assert item
    assert notes == [("warning", "write")]


@pytest.mark.parametrize(
    ("gift", "code"),
    [
        ("[html]Q <img src=x alt=door> {=a ~b ####W}", "lost"),
        ("[html]Q <table><tr><td>1</td></tr></table> {=a ~b ####W}", "lost"),
        ("Q $$x$$ {=a ~b ####W}", "lost"),
        ("[html]Q {=<ul><li>x</li><li>y</li></ul> ~b ####W}", "lost"),
        ("[markdown]\\# Title\\nText {=a ~b ####W}", "lost"),
    ],
)
def test_what_is_lost_of_a_text_is_told(gift: str, code: str) -> None:
    item, notes = taken(gift)
    assert item
    assert notes == [("warning", code)]


@pytest.mark.parametrize(
    ("kind", "text", "markdown", "lost"),
    [
        ("html", "<p>One</p><p>two<br>three</p>", "One\n\ntwo\\\nthree", []),
        ("html", "<ul><li>a. x</li><li><b>y </b>z</li></ul>", "* a. x\n* **y** z", []),
        ("html", "Qui&nbsp;?  Lui\n\u00a0!", "Qui\u00a0? Lui \u00a0!", []),
        ("plain", "Qui\u00a0?  Lui", "Qui\u00a0? Lui", []),
        ("html", "<ol><li>x</li><li>y</li></ol>", "1) x\n2) y", []),
        (
            "html",
            '<a href="https://x.org">w</a> <a href="javascript:x">v</a>',
            "[w](https://x.org) v",
            [],
        ),
        ("html", "<script>x()</script>a<style>b</style>", "a", ["script", "style"]),
        ("html", "x<sub>2</sub> &lt;b&gt; &amp;amp;", "x2 &lt;b> &amp;amp;", ["sub"]),
        ("moodle", "a<b & c\nd * e", "a&lt;b & c\\\nd \\* e", []),
        ("moodle", "- a\n1. b\n# c\n= d\n> e", "\\- a\\\n1\\. b\\\n\\# c\\\n\\= d\\\n\\> e", []),
        ("plain", "<b>x</b> [y](z) `w`", "&lt;b>x&lt;/b> \\[y\\]\\(z) ’w’", ["`"]),
        ("markdown", "- a. x\n1. b. y\n= z", "* a. x\n1) b. y\n\\= z", []),
        ("markdown", "a\n---\n<b>c</b> ![d](e)", "a\n\n&lt;b>c&lt;/b> \\![d]\\(e)", ["hr", "img"]),
    ],
)
def test_texts_become_our_markdown(kind: str, text: str, markdown: str, lost: list[str]) -> None:
    found = turned(Text(text, kind))
    assert (found.text, found.lost) == (markdown, lost)


@pytest.mark.parametrize("kind", ["html", "moodle", "plain", "markdown"])
@pytest.mark.parametrize(
    "text",
    [
        "<b>" * 200_000,
        "<" * 200_000,
        "&amp;" * 100_000,
        "<p>x" * 1_900,
        "<ul><li>" * 900,
        "\n" * 49_000,
        "# a" + " " * 49_000 + "b",
        "- " * 40_000,
        "[](" * 16_000,
        "`" * 100_000,
        "![a](" * 9_000,
        "<div>" * 1_900 + "x" * 40_000,
        "*" * 49_000,
        "[" * 49_000,
        "x <b " * 2_000,
        "$$" * 20_000,
    ],
)
def test_hostile_texts_take_little_time(kind: str, text: str) -> None:
    started = time.process_time()
    turned(Text(text, kind))
    turned(Text(text, kind), one_line=True)
    unmarked(Text(text, kind))
    assert time.process_time() - started < 3


@pytest.mark.parametrize("seed", range(30))
def test_whatever_comes_the_reader_of_courses_takes_it_or_says_what_to_write(seed: int) -> None:
    maker = Maker(1000 + seed)
    for _ in range(30):
        question = maker.question()
        notes = Notes()
        item = bank_item(question, "MR-1-900", FACTS, notes)
        if item is None:
            assert [note.code for note in notes.errors] == ["no-form"]
            continue
        faults = Faults()
        found = item_of(item, faults)
        told = {str(note.message) for note in notes.warnings}
        assert all(fault.text in told for fault in faults), (item, list(map(str, faults)))
        if found and question.kind in {"single", "multiple"}:
            right = [option.weight > 0 for option in question.options]
            assert [choice.right for choice in found.choices] == right
        if not [note for note in notes if note.code == "write"]:
            assert found


@pytest.mark.parametrize("course", ["mandela-rules", "vep-awareness"])
def test_a_bank_goes_out_and_comes_back(course: str) -> None:
    reading = read_course(load(ROOT / "courses" / course))
    assert reading.course
    language = reading.course.facts.source
    notes = Notes()
    questions = list(from_course(reading.course, language, notes))
    items = reading.course.items[language]
    assert len(questions) + len(notes) == len(items)
    again = read(export(questions, "gift", notes), "x.gift")
    assert not again.errors
    for question in again.questions:
        own = Notes()
        before = items[question.idnumber]
        facts = Facts("X-1.1", "x", unit=before.unit).with_tags(question.tags)
        text = bank_item(question, question.idnumber, facts, own)
        assert text, list(own)
        faults = Faults()
        after = item_of(text, faults)
        assert after, (text, list(map(str, faults)))
        assert after.key() == before.key()
        assert (after.stem, after.why) == (before.stem, before.why)
        told = {name: after.facts[name] for name in ("lesson", "section", "outcome", "difficulty")}
        assert told == {name: before.facts[name] for name in told}


def test_our_own_kinds_are_told_where_others_have_none() -> None:
    notes = Notes()
    kinds = ["ordering", "scenario", "truefalse-reason"]
    questions = [Question(f"MR-1-00{n}", kind, {}, "Q") for n, kind in enumerate(kinds)]
    assert not list(from_bank(questions, "en", notes))
    assert [note.code for note in notes] == ["no-form"] * 3
