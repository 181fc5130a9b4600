"""Forms of certificates: what to put together, why one is taken back, a name."""

from __future__ import annotations

from typing import Any

from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from lms.admin.people.forms import REQUIRED, Choices, NamesForm, PlaceField, said
from lms.certificates.office.rules import FORMS, STATES
from lms.certificates.rules import LONGEST_REASON
from lms.kernel.names import LATIN, PersonName
from lms.web.days import DayField
from lms.web.forms import KeyField, PageForm, TextLine
from lms.web.language import gettext
from lms.web.language import lazy_gettext as _l

MOST_NUMBERS = 2_000
LONGEST_LIST = 40_000  # characters


class BulkForm(PageForm):
    """Which certificates are put together, and as what."""

    unit = PlaceField(_l("Workplace"))
    course = SelectField(_l("Course"))
    programme = SelectField(_l("Programme"), default="")
    since = DayField(_l("Completed from"), validators=[Optional()])
    until = DayField(_l("Completed until"), validators=[Optional()])
    state = SelectField(_l("State"))
    numbers = TextAreaField(
        _l("Service numbers, one a line"), validators=[Optional(), Length(max=LONGEST_LIST)]
    )
    output = SelectField(_l("What you need"))
    key = KeyField()

    def __init__(
        self,
        *args: Any,
        places: Choices,
        courses: Choices,
        programmes: Choices,
        **settings: Any,
    ) -> None:
        super().__init__(*args, **settings)
        everything = ("", gettext("all"))
        self.unit.offer([everything, *places])
        self.unit.validators, self.unit.flags.required = [Optional()], False
        self.course.choices = [everything, *courses]
        self.programme.choices = [everything, *programmes]
        self.programme.flags.optional = True
        self.state.choices = said(STATES, empty=gettext("all"))
        self.output.choices = said(FORMS)
        for field in (self.since, self.until, self.numbers):
            field.flags.optional = True

    def validate_until(self, field: DayField) -> None:
        """Refuse a period that ends before it begins."""
        if field.data and self.since.data and field.data < self.since.data:
            raise ValidationError(gettext("The last day lies before the first one."))


class ReasonForm(PageForm):
    """Why a certificate is taken back."""

    reason = TextLine(_l("Why"), validators=[InputRequired(REQUIRED), Length(max=LONGEST_REASON)])


class CorrectionForm(ReasonForm, NamesForm):
    """A new paper: why, and with which name."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.name_latin.flags.optional = True

    def names(self) -> list[PersonName]:
        """Return the name, and the same in Latin letters where it was typed."""
        names = [PersonName.of(self.name.data or "")]
        if self.name_latin.data:
            names.append(PersonName.of(self.name_latin.data, {LATIN}))
        return names
