"""The signature of a training record: what is signed, what is refused, and that it is no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.certificates.transcripts.rules import LINES_ON_SHEET
from lms.signing import base45, cbor, cose, editions, qr, transcripts
from lms.signing.refusals import Unreadable
from lms.signing.transcripts import PREFIX, TRANSCRIPT_SENTENCES, SignedLine, SignedSheet
from lms.signing.verify import Outcome
from lms.signing.verify import verify as verify_certificate
from tests.signing.office import MONDAY, OPENED, TUESDAY, qr_text, ring, signer, withdrawn

LINES = (
    SignedLine("C01", "1.0", "passed", date(2026, 11, 22), 7, 92, "TN-2026-00417"),
    SignedLine("C02", "2.1", "begun", None, 3, None, ""),
    SignedLine("", "1.0", "accepted", date(2026, 1, 5), 0, None, ""),
)
SHEET = SignedSheet(
    issuer="TN-CGPR",
    signed=MONDAY,
    names=("أمينة بن صالح", "Amina Ben Salah"),
    day=MONDAY.date(),
    number=1,
    sheets=2,
    lines=LINES,
    language="ar",
)


def signed(seed: int = 1, **changes: Any) -> str:
    return transcripts.text_of(transcripts.sign(replace(SHEET, **changes), signer(seed)))


def claims_signed(claims: object) -> str:
    """Sign something else with the issuer's key, as an issuer never would."""
    return PREFIX + base45.encode(cose.sign(cbor.pack(claims), signer()))


def outcome(text: str, **changes: Any) -> Outcome:
    return transcripts.verify(text, ring(**changes), TUESDAY).outcome


def test_a_genuine_sheet_gives_back_what_was_signed() -> None:
    verdict = transcripts.verify(signed(), ring(), TUESDAY)
    assert verdict.is_valid
    assert verdict.sheet == SHEET
    assert "2026-11-23" in str(verdict.message)
    assert "not a certificate" in str(verdict.message)


def test_small_letters_and_line_breaks_of_a_copied_text_do_no_harm() -> None:
    text = signed()
    assert transcripts.is_transcript(f" {text.lower()}\r\n")
    assert outcome(text.lower()) is Outcome.VALID
    assert outcome(text[:50] + "\n" + text[50:]) is Outcome.VALID


def test_each_failure_has_its_own_outcome() -> None:
    assert outcome(signed(seed=2)) is Outcome.ISSUER_UNKNOWN
    assert outcome(signed(issuer="KZ")) is Outcome.ISSUER_UNKNOWN
    assert outcome(signed(), withdrawn=MONDAY) is Outcome.KEY_WITHDRAWN
    assert outcome(signed(), valid_until=MONDAY) is Outcome.KEY_NOT_IN_USE
    assert outcome(signed(signed=OPENED - timedelta(days=1))) is Outcome.KEY_NOT_IN_USE
    assert outcome(signed(signed=TUESDAY + timedelta(days=3))) is Outcome.NOT_YET
    assert outcome(signed()[:-3]) is Outcome.ENCODING
    assert outcome(PREFIX) is Outcome.ENCODING
    assert outcome(PREFIX + "0" * 3000) is Outcome.ENCODING
    assert outcome("hello") is Outcome.ENCODING
    message = bytearray(base45.decode(signed().removeprefix(PREFIX)))
    message[60] ^= 1
    assert outcome(PREFIX + base45.encode(bytes(message))) is Outcome.SIGNATURE
    assert outcome(claims_signed({1: "x"})) is Outcome.CONTENT


def test_what_the_outcomes_say_is_said_for_each() -> None:
    assert {
        Outcome.VALID,
        Outcome.ENCODING,
        Outcome.SIGNATURE,
        Outcome.CONTENT,
        Outcome.ISSUER_UNKNOWN,
        Outcome.KEY_WITHDRAWN,
        Outcome.KEY_NOT_IN_USE,
        Outcome.NOT_YET,
    } == set(TRANSCRIPT_SENTENCES)
    assert len(set(TRANSCRIPT_SENTENCES.values())) == len(TRANSCRIPT_SENTENCES)


