"""Forms of places."""

from __future__ import annotations

from typing import Any

from wtforms import SelectField
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from lms.accounts import words
from lms.admin.people.forms import REQUIRED, Choices, PlaceField, said
from lms.installation import LANGUAGE_NAMES
from lms.web.forms import PageForm, TextLine
from lms.web.language import gettext
from lms.web.language import lazy_gettext as _l


class NamesForm(PageForm):
    """What a place is called, in each language."""

    name_en = TextLine(LANGUAGE_NAMES["en"], validators=[Length(max=100)])
    name_fr = TextLine(LANGUAGE_NAMES["fr"], validators=[Optional(), Length(max=100)])
    name_ar = TextLine(LANGUAGE_NAMES["ar"], validators=[Optional(), Length(max=100)])
    name_ru = TextLine(LANGUAGE_NAMES["ru"], validators=[Optional(), Length(max=100)])
    name_kk = TextLine(LANGUAGE_NAMES["kk"], validators=[Optional(), Length(max=100)])

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.name_en.flags.optional = True  # like the others: one name of the five is enough

    def names(self) -> dict[str, str]:
        """Return the names by language, without the empty ones."""
        typed = {code: self[f"name_{code}"].data for code in LANGUAGE_NAMES}
        return {code: name for code, name in typed.items() if name}

    def validate_name_en(self, field: TextLine) -> None:
        """Ask for the name in at least one language."""
        if not self.names():
            raise ValidationError(gettext("Write the name in at least one language."))


class NewPlaceForm(NamesForm):
    """A place below another one."""

    kind = SelectField(_l("Kind"))
    code = TextLine(
        _l("Code"),
        validators=[
            InputRequired(REQUIRED),
            Length(max=30),
            Regexp(r"^[\w./-]+$", message=_l("Letters, digits and - . / only, without spaces.")),
        ],
    )
    parent = PlaceField(_l("Below"))

    def __init__(self, *args: Any, places: Choices, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.parent.offer(places)
        kinds = {kind: text for kind, text in words.UNIT_KIND_WORDS.items() if kind != "country"}
        self.kind.choices = said(kinds)


class MergeForm(PageForm):
    """Another place that takes over the people of this one."""

    into = PlaceField(_l("Place that takes over"))

    def __init__(self, *args: Any, places: Choices, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.into.offer(places)
