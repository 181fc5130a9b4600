"""The form that all forms extend, and the fields that more than one of them has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import request
from wtforms import Form, HiddenField, IntegerField, StringField
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.validators import ValidationError

from lms.kernel.errors import LmsError
from lms.kernel.ids import new_id
from lms.web import csrf
from lms.web.csrf import FIELD
from lms.web.language import (
    asked_language,
    current,
    direction_of,
    gettext,
    plural_sentence,
    say,
    sentence,
)

KEY = re.compile(r"[\x20-\x7e]{1,60}")
RANDOM = 4  # the version of a random UUID


class SessionToken(CSRF):
    """WTForms' CSRF with our one token per session; ``csrf.check`` has already compared it."""

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        """Return the token of this browser."""
        return csrf.token()

    def validate_csrf_token(self, form: Any, field: CSRFTokenField) -> None:  # noqa: ANN401 -- WTForms' signature
        """Refuse a form without the token, also where a view forgot the general check."""
        sent = field.data or request.headers.get(csrf.HEADER, "")
        if not csrf.is_right(sent):
            raise ValidationError(gettext("This page was open for too long. Send it once more."))


class _OurWords:
    """WTForms' own sentences through our catalogue."""

    def gettext(self, string: str) -> str:
        return sentence(string, current().code)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        # WTForms puts its own values in afterwards.
        return plural_sentence(singular, plural, n, current().code)


class PageForm(Form):
    """A form of a page: an allow-list of fields with the CSRF token. ``populate_obj`` is banned."""

    class Meta:
        """WTForms' settings."""

        csrf = True
        csrf_class = SessionToken
        csrf_field_name = FIELD

        def get_translations(self, form: Form) -> _OurWords:
            """Say every message in the reader's language."""
            return _OurWords()

    # Whether the form saves by itself when its page's language menu sends it: a test does.
    saves_first = False

    def validate(self, *args: Any, **settings: Any) -> bool:
        """Return whether the form may be carried out; otherwise its page is shown again.

        A form that the language menu has sent is neither refused nor carried out: the page in
        the other language shows what was typed. Passwords are never sent back.
        """
        if asked_language() is not None and not self.saves_first:
            return False
        return bool(super().validate(*args, **settings))

    # The action that refused what the form asked for, None while none has.
    _refusal: LmsError | None = None

    def refuse(self, refusal: LmsError) -> None:
        """Take in why an action refused: the page that shows the form again says it above it."""
        self.form_errors.append(say(refusal.message))
        self._refusal = refusal

    @property
    def status(self) -> int:
        """The status of the page that shows this form again.

        That of the refusal where an action refused, 422 where a field did, 200 for a first look
        and for the form in another language.
        """
        if self._refusal is not None:
            return self._refusal.status
        return 422 if self.errors else 200

    @classmethod
    def sent(cls, **defaults: Any) -> PageForm:
        """Return the form filled with what this request sent."""
        return cls(request.form, **defaults)


class KeyField(HiddenField):
    """The random key of a page, by which its repetition is known."""

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401 -- WTForms' signature
        """Refuse what no page has made: a database may be unable to hold it."""
        if self.data and not KEY.fullmatch(self.data):
            raise ValidationError(gettext("This page was open for too long. Send it once more."))


class RowIdField(HiddenField):
    """The random id of the row that a form will make: sent twice, it makes one.

    Unlike a request key it is kept beside nobody's name.
    """

    def __init__(self, label: str | None = None, **settings: Any) -> None:
        super().__init__(label, default=new_id, **settings)

    @property
    def row_id(self) -> UUID:
        """The id; only after the form was validated."""
        return UUID(str(self.data))

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401 -- WTForms' signature
        """Refuse what no page has made."""
        try:
            made = UUID(str(self.data)).version == RANDOM
        except ValueError:
            made = False
        if not made:
            raise ValidationError(gettext("This page was open for too long. Send it once more."))


class KeyedForm(PageForm):
    """A form whose repetition is recognised by a random key that the page carries."""

    key = KeyField()


def title_choices(
    titles: Iterable[tuple[str, str, str | None]],
) -> list[tuple[str, str, dict[str, str]]]:
    """Return titles as choices; one that is in another language than the page says in which.

    titles   value, title, and its language where it is not translated.
    """
    return [
        (value, title, {"lang": code, "dir": direction_of(code)} if code else {})
        for value, title, code in titles
    ]


# Line ends, and the marks that Arabic and joined letters need.
UNSEEN_BUT_MEANT = frozenset("\n\r\t\u200c\u200d\u200e\u200f")


def seen_whole(form: Any, field: Any) -> None:  # noqa: ANN401 -- WTForms' signature
    """Refuse a text of several lines with characters that nobody sees, or that turn the writing.

    One of them, NUL, no PostgreSQL keeps.
    """
    del form
    for char in field.data or "":
        if unicodedata.category(char)[0] == "C" and char not in UNSEEN_BUT_MEANT:
            code = f"U+{ord(char):04X}"
            raise ValidationError(
                gettext("This text cannot hold the character %(code)s. Leave it out.", code=code)
            )


def trimmed(value: str | None) -> str | None:
    """Take the spaces off both ends of what was typed."""
    return value.strip() if value else value


class WholeNumber(IntegerField):
    """A whole number, typed with the digits of any script."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take a number; an empty field is None."""
        typed = str(valuelist[0]).strip() if valuelist else ""
        self.data = None
        if typed:
            try:
                self.data = int(typed)
            except ValueError:
                raise ValueError(gettext("Write a whole number.")) from None


class TextLine(StringField):
    """One line of text without spaces at its ends."""

    def __init__(self, label: str | None = None, **settings: Any) -> None:
        super().__init__(label, filters=[trimmed], **settings)
