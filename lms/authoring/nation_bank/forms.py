"""The form in which a country's own question is translated."""

from __future__ import annotations

from wtforms import HiddenField
from wtforms.validators import InputRequired, Optional, Regexp

from lms.web.forms import PageForm

DIGEST = r"^[0-9a-f]{12}$"
# Before the names of the fields that hold the parts of a question.
PART = "part-"


class TranslationForm(PageForm):
    """What the translator had before them; see also ``PART``."""

    seen = HiddenField(validators=[Optional(), Regexp(DIGEST)])
    source = HiddenField(validators=[InputRequired(), Regexp(DIGEST)])
