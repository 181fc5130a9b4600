"""The form that sends a spreadsheet or another file of a draft; the worker looks inside."""

from __future__ import annotations

import secrets
from typing import IO, Any

from flask import request
from wtforms import FileField
from wtforms.validators import ValidationError

from lms.authoring import uploads as there
from lms.authoring.sent import LARGEST_MB
from lms.extensions import db
from lms.sheets.reader import LARGEST_FILE
from lms.web import uploads
from lms.web.forms import KeyedForm
from lms.web.language import gettext
from lms.web.language import lazy_gettext as _l


class SentFileForm(KeyedForm):
    """A file, under the key of the page that sends it."""

    file = FileField(_l("File"))
    needs_file = True

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.key.data = self.key.data or secrets.token_hex(16)

    def validate_file(self, field: FileField) -> None:
        """Refuse no file, an empty one, one that is too large, any on a full disk."""
        del field
        if not self.has_file():
            if self.needs_file:
                raise ValidationError(gettext("Choose a file."))
            return
        if not self.size():
            raise ValidationError(gettext("This file is empty."))
        if self.size() > LARGEST_FILE:
            self._stream().close()
            raise ValidationError(
                gettext("This file is larger than %(size)s MB. Split it.", size=LARGEST_MB)
            )
        if not uploads.takes_files(self.size()):
            raise ValidationError(gettext(uploads.NO_ROOM))

    def has_file(self) -> bool:
        """Return whether a file was chosen."""
        sent = request.files.get("file")
        return sent is not None and bool(sent.filename)

    def name(self) -> str:
        """Return what the file is called where it came from, without control characters."""
        name = request.files["file"].filename or ""
        return "".join(sign for sign in name if sign.isprintable()).strip()[-100:]

    def size(self) -> int:
        """Return how many bytes the file has."""
        size = self._stream().seek(0, 2)
        self._stream().seek(0)
        return size

    def keep(self) -> str:
        """Store the file and return its digest; no connection waits while the disk writes."""
        db.session.remove()
        with self._stream() as stream:
            return there.keep(stream)

    def _stream(self) -> IO[bytes]:
        return request.files["file"].stream
