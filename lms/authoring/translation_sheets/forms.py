"""Forms of sheets: a filled one to send back, and the second step."""

from __future__ import annotations

from wtforms import FileField

from lms.authoring.sent_form import SentFileForm
from lms.web.forms import PageForm
from lms.web.language import lazy_gettext as _l


class SheetForm(SentFileForm):
    """A filled sheet."""

    file = FileField(_l("Filled sheet"))


class TakeForm(PageForm):
    """The second step: what was shown is taken."""
