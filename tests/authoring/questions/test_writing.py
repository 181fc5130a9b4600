"""Questions out, and in again: GIFT, CSV and XLSX say the same."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest

from lms.authoring.questions.export import export
from lms.authoring.questions.reading import read
from lms.authoring.questions.understood import (
    FULL,
    Notes,
    Option,
    Pair,
    Text,
    Understood,
    default_name,
    percent,
    share,
)

SIGNS = "abc ÉяقҚ 123:#={}~\\%[]/*<>&'\"!?.,-|_^+@$();\n"
FORMATS = ["moodle", "html", "plain", "markdown"]


class Maker:
    """Makes questions by chance, the same ones each time."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def words(self, most: int = 30, signs: str = SIGNS) -> str:
        count = self.chance.randrange(1, most)
        said = "".join(self.chance.choice(signs) for _ in range(count)).strip()
        return said.replace("->", "- >") or "x"

    def text(self) -> Text:
        usual = self.chance.random() < 0.7
        return Text(self.words(), self.format if usual else self.chance.choice(FORMATS))

    def maybe(self) -> Text:
        return self.text() if self.chance.random() < 0.5 else Text("", self.format)

    def question(self) -> Understood:
        self.format = self.chance.choice(FORMATS)
        kind = self.chance.choice(
            [
                "single",
                "multiple",
                "truefalse",
                "short",
                "numeric",
                "matching",
                "essay",
                "description",
            ],
        )
        options: list[Option] = []
        pairs: list[Pair] = []
        many = range(self.chance.randrange(2, 6))
        if kind in {"single", "multiple"}:
            options = [Option(self.text(), self.weight(), self.maybe()) for _ in many]
            if kind == "single":
                options[self.chance.randrange(len(options))] = Option(self.text(), FULL)
        elif kind == "truefalse":
            right = self.chance.random() < 0.5
            options = [
                Option(Text("true", "plain"), FULL if right else Decimal(0), self.maybe()),
                Option(Text("false", "plain"), Decimal(0) if right else FULL, self.maybe()),
            ]
        elif kind == "short":
            options = [Option(self.text(), self.weight() or FULL, self.maybe()) for _ in many]
        elif kind == "numeric":
            options = [
                Option(
                    Text(str(self.chance.randrange(-99, 99)), "plain"),
                    FULL,
                    self.maybe(),
                    Decimal(self.chance.randrange(50)) / 8,
                )
                for _ in many
            ]
        elif kind == "matching":
            pairs = [Pair(self.text(), self.words()) for _ in range(3)]
            pairs += [Pair(Text("", self.format), self.words())]
        levels = [self.words(8, "ab/ я:=") for _ in range(self.chance.randrange(3))]
        category = tuple(each.strip(" /") or "x" for each in levels)
        stem = Text(self.words(60), self.format)
        name = " ".join(self.words().split()) if self.chance.random() < 0.8 else default_name(stem)
        return Understood(
            kind,
            name or "n",
            stem,
            tuple(options),
            tuple(pairs),
            tuple(" ".join(each.split()) for each in category),
            idnumber=self.words(9, "abc]12"),
            tags=tuple(dict.fromkeys([self.words(5, "ab]")])),
            feedback=Text("", self.format) if kind == "description" else self.maybe(),
        )

    def weight(self) -> Decimal:
        return self.chance.choice(
            [Decimal(0), FULL, percent("33.33333"), percent("-50"), percent("12.5"), share(7)]
        )


def bare(question: Understood) -> Understood:
    """Return what a file can hold of a question."""
    feedback = question.feedback if question.feedback else Text("")
    return replace(
        question,
        line=0,
        warnings=(),
        feedback=feedback,
        options=tuple(
            replace(o, feedback=o.feedback if o.feedback else Text("")) for o in question.options
        ),
        pairs=tuple(replace(p, left=p.left if p.left else Text("")) for p in question.pairs),
    )


@pytest.mark.parametrize("seed", range(40))
def test_gift_comes_back_as_it_was(seed: int) -> None:
    maker = Maker(seed)
    questions = [maker.question() for _ in range(25)]
    notes = Notes()
    data = export(questions, "gift", notes)
    reading = read(data, "x.gift")
    assert not reading.errors, (str(reading.errors[0].message), data.decode())
    assert len(reading.questions) == len(questions)
    for before, after in zip(questions, reading.questions, strict=True):
        assert bare(after) == bare(before), data.decode()


