"""The form with which a reader says that something is unclear or wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lms.learning.reporting.rules import KIND_WORDS, LONGEST_REPORT
from lms.web.forms import PageForm, RowIdField, seen_whole, trimmed
from lms.web.language import gettext
from lms.web.language import lazy_gettext as _l


class ReportForm(PageForm):
    """Which part, what is the matter, and words where somebody wants to add some."""

    # Its name tells ``accounts.rules.worth_holding`` that it is never kept beside a person.
    nameless = RowIdField()
    block = SelectField(_l("Which part?"), default="")
    kind = RadioField(
        _l("What is the matter?"), validators=[InputRequired(_l("Choose one of the three."))]
    )
    text = TextAreaField(
        _l("In your words"),
        filters=[trimmed],
        validators=[Optional(), Length(max=LONGEST_REPORT), seen_whole],
    )

    def __init__(self, *args: Any, sections: Iterable[tuple[str, str]], **settings: Any) -> None:
        """Offer the parts of this lesson: ``sections`` are their ids and headings."""
        super().__init__(*args, **settings)
        self.block.choices = [SelectChoice("", gettext("The whole lesson"))]
        self.block.choices += [SelectChoice(*each) for each in sections]
        self.kind.choices = [SelectChoice(kind, gettext(said)) for kind, said in KIND_WORDS.items()]
