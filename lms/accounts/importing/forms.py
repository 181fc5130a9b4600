"""Forms of lists: the file, how it is read, which column is what, and the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import IO, Any

from flask import request
from wtforms import BooleanField, FileField, RadioField, SelectField
from wtforms.validators import Length, Optional, ValidationError

from lms.accounts.importing import columns, words
from lms.accounts.importing.columns import NEEDED, NEVER, column_name
from lms.accounts.importing.listed import Places
from lms.accounts.importing.title_rules import Title
from lms.accounts.words import FUNCTION_WORDS
from lms.installation import LANGUAGE_NAMES
from lms.sheets.encodings import CHOICES
from lms.sheets.reader import LARGEST_FILE, SEPARATORS
from lms.web import uploads
from lms.web.forms import PageForm, TextLine
from lms.web.language import gettext
from lms.web.language import lazy_gettext as _l

HEADER_ROWS = 20
LARGEST_MB = LARGEST_FILE // 1024 // 1024


class UploadForm(PageForm):
    """The file of a list."""

    file = FileField(_l("File"))

    def validate_file(self, field: FileField) -> None:
        """Refuse no file, one that is too large, any on a full disk; the worker looks inside."""
        del field
        if not self.file_name():
            raise ValidationError(gettext("Choose a file."))
        stream = self.stream()
        size = stream.seek(0, 2)
        stream.seek(0)
        if not size:
            raise ValidationError(gettext("This file is empty."))
        if size > LARGEST_FILE:
            raise ValidationError(
                gettext(
                    "This file is larger than %(size)s MB. Copy the list alone into a new one.",
                    size=LARGEST_MB,
                )
            )
        if not uploads.takes_files(size):
            raise ValidationError(gettext(uploads.NO_ROOM))

    def file_name(self) -> str:
        """Return what the file is called where it came from, without control characters."""
        sent = request.files.get("file")
        name = (sent.filename if sent else None) or ""
        return "".join(sign for sign in name if sign.isprintable()).strip()

    def stream(self) -> IO[bytes]:
        """Return what the file holds."""
        return request.files["file"].stream


class ReadingForm(PageForm):
    """How a file is read. Fields without a choice are left out of the page."""

    encoding = RadioField(_l("Encoding"), validators=[Optional()])
    separator = SelectField(_l("Columns are separated by"), validators=[Optional()])
    sheet = SelectField(_l("Sheet"), validators=[Optional()])
    header_row = SelectField(_l("The names of the columns stand in row"), validators=[Optional()])

    def __init__(self, *args: Any, found: Mapping[str, Any], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.encoding.choices = [(name, name) for name in CHOICES]
        self.separator.choices = [
            (sign, gettext(words.SEPARATOR_WORDS[sign])) for sign in SEPARATORS
        ]
        self.sheet.choices = [(name, name) for name in found.get("sheets", ())]
        rows = ((str(row), str(row)) for row in range(1, HEADER_ROWS + 1))
        self.header_row.choices = [("0", gettext("nowhere")), *rows]
        for field in (self.encoding, self.separator, self.sheet, self.header_row):
            field.flags.optional = False  # may be left out of the page, not out of a page's form

    def asked(self) -> dict[str, Any]:
        """Return what was chosen."""
        chosen = {name: self[name].data for name in ("encoding", "separator", "sheet")}
        kept = {name: value for name, value in chosen.items() if value}
        row = self.header_row.data
        return {**kept, **({"header_row": int(row)} if row else {})}


class _ColumnsForm(PageForm):
    """Which column is which field of ours; the fields themselves are made by ``columns_form``."""

    kind = columns.PEOPLE
    unit = TextLine(
        _l("Workplace of all whose row names none (code)"), validators=[Length(max=100)]
    )
    language = SelectField(_l("Language of new people whose row names none"))

    def __init__(self, *args: Any, found: Mapping[str, Any], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.language.choices = list(LANGUAGE_NAMES.items())
        self.unit.flags.optional = True
        choices = [("", "–"), *column_choices(found)]
        for name in columns.FIELDS[self.kind]:
            field = self[f"column_{name}"]
            field.choices = choices
            field.flags.optional = name != NEEDED[self.kind]
        self.places: Places | None = None

    def fields(self) -> dict[str, int]:
        """Return field of ours -> number of the column."""
        chosen = {name: self[f"column_{name}"].data for name in columns.FIELDS[self.kind]}
        return {name: int(column) for name, column in chosen.items() if column}

    def mapping(self) -> dict[str, Any]:
        """Return what the action takes."""
        return {
            "fields": self.fields(),
            "unit": self.unit.data or "",
            "language": self.language.data or "",
        }

    def validate_unit(self, field: TextLine) -> None:
        """Refuse a place that the viewer does not administer."""
        if field.data and self.places is not None and self.places.find(field.data) is None:
            raise ValidationError(gettext("There is no such place in your part of the service."))

    def validate(self, *args: Any, **settings: Any) -> bool:
        """Refuse a list without the column that tells its rows apart, or with one column twice."""
        if not super().validate(*args, **settings):
            return False
        needed = self[f"column_{NEEDED[self.kind]}"]
        if not needed.data:
            needed.errors = [gettext("Say which column tells one row from another.")]
        chosen = self.fields()
        for name, column in chosen.items():
            sharing = {each for each, other in chosen.items() if other == column}
            # Where a country names the work of its staff by their rank alone, one column is both.
            if len(sharing) > 1 and not sharing <= {"function", "rank"}:
                self[f"column_{name}"].errors = [
                    gettext("The column %(name)s is chosen twice.", name=column_name(column))
                ]
        return not self.errors


@cache
def columns_form(kind: str) -> type[_ColumnsForm]:
    """Return the form in which each field of a kind of list has its column."""
    labels = {**words.FIELD_WORDS, **{f"name_{c}": name for c, name in LANGUAGE_NAMES.items()}}
    made = {f"column_{name}": SelectField(_l(labels[name])) for name in columns.FIELDS[kind]}
    return type("ColumnsForm", (_ColumnsForm,), {"kind": kind, **made})


def titles_form(titles: Sequence[Title]) -> type[TitlesForm]:
    """Return the form in which each job title has its function; a title is its label."""
    fields = {
        each.name: SelectField(each.title, default=each.function, validators=[Optional()])
        for each in titles
    }
    return type("ListedTitlesForm", (TitlesForm,), {"titles": titles, **fields})


class TitlesForm(PageForm):
    """Which function each job title is; the fields themselves are made by ``titles_form``."""

    titles: Sequence[Title] = ()

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        functions = [(code, gettext(said)) for code, said in FUNCTION_WORDS.items()]
        for each in self.titles:
            field = self[each.name]
            # Translators: a choice for a job title that is none of our functions.
            field.choices = [("", gettext("none: its rows are refused")), *functions]
            field.flags.optional = False

    def chosen(self) -> dict[str, str]:
        """Return what was chosen otherwise than it stood: folded title -> function or empty."""
        return {
            each.key: self[each.name].data
            for each in self.titles
            if self[each.name].data is not None and self[each.name].data != each.function
        }


def column_choices(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the columns that may be chosen: not those that are never taken."""
    never = {column for column, why in found.get("left", {}).items() if why in NEVER}
    return [
        (str(column), f"{column_name(column)}: {name}" if name else column_name(column))
        for column, name in enumerate(found.get("header", ()))
        if str(column) not in never
    ]


class ConfirmForm(PageForm):
    """Take a list over."""

    end_missing = BooleanField(
        _l("They do not work there any more: let their work there end today")
    )
