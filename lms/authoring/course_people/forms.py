"""The form that gives a role at a course."""

from __future__ import annotations

from typing import Any

from wtforms import SelectField
from wtforms.validators import InputRequired, Length, Optional

from lms.accounts.rules import LONGEST_NUMBER
from lms.accounts.words import COURSE_ROLE_WORDS
from lms.web.days import DayField
from lms.web.forms import PageForm, TextLine
from lms.web.language import gettext
from lms.web.language import lazy_gettext as _l


class GiveForm(PageForm):
    """Who, as what, until when."""

    number = TextLine(
        _l("Service number"),
        validators=[InputRequired(_l("Write something here.")), Length(max=LONGEST_NUMBER)],
    )
    role = SelectField(_l("Role"))
    ends_on = DayField(_l("Last day"), validators=[Optional()])

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.role.choices = [(role, gettext(words)) for role, words in COURSE_ROLE_WORDS.items()]
        self.ends_on.flags.optional = True
