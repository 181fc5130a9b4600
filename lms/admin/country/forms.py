"""The forms of the settings: names, languages, time and digits."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from wtforms import RadioField, SelectChoice, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from lms.admin.country.actions import LONGEST_REASON, NO_NAME, NO_ZONE
from lms.admin.people.forms import REQUIRED
from lms.installation import LANGUAGE_NAMES
from lms.kernel.names import LONGEST
from lms.web.forms import PageForm, TextLine
from lms.web.language import gettext, say
from lms.web.language import lazy_gettext as _l

OFFERED = [SelectChoice(*each) for each in LANGUAGE_NAMES.items()]


class DecisionForm(PageForm):
    """A decision, and why it is made."""

    reason = TextLine(_l("Why"), validators=[InputRequired(REQUIRED), Length(max=LONGEST_REASON)])

    @property
    def why(self) -> str:
        """The reason that was typed."""
        return self.reason.data or ""


class NamesForm(DecisionForm):
    """The name of the organisation in each language."""

    # Not Optional: an empty field would end the checks before the one for all five.
    name_en = TextLine(LANGUAGE_NAMES["en"], validators=[Length(max=LONGEST)])
    name_fr = TextLine(LANGUAGE_NAMES["fr"], validators=[Optional(), Length(max=LONGEST)])
    name_ar = TextLine(LANGUAGE_NAMES["ar"], validators=[Optional(), Length(max=LONGEST)])
    name_ru = TextLine(LANGUAGE_NAMES["ru"], validators=[Optional(), Length(max=LONGEST)])
    name_kk = TextLine(LANGUAGE_NAMES["kk"], validators=[Optional(), Length(max=LONGEST)])

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.name_en.flags.optional = True  # like the others: one name of the five is enough

    def validate_name_en(self, field: TextLine) -> None:
        """Ask for the name in at least one language."""
        del field
        if not self.names():
            raise ValidationError(say(NO_NAME))

    def names(self) -> dict[str, str]:
        """Return the names by language, without the empty ones."""
        typed = {code: self[f"name_{code}"].data for code in LANGUAGE_NAMES}
        return {code: name for code, name in typed.items() if name}


class LanguagesForm(DecisionForm):
    """In which languages pages are offered, and which one comes first."""

    languages = SelectMultipleField(
        _l("Languages"),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        choices=OFFERED,
    )
    first = SelectField(
        _l("Language that comes first"),
        choices=OFFERED,
        validators=[InputRequired(REQUIRED)],
    )

    def validate_first(self, field: SelectField) -> None:
        """Refuse a first language that is not offered."""
        if field.data not in (self.languages.data or ()):
            raise ValidationError(gettext("Choose one of the languages that are offered."))

    def chosen(self) -> tuple[str, ...]:
        """Return the languages in their order, the first one first."""
        others = [code for code in self.languages.data or () if code != self.first.data]
        return (self.first.data, *others)


class ClockForm(DecisionForm):
    """The clocks of the country, and its digits on papers."""

    time_zone = TextLine(_l("Time zone"), validators=[InputRequired(REQUIRED), Length(max=60)])
    digits = RadioField(_l("Digits on certificates"), validators=[InputRequired(REQUIRED)])

    def validate_time_zone(self, field: TextLine) -> None:
        """Refuse a zone that nobody knows."""
        if field.data not in available_timezones():
            raise ValidationError(say(NO_ZONE))

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.digits.choices = [
            SelectChoice("latn", gettext("0123 in every language")),
            SelectChoice("arab", gettext("٠١٢٣ in Arabic")),
        ]
