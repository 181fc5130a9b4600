"""Forms of a course: one for each change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import HiddenField, RadioField, SelectChoice, SelectField, SelectMultipleField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from lms.accounts.words import FUNCTION_WORDS
from lms.authoring.drafts.forms import REQUIRED
from lms.content.model import CourseFacts
from lms.content.tables import SLUG
from lms.web.days import DayField
from lms.web.forms import PageForm, TextLine, WholeNumber, seen_whole
from lms.web.language import gettext
from lms.web.language import lazy_gettext as _l

SEEN = Regexp(r"^[0-9]{1,9}$")


class SeenForm(PageForm):
    """Which versions of ``course.toml`` and ``course.md`` the page has shown."""

    toml_seen = HiddenField(validators=[InputRequired(), SEEN])
    titles_seen = HiddenField(validators=[InputRequired(), SEEN])


class TitlesForm(SeenForm):
    """The titles of the course and of its modules, in the source language."""

    title = TextLine(_l("Title"), validators=[DataRequired(REQUIRED), Length(max=90), seen_whole])
    public_title = TextLine(
        _l("Title for everybody, which gives nothing away"),
        validators=[Optional(), Length(max=90), seen_whole],
    )


class FactsForm(SeenForm):
    """For whom the course is, and how long its certificate counts."""

    audience = SelectMultipleField(
        _l("For whom"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    access = RadioField(_l("Who can see it"), validators=[InputRequired(REQUIRED)])
    prerequisites = TextLine(
        _l("Courses to pass first"),
        validators=[Optional(), Length(max=300),
                    Regexp(rf"^{SLUG.pattern}( +{SLUG.pattern})*$",
                           message=_l("Write their addresses with spaces between them."))],
    )  # fmt: skip
    validity_months = WholeNumber(
        _l("The certificate counts for so many months; 0: without end"),
        validators=[InputRequired(REQUIRED), NumberRange(0, 240)],
    )
    review_by = DayField(_l("To be looked at again by"), validators=[InputRequired(REQUIRED)])

    def __init__(self, *args: Any, **settings: Any) -> None:  # noqa: ANN401 -- WTForms' own
        super().__init__(*args, **settings)
        self.audience.choices = [
            SelectChoice(code, f"{code} · {gettext(words)}")
            for code, words in FUNCTION_WORDS.items()
        ]
        self.access.choices = [
            SelectChoice("open", gettext("Everybody may begin it")),
            SelectChoice("listed", gettext("Only those who are enrolled")),
            SelectChoice("restricted", gettext("Invisible to all who are not enrolled")),
        ]


class RuleForm(SeenForm):
    """What passes, and how many questions the tests have."""

    percent = WholeNumber(
        _l("Percent of the test that pass"),
        validators=[InputRequired(REQUIRED), NumberRange(70, 100)],
    )
    attempts = WholeNumber(_l("Attempts"), validators=[InputRequired(REQUIRED), NumberRange(1, 10)])
    window_days = WholeNumber(
        _l("Within so many days"), validators=[InputRequired(REQUIRED), NumberRange(1, 365)]
    )
    pause_hours = WholeNumber(
        _l("Hours between two attempts"), validators=[InputRequired(REQUIRED), NumberRange(0, 720)]
    )
    about_minutes = WholeNumber(
        _l("Minutes that the test takes, about"),
        validators=[InputRequired(REQUIRED), NumberRange(1, 480)],
    )
    limit = WholeNumber(
        _l("Time limit in minutes; empty for none"), validators=[Optional(), NumberRange(1, 480)]
    )
    pre_items = WholeNumber(
        _l("Questions of the test at the beginning; 0: no such test"),
        validators=[InputRequired(REQUIRED), NumberRange(0, 100)],
    )
    post_items = WholeNumber(
        _l("Questions of the final test"),
        validators=[InputRequired(REQUIRED), NumberRange(1, 100)],
    )
    post_scenarios = WholeNumber(
        _l("Of them scenarios"), validators=[InputRequired(REQUIRED), NumberRange(0, 50)]
    )


class NewLessonForm(SeenForm):
    """A lesson more."""

    new_title = TextLine(
        _l("Title of the new lesson"),
        validators=[DataRequired(REQUIRED), Length(max=90), seen_whole],
    )
    new_minutes = WholeNumber(
        _l("Minutes of study"),
        default=15,
        validators=[InputRequired(REQUIRED), NumberRange(1, 120)],
    )
    module = SelectField(_l("Module"))
    module_title = TextLine(
        _l("Title of the new module"), validators=[Optional(), Length(max=90), seen_whole]
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- WTForms' own
        facts: CourseFacts,
        titles: Mapping[str, str],
        **settings: Any,  # noqa: ANN401 -- WTForms' own
    ) -> None:
        super().__init__(*args, **settings)
        self.module.choices = [
            *(SelectChoice(each.code, f"{each.code} · {titles.get(each.code, '')}")
              for each in facts.modules),
            SelectChoice("new", gettext("a new module")),
        ]  # fmt: skip

    def validate_module(self, field: SelectField) -> None:
        """Ask for a title where a module is new."""
        if field.data == "new" and not self.module_title.data:
            self.module_title.errors = [gettext("Write a title for the new module.")]


class PlaceForm(SeenForm):
    """Another place, other minutes, or the end of a lesson."""

    lesson = HiddenField(validators=[InputRequired()])
    place = WholeNumber(_l("Place"), validators=[Optional(), NumberRange(1, 500)])
    minutes = WholeNumber(_l("Minutes"), validators=[Optional(), NumberRange(1, 120)])
