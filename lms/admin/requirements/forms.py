"""Forms of requirements, enrolments by list, exemptions and certificates of others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from lms.accounts import words
from lms.admin.people.forms import REQUIRED, Choices, PlaceField, said
from lms.admin.requirements.offered import Offered
from lms.requirements.rules import GRACES, INTERVALS, LONGEST_REASON
from lms.web.days import DayField
from lms.web.forms import PageForm, TextLine, WholeNumber
from lms.web.language import gettext, ngettext
from lms.web.language import lazy_gettext as _l

MOST_NUMBERS = 500
LONGEST_LIST = 20_000  # characters


class _OfCourse(PageForm):
    course_id = SelectField(_l("Course"))

    def __init__(self, *args: Any, courses: Choices, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.course_id.choices = list(courses)


class _ForProgramme(_OfCourse):
    """A course, and the programme for which people learn it; the field is left out without any."""

    programme = SelectField(_l("Programme"), default="")

    def __init__(
        self,
        *args: Any,
        courses: Choices,
        programmes: Sequence[Offered],
        **settings: Any,
    ) -> None:
        super().__init__(*args, courses=courses, **settings)
        self._courses_of = {each.code: each.course_ids for each in programmes}
        offered = [(each.code, each.title) for each in programmes]
        self.programme.choices = [("", gettext("none")), *offered]
        self.programme.flags.optional = True

    def validate_programme(self, field: SelectField) -> None:
        """Refuse a programme to which the course does not belong."""
        if field.data and self.course_id.data not in self._courses_of.get(field.data, ()):
            raise ValidationError(gettext("This course does not belong to that programme."))


class RequirementForm(_ForProgramme):
    """Who must hold which course, and how often."""

    unit = PlaceField(_l("Place, with everything below it"))
    function = SelectField(_l("Function"))
    interval = SelectField(_l("How often"))
    grace = SelectField(_l("Time to get it"))
    place = WholeNumber(_l("Step of the path"), validators=[Optional(), NumberRange(1, 99)])
    enrols = BooleanField(_l("Enrol everybody whom it concerns, new colleagues the same day"))

    def __init__(
        self,
        *args: Any,
        places: Choices,
        courses: Choices,
        programmes: Sequence[Offered],
        **settings: Any,
    ) -> None:
        super().__init__(*args, courses=courses, programmes=programmes, **settings)
        self.unit.offer(places)
        self.function.choices = said(words.FUNCTION_WORDS, empty=gettext("Everybody"))
        self.interval.choices = [
            ("", gettext("Once, and again when the certificate runs out")),
            *(
                (str(months), ngettext("Every %(num)s month", "Every %(num)s months", months))
                for months in INTERVALS
            ),
        ]
        self.grace.choices = [
            (str(days), ngettext("%(num)s day", "%(num)s days", days) if days else gettext("none"))
            for days in GRACES
        ]
        self.place.flags.optional = True


class EnrolForm(_ForProgramme):
    """People by their service numbers, a course, a deadline, a programme."""

    numbers = TextAreaField(
        _l("Service numbers, one a line"),
        validators=[InputRequired(REQUIRED), Length(max=LONGEST_LIST)],
    )
    due_on = DayField(_l("To be passed by"), validators=[Optional()])

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.due_on.flags.optional = True


class ShiftForm(PageForm):
    """The people of tonight's shift."""

    numbers = TextAreaField(
        _l("Service numbers, one a line"),
        validators=[InputRequired(REQUIRED), Length(max=LONGEST_LIST)],
    )


class ExemptionForm(_OfCourse):
    """Why somebody need not hold a course, until when, on which paper it rests."""

    reason = TextLine(_l("Why"), validators=[InputRequired(REQUIRED), Length(max=LONGEST_REASON)])
    evidence = TextLine(
        _l("Paper or decision"), validators=[InputRequired(REQUIRED), Length(max=LONGEST_REASON)]
    )
    until_on = DayField(_l("Until which day"), validators=[InputRequired(REQUIRED)])


class ExternalForm(_OfCourse):
    """A certificate that somebody else gave."""

    title = TextLine(
        _l("What the certificate says was learned"),
        validators=[InputRequired(REQUIRED), Length(max=200)],
    )
    issuer = TextLine(_l("Who gave it"), validators=[InputRequired(REQUIRED), Length(max=200)])
    number = TextLine(_l("Its number"), validators=[Optional(), Length(max=100)])
    completed_on = DayField(_l("Day of completion"), validators=[InputRequired(REQUIRED)])
    valid_through = DayField(_l("Last day on which it counts"), validators=[Optional()])
    evidence = TextLine(
        _l("Where the paper lies, or who has seen it"),
        validators=[InputRequired(REQUIRED), Length(max=LONGEST_REASON)],
    )

    def __init__(self, *args: Any, courses: Choices, **settings: Any) -> None:
        super().__init__(*args, courses=courses, **settings)
        self.number.flags.optional = self.valid_through.flags.optional = True


class RefusalForm(PageForm):
    """Why a certificate from elsewhere is not accepted; empty where it is."""

    reason = TextLine(_l("Why not"), validators=[Optional(), Length(max=LONGEST_REASON)])

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.reason.flags.optional = True


class DeadlineForm(PageForm):
    """Another deadline, with the reason."""

    due_on = DayField(_l("To be passed by"), validators=[InputRequired(REQUIRED)])
    reason = TextLine(_l("Why"), validators=[InputRequired(REQUIRED), Length(max=LONGEST_REASON)])


def numbers_in(text: str | None, most: int = MOST_NUMBERS) -> list[str]:
    """Return the first service numbers of a pasted list: by lines, commas, semicolons or tabs."""
    plain = (text or "").replace(",", "\n").replace(";", "\n").replace("\t", "\n")
    found = [line.strip() for line in plain.splitlines()]
    return list(dict.fromkeys(number for number in found if number))[:most]
