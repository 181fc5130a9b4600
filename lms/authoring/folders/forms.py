"""Forms of folders: the file that is brought, and the decision."""

from __future__ import annotations

from typing import IO

from flask import request
from wtforms import FileField, HiddenField
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from lms.authoring.drafts.actions import LONGEST_NOTE
from lms.authoring.folders.rules import LARGEST_MB
from lms.content.archive_rules import MOST_PACKED
from lms.web import uploads
from lms.web.forms import KeyedForm, PageForm, TextLine
from lms.web.language import gettext
from lms.web.language import lazy_gettext as _l


class PackageForm(KeyedForm):
    """A course package, or the zip of a folder."""

    file = FileField(_l("File"))

    def validate_file(self, field: FileField) -> None:
        """Refuse no file, one that is too large, any on a full disk; the worker looks inside."""
        del field
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise ValidationError(gettext("Choose a file."))
        size = self.stream().seek(0, 2)
        self.stream().seek(0)
        if not size:
            raise ValidationError(gettext("This file is empty."))
        if size > MOST_PACKED:
            raise ValidationError(
                gettext(
                    "The file is larger than %(size)s MB, and so no course package.",
                    size=LARGEST_MB,
                )
            )
        if not uploads.takes_files(size):
            raise ValidationError(gettext(uploads.NO_ROOM))

    def stream(self) -> IO[bytes]:
        """Return what the file holds."""
        return request.files["file"].stream


class TakeForm(PageForm):
    """Take a folder into the draft as it was when the page was shown."""

    state = HiddenField(validators=[InputRequired(), Regexp(r"^[0-9a-f]{64}$")])
    note = TextLine(_l("What did you change?"), validators=[Optional(), Length(max=LONGEST_NOTE)])
