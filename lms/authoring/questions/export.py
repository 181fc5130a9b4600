"""Questions out: GIFT, CSV and XLSX, each so that its own reader finds the same again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lms.authoring.questions.gift_writer import write_gift
from lms.authoring.questions.markup import unmarked
from lms.authoring.questions.reading import CSV, GIFT, XLSX
from lms.authoring.questions.sheet_words import MOST_OPTIONS
from lms.authoring.questions.understood import (
    ANY_OTHER,
    FULL,
    MATCHING,
    MULTIPLE,
    NUMERIC,
    SINGLE,
    TRUEFALSE,
    ZERO,
    Notes,
    Option,
    Text,
    Understood,
    is_full,
    number,
    path_of,
    positive_sum,
)
from lms.kernel.messages import msg
from lms.sheets.writer import LONGEST_CELL, Sheet, csv_lines, xlsx

WRITABLE = (GIFT, CSV, XLSX)
TYPES_IN_SHEETS = {MATCHING: "match"}  # as section 4 of the interchange rules calls it
NUMBERS_ALONE = msg("Weights and feedback of single numbers have no column; they are left out.")
_LETTERS = "ABCDEFGHIJ"
_FIRST = ("id", "type", "name", "category", "language", "question")
_LAST = ("correct", "points", "feedback")


def export(questions: Iterable[Understood], to: str, notes: Notes, separator: str = ",") -> bytes:
    """Return a file of questions.

    to         gift, csv or xlsx.
    separator  of CSV: ``,`` ``;`` or a tab.
    notes      gets one line for each thing that cannot travel.
    """
    if to == GIFT:
        return "".join(write_gift(questions, notes)).encode()
    sheet = _sheet(list(questions), notes)
    if to == CSV:
        return b"".join(csv_lines(sheet, separator))
    return xlsx(sheet)


def _sheet(questions: Sequence[Understood], notes: Notes) -> Sheet:
    rows = [row for question in questions if (row := _row(question, notes)) is not None]
    most = max(
        (n for row in rows for n in range(1, MOST_OPTIONS + 1) if f"option{n}" in row), default=2
    )
    used = {name for row in rows for name in row}
    header = [*_FIRST]
    for n in range(1, most + 1):
        names = (f"option{n}", f"weight{n}", f"feedback{n}")
        header += [name for name in names if name in used or name == names[0]]
    header += [f"feedback{n}" for n in (1, 2) if f"feedback{n}" in used - set(header)]
    header += _LAST
    return Sheet("questions", {}, header, [[row.get(name, "") for name in header] for row in rows])


def _row(question: Understood, notes: Notes) -> dict[str, str] | None:
    """Return field -> cell; None for a question with more options than a sheet has columns."""
    texts = _Texts(question, notes)
    row = {
        "id": question.idnumber,
        "type": TYPES_IN_SHEETS.get(question.kind, question.kind),
        "name": question.name,
        "category": path_of(question.category),
        "language": question.language,
        "question": texts.said(question.stem),
        "points": number(question.points),
        "feedback": texts.said(question.feedback),
    }
    options = question.options
    if max(len(options), len(question.pairs)) > MOST_OPTIONS:
        notes.error(
            "options",
            question.line,
            question.name,
            msg("A sheet has columns for 10 answers; this question has more."),
        )
        return None
    if question.kind in {SINGLE, MULTIPLE}:
        _options(row, options, texts)
        right = [n for n, option in enumerate(options) if option.weight > ZERO]
        row["correct"] = ",".join(_LETTERS[n] for n in right)
        if not _letters_say_all(question):
            for n, option in enumerate(options, 1):
                row[f"weight{n}"] = number(option.weight)
    elif question.kind == TRUEFALSE:
        row["correct"] = "true" if options[0].weight > ZERO else "false"
        row |= {
            f"feedback{n}": said
            for n, option in enumerate(options, 1)
            if (said := texts.said(option.feedback))
        }
    elif question.kind == NUMERIC:
        _numeric(row, options, notes, question)
    elif question.kind == MATCHING:
        for n, pair in enumerate(question.pairs, 1):
            row[f"option{n}"] = f"{texts.said(pair.left)} -> {pair.right}".strip()
    else:
        _options(row, options, texts)
        if any(option.weight != FULL for option in options):
            row |= {f"weight{n}": number(option.weight) for n, option in enumerate(options, 1)}
    if any(len(cell) > LONGEST_CELL for cell in row.values()):
        notes.warn(
            "long",
            question.line,
            question.name,
            msg("A text is longer than a cell may be and was cut."),
        )
    return row


class _Texts:
    """Turns texts into cells; the first that loses its markup is told."""

    def __init__(self, question: Understood, notes: Notes) -> None:
        self.question, self.notes, self.told = question, notes, False

    def said(self, text: Text) -> str:
        plain = unmarked(text)
        if plain != text.text and not self.told and text.text.split() != plain.split():
            self.told = True
            self.notes.warn(
                "markup",
                self.question.line,
                self.question.name,
                msg("A sheet holds words only: emphasis, lists and links are left out."),
            )
        return plain


def _options(row: dict[str, str], options: Sequence[Option], texts: _Texts) -> None:
    for n, option in enumerate(options, 1):
        row[f"option{n}"] = texts.said(option.text)
        if option.feedback:
            row[f"feedback{n}"] = texts.said(option.feedback)


def _letters_say_all(question: Understood) -> bool:
    """Whether the letters of the right options tell every weight."""
    weights = [option.weight for option in question.options]
    right = [weight for weight in weights if weight > ZERO]
    if any(weight < ZERO for weight in weights) or not is_full(positive_sum(question.options)):
        return False
    return max(right) - min(right) < FULL / 1000 and (question.kind == MULTIPLE or len(right) == 1)


def _numeric(
    row: dict[str, str], options: Sequence[Option], notes: Notes, question: Understood
) -> None:
    answers = [option for option in options if option.text.text != ANY_OTHER]
    said = [
        f"{option.text.text}:{number(option.tolerance)}" if option.tolerance else option.text.text
        for option in answers
    ]
    if len(said) == 1:
        row["correct"] = said[0]
    else:
        row |= {f"option{n}": each for n, each in enumerate(said, 1)}
    if any(option.feedback for option in options) or any(o.weight != FULL for o in answers):
        notes.warn("feedback", question.line, question.name, NUMBERS_ALONE)
