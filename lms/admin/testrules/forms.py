"""The forms of the country's pass mark, and of what its certificates wait for."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from lms.admin.people.forms import REQUIRED
from lms.admin.testrules.actions import LONGEST_REASON
from lms.learning.rules import mark_fault
from lms.web.forms import PageForm, TextLine, WholeNumber
from lms.web.language import gettext, say
from lms.web.language import lazy_gettext as _l


class PassMarkForm(PageForm):
    """What any test here asks for at least, and why."""

    # Translators: label of a field for a whole number such as 75: less passes no final test.
    percent = WholeNumber(
        _l("Pass mark of the country, in per cent"), validators=[InputRequired(REQUIRED)]
    )
    reason = TextLine(_l("Why"), validators=[InputRequired(REQUIRED), Length(max=LONGEST_REASON)])

    def __init__(self, *args: Any, floor: int, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.floor = floor

    def validate_percent(self, field: WholeNumber) -> None:
        """Refuse what no test may be passed with."""
        fault = None if field.data is None else mark_fault(field.data, floor=self.floor)
        if fault is not None:
            raise ValidationError(say(fault))


class BoxesForm(PageForm):
    """Whether certificates wait until the boxes that a course asks for are confirmed, and why."""

    wait = RadioField(_l("Certificates"), validators=[InputRequired(REQUIRED)])
    reason = TextLine(_l("Why"), validators=[InputRequired(REQUIRED), Length(max=LONGEST_REASON)])

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.wait.choices = [
            SelectChoice("yes", gettext("They wait until the boxes are confirmed")),
            SelectChoice("no", gettext("They do not wait; the paper says what is not confirmed")),
        ]
