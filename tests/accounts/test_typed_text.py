"""What may be stored of what people type, at every place where they type it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import actions
from lms.accounts.actions import NewPerson, NewUnit
from lms.accounts.models import Identity, Unit
from lms.accounts.rules import SERVER
from lms.accounts.staff import actions as staff
from lms.admin.forms import FirstRunForm
from lms.certificates.actions import ending
from lms.certificates.models import Certificate
from lms.db import transaction
from lms.kernel.lines import Line, LineRefusedError
from lms.kernel.names import NameRefusedError, PersonName
from lms.learning import actions as learning
from lms.requirements import actions as requirements
from lms.web import csrf
from tests.people import Places

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)

HIDDEN = {
    "right-to-left override": "\u202e",
    "left-to-right isolate": "\u2066",
    "right-to-left mark": "\u200f",
    "zero width space": "\u200b",
    "zero width joiner": "\u200d",
    "byte order mark": "\ufeff",
    "null": "\0",
    "escape": "\x1b",
    "bell": "\a",
    "soft hyphen": "\u00ad",
    "private use": "\ue000",
    "unassigned": "\u0378",
    "half a character": "\ud800",
    "tag letter": "\U000e0041",
    "around another letter": "a\u20dd",
    "ten marks": "e" + "\u0301" * 10,
    "two scripts in a word": "Nоrth",  # the second letter is Cyrillic
}


def unit(session: Session, text: str) -> object:
    return actions.add_unit(
        session, SERVER, NewUnit("facility", "N-77", {"en": text}, "N"), now=NOW
    )


def code(session: Session, text: str) -> object:
    return actions.add_unit(session, SERVER, NewUnit("facility", text, {"en": "x"}, "N"), now=NOW)


def number(session: Session, text: str) -> object:
    new = NewPerson(f"N7{text}", PersonName.of("Jane Doe"), "N-01")
    return actions.add_person(session, SERVER, new, "", now=NOW)


def name(session: Session, text: str) -> object:
    new = NewPerson("N-7000", PersonName.of(f"Jane {text}"), "N-01")
    return actions.add_person(session, SERVER, new, "", now=NOW)


def reason_of_a_withdrawal(session: Session, text: str) -> object:
    certificate = Certificate(id=UUID(int=1), number="X", code="X")
    return ending._end(session, SERVER, certificate, "withdrawn", text, None, now=NOW)


def reason_of_an_attempt(session: Session, text: str) -> object:
    return learning.grant_attempt(session, SERVER, UUID(int=1), "no-course", text, now=NOW)


def another_name_of_a_unit(session: Session, text: str) -> object:
    unit_id = session.scalars(select(Unit.id).where(Unit.code == "N-01")).one()
    staff.rename(session, SERVER, unit_id, {"en": text}, now=NOW)
    return unit_id


def reason_of_a_decision(session: Session, text: str) -> object:
    return requirements.reason_of(text)


PLACES: dict[str, Callable[[Session, str], object]] = {
    "name of a unit": unit,
    "code of a unit": code,
    "service number": number,
    "name of a person": name,
    "reason of a withdrawal": reason_of_a_withdrawal,
    "reason of an attempt": reason_of_an_attempt,
    "another name of a unit": another_name_of_a_unit,
    "reason of a decision": reason_of_a_decision,
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("what", HIDDEN)
def test_what_nobody_sees_or_takes_for_another_text_is_stored_nowhere(
    app: Flask, places: Places, place: str, what: str
) -> None:
    with (
        app.app_context(),
        pytest.raises((LineRefusedError, NameRefusedError)) as refused,
        transaction() as session,
    ):
        PLACES[place](session, HIDDEN[what])
    assert str(refused.value.message)


# No form can carry half a character: it arrives as a question mark.
@pytest.mark.parametrize("what", sorted(set(HIDDEN) - {"half a character"}))
def test_the_first_run_asks_again(app: Flask, what: str) -> None:
    text = HIDDEN[what]
    sent = {
        "country": "ug",
        "name_en": f"Service {text}",
        "administrator": "Grace Nakato",
        "service_number": f"A{text}",
        "password": "copper window bicycle",
        "backups": f"/media/{text}",
        "csrf_token": csrf._token_for("x"),
    }
    with app.test_request_context(
        "/first-run/x", method="POST", data=sent, headers={"Cookie": "pre=x"}
    ):
        form = FirstRunForm.sent()
        assert not form.validate()
        assert {"name_en", "service_number", "backups"} <= set(form.errors)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Northgate   Prison ", "Northgate Prison"),
        ("Women's Prison No. 4 (North) – 100 % <b>", "Women's Prison No. 4 (North) – 100 % <b>"),
        ("e\u0301cole", "école"),
        ("السجن المدني", "السجن المدني"),
        ("سِجْنٌ", "سِجْنٌ"),
        ("Қылмыстық-атқару жүйесі", "Қылмыстық-атқару жүйесі"),
        ("IT-отдел", "IT-отдел"),
        ("№ 5, 2-й этаж", "№ 5, 2-й этаж"),
        ("{{7*7}} %s %(x)s", "{{7*7}} %s %(x)s"),
        ("line\nbreak\tand tab", "line break and tab"),
    ],
)
def test_honest_text_is_kept_as_it_was_typed(typed: str, stored: str) -> None:
    assert Line.of(typed).text == stored


def test_names_and_numbers_are_stored_in_one_form(app: Flask, places: Places) -> None:
    with app.app_context(), transaction() as session:
        unit(session, "  E\u0301cole  ")
        number(session, "  00 ")
        session.flush()
        names = session.scalars(select(Unit.names).where(Unit.code == "N-77")).one()
        assert names == {"en": "\u00c9cole"}
        assert session.scalars(select(Identity.service_number)).one() == "N7 00"


@pytest.mark.parametrize("typed", ["", "   ", "\n", "x" * 101])
def test_nothing_and_too_much_are_refused(typed: str) -> None:
    with pytest.raises(LineRefusedError):
        Line.of(typed)


@given(st.text(max_size=120))
def test_any_text_is_refused_or_kept_in_one_form(typed: str) -> None:
    for take in (Line.of, PersonName.of):
        try:
            kept = take(typed).text
        except (LineRefusedError, NameRefusedError):
            continue
        assert kept == unicodedata.normalize("NFC", kept)
        assert kept == " ".join(kept.split())
        assert 0 < len(kept) <= 100
        assert not any(unicodedata.category(char)[0] == "C" for char in kept)
        assert take(kept).text == kept
