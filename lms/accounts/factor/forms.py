"""The forms of the second factor. ``password`` in the name: never held, never put back."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField
from wtforms.validators import InputRequired, Length

from lms.web.forms import PageForm, TextLine
from lms.web.language import gettext


class ProofForm(PageForm):
    """A number of the app, or a printed code."""

    password_number = TextLine(validators=[InputRequired(), Length(max=40)])
    next = HiddenField()

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.password_number.label.text = gettext("Number of your app, or a printed code")
