"""Forms of signing in. A field that may hold a secret has "password" in its name.

``rules.kept_fields`` relies on that: such a field is never held.
"""

from __future__ import annotations

from functools import partial
from typing import cast

from werkzeug.local import LocalProxy
from wtforms import HiddenField, IntegerField, PasswordField, RadioField, SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.accounts.machine import OWN, SHARED, UNKNOWN
from lms.accounts.passwords import LONGEST
from lms.web.forms import PageForm, TextLine
from lms.web.language import gettext


def _l(text: str) -> str:
    """Return ``text`` said in the language of each request: a form is described only once."""
    return cast("str", LocalProxy(partial(gettext, text)))


class SignInForm(PageForm):
    """Service number, and a password or a one-time code."""

    service_number = TextLine(
        _l("Service number"),
        validators=[
            InputRequired(_l("Type your service number.")),
            Length(max=60, message=_l("A service number has at most 60 characters.")),
        ],
    )
    password = PasswordField(
        _l("Password or one-time code"),
        validators=[
            InputRequired(_l("Type your password or your one-time code.")),
            Length(max=LONGEST, message=_l("This is longer than any password here.")),
        ],
    )
    next = HiddenField()


class ChoosePasswordForm(PageForm):
    """A new password, typed once: a spare code helps who mistyped it."""

    new_password = PasswordField(
        _l("New password"), validators=[InputRequired(_l("Type the password that you choose."))]
    )


class PresentPasswordForm(PageForm):
    """The present password: asked again before what is dear."""

    present_password = PasswordField(
        _l("Present password"),
        validators=[
            InputRequired(_l("Type the password that you use now.")),
            Length(max=LONGEST, message=_l("This is longer than any password here.")),
        ],
    )


class ChangePasswordForm(PresentPasswordForm, ChoosePasswordForm):
    """The present password and a new one."""


class SpareCodeForm(PresentPasswordForm):
    """The present password, to get a new spare code."""


class MachineForm(PageForm):
    """What kind of computer this is."""

    kind = RadioField(
        _l("Who uses this computer?"),
        choices=[
            SelectChoice(UNKNOWN, _l("I do not know, or I would rather not say")),
            SelectChoice(SHARED, _l("Several colleagues use it")),
            SelectChoice(OWN, _l("Only I use it")),
        ],
        validators=[InputRequired(_l("Choose one of the three."))],
    )


class HeldForm(PageForm):
    """Which held form a request sends again, or throws away."""

    # A larger number is no row's, and no database takes it.
    held_form = IntegerField(validators=[Optional(), NumberRange(1, 2**63 - 1)])

    def number(self) -> int | None:
        """Return which one, None where the request names none."""
        return self.held_form.data if self.held_form.validate(self) else None
