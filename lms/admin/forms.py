"""The five questions of the first run."""

from __future__ import annotations

from typing import Any

from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from lms.accounts import passwords
from lms.accounts.rules import LONGEST_NUMBER, folded_service_number
from lms.installation import COUNTRIES, LANGUAGE_NAMES
from lms.kernel.errors import LmsError
from lms.kernel.lines import Line
from lms.kernel.messages import msg
from lms.kernel.names import PersonName
from lms.web.forms import PageForm, TextLine
from lms.web.language import gettext, say

LONGEST_PATH = 300

COUNTRY_WORDS = {
    "tn": msg("Tunisia"),
    "kz": msg("Kazakhstan"),
    "ug": msg("Uganda"),
    "xx": msg("Another country"),
}


def _line(form: Any, field: StringField) -> None:  # noqa: ANN401 -- WTForms' signature
    """Refuse a text with characters that nobody sees."""
    try:
        if field.data:
            Line.of(field.data, LONGEST_PATH)
    except LmsError as refused:
        raise ValidationError(say(refused.message)) from refused


class FirstRunForm(PageForm):
    """Organisation, country, administrator, courses, backups."""

    country = SelectField(validators=[InputRequired()])
    # Not Optional: an empty field would end the checks before the one for all five.
    name_en = TextLine(LANGUAGE_NAMES["en"], validators=[Length(max=100), _line])
    name_fr = TextLine(LANGUAGE_NAMES["fr"], validators=[Optional(), Length(max=100), _line])
    name_ar = TextLine(LANGUAGE_NAMES["ar"], validators=[Optional(), Length(max=100), _line])
    name_ru = TextLine(LANGUAGE_NAMES["ru"], validators=[Optional(), Length(max=100), _line])
    name_kk = TextLine(LANGUAGE_NAMES["kk"], validators=[Optional(), Length(max=100), _line])
    administrator = TextLine(validators=[InputRequired(), Length(max=100)])
    service_number = TextLine(validators=[InputRequired(), Length(max=LONGEST_NUMBER), _line])
    password = PasswordField(validators=[InputRequired()])
    backups = StringField(validators=[Optional(), Length(max=LONGEST_PATH), _line])

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.country.choices = [(code, gettext(COUNTRY_WORDS[code])) for code in COUNTRIES]
        self.name_en.flags.optional = True  # like the others: one name of the five is enough
        self.country.label.text = gettext("In which country is this service?")
        self.administrator.label.text = gettext("Your name")
        self.service_number.label.text = gettext("Your service number")
        self.password.label.text = gettext("A password for you")
        self.backups.label.text = gettext("In which folder shall backups lie?")

    def names(self) -> dict[str, str]:
        """Return the organisation's name by language, without the empty ones."""
        fields = {code: self[f"name_{code}"].data for code in LANGUAGE_NAMES}
        return {code: name for code, name in fields.items() if name}

    def validate_name_en(self, field: TextLine) -> None:
        """Ask for the name in at least one language."""
        if not self.names():
            raise ValidationError(gettext("Write the name in at least one language."))
        del field

    def validate_administrator(self, field: TextLine) -> None:
        """Refuse a name that could not be printed."""
        try:
            PersonName.of(field.data or "")
        except LmsError as refused:
            raise ValidationError(say(refused.message)) from refused

    def validate_service_number(self, field: TextLine) -> None:
        """Refuse a number without letters and digits."""
        if not folded_service_number(field.data or ""):
            raise ValidationError(gettext("Write the number with letters or digits."))

    def validate_password(self, field: PasswordField) -> None:
        """Refuse a password that is easy to guess."""
        known = [*self.names().values(), self.administrator.data or ""]
        fault = passwords.fault_of(field.data or "", [*known, self.service_number.data or ""])
        if fault is not None:
            raise ValidationError(say(fault))
