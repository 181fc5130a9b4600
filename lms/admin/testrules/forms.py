"""The form of the country's pass mark."""

from __future__ import annotations

from typing import Any

from wtforms.validators import InputRequired, Length, ValidationError

from lms.admin.people.forms import REQUIRED
from lms.admin.testrules.actions import LONGEST_REASON
from lms.learning.rules import mark_fault
from lms.web.forms import PageForm, TextLine, WholeNumber
from lms.web.language import lazy_gettext as _l
from lms.web.language import say


class PassMarkForm(PageForm):
    """What any test here asks for at least, and why."""

    # Translators: label of a field for a whole number such as 75: less passes no final test.
    percent = WholeNumber(
        _l("Pass mark of the country, in per cent"), validators=[InputRequired(REQUIRED)]
    )
    reason = TextLine(_l("Why"), validators=[InputRequired(REQUIRED), Length(max=LONGEST_REASON)])

    def __init__(self, *args: Any, floor: int, **settings: Any) -> None:  # noqa: ANN401 -- WTForms' own
        super().__init__(*args, **settings)
        self.floor = floor

    def validate_percent(self, field: WholeNumber) -> None:
        """Refuse what no test may be passed with."""
        fault = None if field.data is None else mark_fault(field.data, floor=self.floor)
        if fault is not None:
            raise ValidationError(say(fault))
