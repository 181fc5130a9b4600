"""The form of how certificates look: a line in each language for the office and who signs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import FileField
from wtforms.validators import Length, Optional, ValidationError

from lms.certificates.layouts import Layout
from lms.certificates.snapshot import MOST_SIGNATORIES
from lms.installation import LANGUAGE_NAMES, Installation
from lms.web import uploads
from lms.web.forms import PageForm, TextLine
from lms.web.language import gettext
from lms.web.language import lazy_gettext as _l

LONGEST_ISSUER, LONGEST_SIGNATORY = 120, 80
PLACES = range(1, MOST_SIGNATORIES + 1)


class LayoutForm(PageForm):
    """Issuer and signatories; the fields of languages that are not printed here are left out.

    ``issuer_fr``, and for the first who signs ``name_1_fr`` and ``title_1_fr``.
    """

    def __init__(
        self,
        *args: Any,
        languages: Sequence[str],
        **settings: Any,
    ) -> None:
        super().__init__(*args, **settings)
        self.languages = languages
        for field in list(self):
            name, _, code = field.name.rpartition("_")
            if code not in LANGUAGE_NAMES:
                continue
            if code not in languages:
                del self[field.name]
                continue
            field.flags.optional = True
            if name != "issuer":
                what = gettext("Name") if name.startswith("name") else gettext("Function")
                field.label.text = f"{what} · {LANGUAGE_NAMES[code]}"

    @classmethod
    def of(cls, languages: Sequence[str], layout: Layout) -> LayoutForm:
        """Return the form with what a layout says: the one that counts, or one that was typed."""
        values = {f"issuer_{code}": layout.issuers.get(code, "") for code in languages}
        for place, person in enumerate(layout.signatories, 1):
            for code in languages:
                for key in ("name", "title"):
                    values[f"{key}_{place}_{code}"] = person.get(f"{key}:{code}") or person.get(
                        key, ""
                    )
        return cls(languages=languages, **values)

    def typed(self) -> dict[str, str]:
        """Return every text that was typed, by its field: a page shows them again."""
        return {field.name: field.data for field in self if _is_text(field.name) and field.data}

    def refuse_misfit(self, layout: Layout, misfit: str, site: Installation) -> bool:
        """Say beside a field that its text does not fit on the page; False for no field of these.

        misfit  as ``trial.misfits`` names it, of the ``layout`` that was typed here.
        """
        kind, *place, language = misfit.split("_")
        if kind == "issuer":
            name, text = misfit, layout.issuers_in([language], site)[language]
        elif place:
            at = int(place[0]) - 1
            # Who has no name is left out of the layout, and the others move up.
            name, person = f"{kind}_{self._named()[at]}_{language}", layout.signatories[at]
            text = person.get(f"{kind}:{language}") or person.get(kind, "")
        else:
            return False
        field = self[name]
        reason = gettext(
            "“%(text)s” does not fit on a certificate with long titles and names. Shorten it.",
            text=text,
        )
        field.errors = [*field.errors, reason]
        return True

    def _named(self) -> list[int]:
        return [place for place in PLACES if self._typed(f"name_{place}")]

    def layout(self) -> Layout:
        """Return what was typed; who signs without a name is left out."""
        people = (self._signatory(place) for place in PLACES)
        return Layout(self._typed("issuer"), [person for person in people if person.get("name")])

    def _signatory(self, place: int) -> Mapping[str, str]:
        person = {}
        for key in ("name", "title"):
            typed = self._typed(f"{key}_{place}")
            if typed:
                # What another language lacks is said as the first one says it.
                person[key] = next(iter(typed.values()))
            person.update({f"{key}:{code}": text for code, text in typed.items()})
        return person

    def _typed(self, name: str) -> dict[str, str]:
        typed = {code: self[f"{name}_{code}"].data for code in self.languages}
        return {code: text for code, text in typed.items() if text}


def _is_text(name: str) -> bool:
    return name.rpartition("_")[2] in LANGUAGE_NAMES


for _code, _name in LANGUAGE_NAMES.items():
    setattr(
        LayoutForm,
        f"issuer_{_code}",
        TextLine(_name, validators=[Optional(), Length(max=LONGEST_ISSUER)]),
    )
    for _place in PLACES:
        for _key in ("name", "title"):
            setattr(
                LayoutForm,
                f"{_key}_{_place}_{_code}",
                TextLine(_name, validators=[Optional(), Length(max=LONGEST_SIGNATORY)]),
            )


class LogoForm(PageForm):
    """One picture."""

    picture = FileField(_l("Logo as PNG"))

    def validate_picture(self, field: FileField) -> None:
        """Refuse any picture on a full disk; what it is, is looked at when it is drawn anew."""
        del field
        if not uploads.takes_files():
            raise ValidationError(gettext(uploads.NO_ROOM))
