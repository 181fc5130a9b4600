"""GIFT in: each row of its rules, in the order in which it is read."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest

from lms.authoring.questions.gift import read_gift
from lms.authoring.questions.gift_writer import write_gift
from lms.authoring.questions.understood import (
    MOST_NOTES,
    ZERO,
    Notes,
    Understood,
    default_name,
    number,
    positive_sum,
    score,
)


def gift(text: str) -> tuple[list[Understood], Notes]:
    notes = Notes()
    return list(read_gift(text, notes)), notes


def one(text: str) -> Understood:
    questions, notes = gift(text)
    assert not notes.errors, [str(note.message) for note in notes.errors]
    assert len(questions) == 1
    return questions[0]


def codes(text: str) -> list[tuple[str, str, int]]:
    return [(note.severity, note.code, note.line) for note in gift(text)[1]]


def weights(question: Understood) -> list[tuple[str, str]]:
    return [(each.text.text, str(each.weight.normalize())) for each in question.options]


# ---- cutting into items ------------------------------------------------------------------------


def test_a_blank_line_ends_an_item_also_inside_braces() -> None:
    questions, notes = gift("One {T}\n  \nTwo {\n=a\n\n=b\n}\n\nThree {F}")
    assert [each.stem.text for each in questions] == ["One", "Three"]
    assert [(note.code, note.line) for note in notes.errors] == [("brace", 3), ("brace", 6)]


def test_lines_are_trimmed_and_comments_removed_wherever_they_stand() -> None:
    text = (
        "// a comment\n\n  // of this one\n  What \n // inside\n is it? {\n\t=a\n// between\n ~b }"
    )
    found = one(text)
    assert found.stem.text == "What\nis it?"
    assert weights(found) == [("a", "1E+2"), ("b", "0")]
    assert found.line == 4


def test_slashes_inside_a_line_are_no_comment() -> None:
    assert one("See http://example.org {T}").stem.text == "See http://example.org"


@pytest.mark.parametrize(
    ("comment", "number", "tags"),
    [
        ("// [id:Q1]", "Q1", ()),
        ("// words [id: Q1 ] more [tag:one] [tag:two words]", "Q1", ("one", "two words")),
        ("// [id:a\\]b] [tag:x\\]y]", "a]b", ("x]y",)),
        ("// [id:first]\n// [id:second] [tag:t]\n// [tag:t]", "first", ("t",)),
        ("// [id:] [tag:]", "", ()),
        ("// id:Q1 [ID:Q2]", "", ()),
    ],
)
def test_ids_and_tags_stand_in_comments(comment: str, number: str, tags: tuple[str, ...]) -> None:
    found = one(f"{comment}\nQuestion {{T}}")
    assert (found.idnumber, found.tags) == (number, tags)


def test_the_comment_of_one_item_is_not_that_of_the_next() -> None:
    first, second = gift("// [id:1]\nA {T}\n\n// [id:lost]\n\nB {T}")[0]
    assert (first.idnumber, second.idnumber) == ("1", "")


# ---- escapes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"a\:b\#c\=d\{e\}f\~g", "a:b#c=d{e}f~g"),
        (r"a\\b", r"a\b"),
        (r"a\nb", "a\nb"),
        (r"a\\nb", r"a\nb"),
        (r"a\tb \x \* \-", r"a\tb \x \* \-"),
        (r"a\\\{b", r"a\{b"),
    ],
)
def test_escapes_come_back_after_the_structure(written: str, read: str) -> None:
    assert one(f"{written} {{T}}").stem.text == read
    assert one(f"Q {{={written} ~no}}").options[0].text.text == read


def test_a_doubled_backslash_leaves_the_sign_behind_it_to_the_structure() -> None:
    assert weights(one("Q {=a\\\\=b ~c}")) == [("a\\", "1E+2"), ("b", "1E+2"), ("c", "0")]


# ---- categories --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "levels"),
    [
        ("A", ("A",)),
        ("A/B / C", ("A", "B", "C")),
        ("A//B/C", ("A/B", "C")),
        ("$course$/top/A", ("A",)),
        ("$course$/A", ("A",)),
        ("$module$/top/A/top", ("A", "top")),
        ("$system$/A", ("A",)),
        ("$coursecat$/A", ("A",)),
        ("$cat1$/A", ("A",)),
        ("top", ()),
        ("$course$", ()),
        ("$other$/A", ("$other$", "A")),
        (r"A\: B\=1", ("A: B=1",)),
    ],
)
def test_a_category_holds_for_all_that_follow(path: str, levels: tuple[str, ...]) -> None:
    first, second, third = gift(f"Z {{T}}\n\n$CATEGORY: {path}\n\nA {{T}}\n\nB {{T}}")[0]
    assert first.category == ()
    assert second.category == third.category == levels


def test_a_question_that_its_category_swallows_is_reported() -> None:
    questions, notes = gift("$CATEGORY: A\nQ {T}\n\nR {T}")
    assert [each.stem.text for each in questions] == ["R"]
    assert questions[0].category == ("A",)
    assert [(note.code, note.line) for note in notes.errors] == [("category", 1)]


# ---- names -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "name", "stem"),
    [
        ("::N::Q {T}", "N", "Q"),
        (":: N 1 ::\nQ {T}", "N 1", "Q"),
        (r"::a\:\:b \{c\}::Q {T}", "a::b {c}", "Q"),
        ("::a {b}::Q {T}", "a {b}", "Q"),
        ("Q ::N:: {T}", "Q ::N::", "Q ::N::"),
        ("::::Q {T}", "Q", "Q"),
        ("::N Q {T}", "N Q", "N Q"),
        ("[html]<b>Bold</b>&amp; <i>more</i> {T}", "Bold & more", "<b>Bold</b>&amp; <i>more</i>"),
        (
            "[markdown]**Bold** [link](https://x.org) {T}",
            "Bold link",
            "**Bold** [link](https://x.org)",
        ),
    ],
)
def test_a_name_stands_between_colons_or_is_the_beginning_of_the_stem(
    written: str, name: str, stem: str
) -> None:
    found = one(written)
    assert (found.name, found.stem.text) == (name, stem)


def test_a_default_name_has_80_characters() -> None:
    assert default_name(one("x" * 200 + " {T}").stem) == "x" * 80


# ---- braces ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["Q {=a ~b", "Q =a ~b}", "} Q {=a", "Q {T} and {F}", "Q {T} }", "Q {T} {"]
)
def test_braces_come_in_one_pair(text: str) -> None:
    assert codes(text) == [("error", "brace", 1)]


def test_no_brace_at_all_is_a_description() -> None:
    found = one("::N::Only [text] = this ~ and # that")
    assert (found.kind, found.stem.text) == ("description", "Only [text] = this ~ and # that")


@pytest.mark.parametrize(
    ("text", "stem"),
    [
        ("A {=b ~c} d.", "A _____ d."),
        ("A{=b ~c}d", "A_____d"),
        ("{=b ~c} d", "_____ d"),
        ("A {=b ~c}", "A"),
        ("A\n{=b ~c}\n", "A"),
        ("A {} d", "A _____ d"),
    ],
)
def test_text_behind_the_braces_makes_a_gap_of_them(text: str, stem: str) -> None:
    assert one(text).stem.text == stem


# ---- formats -----------------------------------------------------------------------------------


def test_a_text_that_begins_with_the_name_of_a_format_can_be_written() -> None:
    found = one("[moodle][html]Q {=[plain][html]a ~[markdown] [plain]b}")
    assert (found.stem.text, found.stem.format) == ("[html]Q", "moodle")
    written = "".join(write_gift([found], Notes()))
    again = one(written)
    assert (again.stem, again.options) == (found.stem, found.options)


@pytest.mark.parametrize("name", ["html", "moodle", "plain", "markdown"])
def test_a_stem_says_its_format_and_its_answers_follow(name: str) -> None:
    found = one(f"[{name}] Q {{=a#fa ~[plain]b#[html]fb ####gen}}")
    first, second = found.options
    assert (found.stem.text, found.stem.format) == ("Q", name)
    assert (first.text.format, first.feedback.format) == (name, name)
    assert (second.text.format, second.feedback.format) == ("plain", "html")
    assert found.feedback.format == name


def test_a_stem_is_in_moodles_own_format_and_strange_words_in_brackets_are_text() -> None:
    found = one("[HTML] [other] Q {=[x]a ~b}")
    assert (found.stem.text, found.stem.format) == ("[HTML] [other] Q", "moodle")
    assert found.options[0].text.text == "[x]a"


def test_general_feedback_stands_behind_the_last_four_signs() -> None:
    found = one("Q {=a ~b ####one####two}")
    assert found.feedback.text == "two"
    assert found.options[1].feedback.text == "###one"


# ---- types -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("braces", "kind"),
    [
        ("{}", "essay"),
        ("{  }", "essay"),
        ("{####why}", "essay"),
        ("{#5}", "numeric"),
        ("{ #=5 ~#no}", "numeric"),
        ("{=a ~b}", "single"),
        ("{~%50%a ~%50%b ~c}", "multiple"),
        ("{~a ~b}", "multiple"),
        ("{=a -> b ~c}", "single"),
        ("{=a -> b =c -> d =e -> f}", "matching"),
        ("{T}", "truefalse"),
        ("{TRUE}", "truefalse"),
        ("{F}", "truefalse"),
        ("{FALSE#w#r}", "truefalse"),
        ("{T ####why}", "truefalse"),
        ("{true}", "short"),
        ("{=TRUE}", "short"),
        ("{a}", "short"),
        ("{=a =b}", "short"),
        ("{a -> b}", "short"),
        (r"{a\~b}", "short"),
        (r"{\#5}", "short"),
    ],
)
def test_the_first_type_that_fits_is_taken(braces: str, kind: str) -> None:
    assert one(f"Q {braces}").kind == kind


@pytest.mark.parametrize(
    ("braces", "read"),
    [
        ("{=a ~b =c}", [("a", "1E+2"), ("b", "0"), ("c", "1E+2")]),
        ("{~%50%a~%-12.5%b~%33.333333%c}", [("a", "5E+1"), ("b", "-12.5"), ("c", "33.33333")]),
        ("{=a ~%25% b ~%0%c}", [("a", "1E+2"), ("b", "25"), ("c", "0")]),
        ("{~=a ~b}", [("a", "1E+2"), ("b", "0")]),
        ("{~%100%a ~%-100%b}", [("a", "1E+2"), ("b", "-1E+2")]),
        ("{~50%a ~%x%b =c}", [("50%a", "0"), ("%x%b", "0"), ("c", "1E+2")]),
    ],
)
def test_choices_have_weights(braces: str, read: list[tuple[str, str]]) -> None:
    assert weights(one(f"Q {braces}")) == read


def test_feedback_reaches_to_the_next_option() -> None:
    found = one("Q {\n=a # good\nwork\n~b#no # really\n}")
    assert [each.feedback.text for each in found.options] == ["good\nwork", "no # really"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Q {~a}", "answers"),
        ("Q {~ ~ =a}", "answers"),
        ("Q {=}", "answers"),
        ("Q {~%101%a ~b}", "weight"),
        ("Q {~%33,3%a ~b}", "weight"),
        ("Q {#}", "answers"),
        ("Q {#abc}", "number"),
        ("Q {#=1 =x}", "number"),
        ("Q {#1,5}", "number"),
        ("Q {#5:-1}", "number"),
        ("Q {#9..3}", "number"),
        ("Q {#nan}", "number"),
        ("Q {#1e999}", "number"),
        ("Q {#*}", "answers"),
        ("Q {=a -> b}", "answers"),
        ("Q {=a -> b =c}", "matching"),
        ("Q {=a -> b =c ->}", "matching"),
        ("Q {=a -> b = -> c}", "answers"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(text: str, code: str) -> None:
    questions, notes = gift(f"\n{text}")
    assert [each.code for each in notes.errors] == [code]
    assert notes.errors[0].line == 2
    assert notes.errors[0].question == "Q"
    assert not questions


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Q {x ~b =c}", "sign"),
        ("Q {~ ~b =c}", "empty"),
        ("Q {=%50%a ~b}", "weight"),
        ("Q {~%50%a ~b}", "sum"),
        ("Q {~a ~b}", "sum"),
        ("Q {=%50%a}", "sum"),
        ("Q {true}", "truefalse"),
        ("Q {=a -> b =c -> d}", "pairs"),
        ("{T}", "stem"),
        ("::Q {T}", "name"),
        ("Q {=a = =b}", "empty"),
    ],
)
def test_what_is_strange_is_taken_with_a_warning(text: str, code: str) -> None:
    questions, notes = gift(text)
    assert code in [note.code for note in notes.warnings]
    assert not notes.errors
    assert code in [note.code for note in questions[0].warnings]


def test_thirds_count_as_full() -> None:
    found = one("Q {~%33.33333%a ~%33.33333%b ~%33.33333%c ~d}")
    assert not found.warnings
    assert positive_sum(found.options) == Decimal("99.99999")
    assert score(tuple(each.weight for each in found.options)) == 100
    assert score((Decimal(50), Decimal(-80))) == 0
    assert score((Decimal(100), Decimal(50))) == 100


@pytest.mark.parametrize(
    ("braces", "answers"),
    [
        ("{a}", [("a", 100)]),
        ("{=a =%50%b# half}", [("a", 100), ("b", 50)]),
        (r"{=col*r =\*}", [("col*r", 100), (r"\*", 100)]),
        ("{a#right =b}", [("a", 100), ("b", 100)]),
    ],
)
def test_short_answers_keep_their_wildcards(braces: str, answers: list[tuple[str, int]]) -> None:
    found = one(f"Q {braces}")
    assert [(each.text.text, int(each.weight)) for each in found.options] == answers


@pytest.mark.parametrize(
    ("braces", "answers"),
    [
        ("{#5}", [("5", "0")]),
        ("{#=5:2}", [("5", "2")]),
        ("{#1..5}", [("3", "2")]),
        ("{#-5..-1}", [("-3", "2")]),
        ("{#-1.5:0.25}", [("-1.5", "0.25")]),
        ("{#1..2}", [("1.5", "0.5")]),
        ("{#.5}", [("0.5", "0")]),
        ("{#1e3}", [("1000", "0")]),
        ("{#=5 =%50%5:1}", [("5", "0"), ("5", "1")]),
        ("{#0.1..0.2}", [("0.15", "0.05")]),
        ("{# 1822 : 5 }", [("1822", "5")]),
    ],
)
def test_numbers_have_a_centre_and_half_a_width(
    braces: str, answers: list[tuple[str, str]]
) -> None:
    found = one(f"Q {braces}")
    assert [(o.text.text, number(o.tolerance or ZERO)) for o in found.options] == answers


@pytest.mark.parametrize("other", ["~#no", "~ no", "~%0%#no", "~*#no", "=*#no"])
def test_a_number_has_feedback_for_any_other_reply(other: str) -> None:
    found = one(f"Q {{#=5#yes {other}}}")
    assert [(o.text.text, o.feedback.text, int(o.weight)) for o in found.options] == [
        ("5", "yes", 100),
        ("*", "no", 0),
    ]


def test_pairs_may_have_an_extra_right_side() -> None:
    found = one("[html]Q {=<b>a</b> -> <i>b</i> =[plain]c -> d = -> e =f -> g -> h # i}")
    assert [(p.left.text, p.left.format, p.right) for p in found.pairs] == [
        ("<b>a</b>", "html", "<i>b</i>"),
        ("c", "plain", "d"),
        ("", "html", "e"),
        ("f", "html", "g -> h # i"),
    ]


@pytest.mark.parametrize(
    ("braces", "true", "false", "general"),
    [
        ("{TRUE#wrong#right####gen}", ("right", 100), ("wrong", 0), "gen"),
        ("{F#wrong#right}", ("wrong", 0), ("right", 100), ""),
        ("{T#wrong}", ("", 100), ("wrong", 0), ""),
        ("{T##right}", ("right", 100), ("", 0), ""),
        ("{T}", ("", 100), ("", 0), ""),
        ("{T#w#r#more}", ("r#more", 100), ("w", 0), ""),
    ],
)
def test_the_first_feedback_is_for_whoever_is_wrong(
    braces: str, true: tuple[str, int], false: tuple[str, int], general: str
) -> None:
    found = one(f"Q {braces}")
    said = [(each.feedback.text, int(each.weight)) for each in found.options]
    assert said == [true, false]
    assert [each.text.text for each in found.options] == ["true", "false"]
    assert found.feedback.text == general


# ---- hostile -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "{" * 100_000,
        "}" * 100_000,
        "Q {" + "~" * 100_000 + "}",
        "Q {" + "=" * 100_000 + "}",
        "Q {#" + "=" * 100_000 + "}",
        "Q {" + "#" * 100_000 + "}",
        "\\" * 100_001,
        ":" * 100_000,
        "::" + "a" * 100_000,
        "// " + "[id:" * 50_000 + "\nQ {T}",
        "// [id:" + "\\]" * 50_000 + "\nQ {T}",
        "// " + "[tag:x]" * 20_000 + "\nQ {T}",
        "$CATEGORY: " + "/" * 100_000,
        "$CATEGORY: " + "a/" * 50_000,
        "<" * 100_000 + " {T}",
        "[markdown]" + "[](" * 50_000 + " {T}",
        "Q {" + "=a->b" * 20_000 + "}",
        "Q {~" + "%" * 100_000 + "~b}",
        "Q {#" + "1" * 100_000 + "}",
        "Q {#1" + "." * 100_000 + "}",
        "Q {=a " + "~b#c" * 25_000 + "}",
        "\n" * 200_000,
        "x {\n\n" * 30_000,
    ],
)
def test_hostile_files_are_read_in_linear_time(text: str) -> None:
    started = time.process_time()
    notes = gift(text)[1]
    assert time.process_time() - started < 3
    assert len(notes) <= MOST_NOTES + 1


def test_plain_values_say_everything() -> None:
    text = "// [id:7] [tag:t]\n::N::[html]Q {=a#fa ~%-50%b ####gen}"
    found: dict[str, Any] = one(text).to_json()
    del found["fingerprint"]
    assert found == {
        "type": "single",
        "name": "N",
        "category": [],
        "id": "7",
        "tags": ["t"],
        "stem": "Q",
        "format": "html",
        "options": [
            {
                "text": "a",
                "format": "html",
                "weight": "100",
                "feedback": "fa",
                "feedback_format": "html",
            },
            {
                "text": "b",
                "format": "html",
                "weight": "-50",
                "feedback": "",
                "feedback_format": "html",
            },
        ],
        "pairs": [],
        "general_feedback": "gen",
        "general_feedback_format": "html",
        "points": "1",
        "language": "",
        "line": 2,
        "warnings": [],
    }
