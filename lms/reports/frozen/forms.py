"""The forms that freeze a quarter and correct a frozen one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField, SelectField
from wtforms.validators import InputRequired, Length, ValidationError

from lms.installation import LANGUAGE_NAMES
from lms.reports.frozen.rules import LONGEST_REASON
from lms.web.forms import KeyField, PageForm, TextLine
from lms.web.language import gettext
from lms.web.language import lazy_gettext as _l

REQUIRED = _l("This is needed.")


class FreezeForm(PageForm):
    """In which languages the paper is made. ``seen``: digest of the figures on the page."""

    first = SelectField(_l("Language of the paper"))
    second = SelectField(_l("Second language"), default="")
    seen = HiddenField(validators=[InputRequired(), Length(max=64)])
    key = KeyField(validators=[InputRequired()])

    def __init__(self, *args: Any, languages: Sequence[str], **settings: Any) -> None:  # noqa: ANN401 -- WTForms' own
        super().__init__(*args, **settings)
        spoken = [(code, LANGUAGE_NAMES[code]) for code in languages]
        self.first.choices = spoken
        self.second.choices = [("", gettext("none")), *spoken]
        self.second.flags.optional = True

    def validate_second(self, field: SelectField) -> None:
        """Refuse the same language twice."""
        if field.data and field.data == self.first.data:
            raise ValidationError(gettext("Choose another language than the first one."))

    @property
    def languages(self) -> tuple[str, ...]:
        """The printed languages, the paper's own first."""
        return tuple(code for code in (self.first.data, self.second.data) if code)


class CorrectionForm(FreezeForm):
    """And why the frozen figures are corrected."""

    reason = TextLine(_l("Why"), validators=[InputRequired(REQUIRED), Length(max=LONGEST_REASON)])
