"""Forms of the structure of a course: a module, a lesson, a new one of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import SelectField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from lms.authoring.course_facts.forms import REQUIRED, number, title_line
from lms.content.model import CourseFacts, LessonFacts
from lms.content.tables import CODE
from lms.web.forms import PageForm, TextLine, WholeNumber
from lms.web.language import lazy_gettext as _l


def code_line() -> TextLine:
    """Return a field for a code that stays for good."""
    return TextLine(
        _l("Code"),
        validators=[
            InputRequired(REQUIRED),
            Length(max=20),
            Regexp(CODE.pattern + "$", message=_l("Capital letters, digits and -, like NA-03.")),
        ],
    )


class ModuleForm(PageForm):
    """A module: its title and its place."""

    title = title_line(_l("Title"))
    place = WholeNumber(_l("Place in the course"), validators=[Optional(), NumberRange(1, 500)])


class LessonForm(PageForm):
    """A lesson: title, minutes, module and place."""

    title = title_line(_l("Title"))
    minutes = number(_l("Minutes of study"), 1, 120)
    module = SelectField(_l("Module"))
    place = WholeNumber(_l("Place in the module"), validators=[Optional(), NumberRange(1, 500)])

    def offer(self, facts: CourseFacts, titles: Mapping[str, Any]) -> None:
        """Offer the modules."""
        self.module.choices = [
            (each.code, f"{each.code} · {titles.get(each.code, '')}") for each in facts.modules
        ]


class NewLessonForm(LessonForm):
    """A new lesson with the code that it keeps for good."""

    code = code_line()

    def lesson(self) -> LessonFacts:
        """Return the lesson that was typed."""
        return LessonFacts(self.code.data, self.minutes.data or 1)


class NewModuleForm(PageForm):
    """A new module."""

    code = code_line()
    title = title_line(_l("Title"))
