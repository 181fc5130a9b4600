"""The form of a file of questions: the text itself, and what it does not say."""

from __future__ import annotations

from typing import Any

from wtforms import IntegerField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lms.authoring.question_files.rules import ADD, SKIP, UPDATE
from lms.web.form_limits import LONGEST_FIELD
from lms.web.forms import PageForm, TextLine
from lms.web.language import gettext
from lms.web.language import lazy_gettext as _l

FORMATS = ("gift", "aiken", "csv")


class QuestionFileForm(PageForm):
    """Questions as text. The page that shows what would happen sends the same form again."""

    text = TextAreaField(
        _l("Questions as text"),
        validators=[InputRequired(_l("Write something here.")), Length(max=LONGEST_FIELD)],
    )
    format = SelectField(_l("Format"), default="")
    lesson = SelectField(_l("Lesson"))
    section = SelectField(_l("Part of the lesson that teaches it"), validate_choice=False)
    outcome = SelectField(_l("Outcome"), validate_choice=False)
    why = TextLine(
        _l("Feedback for questions that bring none"), validators=[Optional(), Length(max=500)]
    )
    known = RadioField(_l("Questions that the bank has already"), default=SKIP)
    seen = IntegerField(validators=[Optional()])

    def __init__(self, *args: Any, **settings: Any) -> None:  # noqa: ANN401 -- WTForms' own
        lessons = settings.pop("lessons")
        super().__init__(*args, **settings)
        self.lesson.choices = [SelectChoice(each, each) for each in lessons]
        self.format.choices = [
            SelectChoice("", gettext("find it out")), SelectChoice("gift", "GIFT"),
            SelectChoice("aiken", "Aiken"), SelectChoice("csv", "CSV"),
        ]  # fmt: skip
        self.known.choices = [
            SelectChoice(SKIP, gettext("Leave them as they are")),
            SelectChoice(UPDATE, gettext("Bring those with the same code up to date")),
            SelectChoice(ADD, gettext("Add them as new questions")),
        ]  # fmt: skip
