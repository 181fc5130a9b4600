"""The form that brings a picture."""

from __future__ import annotations

from typing import Any

from flask import request
from wtforms import FileField
from wtforms.validators import ValidationError

from lms.authoring.picturing.rules import name_of
from lms.web.forms import KeyedForm
from lms.web.language import gettext
from lms.web.language import lazy_gettext as _l

MOST_MB = 20
MOST_BYTES = MOST_MB * 1024 * 1024


class PictureForm(KeyedForm):
    """A file; its name becomes that of the picture."""

    file = FileField(_l("Picture"))

    def validate_file(self, field: FileField) -> None:
        """Refuse a missing file and one that is too large."""
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise ValidationError(gettext("Choose a file."))
        size = sent.stream.seek(0, 2)
        sent.stream.seek(0)
        if size > MOST_BYTES:
            raise ValidationError(
                gettext("A picture may have %(size)s MB. Choose a smaller one.", size=MOST_MB)
            )

    def name(self) -> str:
        """Return how the picture is called in the course."""
        return name_of(request.files["file"].filename or "")

    def stream(self) -> Any:  # noqa: ANN401 -- werkzeug's file
        """Return what was sent."""
        return request.files["file"].stream
