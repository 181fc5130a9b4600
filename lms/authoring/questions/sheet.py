"""Question sheets: a row is a question, in CSV or XLSX, with the columns in any order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lms.authoring.questions.gift_answers import NOT_A_NUMBER, TWO_PAIRS, interval
from lms.authoring.questions.sheet_columns import SheetMapping
from lms.authoring.questions.sheet_key import TWO_MEANINGS, key_of
from lms.authoring.questions.sheet_words import MOST_OPTIONS, folded, truth_of, type_of
from lms.authoring.questions.understood import (
    DESCRIPTION,
    ESSAY,
    FULL,
    MATCHING,
    MULTIPLE,
    NUMERIC,
    PLAIN,
    SHORT,
    SINGLE,
    TRUEFALSE,
    ZERO,
    Notes,
    Option,
    Pair,
    Text,
    Understood,
    default_name,
    is_full,
    levels_of,
    number,
    percent,
    positive_sum,
    share,
    with_warnings,
)
from lms.kernel.messages import msg
from lms.sheets.reader import Row
from lms.sheets.writer import plain

_NUMBER = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,10})?")
_ARROW = re.compile(r"->|=>|→|⇒")
NO_KEY = msg("The row names no right answer.")


@dataclass(frozen=True, slots=True)
class _Cells:
    """One row by the names of its fields, and where to say what is wrong with it."""

    row: Row
    mapping: SheetMapping
    notes: Notes

    def get(self, name: str) -> str:
        return plain(self.mapping.cell(self.row.cells, name)).strip()

    @property
    def name(self) -> str:
        return self.get("name") or default_name(Text(self.get("question"), PLAIN))

    @property
    def options(self) -> list[tuple[int, str]]:
        """The filled options with their numbers."""
        found = ((n, self.get(f"option{n}")) for n in range(1, MOST_OPTIONS + 1))
        return [(n, text) for n, text in found if text]

    def error(self, code: str, msgid: str, **values: object) -> None:
        self.notes.error(code, self.row.number, self.name, msgid, **values)

    def warn(self, code: str, msgid: str, **values: object) -> None:
        self.notes.warn(code, self.row.number, self.name, msgid, **values)

    def question(
        self, kind: str, options: Sequence[Option] = (), pairs: Sequence[Pair] = ()
    ) -> Understood:
        category = levels_of(self.get("category"))
        return Understood(
            kind,
            self.name,
            _plain(self.get("question")),
            tuple(options),
            tuple(pairs),
            category,
            self.get("id"),
            feedback=_plain(self.get("feedback")),
            points=self.points(),
            language=self.get("language").lower(),
            line=self.row.number,
        )

    def points(self) -> Decimal:
        said = self.get("points").replace(",", ".")
        if said and not (_NUMBER.fullmatch(said) and Decimal(said) >= 0):
            self.warn(
                "points", msg("The points %(points)s are no number; 1 is taken."), points=said[:20]
            )
            said = ""
        return Decimal(said or 1)


def _plain(text: str) -> Text:
    return Text(text, PLAIN)


def read_rows(rows: Iterator[Row], mapping: SheetMapping, notes: Notes) -> Iterator[Understood]:
    """Yield the questions of the rows below the header; what is wrong goes into ``notes``."""
    for order, row in enumerate(rows, 1):
        if order <= mapping.header_row:
            continue
        own = Notes()
        question = _question(_Cells(row, mapping, own))
        for note in own:
            notes.add(note.severity, note.code, note.line, note.question, note.message)
        if question is not None and not own.errors:
            yield with_warnings(question, own.warnings)


def _question(cells: _Cells) -> Understood | None:
    if not cells.get("question"):
        cells.error("stem", msg("The row has no question."))
        return None
    said = cells.get("type")
    kind = type_of(said) if said else _kind(cells)
    if not kind:
        cells.error(
            "type",
            msg("The type %(type)s is not known. Write one of: %(types)s."),
            type=said[:40],
            types="single, multiple, truefalse, short, numeric, match, essay",
        )
        return None
    if kind in {ESSAY, DESCRIPTION}:
        return cells.question(kind)
    if kind == TRUEFALSE:
        return _truefalse(cells)
    if kind == NUMERIC:
        return _numeric(cells)
    if kind == SHORT:
        return _short(cells)
    return _matching(cells) if kind == MATCHING else _choice(cells, kind, sure=bool(said))


def _kind(cells: _Cells) -> str:
    """Return the type of a row that names none, as its cells show it."""
    options, correct = cells.options, cells.get("correct")
    if len(options) >= 2:
        right = [n for n, _ in options if _weight(cells, n)]
        key = right or key_of(options, correct).numbers
        return MULTIPLE if len(key) > 1 else SINGLE
    if options or not correct:
        return SHORT if options else ESSAY
    if truth_of(correct) is not None and correct not in {"0", "1"}:
        return TRUEFALSE
    return NUMERIC if interval(correct.replace(",", ".")) else SHORT


def _weight(cells: _Cells, n: int) -> Decimal | None:
    """Return the weight of an option; None where the sheet has none for it, or no number."""
    said = cells.get(f"weight{n}").rstrip("% ").replace(",", ".")
    found = percent(said) if _NUMBER.fullmatch(said) else None
    return found if found is None or abs(found) <= FULL else None


def _choice(cells: _Cells, kind: str, *, sure: bool) -> Understood | None:
    options = cells.options
    if len(options) < 2:
        cells.error("answers", msg("A choice needs at least two answers."))
        return None
    weights = _weights(cells, options, kind)
    if weights is None:
        return None
    found = tuple(
        Option(_plain(text), weights[n], _plain(cells.get(f"feedback{n}"))) for n, text in options
    )
    total = positive_sum(found)
    if not total:
        cells.error("key", NO_KEY)
        return None
    if kind == MULTIPLE and not is_full(total):
        cells.warn(
            "sum",
            msg("The weights of the right answers add up to %(sum)s %%, not 100 %%."),
            sum=number(total),
        )
    if kind == SINGLE and all(option.weight != FULL for option in found):
        cells.warn("sum", msg("No answer has the weight 100."))
    return cells.question(kind, found)


def _weights(
    cells: _Cells, options: Sequence[tuple[int, str]], kind: str
) -> dict[int, Decimal] | None:
    """Return number of option -> weight, from columns of weights or from the key."""
    if any(cells.get(f"weight{n}") for n, _ in options):
        given = {n: _weight(cells, n) for n, _ in options}
        wrong = [n for n in given if given[n] is None and cells.get(f"weight{n}")]
        if wrong:
            cells.error(
                "weight",
                msg("A weight is a number from -100 to 100, not %(weight)s."),
                weight=cells.get(f"weight{wrong[0]}")[:20],
            )
            return None
        weights = {n: weight or ZERO for n, weight in given.items()}
        right = [n for n in weights if weights[n] == FULL]
        if kind == MULTIPLE and len(right) > 1:  # 0 and 100 say only which are right
            weights |= dict.fromkeys(right, share(len(right)))
        return weights
    key = _key(cells, options)
    if not key:
        return None
    if kind == SINGLE and len(key) > 1:
        cells.error("key", msg("The row names several right answers, but its type is single."))
        return None
    each = share(len(key))
    return {n: each if n in key else ZERO for n, _ in options}


def _key(cells: _Cells, options: Sequence[tuple[int, str]]) -> frozenset[int]:
    """Return the numbers of the right options; none, and an error, where nobody can tell."""
    said = cells.get("correct")
    key = key_of(options, said)
    if not said:
        cells.error("key", NO_KEY)
    elif key.fault == TWO_MEANINGS:
        cells.error(
            "key",
            msg(
                "%(key)s is the text of one option and the place of another. Write the letter of "
                "the right one."
            ),
            key=said[:40],
        )
    elif key.fault:
        cells.error("key", msg("The right answer %(key)s is none of the options."), key=said[:40])
    elif key.look_alike:
        cells.warn(
            "look-alike",
            msg(
                "The letters of the right answer are Cyrillic; they count as "
                "the Latin ones that look alike."
            ),
        )
    return key.numbers


def _truefalse(cells: _Cells) -> Understood | None:
    said = cells.get("correct")
    options = cells.options
    truth = truth_of(said)
    if len(options) == 2 and len(key := key_of(options, said).numbers) == 1:
        named = truth_of(options[0][1] if options[0][0] in key else options[1][1])
        truth = truth if named is None else named
    if truth is None:
        cells.error("key", msg("Write true or false as the right answer."))
        return None
    return cells.question(
        TRUEFALSE,
        [
            Option(_plain(word), FULL if truth == value else ZERO, _plain(cells.get(place)))
            for word, value, place in (("true", True, "feedback1"), ("false", False, "feedback2"))
        ],
    )


def _numeric(cells: _Cells) -> Understood | None:
    answers = [cells.get("correct")] if cells.get("correct") else [t for _, t in cells.options]
    options = []
    for said in answers:
        found = interval(re.sub(r"(?<=[0-9]),(?=[0-9])", ".", said))
        if found is None:
            cells.error(
                "number",
                NOT_A_NUMBER,
                answer=said[:40],
            )
            return None
        options.append(Option(_plain(number(found[0])), FULL, _plain(""), found[1]))
    if not options:
        cells.error("answers", msg("The question has no answer."))
        return None
    return cells.question(NUMERIC, options)


def _short(cells: _Cells) -> Understood | None:
    options = [
        Option(
            _plain(text),
            FULL if (weight := _weight(cells, n)) is None else weight,
            _plain(cells.get(f"feedback{n}")),
        )
        for n, text in cells.options
    ]
    if not options:
        said = [part.strip() for part in cells.get("correct").split("|")]
        options = [Option(_plain(part), FULL, _plain("")) for part in said if part]
    elif (said_too := cells.get("correct")) and folded(said_too) not in {
        folded(option.text.text) for option in options
    }:
        options.append(Option(_plain(said_too), FULL, _plain("")))
    if not options:
        cells.error("answers", msg("The question has no answer."))
        return None
    return cells.question(SHORT, options)


def _matching(cells: _Cells) -> Understood | None:
    pairs = []
    for _, text in cells.options:
        parts = _ARROW.split(text, maxsplit=1)
        if len(parts) < 2 or not parts[1].strip():
            cells.error(
                "matching", msg("Write each pair as left -> right: %(answer)s"), answer=text[:60]
            )
            return None
        pairs.append(Pair(_plain(parts[0].strip()), parts[1].strip()))
    lefts = sum(bool(pair.left) for pair in pairs)
    if lefts < 2:
        cells.error("answers", msg("A matching needs at least two pairs."))
        return None
    if lefts < 3:
        cells.warn("pairs", TWO_PAIRS)
    return cells.question(MATCHING, pairs=pairs)
