"""Forms of national adaptation: a box, a limit, a block, the rules of the test."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from wtforms import Field, HiddenField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from lms.authoring.adapting.words import STATE_WORDS
from lms.content.blocks import INVISIBLE, LONGEST_TITLE
from lms.content.model import Block, BoxFacts, Limit
from lms.content.nation_tables import LONGEST_VALIDITY, RULES, STATUSES
from lms.content.nation_words import faults_of
from lms.content.tables import CODE
from lms.installation import LANGUAGE_NAMES
from lms.web.days import DayField
from lms.web.forms import PageForm, TextLine, WholeNumber
from lms.web.language import gettext, say
from lms.web.language import lazy_gettext as _l

REQUIRED = _l("Write something here.")
LONGEST_LAW, LONGEST_NAME, LONGEST_TOLD, LONGEST_WORDS = 300, 120, 500, 20_000
WORDS, HEADING = "words_", "heading_"
DIGEST = r"^[0-9a-f]{12}$"


def visible(form: Any, field: Field) -> None:  # noqa: ANN401 -- WTForms' signature
    """Refuse characters that no file of a course may hold."""
    found = INVISIBLE.search(field.data or "")
    if found:
        code = f"U+{ord(found[0]):04X}"
        raise ValidationError(gettext("Take the invisible character %(code)s away.", code=code))


def a_law(*, required: bool) -> TextLine:
    """Return the field for a law."""
    needed = InputRequired(REQUIRED) if required else Optional()
    return TextLine(_l("Law and article"), validators=[needed, Length(max=LONGEST_LAW), visible])


class CountryForm(PageForm):
    """The country of which a layer is begun."""

    code = TextLine(
        _l("Two letters of the country"),
        validators=[
            InputRequired(REQUIRED),
            Regexp(r"^[A-Za-z]{2}$", message=_l("Two letters, for example TN.")),
        ],
    )


class _Checked(PageForm):
    """Who has checked something, and when."""

    on = DayField(_l("Checked on"), validators=[Optional()])
    checker = TextLine(_l("Checked by"), validators=[Optional(), Length(max=LONGEST_NAME), visible])


class BoxForm(_Checked):
    """All that a country says of a box but its words; see ``box_form``."""

    state = RadioField(_l("State"), validators=[InputRequired(REQUIRED)])
    legal_source = TextLine(
        _l("Legal source"), validators=[Optional(), Length(max=LONGEST_LAW), visible]
    )
    review_by = DayField(_l("To be looked at again by"), validators=[Optional()])
    made_from = HiddenField(validators=[Optional(), Regexp(DIGEST)])
    seen = HiddenField(validators=[InputRequired()])

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.state.choices = [SelectChoice(each, gettext(STATE_WORDS[each])) for each in STATUSES]

    def validate_state(self, field: RadioField) -> None:
        """Refuse a state that the words of the box do not bear out."""
        if field.data == "empty" and words_of(self):
            raise ValidationError(gettext("The box has words: call it a draft."))
        if field.data == "confirmed" and not words_of(self):
            raise ValidationError(gettext("Write the words first, then confirm them."))

    def box(self, code: str) -> BoxFacts:
        """Return what is said of the box."""
        return BoxFacts(
            code,
            self.state.data,
            _line(self.legal_source),
            self.on.data,
            _line(self.checker),
            self.review_by.data,
            self.made_from.data or "",
        )

    def validate(self, *args: Any, **settings: Any) -> bool:
        """Ask for who and what confirms a box, each beside its field."""
        fine = super().validate(*args, **settings)
        if fine and self.state.data == "confirmed":
            for field in (self.legal_source, self.checker):
                if not field.data:
                    field.errors = [gettext("A box that is confirmed needs this.")]
                    fine = False
        return fine


class LimitForm(_Checked):
    """The law that limits something."""

    law = a_law(required=True)

    def limit(self, words: dict[str, str] | None = None, made_from: str = "") -> Limit:
        """Return the limit."""
        return Limit(
            _line(self.law),
            self.on.data,
            _line(self.checker),
            words=words or {},
            made_from=made_from,
        )


class ItemForm(LimitForm):
    """A question that is not asked here."""

    law = a_law(required=False)
    item = TextLine(
        _l("Code of the question"),
        validators=[
            InputRequired(REQUIRED),
            Regexp(f"^(?:{CODE.pattern})$", message=_l("A code such as MR-1-014.")),
        ],
    )


class ModuleForm(LimitForm):
    """A module that is closed here."""

    module = SelectField(_l("Module"))


class BlockForm(LimitForm):
    """What becomes of a block of the core; see ``block_form``."""

    what = RadioField(_l("What becomes of this block"), validators=[InputRequired(REQUIRED)])
    made_from = HiddenField(validators=[Regexp(DIGEST)])
    seen = HiddenField(validators=[InputRequired()])

    def validate_what(self, field: RadioField) -> None:
        """Refuse to say something else without a word."""
        if field.data == "replace" and not words_of(self):
            raise ValidationError(gettext("Write what is to stand here, in one language at least."))


class RulesForm(PageForm):
    """What a country says otherwise than the course of its test; see ``rules_form``."""

    seen = HiddenField(validators=[InputRequired()])
    validity_months = WholeNumber(
        _l("Months for which a certificate counts"),
        validators=[Optional(), NumberRange(0, LONGEST_VALIDITY)],
    )

    def rules(self) -> dict[str, int | None]:
        """Return the rules by the names of ``[pass]``."""
        return {name: self[name].data for name, _, _ in RULES}


class StateForm(PageForm):
    """What becomes of a decision after the core has changed, and beside which core that was said.

    keep: it is still right; accept: it is taken back; review: a box is put under review.
    """

    what = RadioField(choices=["accept", "keep", "review"], validators=[InputRequired()])
    made_from = HiddenField(validators=[Optional(), Regexp(DIGEST)])


class UndoForm(PageForm):
    """A limit to take back."""

    kind = RadioField(choices=["course", "module", "hidden", "replaced", "item"])
    code = TextLine(validators=[Length(max=90)])


class _Words(TextAreaField):
    """What a country says in one language: what the format refuses is said here."""

    def __init__(self, label: str, block: str, **settings: Any) -> None:
        super().__init__(label, validators=[Optional(), Length(max=LONGEST_WORDS)], **settings)
        self.block = block

    def post_validate(self, form: Any, validation_stopped: bool) -> None:  # noqa: ANN401 -- WTForms' signature
        """Read the words as the reader of courses will."""
        del form
        said = (self.data or "").replace("\r\n", "\n").strip()
        if said and not validation_stopped:
            wrong = faults_of(said, name=self.block)
            if wrong:
                raise ValidationError(" ".join(dict.fromkeys(map(say, wrong))))


def box_form(languages: Sequence[str]) -> type[BoxForm]:
    """Return the form of a box with a field of words for each language."""
    return type("BoxFormInLanguages", (BoxForm,), _words(languages, "section"))


def block_form(languages: Sequence[str], origin: Block) -> type[BlockForm]:
    """Return the form of a block with a field of words for each language, and of headings."""
    fields = _words(languages, origin.name)
    if origin.name == "section":
        # The heading stands above the words.
        fields = {
            name: field
            for language in languages
            for name, field in (
                (f"{HEADING}{language}", _heading(language)),
                (f"{WORDS}{language}", fields[f"{WORDS}{language}"]),
            )
        }
    return type("BlockFormInLanguages", (BlockForm,), fields)


def told_form(base: type[LimitForm], languages: Sequence[str]) -> type[LimitForm]:
    """Return the form of something closed with a line for learners in each language."""
    fields = {
        f"{WORDS}{language}": TextLine(
            LANGUAGE_NAMES.get(language, language),
            validators=[Optional(), Length(max=LONGEST_TOLD), visible],
        )
        for language in languages
    }
    return type(f"{base.__name__}InLanguages", (base,), fields)


def rules_form() -> type[RulesForm]:
    """Return the form of a country's rules of the test."""
    labels = {
        "percent": _l("Pass mark, in per cent"),
        "attempts": _l("Attempts"),
        "window_days": _l("Within how many days"),
        "pause_hours": _l("Hours between two attempts"),
    }
    fields = {
        name: WholeNumber(labels[name], validators=[Optional(), NumberRange(low, high)])
        for name, low, high in RULES
    }
    return type("RulesFormOfTest", (RulesForm,), fields)


