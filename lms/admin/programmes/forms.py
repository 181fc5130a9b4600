"""Forms of programmes, and a field for a text in each language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from wtforms import BooleanField, Field, SelectField, SelectMultipleField, TextAreaField
from wtforms.utils import unset_value
from wtforms.validators import InputRequired, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from lms.admin.programmes import words
from lms.catalogue.programmes import rules
from lms.catalogue.programmes.actions import Details, Partners, Plan
from lms.certificates.glyphs import require_glyphs
from lms.installation import LANGUAGE_NAMES, RIGHT_TO_LEFT
from lms.kernel.errors import LmsError
from lms.kernel.lines import Line, LineRefusedError
from lms.web.days import DayField
from lms.web.forms import PageForm, TextLine, trimmed
from lms.web.language import gettext, say
from lms.web.language import lazy_gettext as _l

REQUIRED = _l("This is needed.")

Choices = Sequence[tuple[str, str]]


class TextsField(Field):
    """A text in each language: its data is language -> text, without the empty ones.

    longest  characters of each text.
    printed  whether certificates may print it: then each letter must be one that they can print.

    After a refusal ``faulty`` names the languages whose text is at fault, all for a missing one.
    """

    def __init__(self, label: str, *, longest: int, printed: bool = True, **more: Any) -> None:
        super().__init__(label, **more)
        self.longest, self.printed = longest, printed
        self.faulty = frozenset(LANGUAGE_NAMES)

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:  # noqa: ANN401 -- WTForms' signature
        """Take what was typed for each language, or what is stored."""
        del extra_filters
        self.process_errors: list[str] = []
        self.data: dict[str, str] = {}
        if formdata is not None:
            typed = {code: formdata.get(f"{self.name}_{code}", "") for code in LANGUAGE_NAMES}
            self.data = {code: text.strip() for code, text in typed.items() if text.strip()}
        elif data is not unset_value:
            self.data = dict(data)

    def lines(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield (language, its own name, its direction, text) for each language of ours."""
        for code, name in LANGUAGE_NAMES.items():
            direction = "rtl" if code in RIGHT_TO_LEFT else "ltr"
            yield code, name, direction, self.data.get(code, "")

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401 -- WTForms' signature
        """Refuse what is no line of text, and what no certificate could print."""
        del form
        reasons = {}
        for code, text in self.data.items():
            try:
                line = Line.of(text, self.longest).text
                if self.printed:
                    require_glyphs([line])
            except LmsError as refused:
                reasons[code] = f"{LANGUAGE_NAMES[code]}: {say(refused.message)}"
        if reasons:
            self.faulty = frozenset(reasons)
            raise ValidationError(" ".join(reasons.values()))


class LinesField(TextAreaField):
    """Several texts, one on each line; its data is a list without the empty ones."""

    def _value(self) -> str:
        return "\n".join(self.data or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the lines that were typed."""
        typed = str(valuelist[0]).splitlines() if valuelist else []
        self.data = [line.strip() for line in typed if line.strip()]

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401 -- WTForms' signature
        """Refuse too many lines, and what is none."""
        del form
        if len(self.data or []) > rules.MOST_LINES:
            raise ValidationError(gettext("At most %(count)s lines.", count=rules.MOST_LINES))
        try:
            rules.checked_lines(self.data or [])
        except LineRefusedError as refused:
            raise ValidationError(say(refused.message)) from refused


class DetailsForm(PageForm):
    """What a programme is called and when it runs."""

    titles = TextsField(_l("Title"), longest=rules.LONGEST_TITLE)
    starts_on = DayField(_l("First day"), validators=[InputRequired(REQUIRED)])
    ends_on = DayField(_l("Last day"), validators=[Optional()])

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.ends_on.flags.optional = True

    def validate_titles(self, field: TextsField) -> None:
        """Ask for the title in at least one language."""
        if not field.data:
            raise ValidationError(gettext("Write the title in at least one language."))

    def validate_ends_on(self, field: DayField) -> None:
        """Refuse a last day before the first one."""
        if self.starts_on.data and field.data:
            fault = rules.period_fault(self.starts_on.data, field.data)
            if fault is not None:
                raise ValidationError(say(fault))

    def details(self) -> Details:
        """Return what was typed; raises ValueError before it was validated."""
        if self.starts_on.data is None:
            raise ValueError("a form that was not validated")
        return Details(self.titles.data, self.starts_on.data, self.ends_on.data)


class NewProgrammeForm(DetailsForm):
    """A new programme with the code that it keeps for good."""

    kind = SelectField(_l("Kind"))
    code = TextLine(_l("Code"), validators=[InputRequired(REQUIRED)])

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.kind.choices = [(code, gettext(text)) for code, text in words.KIND_WORDS.items()]

    def validate_code(self, field: TextLine) -> None:
        """Refuse what cannot stand in an address for good."""
        if not rules.is_code(field.data or ""):
            raise ValidationError(gettext(rules.CODE_SENTENCE))


class PartnersForm(PageForm):
    """Who carries a programme, and whether certificates may say so."""

    issuers = TextsField(_l("Issuers"), longest=rules.LONGEST_TEXT, printed=False)
    partners = TextsField(_l("Partners"), longest=rules.LONGEST_TEXT)
    funders = TextsField(_l("Funded by"), longest=rules.LONGEST_TEXT)
    printed = BooleanField(_l("Certificates name the programme, its partners and funders"))

    def said(self) -> Partners:
        """Return what was typed."""
        return Partners(
            self.issuers.data, self.partners.data, self.funders.data, bool(self.printed.data)
        )


class CoursesForm(PageForm):
    """The courses that belong to a programme."""

    courses = SelectMultipleField(
        _l("Courses"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )

    def __init__(self, *args: Any, courses: Choices, **settings: Any) -> None:
        chosen = settings.pop("chosen", None)
        super().__init__(*args, **({"courses": chosen} if chosen is not None else {}), **settings)
        self.courses.choices = list(courses)


class PlanForm(PageForm):
    """What a pilot wants to find out."""

    question = TextAreaField(_l("Question"), filters=[trimmed])
    groups = LinesField(_l("Groups"))
    measures = LinesField(_l("Measures"))

    def validate_question(self, field: TextAreaField) -> None:
        """Refuse what is no line of text."""
        try:
            Line.of(field.data or "-", rules.LONGEST_QUESTION)
        except LineRefusedError as refused:
            raise ValidationError(say(refused.message)) from refused

    def plan(self) -> Plan:
        """Return what was typed."""
        return Plan(self.question.data or None, self.groups.data or [], self.measures.data or [])
