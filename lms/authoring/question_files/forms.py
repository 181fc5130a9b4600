"""Forms of questions from elsewhere: what is sent, and how it is read and taken."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wtforms import RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import Length, Optional

from lms.accounts.importing.columns import column_name
from lms.accounts.importing.words import SEPARATOR_WORDS
from lms.authoring.question_files.rules import ADD, SKIP, UPDATE
from lms.authoring.question_files.words import COLUMN_WORDS, FIELDS
from lms.authoring.sent_form import SentFileForm
from lms.sheets.encodings import CHOICES
from lms.web.form_limits import LONGEST_FIELD
from lms.web.forms import KeyedForm, TextLine
from lms.web.language import gettext
from lms.web.language import lazy_gettext as _l

FORMATS: Mapping[str, str] = {"gift": "GIFT", "aiken": "Aiken", "csv": "CSV"}
HEADER_ROWS = 10
COLUMN = "column_"  # before the name of a field in the form


class QuestionFileForm(SentFileForm):
    """Questions in a file, or as text, and the lesson that they are for."""

    needs_file = False
    text = TextAreaField(
        _l("Questions as text"), validators=[Optional(), Length(max=LONGEST_FIELD)]
    )
    lesson = SelectField(_l("Lesson"))

    def __init__(self, *args: Any, lessons: Iterable[str], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.lesson.choices = [SelectChoice(each, each) for each in lessons]

    def validate(self, *args: Any, **settings: Any) -> bool:
        """Ask for a file or a text."""
        if not super().validate(*args, **settings):
            return False
        if not self.has_file() and not (self.text.data or "").strip():
            self.text.errors = [gettext("Choose a file, or write something here.")]
        return not self.errors


class ChoicesForm(KeyedForm):
    """How a file is read, what it does not say, and what becomes of known questions.

    Fields without a choice are left out of the page. Columns are fields too, see ``choices_form``.
    """

    format = SelectField(_l("Format"), validators=[Optional()])
    encoding = RadioField(_l("Encoding"), validators=[Optional()])
    separator = SelectField(_l("Columns are separated by"), validators=[Optional()])
    sheet = SelectField(_l("Sheet"), validators=[Optional()])
    header_row = SelectField(_l("The names of the columns stand in row"), validators=[Optional()])
    lesson = SelectField(_l("Lesson"))
    section = SelectField(_l("Part of the lesson that teaches it"), validate_choice=False)
    outcome = SelectField(_l("Outcome"), validate_choice=False)
    why = TextLine(
        _l("Feedback for questions that bring none"), validators=[Optional(), Length(max=500)]
    )
    known = RadioField(_l("Questions that the bank has already"))

    def __init__(
        self, *args: Any, found: Mapping[str, Any], lessons: Sequence[str], **settings: Any
    ) -> None:
        super().__init__(*args, **settings)
        find_out = SelectChoice("", gettext("find it out"))
        self.format.choices = [find_out, *(SelectChoice(*each) for each in FORMATS.items())]
        self.encoding.choices = [(name, name) for name in CHOICES]
        self.separator.choices = [
            find_out,
            *(SelectChoice(sign, gettext(said)) for sign, said in SEPARATOR_WORDS.items()),
        ]
        self.sheet.choices = [(name, name) for name in found.get("sheets", ())]
        rows = ((str(row), str(row)) for row in range(1, HEADER_ROWS + 1))
        self.header_row.choices = [("0", gettext("nowhere")), *rows]
        self.lesson.choices = [SelectChoice(each, each) for each in lessons]
        self.known.choices = [
            SelectChoice(SKIP, gettext("Leave them as they are")),
            SelectChoice(UPDATE, gettext("Bring those with the same code up to date")),
            SelectChoice(ADD, gettext("Add them as new questions")),
        ]
        for field in (self.format, self.encoding, self.separator, self.sheet, self.header_row):
            field.flags.optional = False  # may be left out of the page, not out of a page's form
        for each in self.columns():
            each.choices = [("", "–"), *column_choices(found)]
            each.flags.optional = False  # a dash says so
        # Each page asks anew: a bank that changed meanwhile is looked at again.
        self.next_key = secrets.token_hex(16)

    def columns(self) -> list[Any]:
        """Return the fields that say which column is what; none for what is no sheet."""
        return [field for field in self if field.name.startswith(COLUMN)]

    def fields(self) -> dict[str, int]:
        """Return field of a question -> number of its column."""
        return {
            each.name.removeprefix(COLUMN): int(each.data) for each in self.columns() if each.data
        }

    def validate(self, *args: Any, **settings: Any) -> bool:
        """Refuse one column for two fields."""
        if not super().validate(*args, **settings):
            return False
        taken: set[str] = set()
        for each in self.columns():
            if each.data and each.data in taken:
                name = column_name(int(each.data))
                each.errors = [gettext("The column %(name)s is chosen twice.", name=name)]
            taken.add(each.data)
        return not self.errors


def choices_form(found: Mapping[str, Any]) -> type[ChoicesForm]:
    """Return the form for a file: a sheet has a field for each field of a question."""
    if not found.get("rows_shown"):
        return ChoicesForm
    made = {
        f"{COLUMN}{name}": SelectField(
            gettext(COLUMN_WORDS[word], number=number), validators=[Optional()]
        )
        for name, (word, number) in FIELDS.items()
    }
    return type("SheetChoicesForm", (ChoicesForm,), made)


def column_choices(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the columns of a sheet with the names that its header gives them."""
    return [
        (str(column), f"{column_name(column)}: {name}" if name else column_name(column))
        for column, name in enumerate(found["header"])
    ]
