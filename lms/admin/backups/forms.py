"""The form of the plan of backups."""

from __future__ import annotations

from typing import Any

from babel.dates import get_day_names
from wtforms import SelectChoice, SelectField
from wtforms.validators import InputRequired, Length, NumberRange

from lms.admin.backup_plan import Plan
from lms.admin.backups.actions import LONGEST_REASON
from lms.admin.people.forms import REQUIRED
from lms.web.forms import PageForm, TextLine, WholeNumber
from lms.web.language import current, locale_of
from lms.web.language import lazy_gettext as _l

FEWEST, MOST = 2, 60


class PlanForm(PageForm):
    """When backups are made, how many are kept, and why."""

    hour = SelectField(
        # Translators: label of a choice of an hour of the day: 01:00.
        _l("Hour of the daily backup"),
        coerce=int,
        validators=[InputRequired(REQUIRED)],
        choices=[SelectChoice(hour, f"{hour:02}:00") for hour in range(24)],
    )
    keep = WholeNumber(
        _l("How many daily backups are kept"),
        validators=[InputRequired(REQUIRED), NumberRange(FEWEST, MOST)],
    )
    weekday = SelectField(
        _l("Day of the weekly copy elsewhere"), coerce=int, validators=[InputRequired(REQUIRED)]
    )
    keep_copies = WholeNumber(
        _l("How many weekly copies are kept"),
        validators=[InputRequired(REQUIRED), NumberRange(FEWEST, MOST)],
    )
    reason = TextLine(_l("Why"), validators=[InputRequired(REQUIRED), Length(max=LONGEST_REASON)])

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.weekday.choices = [SelectChoice(*each) for each in day_names().items()]

    def plan(self) -> Plan:
        """Return the plan; only after the form was validated."""
        return Plan(
            int(self.hour.data),
            int(self.keep.data or 0),
            int(self.weekday.data),
            int(self.keep_copies.data or 0),
        )


def day_names() -> dict[int, str]:
    """Return the days of the week in the reader's language, Monday first: 0 to 6."""
    return dict(
        get_day_names("wide", context="stand-alone", locale=locale_of(current().code, "xx"))
    )