# ---- It is no other thing -----------------------------------------------------------------------


def test_it_cannot_be_taken_for_a_certificate_nor_a_certificate_for_it() -> None:
    as_certificate = qr.CERTIFICATE_PREFIX + signed().removeprefix(PREFIX)
    as_transcript = PREFIX + qr_text().removeprefix(qr.CERTIFICATE_PREFIX)
    assert verify_certificate(signed(), ring(), withdrawn(), TUESDAY).outcome is Outcome.PREFIX
    verdict = verify_certificate(as_certificate, ring(), withdrawn(), TUESDAY)
    assert (verdict.outcome, verdict.certificate) == (Outcome.CONTENT, None)
    assert outcome(as_transcript) is Outcome.CONTENT
    assert not transcripts.is_transcript(qr_text())


def test_it_cannot_be_taken_for_the_signature_of_a_course() -> None:
    with pytest.raises(Unreadable, match="not the signature of a course"):
        editions.verify(editions.PREFIX + signed().removeprefix(PREFIX), "3c" * 32, ring(), TUESDAY)


# ---- What is not signed, and not read -----------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"names": ()},
        {"names": ("a",) * 4},
        {"number": 0},
        {"number": 3},
        {"sheets": 101},
        {"lines": LINES[:1] * 21},
        {"lines": (replace(LINES[0], state="perhaps"),)},
        {"lines": (replace(LINES[0], percent=101),)},
        {"lines": (replace(LINES[0], half_hours=-1),)},
        {"lines": (replace(LINES[0], half_hours=1001),)},
    ],
)
def test_what_no_reader_accepts_is_not_signed(change: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        signed(**change)


def test_names_that_would_print_too_finely_are_refused() -> None:
    with pytest.raises(Unreadable, match="too long"):
        signed(names=("ж" * 100,) * 3, lines=LINES[:1] * 12)


CLAIMS: dict[int, Any] = cbor.unpack(cose.read(base45.decode(signed()[6:])).payload)
SAID = CLAIMS[-70004]
LINE = SAID[4][0]


@pytest.mark.parametrize(
    "claims",
    [
        [],
        "text",
        {**CLAIMS, 5: 1},
        {**CLAIMS, 6: -1},
        {**CLAIMS, 6: 2**60},
        {**CLAIMS, 6: True},
        {**CLAIMS, -70001: SAID},
        {1: "TN-CGPR", 6: 1},
        *(
            {**CLAIMS, -70004: {**SAID, **change}}
            for change in (
                {6: 1},
                {1: "x"},
                {1: [1]},
                {2: "2026-02-30"},
                {2: "23.11.2026"},
                {3: [1]},
                {3: [2, 1]},
                {3: [True, 1]},
                {4: "x"},
                {4: [LINE[:6]]},
                {4: [[*LINE, 1]]},
                {5: 1},
                {4: [[*LINE[:2], "failed", *LINE[3:]]]},
                {4: [[*LINE[:3], "soon", *LINE[4:]]]},
                {4: [[*LINE[:4], True, *LINE[5:]]]},
                {4: [[*LINE[:5], -2, ""]]},
                {4: [[1, *LINE[1:]]]},
                {4: [[*LINE[:5], 1.5, ""]]},
            )
        ),
    ],
)
def test_strange_content_is_not_read(claims: Any) -> None:
    assert outcome(claims_signed(claims)) is Outcome.CONTENT


def test_a_full_sheet_with_two_long_names_fits_its_code() -> None:
    names = ("Әбдіғаппар Нұрмұхамбетұлы Құдайбергенов-Жүнісбеков", "Abdigappar Kudaibergenov")
    text = signed(names=names, lines=(LINES[0],) * LINES_ON_SHEET)
    assert len(text) < 1_248  # version 23, level M: 109 modules across


@given(st.text(max_size=300))
@settings(max_examples=60)
def test_any_text_gets_an_answer(text: str) -> None:
    for each in (text, PREFIX + text):
        assert transcripts.verify(each, ring(), TUESDAY).outcome in TRANSCRIPT_SENTENCES
