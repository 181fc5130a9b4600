"""One small form for each change of a course; each returns the file with its change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from lms.accounts.words import FUNCTION_WORDS
from lms.authoring.course_facts.words import ACCESS_WORDS
from lms.content import course_text
from lms.content.digests import LONGEST_NEWS
from lms.content.model import CourseFacts
from lms.content.tables import CODE, SLUG
from lms.kernel.messages import msg
from lms.web.days import DayField
from lms.web.forms import PageForm, TextLine, WholeNumber, seen_whole
from lms.web.language import gettext
from lms.web.language import lazy_gettext as _l

REQUIRED = _l("Write something here.")
TAKEN = msg("The course has something with this name. Choose another one.")
Choices = Sequence[tuple[Any, ...]]


def number(label: str, low: int, high: int) -> WholeNumber:
    """Return a field for a whole number that must be there."""
    return WholeNumber(label, validators=[InputRequired(REQUIRED), NumberRange(low, high)])


def title_line(label: str) -> TextLine:
    """Return a field for a title that must be there."""
    return TextLine(label, validators=[InputRequired(REQUIRED), Length(max=90), seen_whole])


class TickField(SelectMultipleField):
    """Several choices, each with its own box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class FactsForm(PageForm):
    """A part of ``course.toml``: what it says now, and the text with what was typed."""

    needs_others: ClassVar[bool] = False  # whether other courses are to be chosen from
    removes: ClassVar[bool] = False  # whether it has a button that takes the thing away

    def now(self, facts: CourseFacts, name: str) -> dict[str, Any]:
        """Return the present values; ``name`` says which one of several."""
        raise NotImplementedError

    def offer(self, facts: CourseFacts, others: Choices, name: str) -> None:
        """Set the choices."""

    def written(self, text: str) -> str:
        """Return ``course.toml`` with what was typed."""
        raise NotImplementedError

    def without(self, text: str, name: str) -> str:
        """Return ``course.toml`` without the thing."""
        raise NotImplementedError


class AudienceForm(FactsForm):
    """The functions for which a course is."""

    audience = TickField(
        _l("For whom it is"), validators=[InputRequired(_l("Choose at least one."))]
    )

    def now(self, facts: CourseFacts, name: str) -> dict[str, Any]:
        """Return the present values."""
        return {"audience": list(facts.audience)}

    def offer(self, facts: CourseFacts, others: Choices, name: str) -> None:
        """Offer every function."""
        self.audience.choices = [
            (code, f"{code} · {gettext(words)}") for code, words in FUNCTION_WORDS.items()
        ]

    def written(self, text: str) -> str:
        """Return the file."""
        return course_text.with_value(text, "audience", tuple(sorted(self.audience.data)))


class PrerequisitesForm(FactsForm):
    """The courses that are to be passed first."""

    needs_others = True
    prerequisites = TickField(_l("Courses to pass before it"))

    def now(self, facts: CourseFacts, name: str) -> dict[str, Any]:
        """Return the present values."""
        return {"prerequisites": list(facts.prerequisites)}

    def offer(self, facts: CourseFacts, others: Choices, name: str) -> None:
        """Offer the published courses, and those that are asked for already."""
        known = {each[0] for each in others}
        more = [(slug, slug) for slug in facts.prerequisites if slug not in known]
        self.prerequisites.choices = [*others, *more]

    def written(self, text: str) -> str:
        """Return the file."""
        return course_text.with_value(text, "prerequisites", tuple(self.prerequisites.data))


class ValidityForm(FactsForm):
    """How long a certificate counts, and when the authors look at the course again."""

    months = number(_l("Months for which a certificate counts; 0 is without end"), 0, 240)
    review_by = DayField(_l("Look at the course again by"), validators=[InputRequired(REQUIRED)])

    def now(self, facts: CourseFacts, name: str) -> dict[str, Any]:
        """Return the present values."""
        return {"months": facts.validity_months, "review_by": facts.review_by}

    def written(self, text: str) -> str:
        """Return the file."""
        text = course_text.with_value(text, "validity_months", self.months.data)
        return course_text.with_value(text, "review_by", self.review_by.data)


class AccessForm(FactsForm):
    """Who may begin a course."""

    access = RadioField(_l("Who may begin it"))

    def now(self, facts: CourseFacts, name: str) -> dict[str, Any]:
        """Return the present values."""
        return {"access": facts.access}

    def offer(self, facts: CourseFacts, others: Choices, name: str) -> None:
        """Offer the three ways."""
        self.access.choices = [(code, gettext(words)) for code, words in ACCESS_WORDS.items()]

    def written(self, text: str) -> str:
        """Return the file."""
        return course_text.with_value(text, "access", self.access.data)