def words_of(form: PageForm) -> dict[str, str]:
    """Return what was written, by language; nothing for a language without words."""
    found = {
        name.removeprefix(WORDS): _line(form[name]).replace("\r\n", "\n").strip()
        for name in form.data
        if name.startswith(WORDS)
    }
    return {language: said for language, said in found.items() if said}


def headings_of(form: PageForm) -> dict[str, str]:
    """Return the headings that were written, by language."""
    return {
        name.removeprefix(HEADING): _line(form[name])
        for name in form.data
        if name.startswith(HEADING)
    }


def _line(field: Field) -> str:
    """Return what was typed in the form of Unicode that files of a course have."""
    return unicodedata.normalize("NFC", field.data or "")


def _words(languages: Sequence[str], block: str) -> dict[str, Any]:
    return {
        f"{WORDS}{language}": _Words(LANGUAGE_NAMES.get(language, language), block)
        for language in languages
    }


def _heading(language: str) -> TextLine:
    name = LANGUAGE_NAMES.get(language, language)
    return TextLine(
        # Translators: label of a field; %(language)s is the name of a language in itself.
        gettext("Heading: %(language)s", language=name),
        validators=[_heading_beside_words, Length(max=LONGEST_TITLE), visible],
    )


def _heading_beside_words(form: Any, field: Field) -> None:  # noqa: ANN401 -- WTForms' signature
    language = field.name.removeprefix(HEADING)
    if form.what.data == "replace" and language in words_of(form) and not field.data:
        raise ValidationError(gettext("Words in this language need a heading."))
