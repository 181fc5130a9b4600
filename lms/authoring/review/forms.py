"""Forms of a review: what is said of a draft, and of which state of it."""

from __future__ import annotations

from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp

from lms.web.forms import PageForm, seen_whole, trimmed
from lms.web.language import lazy_gettext as _l


class VerdictForm(PageForm):
    """A word about a draft as it is now."""

    state = HiddenField(validators=[InputRequired(), Regexp(r"^[0-9a-f]{64}$")])
    note = TextAreaField(
        _l("What is to be said"),
        validators=[Optional(), Length(max=1000), seen_whole],
        filters=[trimmed],
    )


class ReasonForm(VerdictForm):
    """The same with words that must be written."""

    note = TextAreaField(
        _l("Why, and what to mend"),
        validators=[DataRequired(_l("Write something here.")), Length(max=1000), seen_whole],
        filters=[trimmed],
    )
