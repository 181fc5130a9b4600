"""The form on which a person confirms the name that will be printed."""

from __future__ import annotations

from functools import partial
from typing import cast

from werkzeug.local import LocalProxy
from wtforms import HiddenField
from wtforms.validators import Length, Optional

from lms.kernel.names import LONGEST
from lms.web.forms import PageForm, TextLine
from lms.web.language import gettext


def _l(text: str) -> str:
    """Return ``text`` said in the language of each request: a form is described only once."""
    return cast("str", LocalProxy(partial(gettext, text)))


class ConfirmForm(PageForm):
    """``seen`` is the name as the page showed it: what was not seen is not confirmed."""

    seen = HiddenField()
    name_latin = TextLine(
        _l("Your name in Latin letters"),
        validators=[
            Optional(),
            Length(max=LONGEST, message=_l("A name has at most 100 characters.")),
        ],
    )
