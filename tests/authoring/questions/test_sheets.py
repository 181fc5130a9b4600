"""Question sheets in: columns in any order and language, keys, layouts."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
import xlsxwriter

from lms.authoring.questions.reading import Reading, read
from lms.authoring.questions.sheet_columns import SheetMapping
from lms.authoring.questions.understood import Understood, number

HEADER = ["type", "question", "option1", "option2", "option3", "option4", "correct"]


def sheet(*rows: list[str], separator: str = ",", mapping: SheetMapping | None = None) -> Reading:
    written = io.StringIO()
    csv.writer(written, delimiter=separator).writerows(rows)
    return read(written.getvalue().encode(), "list.csv", mapping=mapping)


def one(*cells: str, header: list[str] = HEADER) -> Understood:
    reading = sheet(header, list(cells))
    assert not reading.errors, [str(note.message) for note in reading.errors]
    (found,) = reading.questions
    return found


def codes(*cells: str, header: list[str] = HEADER) -> list[tuple[str, int]]:
    return [(note.code, note.line) for note in sheet(header, list(cells)).errors]


def right(question: Understood) -> list[str]:
    return [number(option.weight) for option in question.options]


@pytest.mark.parametrize(
    ("correct", "weights"),
    [
        ("B", ["0", "100", "0"]),
        ("b", ["0", "100", "0"]),
        ("2", ["0", "100", "0"]),
        ("B)", ["0", "100", "0"]),
        ("two", ["0", "100", "0"]),
        (" TWO ", ["0", "100", "0"]),
        ("В", ["0", "100", "0"]),
        ("٢", ["0", "100", "0"]),
    ],
)
def test_a_key_is_a_letter_a_number_or_the_text(correct: str, weights: list[str]) -> None:
    assert right(one("single", "Q", "one", "two", "three", "", correct)) == weights


@pytest.mark.parametrize("correct", ["A,C", "1,3", "a; c", "A C", "1/3", "one;three", "A،C"])
def test_several_right_options_share_the_weight(correct: str) -> None:
    found = one("multiple", "Q", "one", "two", "three", "", correct)
    assert (found.kind, right(found)) == ("multiple", ["50", "0", "50"])


def test_thirds_are_exact_to_five_decimals() -> None:
    found = one("multiple", "Q", "a1", "b1", "c1", "d1", "A,B,C")
    assert right(found) == ["33.33333"] * 3 + ["0"]
    assert not found.warnings


def test_a_key_that_means_two_things_is_refused() -> None:
    assert codes("single", "Q", "2", "3", "4", "5", "3") == [("key", 2)]
    assert right(one("single", "Q", "1", "2", "3", "", "2")) == ["0", "100", "0"]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (("single", "", "a", "b", "", "", "A"), "stem"),
        (("riddle", "Q", "a", "b", "", "", "A"), "type"),
        (("single", "Q", "a1", "", "", "", "A"), "answers"),
        (("single", "Q", "a1", "b1", "", "", ""), "key"),
        (("single", "Q", "a1", "b1", "", "", "C"), "key"),
        (("single", "Q", "a1", "b1", "", "", "A,B"), "key"),
        (("truefalse", "Q", "", "", "", "", "maybe"), "key"),
        (("numeric", "Q", "", "", "", "", "many"), "number"),
        (("numeric", "Q", "", "", "", "", ""), "answers"),
        (("short", "Q", "", "", "", "", ""), "answers"),
        (("match", "Q", "a -> b", "c", "", "", ""), "matching"),
        (("match", "Q", "a -> b", "-> c", "", "", ""), "answers"),
    ],
)
def test_what_cannot_be_is_refused_with_its_row(cells: tuple[str, ...], code: str) -> None:
    assert codes(*cells) == [(code, 2)]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (("", "Q", "a1", "b1", "", "", "A"), "single"),
        (("", "Q", "a1", "b1", "c1", "", "A,B"), "multiple"),
        (("", "Q", "", "", "", "", "true"), "truefalse"),
        (("", "Q", "", "", "", "", "15"), "numeric"),
        (("", "Q", "", "", "", "", "fifteen days"), "short"),
        (("", "Q", "", "", "", "", ""), "essay"),
        (("QCM", "Q", "a1", "b1", "c1", "", "A,B"), "multiple"),
        (("Vrai/Faux", "Q", "", "", "", "", "faux"), "truefalse"),
        (("один ответ", "Q", "a1", "b1", "", "", "A"), "single"),
        (("мәтін емес", "Q", "a1", "b1", "", "", "A"), ""),
        (("сәйкестендіру", "Q", "a -> b", "c => d", "e → f", "-> g", ""), "matching"),
        (("اختيار واحد", "Q", "a1", "b1", "", "", "A"), "single"),
        (("essay", "Q", "", "", "", "", ""), "essay"),
        (("Short answer", "Q", "fifteen", "15", "", "", ""), "short"),
    ],
)
def test_types_are_known_in_every_language_or_found_out(cells: tuple[str, ...], kind: str) -> None:
    reading = sheet(HEADER, list(cells))
    assert [each.kind for each in reading.questions] == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("correct", "value", "tolerance"),
    [
        ("15", "15", "0"),
        ("15:2", "15", "2"),
        ("13..17", "15", "2"),
        ("1,5", "1.5", "0"),
        ("'-3", "-3", "0"),
    ],
)
def test_numbers(correct: str, value: str, tolerance: str) -> None:
    (answer,) = one("numeric", "Q", "", "", "", "", correct).options
    assert (answer.text.text, number(answer.tolerance or answer.weight * 0)) == (value, tolerance)


@pytest.mark.parametrize(
    "header",
    [
        [
            "Correct",
            "TYPE",
            "Question",
            "Option 1",
            "option_2",
            "Feedback",
            "Points",
            "ID",
            "Category",
            "Language",
        ],
        [
            "Bonne réponse",
            "Type de question",
            "Énoncé",
            "Choix 1",
            "Réponse 2",
            "Commentaire",
            "Barème",
            "Identifiant",
            "Catégorie",
            "Langue",
        ],
        [
            "Правильный ответ",
            "Тип вопроса",
            "Вопрос",
            "Вариант 1",
            "Вариант ответа 2",
            "Комментарий",
            "Баллы",
            "Номер",
            "Категория",
            "Язык",
        ],
        [
            "Дұрыс жауап",
            "Түрі",
            "Сұрақ",
            "Нұсқа 1",
            "Жауап нұсқасы 2",
            "Түсініктеме",
            "Ұпай",
            "Нөмірі",
            "Санат",
            "Тілі",
        ],
        [
            "الإجابة الصحيحة",
            "نوع السؤال",
            "السؤال",
            "الخيار 1",
            "خيار 2",
            "الشرح",
            "الدرجة",
            "الرقم",
            "الفئة",
            "اللغة",
        ],
    ],
)
def test_columns_are_known_in_every_language_and_order(header: list[str]) -> None:
    found = one("B", "single", "Q", "yes", "no", "because", "2", "X-1", "A/B", "FR", header=header)
    assert (found.stem.text, right(found), found.feedback.text) == ("Q", ["0", "100"], "because")
    assert (found.idnumber, found.category, found.language) == ("X-1", ("A", "B"), "fr")
    assert found.points == 2


def test_the_key_may_be_the_number_of_an_option() -> None:
    rows = [["1", "Q", "yes", "no"], ["2", "R", "aye", "nay"]]
    reading = sheet(["key", "question", "A", "B"], *rows)
    assert [right(each) for each in reading.questions] == [["100", "0"], ["0", "100"]]


def test_weights_may_stand_behind_each_option() -> None:
    header = ["question", "option1", "", "option2", "", "option3", ""]
    reading = sheet(
        header, ["Q", "a1", "0", "b1", "100", "c1", "0"], ["R", "a1", "100", "b1", "100", "c1", "0"]
    )
    assert [right(each) for each in reading.questions] == [["0", "100", "0"], ["50", "50", "0"]]
    assert [each.kind for each in reading.questions] == ["single", "multiple"]
    found = sheet(
        ["question", "option1", "weight1", "option2", "weight2"], ["Q", "a1", "-12.5", "b1", "100%"]
    )
    assert right(found.questions[0]) == ["-12.5", "100"]


@pytest.mark.parametrize(
    "rows",
    [
        [["Q one?", "yes", "no", "B"], ["Q two?", "aye", "nay", "A"]],
        [["single", "Q one?", "yes", "no", "2"], ["single", "Q two?", "aye", "nay", "1"]],
        [["Q one?", "2", "yes", "no"], ["Q two?", "1", "aye", "nay"]],
        [["Q one?", "yes", "0", "no", "100"], ["Q two?", "aye", "100", "nay", "0"]],
        [["Q one?", "yes", "no", "no"], ["Q two?", "aye", "nay", "aye"]],
    ],
)
def test_a_sheet_without_header_is_understood(rows: list[list[str]]) -> None:
    reading = sheet(*rows)
    assert [each.stem.text for each in reading.questions] == ["Q one?", "Q two?"]
    assert [right(each) for each in reading.questions] == [["0", "100"], ["100", "0"]]
    assert reading.mapping
    assert reading.mapping.header_row == 0


def test_a_sheet_of_questions_alone_is_a_list_of_free_texts() -> None:
    reading = sheet(["Question"], ["Q one?"], ["Q two?"])
    assert [(each.kind, each.stem.text) for each in reading.questions] == [
        ("essay", "Q one?"),
        ("essay", "Q two?"),
    ]


def test_a_mapping_is_taken_instead_of_a_guess() -> None:
    mapping = SheetMapping({"question": 2, "option1": 0, "option2": 1, "correct": 3}, 0)
    reading = sheet(["yes", "no", "Q", "A"], ["aye", "nay", "R", "B"], mapping=mapping)
    assert [right(each) for each in reading.questions] == [["100", "0"], ["0", "100"]]
    assert sheet(["a", "b"], mapping=SheetMapping({"option1": 0})).errors[0].code == "mapping"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_quotes_and_breaks_inside_cells(separator: str) -> None:
    reading = sheet(
        HEADER,
        ["single", 'Two\nlines, "said"; so\tit is', "a1", "b1", "", "", "A"],
        separator=separator,
    )
    assert reading.questions[0].stem.text == 'Two\nlines, "said"; so it is'


def test_a_workbook_is_read_as_it_was_typed_and_its_sheets_listed(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name in ("One", "Two"):
            page = book.add_worksheet(name)
            for column, title in enumerate(HEADER):
                page.write_string(0, column, title)
            page.write_row(1, 0, ["single", f"Q {name}", 2, "007", 2.5, "", "B"])
            page.write_formula(2, 1, "=1+1", None, "computed")
    reading = read(path.read_bytes(), "list.xlsx")
    assert (reading.format, reading.sheets) == ("xlsx", ("One", "Two"))
    assert [o.text.text for o in reading.questions[0].options] == ["2", "007", "2.5"]
    assert reading.questions[1].stem.text == "computed"
    other = read(path.read_bytes(), "x", mapping=SheetMapping(sheet="Two"))
    assert other.questions[0].stem.text == "Q Two"
    assert read(path.read_bytes(), "x", mapping=SheetMapping(sheet="No")).errors[0].code == "sheet"


def test_the_first_twenty_rows_are_shown() -> None:
    reading = sheet(HEADER, *[["essay", f"Q{n}"] for n in range(40)])
    assert (len(reading.rows), reading.rows[1]) == (20, ("essay", "Q0"))
    assert reading.mapping
    assert reading.mapping.fields["question"] == 1
