"""Forms of documents: code and titles, a file, its pages."""

from __future__ import annotations

from flask import request
from wtforms import FileField
from wtforms.validators import InputRequired, Optional, ValidationError

from lms.admin.programmes.forms import REQUIRED, TextsField
from lms.catalogue.library.rules import (
    BEGINNING,
    LARGEST_FILE,
    LARGEST_MB,
    LONGEST_TITLE,
    MOST_PAGES,
    is_pdf,
)
from lms.catalogue.programmes.rules import CODE_SENTENCE, is_code
from lms.web import uploads
from lms.web.forms import PageForm, TextLine, WholeNumber
from lms.web.language import gettext
from lms.web.language import lazy_gettext as _l


class TitlesForm(PageForm):
    """What a document is called, by language."""

    titles = TextsField(_l("Title"), longest=LONGEST_TITLE, printed=False)

    def validate_titles(self, field: TextsField) -> None:
        """Ask for the title in at least one language."""
        if not field.data:
            raise ValidationError(gettext("Write the title in at least one language."))


class NewDocumentForm(TitlesForm):
    """A new document with the code that it keeps for good."""

    code = TextLine(_l("Code"), validators=[InputRequired(REQUIRED)])

    def validate_code(self, field: TextLine) -> None:
        """Refuse what cannot stand in an address for good."""
        if not is_code(field.data or ""):
            raise ValidationError(gettext(CODE_SENTENCE))


class FileForm(PageForm):
    """The PDF of a document in one language."""

    file = FileField(_l("File"))

    def validate_file(self, field: FileField) -> None:
        """Refuse no file, one that is too large or no PDF, any on a full disk."""
        del field
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise ValidationError(gettext("Choose a file."))
        size = sent.stream.seek(0, 2)
        sent.stream.seek(0)
        if not size:
            raise ValidationError(gettext("This file is empty."))
        if size > LARGEST_FILE:
            raise ValidationError(
                gettext(
                    "This file is larger than %(size)s MB. Save it anew with smaller pictures, or "
                    "split it.",
                    size=LARGEST_MB,
                )
            )
        beginning = sent.stream.read(len(BEGINNING))
        sent.stream.seek(0)
        if not is_pdf(beginning):
            raise ValidationError(
                gettext("This is not a PDF, whatever its name says. Save the document as PDF.")
            )
        if not uploads.takes_files(size):
            raise ValidationError(gettext(uploads.NO_ROOM))

    def data_of_file(self) -> bytes:
        """Return what the file holds."""
        return request.files["file"].stream.read()


class PagesForm(PageForm):
    """How many pages a file has; empty: unknown."""

    pages = WholeNumber(_l("Pages"), validators=[Optional()])

    def validate_pages(self, field: WholeNumber) -> None:
        """Refuse what no document has."""
        if field.data is not None and not 1 <= field.data <= MOST_PAGES:
            raise ValidationError(
                gettext("Write a number of pages from 1 to %(most)s.", most=MOST_PAGES)
            )
