"""Forms of reading."""

from __future__ import annotations

from wtforms import IntegerField, StringField
from wtforms.validators import AnyOf, InputRequired, NumberRange, Optional, Regexp

from lms.web.forms import PageForm


class BeginForm(PageForm):
    """The wish to begin a course, with its first test where that was asked for."""

    test = StringField(validators=[Optional(), AnyOf(["pre"])])


class CompletionForm(PageForm):
    """The tick that a lesson has been read; only the token."""


class PlaceForm(PageForm):
    """Where a script saw reading stop."""

    lesson = StringField(validators=[InputRequired(), Regexp(r"^[A-Z0-9.-]{1,20}\Z")])
    section = StringField(validators=[Optional(), Regexp(r"^[A-Za-z0-9-]{1,60}\Z")])
    seconds = IntegerField(validators=[InputRequired(), NumberRange(0, 86400)])
    page = StringField(validators=[InputRequired(), Regexp(r"^[A-Za-z0-9]{8,40}\Z")])
    n = IntegerField(validators=[InputRequired(), NumberRange(1, 100_000)])
