"""Forms about one person: an allow-list of fields for each change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from lms.accounts import words
from lms.accounts.rules import LONGEST_NUMBER
from lms.installation import LANGUAGE_NAMES
from lms.kernel.errors import LmsError
from lms.kernel.names import LATIN, LONGEST, PersonName
from lms.web.days import DayField
from lms.web.forms import PageForm, TextLine, trimmed
from lms.web.language import gettext, say
from lms.web.language import lazy_gettext as _l

# Longer lists of places are typed as codes: a page must stay small.
MOST_CHOICES = 60
REQUIRED = _l("This is needed.")

# What is sent and what is read; a third part holds attributes of the line.
Choices = Sequence[tuple[str, str] | tuple[str, str, dict[str, str]]]


def said(table: Mapping[str, str], *, empty: str | None = None) -> Choices:
    """Return choices in the reader's language; ``empty`` is the line for none of them."""
    first = [("", empty)] if empty is not None else []
    return [*first, *((code, gettext(text)) for code, text in table.items())]


class PlaceField(SelectField):
    """A place: chosen from a list while it is short, else typed as its code."""

    def __init__(self, label: str, **settings: Any) -> None:
        super().__init__(
            label,
            validate_choice=False,
            validators=[InputRequired(REQUIRED)],
            filters=[trimmed],
            **settings,
        )

    def offer(self, places: Choices) -> None:
        """Let the field know the places; too many make it a line of text."""
        self.choices = list(places)
        if len(self.choices) > MOST_CHOICES:
            self.widget = StringField.widget
            self.type = "StringField"

    def _value(self) -> str:
        return self.data or ""


class NamesForm(PageForm):
    """A name as papers print it."""

    name = TextLine(_l("Name"), validators=[InputRequired(REQUIRED), Length(max=LONGEST)])
    name_latin = TextLine(_l("Name in Latin letters"), validators=[Optional(), Length(max=LONGEST)])

    def validate_name(self, field: TextLine) -> None:
        """Refuse a name that could not be printed."""
        _require_name(field, None)

    def validate_name_latin(self, field: TextLine) -> None:
        """Refuse a name in Latin letters that has others in it."""
        if field.data:
            _require_name(field, {LATIN})


def _require_name(field: TextLine, scripts: set[str] | None) -> None:
    try:
        PersonName.of(field.data or "", scripts) if scripts else PersonName.of(field.data or "")
    except LmsError as refused:
        raise ValidationError(say(refused.message)) from refused


class DetailsForm(NamesForm):
    """Correct what the register says."""

    language = SelectField(_l("Language of their pages"))
    rank_group = SelectField(_l("Rank group"))
    sex = SelectField(_l("Sex"))

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.language.choices = list(LANGUAGE_NAMES.items())
        self.rank_group.choices = said(words.RANK_WORDS, empty=gettext("not known"))
        self.sex.choices = said(words.SEX_WORDS, empty=gettext("not said"))


class PersonForm(DetailsForm):
    """Somebody new."""

    service_number = TextLine(
        _l("Service number"), validators=[InputRequired(REQUIRED), Length(max=LONGEST_NUMBER)]
    )
    unit = PlaceField(_l("Workplace"))
    function = SelectField(_l("Function"))

    def __init__(self, *args: Any, places: Choices, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.unit.offer(places)
        self.function.choices = said(words.FUNCTION_WORDS)


class TransferForm(PageForm):
    """Another place or function, from a day on."""

    unit = PlaceField(_l("Workplace"))
    function = SelectField(_l("Function"))
    starts_on = DayField(_l("From which day"), validators=[InputRequired(REQUIRED)])

    def __init__(self, *args: Any, places: Choices, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.unit.offer(places)
        self.function.choices = said(words.FUNCTION_WORDS)


class LeavingForm(PageForm):
    """The last day in the service."""

    last_day = DayField(_l("Last day in the service"), validators=[InputRequired(REQUIRED)])


class RoleForm(PageForm):
    """A role at a unit."""

    role = SelectField(_l("Role"))
    unit = PlaceField(_l("Place, with everything below it"))
    ends_on = DayField(_l("Last day"), validators=[Optional()])

    def __init__(self, *args: Any, places: Choices, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.unit.offer(places)
        self.role.choices = said(words.UNIT_ROLE_WORDS)
        self.ends_on.flags.optional = True