@pytest.mark.parametrize("to", ["csv", "xlsx"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_sheets_come_back_as_they_were(to: str, separator: str) -> None:
    plain = Text("", "plain")

    def option(text: str, weight: str, feedback: str = "") -> Option:
        return Option(Text(text, "plain"), percent(weight), Text(feedback, "plain"))

    questions = [
        Understood(
            "single",
            "N",
            Text("=1+1 is\nwhat; \"this\", 'so'", "plain"),
            (option("-2", "100", "@yes"), option("+3", "0"), option("007", "0")),
            category=("A/B", "C"),
            idnumber="01",
            feedback=Text("why", "plain"),
            language="fr",
            points=Decimal("2.5"),
        ),
        Understood(
            "multiple",
            "M",
            Text("Q", "plain"),
            (option("a1", "50"), option("b1", "50"), option("c1", "-50")),
            feedback=plain,
        ),
        Understood(
            "multiple",
            "O",
            Text("R", "plain"),
            (
                option("a1", "33.33333"),
                option("b1", "33.33333"),
                option("c1", "33.33333"),
                option("d1", "0"),
            ),
            feedback=plain,
        ),
        Understood(
            "truefalse",
            "T",
            Text("Q2", "plain"),
            (option("true", "0", "no"), option("false", "100", "yes")),
            feedback=plain,
        ),
        Understood(
            "short",
            "S",
            Text("Q3", "plain"),
            (option("a1", "100"), option("b1", "50")),
            feedback=plain,
        ),
        Understood(
            "numeric",
            "U",
            Text("Q4", "plain"),
            (Option(Text("-15", "plain"), FULL, plain, Decimal(2)),),
            feedback=plain,
        ),
        Understood(
            "matching",
            "V",
            Text("Q5", "plain"),
            pairs=(
                Pair(Text("a", "plain"), "b"),
                Pair(Text("c", "plain"), "d"),
                Pair(Text("e", "plain"), "f"),
                Pair(plain, "g"),
            ),
            feedback=plain,
        ),
        Understood("essay", "W", Text("The '=' sign of f(1,-1;-2)", "plain"), feedback=plain),
    ]
    notes = Notes()
    data = export(questions, to, notes, separator)
    assert not len(notes)
    reading = read(data, f"x.{to}")
    assert not reading.notes
    assert [replace(each, line=0) for each in reading.questions] == questions


def test_no_cell_runs_as_a_formula_and_csv_is_marked_as_unicode() -> None:
    question = Understood("essay", "@n", Text("=cmd()", "plain"), idnumber="-1")
    data = export([question], "csv", Notes(), ";")
    assert data.startswith(b"\xef\xbb\xbfid;type")
    assert b"'=cmd()" in data
    assert b"'-1;essay;'@n" in data


def test_weights_have_at_most_five_decimals() -> None:
    options = tuple(Option(Text(word), share(7)) for word in "abcdefg")
    data = export([Understood("multiple", "N", Text("Q"), options)], "gift", Notes()).decode()
    assert data.count("~%14.28571%") == 7


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (Understood("essay", "N", Text('<img src="@@PLUGINFILE@@/a.png">', "html")), "picture"),
        (Understood("description", "N", Text("Q"), feedback=Text("why")), "feedback"),
        (
            Understood(
                "short", "N", Text("Q"), (Option(Text("a -> b"), FULL), Option(Text("c"), FULL))
            ),
            "arrow",
        ),
        (
            Understood(
                "single", "N", Text("Q"), (Option(Text("a"), percent("50")), Option(Text("b")))
            ),
            "sum",
        ),
    ],
)
def test_what_cannot_travel_in_gift_is_told(question: Understood, code: str) -> None:
    notes = Notes()
    export([question], "gift", notes)
    assert [note.code for note in notes] == [code]


def test_what_cannot_travel_in_a_sheet_is_told() -> None:
    many = tuple(Option(Text(str(n)), FULL if n == 3 else Decimal(0)) for n in range(11))
    notes = Notes()
    data = export(
        [
            Understood("single", "N", Text("Q"), many),
            Understood("essay", "N", Text("<b>bold</b> words", "html")),
            Understood(
                "numeric",
                "N",
                Text("Q"),
                (Option(Text("1", "plain"), FULL, Text("why"), Decimal(0)),),
            ),
        ],
        "csv",
        notes,
    )
    assert [note.code for note in notes] == ["options", "markup", "feedback"]
    assert b"bold words" in data
