"""The form that asks for a training record: in which languages it is printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField
from wtforms.validators import InputRequired, ValidationError

from lms.installation import LANGUAGE_NAMES
from lms.web.forms import KeyField, PageForm
from lms.web.language import gettext
from lms.web.language import lazy_gettext as _l


class TranscriptForm(PageForm):
    """One language or two."""

    first = SelectField(_l("Language"))
    second = SelectField(_l("A second language beneath it"), default="")
    key = KeyField(validators=[InputRequired()])

    def __init__(self, *args: Any, languages: Sequence[str], **settings: Any) -> None:
        super().__init__(*args, **settings)
        spoken = [(code, LANGUAGE_NAMES[code]) for code in languages]
        self.first.choices = spoken
        self.second.choices = [("", gettext("one language alone")), *spoken]
        self.second.flags.optional = True

    def validate_second(self, field: SelectField) -> None:
        """Refuse the same language twice."""
        if field.data and field.data == self.first.data:
            raise ValidationError(gettext("Choose another language than the first one."))

    @property
    def languages(self) -> tuple[str, ...]:
        """The printed languages, the paper's own first."""
        return tuple(code for code in (self.first.data, self.second.data) if code)
