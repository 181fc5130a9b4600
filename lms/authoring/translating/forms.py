"""Forms of translating: one block, and who accepts which words."""

from __future__ import annotations

from wtforms import HiddenField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from lms.web.forms import PageForm, TextLine, WholeNumber
from lms.web.language import lazy_gettext as _l

DIGEST = r"^[0-9a-f]{12}$"
# Before the names of the fields that hold the parts of a block.
PART = "part-"


class BlockForm(PageForm):
    """Which block was written, and what the translator had before them; see also ``PART``."""

    unit = HiddenField(validators=[InputRequired(), Length(max=100)])
    seen = HiddenField(validators=[Optional(), Regexp(DIGEST)])
    source = HiddenField(validators=[InputRequired(), Regexp(DIGEST)])


class AcceptForm(PageForm):
    """Which words are accepted: of one block, or all of a version of the file."""

    unit = HiddenField(validators=[Optional(), Length(max=100)])
    seen = HiddenField(validators=[Optional(), Regexp(DIGEST)])
    number = WholeNumber(validators=[Optional()])
    reader = TextLine(
        _l("Who signed the printed sheet, if it was not you"),
        validators=[Optional(), Length(max=100)],
    )
