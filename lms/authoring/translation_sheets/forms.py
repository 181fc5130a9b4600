"""Forms of sheets: which one to take, and a filled one to send back."""

from __future__ import annotations

from wtforms import FileField
from wtforms.validators import ValidationError

from lms.web.forms import PageForm
from lms.web.language import gettext
from lms.web.language import lazy_gettext as _l


class SheetForm(PageForm):
    """A filled sheet."""

    file = FileField(_l("Filled sheet"))

    def validate_file(self, field: FileField) -> None:
        """Ask for a file."""
        if not getattr(field.data, "filename", ""):
            raise ValidationError(gettext("Choose a file."))


class TakeForm(PageForm):
    """The second step: what was shown is taken."""
