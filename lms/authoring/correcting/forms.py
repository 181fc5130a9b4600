"""Forms of a corrected key: what was counted before, and why it is corrected."""

from __future__ import annotations

from wtforms import IntegerField
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import HiddenInput

from lms.authoring.correcting.rules import LONGEST_REASON
from lms.web.forms import PageForm, TextLine
from lms.web.language import lazy_gettext as _l

LARGEST = 2**31 - 1


class CountForm(PageForm):
    """Which count the page showed, 0 before the first."""

    after = IntegerField(
        validators=[InputRequired(), NumberRange(0, LARGEST)], widget=HiddenInput()
    )


class CorrectForm(PageForm):
    """Why a key is corrected, and on which count that rests."""

    counted = IntegerField(
        validators=[InputRequired(), NumberRange(1, LARGEST)], widget=HiddenInput()
    )
    reason = TextLine(
        _l("Why the old answer is wrong"),
        validators=[InputRequired(_l("Write something here.")), Length(max=LONGEST_REASON)],
    )
