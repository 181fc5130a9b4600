"""The figures of a sheet as tables: on its page, in files, on paper, and of a frozen quarter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from lms.accounts.words import FUNCTION_WORDS, RANK_WORDS, SEX_WORDS
from lms.kernel.messages import Message, msg
from lms.kernel.named import name_in
from lms.reports.figures import HIDDEN, Column, Label, Line, Table, Value
from lms.reports.quarters import Quarter
from lms.reports.steering.rules import MEASURES, MOST_FACILITIES, Body, Entry

TITLE = msg("Sheet for the steering committee")
WHOLE_COUNTRY = msg("Whole country")
ALL = msg("All together")
NOT_KNOWN = msg("not known")
# Translators: %(line)s is a line of a table, such as "Basic grade": its figures that were fixed.
AS_FROZEN = msg("%(line)s: as frozen")
# Translators: %(line)s is a line of a table, such as "Basic grade": its figures as they are now.
TODAY = msg("%(line)s: today")

WORDS: Mapping[str, str] = {
    # Translators: head of a column: people with a course that was open to them in the quarter.
    "enrolled": msg("People enrolled"),
    # Translators: head of a column: people who are enrolled and have not begun.
    "not_begun": msg("Not begun"),
    # Translators: head of a column: people who have begun a course and not passed its final test.
    "begun": msg("Begun, not completed"),
    # Translators: head of a column: people who have passed a final test.
    "completed": msg("Completed"),
    # Translators: head of a column: people who passed at their first attempt.
    "at_once": msg("Passed at the first attempt"),
    # Translators: head of a column: people who passed, but not at their first attempt.
    "later": msg("Passed later"),
    # Translators: head of a column: people who hold a certificate that is valid.
    "certified": msg("Hold a valid certificate"),
}
COLUMNS = tuple(Column(name, WORDS[name]) for name in MEASURES)
TITLES: Mapping[str, str] = {
    "sex": msg("By sex"), "rank": msg("By rank group"), "function": msg("By function"),
    "region": msg("By region"), "facility": msg("By facility"),
}  # fmt: skip
HEADS: Mapping[str, str] = {
    "sex": msg("Sex"), "rank": msg("Rank group"), "function": msg("Function"),
    "region": msg("Region"), "facility": msg("Facility"),
}  # fmt: skip
NOTES = (
    msg(
        "People are counted, each once, who had a course open in the quarter, at the place where "
        "they worked on its last day. “Completed” are those who passed a final test in the quarter."
    ),
    msg("Certificates are those that were valid on the last day of the quarter."),
)


def quarter_of(code: str) -> Quarter:
    """Return the quarter that an address names. raises ValueError for another text."""
    year, _, number = code.partition("-Q")
    found = Quarter(int(year), int(number))
    if not (1 <= found.number <= 4 and 1900 < found.year < 9000) or found.code != code:
        raise ValueError(code)
    return found


def tables(body: Body, language: str) -> list[Table]:
    """Return one table for each breakdown; the same line of all closes each of them."""
    total = Line(Label(Message(ALL)), _values(body.total))
    return [
        Table(
            name,
            Message(TITLES[name]),
            HEADS[name],
            COLUMNS,
            [Line(_label(name, each, language), _values(each.figures)) for each in lines],
            total,
            notes=_notes(name, body),
            nothing=msg("Choose another quarter or programme."),
        )
        for name, lines in body.groups.items()
    ]


def changes(before: Body, now: Body, language: str) -> Table:
    """Return the lines in which two sheets of the same quarter differ, each as it was and is."""
    every = [(Label(Message(ALL)), before.total, now.total)]
    for name, entries in now.groups.items():
        were = {(each.kind, each.code): each for each in before.groups[name]}
        are = {(each.kind, each.code): each for each in entries}
        for key in dict.fromkeys([*are, *were]):
            told = are.get(key) or were[key]
            every.append((_label(name, told, language), _of(were.get(key)), _of(are.get(key))))
    lines = [
        Line(Label(Message(words, {"line": label.words}), label.code), _values(figures))
        for label, *pair in every
        if pair[0] != pair[1]
        for words, figures in zip((AS_FROZEN, TODAY), pair, strict=True)
    ]
    return Table("changes", Message(msg("What changes")), msg("Line"), COLUMNS, lines)


def _of(entry: Entry | None) -> Sequence[int | None]:
    """Return the figures of a line: nobody, where a sheet has no such line."""
    return [0] * len(MEASURES) if entry is None else list(entry.figures)


def programme_label(body: Body, language: str) -> Label:
    """Return what the sheet is about."""
    if not body.programme:
        return Label(Message(WHOLE_COUNTRY))
    return Label(name_in(body.titles, language, body.programme), body.programme)


def _values(figures: Sequence[int | None]) -> list[Value]:
    return [HIDDEN if each is None else each for each in figures]


def _notes(name: str, body: Body) -> tuple[Message, ...]:
    """Return what stands under a table; what is true of all of them stands under the last."""
    if name != "facility":
        return ()
    notes = [Message(each) for each in NOTES]
    if any(each.kind == "others" for each in body.groups[name]):
        notes.append(
            Message(
                msg(
                    "The sheet lists %(count)s places at most: the smallest of more are put "
                    "together in its last line."
                ),
                {"count": MOST_FACILITIES},
            )
        )
    return tuple(notes)


def _label(group: str, entry: Entry, language: str) -> Label:
    if group in _IN_WORDS:
        return Label(Message(_IN_WORDS[group].get(entry.code, NOT_KNOWN)), entry.code)
    return Label(_PLACES[entry.kind](entry, language), entry.code)


_IN_WORDS: Mapping[str, Mapping[str, str]] = {
    "sex": SEX_WORDS, "rank": RANK_WORDS, "function": FUNCTION_WORDS,
}  # fmt: skip
_PLACES: Mapping[str, Callable[[Entry, str], Message | str]] = {
    "place": lambda entry, language: name_in(entry.names, language, entry.code),
    "itself": lambda entry, language: Message(
        msg("%(place)s itself"), {"place": name_in(entry.names, language, entry.code)}
    ),
    # Translators: the last line of a long table: the smallest places, added up.
    "others": lambda entry, _: Message(
        msg("Other places together (%(count)s)"), {"count": entry.code}
    ),
}
