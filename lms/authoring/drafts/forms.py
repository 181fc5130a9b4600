"""Forms of drafts: a new course, a text, a folder that was edited elsewhere."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from wtforms import HiddenField, IntegerField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp

from lms.authoring.drafts.actions import LONGEST_NOTE
from lms.authoring.drafts.new_course import NewCourse
from lms.content.tables import SLUG
from lms.installation import LANGUAGE_NAMES
from lms.web.forms import PageForm, TextLine, WholeNumber, seen_whole
from lms.web.language import gettext
from lms.web.language import lazy_gettext as _l

REQUIRED = _l("Write something here.")
PREFIX = re.compile(r"[A-Z]{2,4}")


def as_text_file(typed: str) -> bytes:
    """Return what was typed into a page as a text file keeps it.

    Browsers send line ends of Windows; a file has LF, one at its end, and Unicode form NFC.
    """
    text = unicodedata.normalize("NFC", typed.replace("\r\n", "\n").replace("\r", "\n"))
    return f"{text.rstrip(chr(10))}\n".encode() if text.strip() else b""


class NewCourseForm(PageForm):
    """What a course begins with; all but the id can be changed later."""

    id = HiddenField()
    title = TextLine(_l("Title"), validators=[DataRequired(REQUIRED), Length(max=90), seen_whole])
    lesson_title = TextLine(
        _l("Title of the first lesson"),
        validators=[DataRequired(REQUIRED), Length(max=90), seen_whole],
    )
    source = SelectField(_l("Language in which it is written"))
    kind = RadioField(_l("Kind"), default="course")
    slug = TextLine(
        _l("Address"),
        validators=[
            InputRequired(REQUIRED),
            Length(max=60),
            Regexp(SLUG.pattern + "$", message=_l("Small letters a-z, digits and - only.")),
        ],
    )
    prefix = TextLine(
        _l("Letters before the numbers of lessons"),
        validators=[
            InputRequired(REQUIRED),
            Regexp(PREFIX.pattern + "$", message=_l("Two to four capital letters A-Z.")),
        ],
    )
    minutes = WholeNumber(
        _l("Minutes of the first lesson"),
        validators=[InputRequired(REQUIRED), NumberRange(1, 120)],
    )

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.source.choices = [SelectChoice(*each) for each in LANGUAGE_NAMES.items()]
        self.kind.choices = [
            SelectChoice("course", gettext("A course with questions and a certificate")),
            SelectChoice("handbook", gettext("A handbook to read, without a test")),
        ]

    def new(self) -> NewCourse:
        """Return the course that is asked for."""
        return NewCourse(
            id=self.id.data or "",
            slug=self.slug.data,
            source=self.source.data,
            title=self.title.data,
            prefix=self.prefix.data,
            lesson_title=self.lesson_title.data,
            minutes=self.minutes.data or 15,
            kind=self.kind.data,
        )


class TextForm(PageForm):
    """The text of one file, which version the writer saw, and what they say of their change."""

    text = TextAreaField(_l("Text"))
    seen = IntegerField(validators=[InputRequired()])
    note = TextLine(
        _l("What did you change?"), validators=[Optional(), Length(max=LONGEST_NOTE), seen_whole]
    )

    def data_of(self) -> bytes:
        """Return the text as a file keeps it."""
        return as_text_file(self.text.data or "")


class NumberForm(PageForm):
    """The number of a version."""

    number = IntegerField(validators=[InputRequired(), NumberRange(1, 10**6)])
