"""The forms that freeze a quarter and correct a frozen one."""

from __future__ import annotations

from wtforms import HiddenField, SelectField
from wtforms.validators import InputRequired, Length

from lms.certificates.transcripts.forms import TranscriptForm
from lms.reports.frozen.rules import LONGEST_REASON
from lms.web.forms import TextLine
from lms.web.language import lazy_gettext as _l

REQUIRED = _l("This is needed.")


class FreezeForm(TranscriptForm):
    """In which languages the paper is made. ``seen``: digest of the figures on the page."""

    first = SelectField(_l("Language of the paper"))
    second = SelectField(_l("Second language"), default="")
    seen = HiddenField(validators=[InputRequired(), Length(max=64)])


class CorrectionForm(FreezeForm):
    """And why the frozen figures are corrected."""

    reason = TextLine(_l("Why"), validators=[InputRequired(REQUIRED), Length(max=LONGEST_REASON)])