class RuleForm(FactsForm):
    """What is needed to pass."""

    percent = number(_l("Pass mark, per cent"), 70, 100)
    attempts = number(_l("Attempts"), 1, 10)
    window_days = number(_l("Days in which the attempts count"), 1, 365)
    pause_hours = number(_l("Hours between two attempts"), 0, 720)
    about_minutes = number(_l("Minutes that the test takes, about"), 1, 480)
    minutes = WholeNumber(
        _l("Time limit in minutes; empty is none"), validators=[Optional(), NumberRange(1, 480)]
    )

    def now(self, facts: CourseFacts, name: str) -> dict[str, Any]:
        """Return the present values."""
        return dict(facts.pass_rule)

    def rule(self) -> dict[str, Any]:
        """Return what was typed, by the names of ``[pass]``."""
        names = ("percent", "attempts", "window_days", "pause_hours", "about_minutes", "minutes")
        return {name: self[name].data for name in names}

    def written(self, text: str) -> str:
        """Return the file."""
        return course_text.with_rule(text, self.rule())


class TestsForm(FactsForm):
    """How many questions the two tests draw."""

    __test__ = False  # pytest must not take this for a test

    pre_items = WholeNumber(
        _l("Questions of the first test; empty is no first test"),
        validators=[Optional(), NumberRange(1, 100)],
    )
    post_items = number(_l("Questions of the final test"), 1, 100)
    post_scenarios = number(_l("Cases among them"), 0, 50)

    def now(self, facts: CourseFacts, name: str) -> dict[str, Any]:
        """Return the present values."""
        post: Mapping[str, Any] = facts.tests.get("post", {})
        return {
            "pre_items": facts.tests.get("pre", {}).get("items"),
            "post_items": post.get("items"),
            "post_scenarios": post.get("scenarios", 0),
        }

    def written(self, text: str) -> str:
        """Return the file."""
        pre = {"items": self.pre_items.data} if self.pre_items.data else None
        text = course_text.with_test(text, "pre", pre)
        plan = {"items": self.post_items.data, "scenarios": self.post_scenarios.data or None}
        return course_text.with_test(text, "post", plan)


class SlotForm(FactsForm):
    """A critical slot: one of its questions is in every final test and must be right."""

    removes = True
    taken: frozenset[str] = frozenset()
    slot = TextLine(
        _l("Name"),
        validators=[
            InputRequired(REQUIRED),
            Length(max=60),
            Regexp(SLUG.pattern + "$", message=_l("Small letters a-z, digits and - only.")),
        ],
    )
    lesson = SelectField(_l("Lesson that teaches it"))

    def now(self, facts: CourseFacts, name: str) -> dict[str, Any]:
        """Return the present values."""
        return {"slot": name, "lesson": facts.critical.get(name)}

    def offer(self, facts: CourseFacts, others: Choices, name: str) -> None:
        """Offer the lessons; the name of a slot stays, since questions name it."""
        self.lesson.choices = [(code, code) for code in facts.codes()]
        self.taken = frozenset() if name else frozenset(facts.critical)
        if name:
            self.slot.data = name

    def validate_slot(self, field: TextLine) -> None:
        """Refuse a new slot that has the name of another one."""
        if field.data in self.taken:
            raise ValidationError(gettext(TAKEN))

    def written(self, text: str) -> str:
        """Return the file."""
        return course_text.with_slot(text, self.slot.data, self.lesson.data)

    def without(self, text: str, name: str) -> str:
        """Return the file without the slot."""
        return course_text.with_slot(text, name, None)


class BoxForm(FactsForm):
    """A box that each country fills in."""

    removes = True
    taken: frozenset[str] = frozenset()
    code = TextLine(
        _l("Code"),
        validators=[
            InputRequired(REQUIRED),
            Length(max=20),
            Regexp(CODE.pattern + "$", message=_l("Capital letters, digits and -, like NA-03.")),
        ],
    )
    blocking = BooleanField(_l("While a country has not confirmed it, certificates say so"))

    def now(self, facts: CourseFacts, name: str) -> dict[str, Any]:
        """Return the present values."""
        return {"code": name, "blocking": facts.boxes.get(name, False)}

    def offer(self, facts: CourseFacts, others: Choices, name: str) -> None:
        """Keep the code of a box, since lessons and countries name it."""
        codes = {*facts.codes(), *(each.code for each in facts.modules), *facts.boxes}
        self.taken = frozenset() if name else frozenset(codes)
        if name:
            self.code.data = name

    def validate_code(self, field: TextLine) -> None:
        """Refuse a new box that has the code of something else."""
        if field.data in self.taken:
            raise ValidationError(gettext(TAKEN))

    def written(self, text: str) -> str:
        """Return the file."""
        return course_text.with_box(text, self.code.data, blocking=bool(self.blocking.data))

    def without(self, text: str, name: str) -> str:
        """Return the file without the box."""
        return course_text.with_box(text, name, None)


PARTS: Mapping[str, type[FactsForm]] = {
    "audience": AudienceForm, "prerequisites": PrerequisitesForm, "validity": ValidityForm,
    "access": AccessForm, "rule": RuleForm, "tests": TestsForm, "slot": SlotForm, "box": BoxForm,
}  # fmt: skip


class TitlesForm(PageForm):
    """The titles of a course, in ``course.md``."""

    title = title_line(_l("Title"))
    public_title = TextLine(
        _l("Title for those who are not on the list"),
        validators=[Optional(), Length(max=90), seen_whole],
    )
    news = TextLine(
        _l("What is new in this edition"),
        validators=[Optional(), Length(max=LONGEST_NEWS), seen_whole],
    )
